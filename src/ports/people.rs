//! People: their contracted time, and their names.

use crate::error::Result;
use crate::resource::value::{Date, Title};
use crate::resource::{Check, Id};
use std::collections::HashMap;

/// A person by name.
#[derive(Debug, Clone)]
pub struct NamedPerson {
    /// The person.
    pub id: Id,
    /// Full name.
    pub name: String,
    /// The unit that the person works in.
    pub unit: Id,
}

/// A group of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Everybody who works here.
    Everyone,
    /// The people of a unit and those below it.
    Unit(Id),
    /// The members of a team.
    Team(Id),
    /// The holders of a role.
    Role(Id),
}

/// A person who works in a span of days.
#[derive(Debug, Clone, Copy)]
pub struct Rostered {
    /// The person.
    pub id: Id,
    /// The unit that the person works in.
    pub unit: Id,
    /// The role of the position that the person fills.
    pub role_profile: Option<Id>,
    /// Contracted hours a week.
    pub weekly_hours: f64,
}

/// A place for a person that a budget line pays for.
#[derive(Debug, Clone)]
pub struct FundedPosition {
    /// The position.
    pub id: Id,
    /// Its title.
    pub title: Title,
    /// Its role.
    pub role_profile: Id,
    /// The person who fills it.
    pub holder: Option<Id>,
    /// How much of a full week it is.
    pub fte: f64,
    /// The budget line that pays.
    pub budget_line: Id,
    /// First day on which it is needed.
    pub starts_on: Option<Date>,
    /// Last day, of a temporary one.
    pub ends_on: Option<Date>,
}

/// A person who can be called now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnCall {
    /// The shift.
    pub shift: Id,
    /// The person.
    pub person: Id,
    /// The service.
    pub service: Id,
}

/// A person who can do what a service or a control needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Qualified {
    /// The assessment that says so.
    pub assessment: Id,
    /// The person.
    pub person: Id,
    /// The service or control.
    pub subject: Id,
}

/// The owner of the people.
pub trait People: Send + Sync {
    /// The people of a group who work here today, in order of their ids.
    fn working(&self, check: &mut Check<'_>, group: Group) -> Result<Vec<Id>>;

    /// The contracted weekly hours of a person; none if there is no such person.
    fn weekly_hours(&self, check: &mut Check<'_>, person: Id) -> Result<Option<f64>>;

    /// Those of some people who have not left, by name, at most so many.
    fn remaining(&self, check: &mut Check<'_>, people: &[Id], limit: usize) -> Result<Vec<NamedPerson>>;

    /// The last day of a person who has left: as it is recorded, else that on which the person was marked so; none for all others.
    fn left_on(&self, check: &mut Check<'_>, person: Id) -> Result<Option<Date>>;

    /// The people who work on some day of a span, both ends included, in order of their ids.
    fn roster(&self, check: &mut Check<'_>, first: Date, last: Date) -> Result<Vec<Rostered>>;

    /// How many people have not left, of each of some units and cost centers.
    fn headcount(&self, check: &mut Check<'_>, places: &[Id]) -> Result<HashMap<Id, i64>>;

    /// The positions that are approved, open or filled and that budget lines pay for, in order of their ids.
    fn funded_positions(&self, check: &mut Check<'_>) -> Result<Vec<FundedPosition>>;

    /// The people who can be called now for some services, the first to be called first.
    fn on_call(&self, check: &mut Check<'_>, services: &[Id]) -> Result<Vec<OnCall>>;

    /// The people who are there and have a skill that some services or controls need, at the level needed or above by the assessment that was
    /// confirmed last, and the certification that is asked for; in order of subjects and people.
    fn qualified(&self, check: &mut Check<'_>, subjects: &[Id]) -> Result<Vec<Qualified>>;
}

fn port(check: &Check<'_>) -> Option<&'static dyn People> {
    check.definitions.answers.get::<&'static dyn People>().copied()
}

/// The contracted weekly hours of a person; none where nobody knows people.
pub fn weekly_hours(check: &mut Check<'_>, person: Id) -> Result<Option<f64>> {
    port(check).map_or(Ok(None), |port| port.weekly_hours(check, person))
}

/// Those of some people who have not left, by name, at most so many; nobody where nobody knows people.
pub fn remaining(check: &mut Check<'_>, people: &[Id], limit: usize) -> Result<Vec<NamedPerson>> {
    port(check).map_or(Ok(Vec::new()), |port| port.remaining(check, people, limit))
}

/// Whether a person has left; not known where nobody knows people.
pub fn has_left(check: &mut Check<'_>, person: Id) -> Result<bool> {
    port(check).map_or(Ok(false), |port| Ok(port.remaining(check, &[person], 1)?.is_empty()))
}

/// The last day of a person who has left; none for all others, and where nobody knows people.
pub fn left_on(check: &mut Check<'_>, person: Id) -> Result<Option<Date>> {
    port(check).map_or(Ok(None), |port| port.left_on(check, person))
}

/// The people of a group who work here today; nobody where nobody knows people.
pub fn working(check: &mut Check<'_>, group: Group) -> Result<Vec<Id>> {
    port(check).map_or(Ok(Vec::new()), |port| port.working(check, group))
}

/// The people who work on some day of a span, both ends included; nobody where nobody knows people.
pub fn roster(check: &mut Check<'_>, first: Date, last: Date) -> Result<Vec<Rostered>> {
    port(check).map_or(Ok(Vec::new()), |port| port.roster(check, first, last))
}

/// The positions that budget lines pay for; none where nobody knows people.
pub fn funded_positions(check: &mut Check<'_>) -> Result<Vec<FundedPosition>> {
    port(check).map_or(Ok(Vec::new()), |port| port.funded_positions(check))
}

/// How many people have not left, of each of some units and cost centers; unknown where nobody knows people.
pub fn headcount(check: &mut Check<'_>, places: &[Id]) -> Result<HashMap<Id, i64>> {
    port(check).map_or(Ok(HashMap::new()), |port| port.headcount(check, places))
}

/// The people who can be called now for some services, the first to be called first; nobody where nobody knows people.
pub fn on_call(check: &mut Check<'_>, services: &[Id]) -> Result<Vec<OnCall>> {
    port(check).map_or(Ok(Vec::new()), |port| port.on_call(check, services))
}

/// The people who can do what some services or controls need; nobody where nobody knows people.
pub fn qualified(check: &mut Check<'_>, subjects: &[Id]) -> Result<Vec<Qualified>> {
    port(check).map_or(Ok(Vec::new()), |port| port.qualified(check, subjects))
}
