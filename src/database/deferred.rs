//! Writes that wait: a statement costs a way to a PostgreSQL server and back, so the rows of new records are gathered, and written together
//! before anything else is asked.

use super::compiled::{Compiled, Text, count_statement};
use super::dialect::SqlPieces;
use diesel::pg::PgConnection;
use diesel::query_builder::QueryBuilder;
use diesel::{QueryResult, RunQueryDsl};
use std::sync::Arc;

/// Number of records whose rows wait at most.
const MOST: usize = 64;
/// The word before the rows of a statement that adds some.
const VALUES: &str = "VALUES ";

/// A connection to a PostgreSQL server, and the writes that wait on it.
pub struct Deferring {
    open: PgConnection,
    waiting: Vec<Vec<Compiled>>,
    collection: &'static str,
}

impl Deferring {
    /// A connection on which nothing waits.
    pub fn new(open: PgConnection) -> Self {
        Deferring { open, waiting: Vec::new(), collection: "" }
    }

    /// The connection, once everything that waited is written.
    pub fn ready(&mut self) -> QueryResult<&mut PgConnection> {
        self.flush()?;
        Ok(&mut self.open)
    }

    /// The connection as it is, for what neither reads nor writes rows.
    pub fn as_is(&mut self) -> &mut PgConnection {
        &mut self.open
    }

    /// The writes of a new record, which see nothing that waits. Those of one collection wait together: a record of another one may refer
    /// to them.
    pub fn defer(&mut self, collection: &'static str, record: Vec<Compiled>) -> QueryResult<()> {
        if self.collection != collection || self.waiting.len() >= MOST {
            self.flush()?;
        }
        self.collection = collection;
        self.waiting.push(record);
        Ok(())
    }

    /// Writes everything that waits.
    pub fn flush(&mut self) -> QueryResult<()> {
        let mut records = std::mem::take(&mut self.waiting);
        let statements = match records.len() {
            0 => return Ok(()),
            1 => Compiled::together(records.swap_remove(0)).into_iter().collect(),
            _ => by_table(records),
        };
        statements.into_iter().try_for_each(|statement| {
            count_statement();
            statement.execute(&mut self.open).map(drop)
        })
    }

    /// Forgets everything that waits, since the transaction is taken back.
    pub fn discard(&mut self) {
        self.waiting.clear();
    }
}

/// The writes of several records as one statement for each table, in the order in which a record writes to them.
fn by_table(records: Vec<Vec<Compiled>>) -> Vec<Compiled> {
    let mut groups: Vec<Group> = Vec::new();
    for write in records.into_iter().flatten() {
        match groups.iter_mut().find(|group| group.takes(&write)) {
            Some(group) => group.writes.push(write),
            None => groups.push(Group { writes: vec![write] }),
        }
    }
    groups.into_iter().flat_map(Group::into_statements).collect()
}

/// Writes that add rows to one table in one way.
struct Group {
    writes: Vec<Compiled>,
}

impl Group {
    fn takes(&self, write: &Compiled) -> bool {
        self.writes.first().is_some_and(|first| {
            is_same(&first.text, &write.text) || matches!((cut(&first.text), cut(&write.text)), (Some(one), Some(other)) if one.adds_as(&other))
        })
    }

    /// One statement; the writes as they are where they add no rows.
    fn into_statements(self) -> Vec<Compiled> {
        let Some(whole) = self.writes.first().filter(|_| self.writes.len() > 1).and_then(|first| cut(&first.text)) else { return self.writes };
        let mut pieces = SqlPieces::default();
        pieces.push_sql(whole.head);
        // Of statements that differ in their number of rows there is no end.
        let mut may_stay_prepared = self.writes.len() == MOST;
        let mut binds = Vec::new();
        for (at, write) in self.writes.iter().enumerate() {
            let same = is_same(&self.writes[0].text, &write.text);
            let Some(cut) = (if same { Some(whole) } else { cut(&write.text) }) else { continue };
            may_stay_prepared &= same;
            if at > 0 {
                pieces.push_sql(", ");
            }
            cut.push_rows(&mut pieces);
        }
        pieces.push_sql(whole.tail);
        let text = Arc::new(Text { pieces: pieces.into_pieces(), may_stay_prepared });
        self.writes.into_iter().for_each(|write| binds.extend(write.binds));
        vec![Compiled { text, binds }]
    }
}

fn is_same(one: &Arc<Text>, other: &Arc<Text>) -> bool {
    Arc::ptr_eq(one, other) || one.pieces == other.pieces
}

/// A statement that adds rows, cut before and after them.
#[derive(Clone, Copy)]
struct Cut<'t> {
    text: &'t Text,
    head: &'t str,
    tail: &'t str,
}

impl Cut<'_> {
    fn adds_as(&self, other: &Cut<'_>) -> bool {
        self.head == other.head && self.tail == other.tail
    }

    /// Writes the rows alone.
    fn push_rows(&self, into: &mut SqlPieces) {
        let last = self.text.pieces.len() - 1;
        for (at, piece) in self.text.pieces.iter().enumerate() {
            if at > 0 {
                into.push_bind_param();
            }
            let from = if at == 0 { self.head.len() } else { 0 };
            let to = if at == last { piece.len() - self.tail.len() } else { piece.len() };
            into.push_sql(piece.get(from..to).unwrap_or_default());
        }
    }
}

/// Cuts a statement whose rows end behind its last bound value; none if it is no such statement.
fn cut(text: &Text) -> Option<Cut<'_>> {
    let (first, last) = (text.pieces.first()?, text.pieces.last()?);
    let head = first.get(..first.find(VALUES)? + VALUES.len())?;
    if text.pieces.len() < 2 {
        return None;
    }
    let mut open = 0_i32;
    let before = &text.pieces[1..text.pieces.len() - 1];
    for letter in first.get(head.len()..)?.chars().chain(before.iter().flat_map(|piece| piece.chars())) {
        open += i32::from(letter == '(') - i32::from(letter == ')');
    }
    for (at, letter) in last.char_indices() {
        open += i32::from(letter == '(') - i32::from(letter == ')');
        if letter == ')' && open == 0 {
            return Some(Cut { text, head, tail: last.get(at + 1..)? });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(pieces: &[&str], binds: &[i64]) -> Compiled {
        let text = Text { pieces: pieces.iter().map(|piece| (*piece).to_owned()).collect(), may_stay_prepared: true };
        Compiled { text: Arc::new(text), binds: binds.iter().map(|bind| (*bind).into()).collect() }
    }

    fn said(statements: &[Compiled]) -> Vec<String> {
        statements.iter().map(|statement| statement.text.pieces.join("?")).collect()
    }

    #[test]
    fn rows_of_several_records_are_one_statement_for_each_table() {
        let row = || write(&["INSERT INTO a (x, y) VALUES (", ", f(", "))"], &[1, 2]);
        let revision = || write(&["INSERT INTO r (x) VALUES (", ", NULL) ON CONFLICT DO NOTHING"], &[3]);
        let edges = write(&["INSERT INTO e VALUES (", "), (", ")"], &[4, 5]);
        let statements = by_table(vec![vec![row(), revision(), edges], vec![row(), revision(), write(&["INSERT INTO e VALUES (", ")"], &[6])]]);
        let expected = [
            "INSERT INTO a (x, y) VALUES (?, f(?)), (?, f(?))",
            "INSERT INTO r (x) VALUES (?, NULL), (?, NULL) ON CONFLICT DO NOTHING",
            "INSERT INTO e VALUES (?), (?), (?)",
        ];
        assert_eq!(said(&statements), expected);
        assert!(statements.iter().all(|statement| statement.text.pieces.len() == statement.binds.len() + 1));
        assert!(statements.iter().all(|statement| !statement.text.may_stay_prepared), "only full ones stay prepared");
    }

    #[test]
    fn other_statements_are_written_one_by_one() {
        let other = || write(&["UPDATE a SET x = ", ""], &[1]);
        assert_eq!(said(&by_table(vec![vec![other()], vec![other()]])), ["UPDATE a SET x = ?", "UPDATE a SET x = ?"]);
        let bound = || write(&["INSERT INTO a VALUES (", ") ON CONFLICT DO UPDATE SET x = ", ""], &[1, 2]);
        assert_eq!(by_table(vec![vec![bound()], vec![bound()]]).len(), 2);
    }
}
