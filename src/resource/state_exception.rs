//! What a resource declares of its states beside the defaults.

use super::Resource;

/// What a resource declares of its states.
#[derive(Debug, Clone, Copy)]
pub struct StateRules {
    /// Where a record may be deleted beside its first state, and what may change where it is frozen.
    pub exceptions: &'static [StateException],
    /// The references to what it stands on, beside the one that its scope follows.
    pub basis: &'static [&'static str],
    /// The references to what may have ended while it goes on, and why.
    pub outlives: &'static [(&'static str, &'static str)],
    /// True if its first state is no draft.
    pub begins_at_once: bool,
}

impl StateRules {
    /// Those of a resource.
    pub const fn of<R: Resource>() -> StateRules {
        StateRules { exceptions: R::STATE_EXCEPTIONS, basis: R::BASIS, outlives: R::OUTLIVES, begins_at_once: R::BEGINS_AT_ONCE }
    }
}

/// An exception from what a state forbids by default.
#[derive(Debug, Clone, Copy)]
pub struct StateException {
    /// The states.
    pub states: &'static [&'static str],
    /// What is possible in them all the same.
    pub allows: Allows,
    /// Why.
    pub reason: &'static str,
}

/// What is possible in a state although it is so by no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allows {
    /// The record may be deleted.
    Delete,
    /// These fields may change.
    Fields(&'static [&'static str]),
    /// The service may change fields, as what a move elsewhere brings about; clients may not.
    Service,
}

impl StateException {
    /// The record may be deleted in these states too.
    pub const fn deletable(states: &'static [&'static str], reason: &'static str) -> StateException {
        StateException { states, allows: Allows::Delete, reason }
    }

    /// The service may change fields in these states too, as what a move elsewhere brings about.
    pub const fn by_service(states: &'static [&'static str], reason: &'static str) -> StateException {
        StateException { states, allows: Allows::Service, reason }
    }

    /// These fields may change in these states too.
    pub const fn editable(states: &'static [&'static str], fields: &'static [&'static str], reason: &'static str) -> StateException {
        StateException { states, allows: Allows::Fields(fields), reason }
    }
}
