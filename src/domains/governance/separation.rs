//! Separation of duties at an approval: whether the same person did the other step of a rule on the same matter.

use super::exception_force;
use super::step_name::collection_of;
use crate::database::{Cell, Connection, Kind, Row, Statement};
use crate::error::Result;
use crate::ports::exception::Days;
use crate::resource::value::Date;
use crate::resource::{Definitions, Id, Unmet};
use std::collections::HashSet;

/// A rule in force.
#[derive(Debug, Clone)]
pub struct Separation {
    /// The rule.
    pub id: Id,
    code: String,
    name: String,
    steps: [String; 2],
    blocks: bool,
    through: Option<String>,
}

/// The rules in force that name a step, or all.
pub fn in_force(connection: &mut Connection, step: Option<&str>) -> Result<Vec<Separation>> {
    let mut query = Statement::new("SELECT id, code, name, first_step, second_step, effect, through FROM sod_rules WHERE enabled");
    if let Some(step) = step {
        query.push(" AND (first_step = ").bind(step).push(" OR second_step = ").bind(step).push(")");
    }
    query.push(" ORDER BY code_key, id");
    let rows = query.rows(connection, &[Kind::Id, Kind::Text, Kind::Text, Kind::Text, Kind::Text, Kind::Text, Kind::Text])?;
    Ok(rows.iter().filter_map(separation).collect())
}

fn separation(row: &Row) -> Option<Separation> {
    let text = |at: usize| row.get(at).and_then(Cell::as_text).map(str::to_owned);
    let steps = [text(3)?, text(4)?];
    Some(Separation { id: row.first()?.as_id()?, code: text(1)?, name: text(2)?, steps, blocks: text(5)? == "block", through: text(6) })
}

/// The records whose matter some records belong to: they themselves with what they are part of and their parts, what those refer
/// to, and what refers to those.
const NEAR: &str = "near(id) AS (SELECT id FROM own UNION SELECT e.to_id FROM edges e JOIN own ON e.from_id = own.id \
    UNION SELECT e.from_id FROM edges e JOIN own ON e.to_id = own.id), \
    close(id) AS (SELECT id FROM near UNION SELECT r.parent_id FROM registry r JOIN near ON r.id = near.id WHERE r.parent_id IS NOT NULL)";

/// Adds a query of the records that are of one matter with those of a seed.
fn add_matter(query: &mut Statement, seed: &Statement, through: Option<&str>) {
    query.push("WITH seed(id) AS (").append(seed.clone()).push(
        "), own(id) AS (SELECT id FROM seed UNION SELECT r.id FROM registry r JOIN seed ON r.parent_id = seed.id \
         UNION SELECT r.parent_id FROM registry r JOIN seed ON r.id = seed.id WHERE r.parent_id IS NOT NULL), ",
    );
    query.push(NEAR);
    if let Some(through) = through {
        query.push(", shared(id) AS (SELECT r.id FROM registry r JOIN close ON r.id = close.id WHERE r.collection = ").bind(through).push(
            "), whole(id) AS (SELECT id FROM shared UNION SELECT r.id FROM registry r JOIN shared ON r.parent_id = shared.id), \
                 far(id) AS (SELECT id FROM close UNION SELECT e.from_id FROM edges e JOIN whole ON e.to_id = whole.id \
                 UNION SELECT e.to_id FROM edges e JOIN whole ON e.from_id = whole.id) \
                 SELECT id FROM far UNION SELECT r.parent_id FROM registry r JOIN far ON r.id = far.id WHERE r.parent_id IS NOT NULL",
        );
    } else {
        query.push(" SELECT id FROM close");
    }
}

impl Separation {
    /// Whether it names a step.
    pub fn names(&self, step: &str) -> bool {
        self.steps.iter().any(|each| each == step)
    }

    fn other_than(&self, step: &str) -> Option<&str> {
        self.steps.iter().find(|each| *each != step).map(String::as_str)
    }

    /// The condition on revisions that somebody did the other step of it.
    fn done(&self, definitions: &Definitions, step: &str, accounts: &[Id]) -> Option<(&'static str, Statement)> {
        let (other, verb) = collection_of(definitions, self.other_than(step)?)?;
        let mut done = Statement::new("v.collection = ").with(other, " AND v.action = ").with(verb, " AND v.actor_id IN (");
        done.bind_all(accounts.iter().map(|account| Cell::Id(*account))).push(")");
        Some((other, done))
    }

    /// Whether some accounts did the other step on the matter of a record.
    pub fn touches(&self, connection: &mut Connection, definitions: &Definitions, (collection, id): (&str, Id), step: &str, accounts: &[Id]) -> Result<bool> {
        let Some((other, done)) = self.done(definitions, step, accounts) else { return Ok(false) };
        let mut query = Statement::new("SELECT 1 FROM revisions v WHERE ");
        query.append(done);
        if other == collection && self.through.is_none() {
            query.push(" AND v.resource_id = ").bind(id);
        } else {
            query.push(" AND v.resource_id IN (");
            add_matter(&mut query, &Statement::new("SELECT id FROM registry WHERE id = ").with(id, ""), self.through.as_deref());
            query.push(")");
        }
        query.push(" LIMIT 1");
        Ok(query.first(connection, &[])?.is_some())
    }

    /// Of some records, those on whose matter some accounts did the other step: one query.
    pub fn touched(
        &self,
        connection: &mut Connection,
        definitions: &Definitions,
        (collection, ids): (&str, &[Id]),
        step: &str,
        accounts: &[Id],
    ) -> Result<HashSet<Id>> {
        let Some((other, done)) = self.done(definitions, step, accounts) else { return Ok(HashSet::new()) };
        let mut seed = Statement::new("SELECT v.resource_id FROM revisions v WHERE ");
        seed.append(done);
        let mut query = Statement::new("SELECT r.id FROM registry r WHERE r.id IN (");
        query.bind_all(ids.iter().map(|id| Cell::Id(*id))).push(") AND r.id IN (");
        if other == collection && self.through.is_none() {
            query.append(seed);
        } else {
            add_matter(&mut query, &seed, self.through.as_deref());
        }
        query.push(")");
        let rows = query.once().rows(connection, &[Kind::Id])?;
        Ok(rows.iter().filter_map(|row| row.first().and_then(Cell::as_id)).collect())
    }

    /// What it says where it is touched: a refusal, or a warning where it only warns or an exception covers it.
    pub fn said(&self, step: &str, exception: Option<Id>) -> Said {
        let other = self.other_than(step).unwrap_or_default();
        let (code, name) = (&self.code, &self.name);
        if !self.blocks {
            return Said::Warning(format!("{code} keeps {other} and {step} apart ({name}), and one person did both."));
        }
        match exception {
            Some(exception) => Said::Warning(format!("{code} keeps {other} and {step} apart ({name}); exception {exception} lets one person do both.")),
            None => {
                let detail = format!("{code} keeps {other} and {step} apart ({name}), and you did the first. Somebody else must do this.");
                Said::Refusal(Unmet::new("", "separation_of_duties", detail))
            }
        }
    }
}

/// What a rule says.
pub enum Said {
    /// The step is refused.
    Refusal(Unmet),
    /// It is let through, and must be known.
    Warning(String),
}

/// The exceptions in force that cover a rule, with the unit of each.
pub fn exceptions(connection: &mut Connection, rule: Id, today: Date) -> Result<Vec<(Id, Id)>> {
    let mut query = Statement::new("SELECT unit_id, id FROM exceptions WHERE subject_id = ").with(rule, " AND ");
    query.append(exception_force::on(Days::on(today))).push(" ORDER BY id");
    let rows = query.rows(connection, &[Kind::Id, Kind::Id])?;
    Ok(rows.iter().filter_map(|row| Some((row.first()?.as_id()?, row.get(1)?.as_id()?))).collect())
}

/// The exception that covers a unit, given with all above it.
pub fn covering(exceptions: &[(Id, Id)], units: &[Id]) -> Option<Id> {
    exceptions.iter().find(|(unit, _)| units.contains(unit)).map(|(_, exception)| *exception)
}
