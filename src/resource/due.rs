//! Moves that the service makes by date: which they are and when they are due, declared in a line beside the guards.

use super::Lifecycle;
use crate::database::SqlType;

/// A move that the service makes when its day has come. Who may make it can make it too, as far as the guards allow.
#[derive(Debug, Clone, Copy)]
pub struct Due {
    /// The state after.
    pub to: &'static str,
    /// The states that it is made from; empty for all from which the lifecycle has it.
    pub from: &'static [&'static str],
    /// The field that holds the day or the instant.
    pub field: &'static str,
    /// The field that says how many days later it is; none if it is that day.
    pub days: Option<&'static str>,
    /// True if something ends: from then on the record does not count as being in its state, whether the move was made or not.
    pub ends: bool,
    /// The field that decides whether the date counts, and the words that say so (`true` of a truth value).
    pub only: Option<(&'static str, &'static [&'static str])>,
}

impl Due {
    /// Something begins: the move is due on the day in a field.
    pub const fn on(to: &'static str, field: &'static str) -> Due {
        Due { to, from: &[], field, days: None, ends: false, only: None }
    }

    /// Something ends: the day in a field is the last one, and the move is due after it.
    pub const fn after(to: &'static str, field: &'static str) -> Due {
        Due { to, from: &[], field, days: None, ends: true, only: None }
    }

    /// Only from these states.
    pub const fn from(mut self, states: &'static [&'static str]) -> Due {
        self.from = states;
        self
    }

    /// So many days after the day in the field as another field says.
    pub const fn plus_days(mut self, field: &'static str) -> Due {
        self.days = Some(field);
        self
    }

    /// Only where a field holds one of these words.
    pub const fn only(mut self, field: &'static str, words: &'static [&'static str]) -> Due {
        self.only = Some((field, words));
        self
    }

    /// The states that it is made from.
    pub fn states(&self, lifecycle: &Lifecycle) -> Vec<&'static str> {
        let made = lifecycle.moves.iter().filter(|step| step.to == self.to && (self.from.is_empty() || self.from.contains(&step.from)));
        made.map(|step| step.from).collect()
    }
}

/// What is declared that cannot be: mistakes in the source, found when the service is put together.
pub(super) fn mistakes(due: &[Due], lifecycle: Option<&Lifecycle>, kind: &dyn Fn(&str) -> Option<SqlType>) -> Vec<String> {
    let mut found = Vec::new();
    let mut wants = |holds: bool, what: String| {
        if !holds {
            found.push(what);
        }
    };
    for due in due {
        let states = lifecycle.map(|lifecycle| due.states(lifecycle)).unwrap_or_default();
        wants(!states.is_empty(), format!("{} is due, and no move leads there", due.to));
        wants(due.from.iter().all(|from| states.contains(from)), format!("{} is due from {:?}, and not all of these can become that", due.to, due.from));
        let approving = lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves).any(|step| step.to == due.to && step.approving);
        wants(!approving, format!("{} approves, which the service cannot do by date", due.to));
        let day =
            if due.days.is_some() { matches!(kind(due.field), Some(SqlType::Date)) } else { matches!(kind(due.field), Some(SqlType::Date | SqlType::Instant)) };
        wants(day, format!("{} holds no day", due.field));
        wants(due.days.is_none_or(|days| kind(days) == Some(SqlType::Integer)), format!("{:?} is no number of days", due.days));
        let only = due.only.is_none_or(|(field, words)| match kind(field) {
            Some(SqlType::Text) => !words.is_empty(),
            Some(SqlType::Bool) => words == ["true"],
            _ => false,
        });
        wants(only, format!("{:?} does not decide", due.only));
    }
    found
}
