//! What may be done with a record in each of its states: deleting it, and changing its fields.
//!
//! By default a record is deleted in the first state of its lifecycle only, and its fields are frozen in final states: from then on it is
//! evidence. A resource that needs it otherwise declares a [`StateException`] with its reason.

use super::ResourceType;
use super::state_exception::{Allows, StateException};
use super::value::say_the_same;
use crate::database::SqlValue;

/// Which fields of a record may change in a state. Annotations may change in every state: comments, tags, links, attachments, and the
/// values of custom fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Editable {
    /// All of them.
    All,
    /// These.
    Fields(Vec<&'static str>),
    /// None: the record is frozen.
    None,
}

/// The field that annotates a record: it is none of its own.
const ANNOTATION: &str = "custom";

impl ResourceType {
    /// True if no move leads on from a state.
    pub fn is_final(&self, state: &str) -> bool {
        self.lifecycle.as_ref().is_some_and(|lifecycle| lifecycle.is_final(state))
    }

    /// True if a move from the first state begins what the record is about, and does not just give it up.
    pub fn begins(&self, from: &str, to: &str) -> bool {
        self.lifecycle.as_ref().is_some_and(|lifecycle| from == lifecycle.first() && !lifecycle.given_up.contains(&to))
    }

    /// True if a record may be deleted in a state.
    pub fn is_deletable_in(&self, state: &str) -> bool {
        let Some(lifecycle) = &self.lifecycle else { return true };
        state == lifecycle.first() || self.exceptions_in(state).any(|exception| exception.allows == Allows::Delete)
    }

    /// The states in which a record may be deleted.
    pub fn deletable_states(&self) -> Vec<&'static str> {
        self.states_where(|state| self.is_deletable_in(state))
    }

    /// Which fields of a record may change in a state.
    pub fn editable_fields_in(&self, state: &str) -> Editable {
        let free = if self.editable_in.is_empty() { !self.is_final(state) } else { self.editable_in.contains(&state) };
        if self.lifecycle.is_none() || free {
            return Editable::All;
        }
        let fields: Vec<&'static str> = self
            .exceptions_in(state)
            .flat_map(|exception| match exception.allows {
                Allows::Fields(fields) => fields,
                Allows::Delete | Allows::Service => &[],
            })
            .copied()
            .collect();
        if fields.is_empty() { Editable::None } else { Editable::Fields(fields) }
    }

    /// True if the service may change a field in a state, in which clients may not.
    pub fn is_service_free_in(&self, state: &str) -> bool {
        self.exceptions_in(state).any(|exception| exception.allows == Allows::Service)
    }

    /// The states in which all fields of a record may change.
    pub fn editable_states(&self) -> Vec<&'static str> {
        self.states_where(|state| self.editable_fields_in(state) == Editable::All)
    }

    /// What is declared beside the defaults of a state.
    pub fn exceptions_in<'a>(&'a self, state: &'a str) -> impl Iterator<Item = &'static StateException> + 'a {
        self.state_rules.exceptions.iter().filter(move |exception| exception.states.contains(&state))
    }

    fn states_where(&self, holds: impl Fn(&str) -> bool) -> Vec<&'static str> {
        self.lifecycle.iter().flat_map(|lifecycle| lifecycle.states.iter().copied()).filter(|state| holds(state)).collect()
    }

    /// The fields in which two rows differ, annotations aside.
    pub fn changed_fields(&self, before: &[SqlValue], after: &[SqlValue]) -> Vec<&'static super::Field> {
        let mut at = 0;
        let mut changed = Vec::new();
        for field in self.written_fields() {
            let span = at..at + field.columns.len();
            at = span.end;
            if field.name != ANNOTATION && !say_the_same(before.get(span.clone()), after.get(span)) {
                changed.push(field);
            }
        }
        changed
    }

    /// The kind of record in words: `Purchase order`.
    pub fn kind_name(&self) -> String {
        let words = self.singular.replace('_', " ");
        let mut letters = words.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }

    /// A record by its kind and title, for whom may read it: `Purchase order "PO-7"`.
    pub fn title_of(&self, stored: &super::Stored) -> String {
        let title = self.field(self.title).filter(|field| field.is_open()).and_then(|_| stored.own.to_json().shift_remove(self.title));
        match title.as_ref().and_then(serde_json::Value::as_str) {
            Some(title) => format!("{} \"{title}\"", self.kind_name()),
            None => self.kind_name(),
        }
    }

    /// The states that a record reaches only by way of another one, that one included.
    pub fn states_behind(&self, state: &str) -> Vec<&'static str> {
        let Some(lifecycle) = &self.lifecycle else { return Vec::new() };
        let mut free: Vec<&str> = Some(lifecycle.first()).filter(|first| *first != state).into_iter().collect();
        let mut at = 0;
        while let Some(from) = free.get(at).copied() {
            let next: Vec<&str> = lifecycle.moves_from(from).map(|step| step.to).filter(|to| *to != state && !free.contains(to)).collect();
            free.extend(next);
            at += 1;
        }
        lifecycle.states.iter().copied().filter(|each| !free.contains(each)).collect()
    }

    /// What is declared of states that cannot be: mistakes in the source, found when the service is put together.
    pub(super) fn mistakes_of_states(&self) -> Vec<String> {
        let states = self.lifecycle.as_ref().map(|lifecycle| lifecycle.states.clone()).unwrap_or_default();
        let first = self.lifecycle.as_ref().map_or("", |lifecycle| lifecycle.first());
        let mut found: Vec<String> =
            self.editable_in.iter().filter(|state| self.is_final(state)).map(|state| format!("{state} is final: that it may change is an exception")).collect();
        if let Some(lifecycle) = &self.lifecycle {
            let ends = lifecycle.given_up.iter().chain(lifecycle.repeated).filter(|state| !self.is_final(state));
            found.extend(ends.map(|state| format!("{state} is no final state: it is not given up, and no next one comes round after it")));
            let goes_on = |state: &&&str| !states.contains(*state) || self.is_final(state);
            found.extend(lifecycle.settled.iter().filter(goes_on).map(|state| format!("{state} is no state, or final: nothing is left to do there anyway")));
        }
        for exception in self.state_rules.exceptions {
            found.extend(exception.states.iter().filter(|state| !states.contains(state)).map(|state| format!("an exception of {state}, which is no state")));
            if exception.reason.len() < 10 {
                found.push("an exception without a reason".to_owned());
            }
            match exception.allows {
                Allows::Delete if exception.states.contains(&first) => found.push(format!("{first} is the first state: there it may be deleted anyway")),
                Allows::Delete | Allows::Service => {}
                Allows::Fields(fields) => {
                    found.extend(fields.iter().filter(|name| self.field(name).is_none()).map(|name| format!("an exception of {name}, which is no field")));
                }
            }
        }
        let outlived = self.state_rules.basis.iter().chain(self.state_rules.outlives.iter().map(|(name, _)| name));
        found.extend(outlived.filter(|name| self.field(name).is_none_or(|field| field.refers_to.is_empty())).map(|name| format!("{name} is no reference")));
        found.extend(self.state_rules.outlives.iter().filter(|(_, reason)| reason.len() < 10).map(|(name, _)| format!("it outlives {name} without a reason")));
        found.into_iter().map(|what| format!("{}: {what}", self.path)).collect()
    }
}
