//! People: their contracted time, and their names.

use crate::error::Result;
use crate::resource::{Check, Id};

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

/// The owner of the people.
pub trait People: Send + Sync {
    /// The people of a group who work here today, in order of their ids.
    fn working(&self, check: &mut Check<'_>, group: Group) -> Result<Vec<Id>>;

    /// The contracted weekly hours of a person; none if there is no such person.
    fn weekly_hours(&self, check: &mut Check<'_>, person: Id) -> Result<Option<f64>>;

    /// Those of some people who have not left, by name, at most so many.
    fn remaining(&self, check: &mut Check<'_>, people: &[Id], limit: usize) -> Result<Vec<NamedPerson>>;
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

/// The people of a group who work here today; nobody where nobody knows people.
pub fn working(check: &mut Check<'_>, group: Group) -> Result<Vec<Id>> {
    port(check).map_or(Ok(Vec::new()), |port| port.working(check, group))
}
