//! The records of one matter, as a sub-select with named parts (`WITH`), for which Diesel has no expression: said by nested sub-selects
//! it would repeat its seed up to a hundred times.

use steward_core::database::{Narrowed, SqlValue, Statement};
use steward_core::resource::Id;

/// A step that some accounts did.
pub struct Done<'a> {
    /// The collection of the step.
    pub collection: &'static str,
    /// The step, as history names it: writing is done by everybody who wrote it or a part of it, or submitted it.
    pub actions: Vec<&'a str>,
    /// The accounts.
    pub accounts: &'a [Id],
}

/// The records from which a matter is followed.
pub enum Seed<'a> {
    /// One record.
    Record(Id),
    /// All on which some accounts did a step.
    Done(&'a Done<'a>),
}

impl Seed<'_> {
    fn ids(&self) -> Statement {
        match self {
            Seed::Record(id) => Statement::new("SELECT id FROM registry WHERE id = ").with(*id, ""),
            Seed::Done(done) => {
                let mut ids = Statement::new("SELECT v.resource_id FROM revisions v WHERE v.collection = ").with(done.collection, " AND v.action IN (");
                ids.bind_all(done.actions.iter().map(|action| SqlValue::from(*action)))
                    .push(") AND v.actor_id IN (")
                    .bind_all(done.accounts.iter().map(|account| SqlValue::Id(*account)))
                    .push(")");
                ids
            }
        }
    }
}

/// The records whose matter some records belong to: they themselves with what they are part of and their parts, what those refer
/// to, and what refers to those.
const NEAR: &str = "near(id) AS (SELECT id FROM own UNION SELECT e.to_id FROM edges e JOIN own ON e.from_id = own.id \
    UNION SELECT e.from_id FROM edges e JOIN own ON e.to_id = own.id), \
    close(id) AS (SELECT id FROM near UNION SELECT r.parent_id FROM registry r JOIN near ON r.id = near.id WHERE r.parent_id IS NOT NULL)";

/// The condition that a column, written with its table, names a record that is of one matter with those of a seed; with `through`
/// also where both refer to the same record of that collection.
pub fn of_matter<T>(column: &'static str, seed: &Seed<'_>, through: Option<&str>) -> Narrowed<T> {
    let mut query = Statement::new(column);
    query.push(" IN (WITH seed(id) AS (").append(seed.ids()).push(
        "), own(id) AS (SELECT id FROM seed UNION SELECT r.id FROM registry r JOIN seed ON r.parent_id = seed.id \
         UNION SELECT r.parent_id FROM registry r JOIN seed ON r.id = seed.id WHERE r.parent_id IS NOT NULL), ",
    );
    query.push(NEAR);
    if let Some(through) = through {
        query.push(", shared(id) AS (SELECT r.id FROM registry r JOIN close ON r.id = close.id WHERE r.collection = ").bind(through).push(
            "), whole(id) AS (SELECT id FROM shared UNION SELECT r.id FROM registry r JOIN shared ON r.parent_id = shared.id), \
                 far(id) AS (SELECT id FROM close UNION SELECT e.from_id FROM edges e JOIN whole ON e.to_id = whole.id \
                 UNION SELECT e.to_id FROM edges e JOIN whole ON e.from_id = whole.id) \
                 SELECT id FROM far UNION SELECT r.parent_id FROM registry r JOIN far ON r.id = far.id WHERE r.parent_id IS NOT NULL)",
        );
    } else {
        query.push(" SELECT id FROM close)");
    }
    Narrowed::to(query)
}
