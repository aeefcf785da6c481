//! Separation of duties at an approval: whether the same person did the other step of a rule on the same matter.

use super::matter::{Done, Seed, of_matter};
use super::sod_rule::SodEffect;
use super::step_name::actions_of;
use crate::exception::exceptions_in_force;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use std::collections::HashSet;
use steward_core::database::{Connection, Dialect};
use steward_core::error::Result;
use steward_core::ports::exception::Days;
use steward_core::resource::value::Date;
use steward_core::resource::{Id, ResourceTypes, UnmetGuard};
use steward_schema::governance::{exceptions, sod_rules};
use steward_schema::service::{registry, revisions};

/// A rule in force.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sod_rules, check_for_backend(Dialect))]
pub struct Separation {
    /// The rule.
    pub id: Id,
    code: String,
    name: String,
    first_step: String,
    second_step: String,
    effect: SodEffect,
    through: Option<String>,
}

/// The rules in force that name a step, or all.
pub fn in_force(connection: &mut Connection, step: Option<&str>) -> Result<Vec<Separation>> {
    let mut rules = sod_rules::table.filter(sod_rules::enabled).order((sod_rules::code_key, sod_rules::id)).select(Separation::as_select()).into_boxed();
    if let Some(step) = step {
        rules = rules.filter(sod_rules::first_step.eq(step).or(sod_rules::second_step.eq(step)));
    }
    Ok(rules.load(connection)?)
}

impl Done<'_> {
    /// The revisions in which the step was done.
    fn revisions(&self) -> revisions::BoxedQuery<'_, Dialect> {
        let of_step = revisions::collection.eq(self.collection).and(revisions::action.eq_any(self.actions.clone()));
        revisions::table.filter(of_step).filter(revisions::actor_id.eq_any(self.accounts)).into_boxed()
    }
}

impl Separation {
    /// Whether it names a step.
    pub fn names(&self, step: &str) -> bool {
        self.first_step == step || self.second_step == step
    }

    fn other_than(&self, step: &str) -> Option<&str> {
        [&self.first_step, &self.second_step].into_iter().find(|each| *each != step).map(String::as_str)
    }

    /// The other step of it, as done by some accounts.
    fn done<'a>(&'a self, definitions: &ResourceTypes, step: &str, accounts: &'a [Id]) -> Option<Done<'a>> {
        let (collection, actions) = actions_of(definitions, self.other_than(step)?)?;
        Some(Done { collection, actions, accounts })
    }

    /// Whether some accounts did the other step on the matter of a record.
    pub fn touches(&self, connection: &mut Connection, definitions: &ResourceTypes, (collection, id): (&str, Id), step: &str, accounts: &[Id]) -> Result<bool> {
        let Some(done) = self.done(definitions, step, accounts) else { return Ok(false) };
        let revisions = if done.collection == collection && self.through.is_none() {
            done.revisions().filter(revisions::resource_id.eq(id))
        } else {
            done.revisions().filter(of_matter::<revisions::table>("revisions.resource_id", &Seed::Record(id), self.through.as_deref()))
        };
        Ok(select(exists(revisions)).get_result(connection)?)
    }

    /// Of some records, those on whose matter some accounts did the other step: one query.
    pub fn touched(
        &self,
        connection: &mut Connection,
        definitions: &ResourceTypes,
        (collection, ids): (&str, &[Id]),
        step: &str,
        accounts: &[Id],
    ) -> Result<HashSet<Id>> {
        let Some(done) = self.done(definitions, step, accounts) else { return Ok(HashSet::new()) };
        let records = registry::table.filter(registry::id.eq_any(ids)).select(registry::id).into_boxed();
        let records = if done.collection == collection && self.through.is_none() {
            records.filter(registry::id.eq_any(done.revisions().select(revisions::resource_id)))
        } else {
            records.filter(of_matter::<registry::table>("registry.id", &Seed::Done(&done), self.through.as_deref()))
        };
        Ok(records.load(connection)?.into_iter().collect())
    }

    /// What it says where it is touched: a refusal, or a warning where it only warns or an exception covers it.
    pub fn said(&self, step: &str, exception: Option<Id>) -> Said {
        let other = self.other_than(step).unwrap_or_default();
        let (code, name) = (&self.code, &self.name);
        if self.effect == SodEffect::Warn {
            return Said::Warning(format!("{code} keeps {other} and {step} apart ({name}), and one person did both."));
        }
        match exception {
            Some(exception) => Said::Warning(format!("{code} keeps {other} and {step} apart ({name}); exception {exception} lets one person do both.")),
            None => {
                let detail = format!("{code} keeps {other} and {step} apart ({name}), and you did the first. Somebody else must do this.");
                Said::Refusal(UnmetGuard::new("", "separation_of_duties", detail))
            }
        }
    }
}

/// What a rule says.
pub enum Said {
    /// The step is refused.
    Refusal(UnmetGuard),
    /// It is let through, and must be known.
    Warning(String),
}

/// The exceptions in force that cover a rule, with the unit of each.
pub fn exceptions(connection: &mut Connection, rule: Id, today: Date) -> Result<Vec<(Id, Id)>> {
    let covering = exceptions_in_force::in_force(Days::on(today)).filter(exceptions::subject_id.eq(rule)).order(exceptions::id);
    Ok(covering.select((exceptions::unit_id, exceptions::id)).load(connection)?)
}

/// The exception that covers a unit, given with all above it.
pub fn covering(exceptions: &[(Id, Id)], units: &[Id]) -> Option<Id> {
    exceptions.iter().find(|(unit, _)| units.contains(unit)).map(|(_, exception)| *exception)
}
