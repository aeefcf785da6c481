//! A query as text and values, for the database that is open, and the number of those that were run.

use super::dialect::{Binds, Dialect, SqlPieces};
use super::sql_value::SqlValue;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryBuilder, QueryFragment, QueryId};
use diesel::sql_types::Untyped;
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl};
use std::any::TypeId;
use std::cell::{Cell as Counter, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

/// Pieces of text of the longest statement that always stays prepared: one more than its bound values.
const SHORT: usize = 33;

/// The text of a query, in pieces around its bound values.
pub(super) struct Text {
    pub(super) pieces: Vec<String>,
    pub(super) may_stay_prepared: bool,
}

/// A query as text and values, for the database that is open.
pub struct Compiled {
    pub(super) text: Arc<Text>,
    pub(super) binds: Vec<SqlValue>,
}

thread_local! {
    /// The texts of queries whose type says all of them; so each is written once in a thread.
    static TEXTS: RefCell<HashMap<(TypeId, Dialect), Arc<Text>>> = RefCell::new(HashMap::new());
}

static DIALECTS: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

impl Compiled {
    /// Writes a query's text and takes its values.
    pub fn of<T: QueryFragment<Dialect> + QueryId>(query: &T, dialect: Dialect) -> QueryResult<Compiled> {
        let mut binds = Binds::default();
        query.collect_binds(&mut binds, &mut (), &DIALECTS[usize::from(dialect == Dialect::Postgres)])?;
        let text = match T::query_id() {
            None => Arc::new(Text::of(query, dialect)?),
            Some(id) => match TEXTS.with_borrow(|texts| texts.get(&(id, dialect)).cloned()) {
                Some(text) => text,
                None => {
                    let text = Arc::new(Text::of(query, dialect)?);
                    TEXTS.with_borrow_mut(|texts| texts.insert((id, dialect), text.clone()));
                    text
                }
            },
        };
        Ok(Compiled { text, binds: binds.0 })
    }

    /// Several writes that do not see one another as one statement; none if there is none.
    pub(super) fn together(writes: Vec<Compiled>) -> Option<Compiled> {
        let last = writes.len().checked_sub(1)?;
        if last == 0 {
            return writes.into_iter().next();
        }
        let (mut pieces, mut binds, mut may_stay_prepared) = (SqlPieces::default(), Vec::new(), true);
        for (at, write) in writes.into_iter().enumerate() {
            match at {
                0 => pieces.push_sql("WITH w0 AS ("),
                _ if at == last => pieces.push_sql(") "),
                _ => pieces.push_sql(&format!("), w{at} AS (")),
            }
            for (at, piece) in write.text.pieces.iter().enumerate() {
                if at > 0 {
                    pieces.push_bind_param();
                }
                pieces.push_sql(piece);
            }
            may_stay_prepared &= write.text.may_stay_prepared;
            binds.extend(write.binds);
        }
        Some(Compiled { text: Arc::new(Text { pieces: pieces.into_pieces(), may_stay_prepared }), binds })
    }
}

impl Text {
    fn of(query: &impl QueryFragment<Dialect>, dialect: Dialect) -> QueryResult<Text> {
        let mut pieces = SqlPieces::default();
        query.to_sql(&mut pieces, &dialect)?;
        let pieces = pieces.into_pieces();
        // Diesel keeps no update and no list of values prepared, because there may be any number of them; of short ones there are few.
        let may_stay_prepared = pieces.len() <= SHORT || query.is_safe_to_cache_prepared(&dialect)?;
        Ok(Text { pieces, may_stay_prepared })
    }
}

impl QueryId for Compiled {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Compiled {
    type SqlType = Untyped;
}

impl<C> RunQueryDsl<C> for Compiled {}

macro_rules! compiled_for {
    ($Backend:ty, $bind:ident) => {
        impl QueryFragment<$Backend> for Compiled {
            fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, $Backend>) -> QueryResult<()> {
                if !self.text.may_stay_prepared {
                    pass.unsafe_to_cache_prepared();
                }
                let mut binds = self.binds.iter();
                for (at, piece) in self.text.pieces.iter().enumerate() {
                    if at > 0
                        && let Some(cell) = binds.next()
                    {
                        cell.$bind(&mut pass)?;
                    }
                    pass.push_sql(piece);
                }
                Ok(())
            }
        }
    };
}

compiled_for!(Sqlite, bind_sqlite);
compiled_for!(Pg, bind_postgres);

thread_local! {
    static STATEMENTS: Counter<u64> = const { Counter::new(0) };
}

/// Counts a statement that is run.
pub fn count_statement() {
    STATEMENTS.with(|count| count.set(count.get() + 1));
    super::turn::beat();
}

/// Number of statements that this thread has run, for the tests that hold a list to a number of them.
pub fn statements_run() -> u64 {
    STATEMENTS.with(Counter::get)
}
