//! What many kinds share, declared in a line: rules about other rows, what a move needs, and what a move makes elsewhere.

/// A rule about other rows. The store takes what it must lock and runs it wherever a record is written.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// The tree over this field has no circles.
    Tree(&'static str),
    /// The record that `by` refers to has the same value in `theirs` as this one in `ours`. Where `ours` may be empty and is
    /// left out, it is taken from there.
    Agrees {
        /// The reference, to one collection.
        by: &'static str,
        /// The field over there, or `id`.
        theirs: &'static str,
        /// The field here.
        ours: &'static str,
    },
    /// The spans of records with the same fields do not overlap; an end that is empty lasts for ever.
    NoOverlap {
        /// What the records have in common; empty agrees with empty.
        same: &'static [&'static str],
        /// The field that a span begins with.
        starts: &'static str,
        /// The field that it ends with, included.
        ends: &'static str,
    },
    /// No two records agree in all of these fields; empty agrees with empty.
    Distinct(&'static [&'static str]),
    /// No two records agree in all of these fields, however their texts are written: as a key is compared, regardless of case and form.
    Unlike(&'static [&'static str]),
    /// Once a record has left its first state, these fields stay as they were.
    Fixed(&'static [&'static str]),
    /// The sum of a field over the records with the same fields stays within a limit.
    AtMost {
        /// The field that is summed.
        sum: &'static str,
        /// What the records have in common.
        same: &'static [&'static str],
        /// The greatest sum.
        limit: f64,
        /// The states in which a record does not count.
        unless_in: &'static [&'static str],
    },
}

/// What must hold before a move to one of some states.
#[derive(Debug, Clone, Copy)]
pub struct Guard {
    /// The states.
    pub to: &'static [&'static str],
    /// What they need.
    pub need: Need,
}

/// What a move needs.
#[derive(Debug, Clone, Copy)]
pub enum Need {
    /// These fields are set.
    Set(&'static [&'static str]),
    /// There is at least one part of this collection.
    Part(&'static str),
    /// What a field refers to is in one of these states.
    Referred(&'static str, &'static [&'static str]),
    /// No other record with the same fields is in the state that this one moves to.
    Alone(&'static [&'static str]),
    /// The sum of a field over the records that refer to this one.
    Sum {
        /// Their collection.
        of: &'static str,
        /// The field by which they refer to this one.
        by: &'static str,
        /// The field that is summed.
        field: &'static str,
        /// What it must be.
        total: f64,
    },
    /// No record refers to this one in one of these states (empty: in any).
    NoneIn {
        /// Their collection.
        of: &'static str,
        /// The field by which they refer to this one.
        by: &'static str,
        /// The states.
        states: &'static [&'static str],
    },
    /// All records that refer to this one are in one of these states.
    AllIn {
        /// Their collection.
        of: &'static str,
        /// The field by which they refer to this one.
        by: &'static str,
        /// The states.
        states: &'static [&'static str],
    },
    /// The day in a field has passed.
    After(&'static str),
    /// The day in a field has come.
    Reached(&'static str),
}

impl Guard {
    /// These fields are set.
    pub const fn set(to: &'static [&'static str], fields: &'static [&'static str]) -> Guard {
        Guard { to, need: Need::Set(fields) }
    }

    /// There is at least one part of this collection.
    pub const fn part(to: &'static [&'static str], collection: &'static str) -> Guard {
        Guard { to, need: Need::Part(collection) }
    }

    /// What a field refers to is in one of these states, where it is set.
    pub const fn referred(to: &'static [&'static str], field: &'static str, states: &'static [&'static str]) -> Guard {
        Guard { to, need: Need::Referred(field, states) }
    }

    /// No other record with the same fields is in the state that this one moves to.
    pub const fn alone(to: &'static [&'static str], same: &'static [&'static str]) -> Guard {
        Guard { to, need: Need::Alone(same) }
    }

    /// The sum of a field over the records of a collection that refer to this one is a total.
    pub const fn sum(to: &'static [&'static str], of: &'static str, by: &'static str, field: &'static str, total: f64) -> Guard {
        Guard { to, need: Need::Sum { of, by, field, total } }
    }

    /// No record of a collection refers to this one in these states; no states: in any.
    pub const fn none_in(to: &'static [&'static str], of: &'static str, by: &'static str, states: &'static [&'static str]) -> Guard {
        Guard { to, need: Need::NoneIn { of, by, states } }
    }

    /// All records of a collection that refer to this one are in these states.
    pub const fn all_in(to: &'static [&'static str], of: &'static str, by: &'static str, states: &'static [&'static str]) -> Guard {
        Guard { to, need: Need::AllIn { of, by, states } }
    }

    /// The day in a field has passed.
    pub const fn after(to: &'static [&'static str], field: &'static str) -> Guard {
        Guard { to, need: Need::After(field) }
    }

    /// The day in a field has come.
    pub const fn reached(to: &'static [&'static str], field: &'static str) -> Guard {
        Guard { to, need: Need::Reached(field) }
    }
}
