//! Rules that facts may break, declared: what happened is kept, and what speaks against it is told as a conflict.

use super::{Check, Effect, Id};
use crate::error::Result;

/// A rule that facts may break. What breaks it is kept, and raises a conflict about a record, once, which ends with its cause.
#[derive(Clone, Copy)]
pub struct Flag {
    /// Its name. With the collection that declares it, it is the rule that the conflict names.
    pub code: &'static str,
    /// The collection of the records that it is about.
    pub about: &'static str,
    /// The records whose change can break it or mend it.
    pub watches: &'static [Watch],
    /// What speaks against a record that it is about, in words; nothing if the rule is kept.
    pub judge: fn(&mut Check<'_>, Id) -> Result<Option<String>>,
    /// What else is done when a conflict is raised about a record.
    pub hold: Option<fn(&mut Check<'_>, Id) -> Result<Vec<Effect>>>,
}

/// Whose change has a rule judged again, and about which records.
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    /// Their collection.
    pub collection: &'static str,
    /// The field that names the record in question, or that has in common with it what `beside` says; `id` for themselves.
    pub field: &'static str,
    /// Where the records in question are looked up: the collection, its field that agrees with `field`, and its field that
    /// names them (`id` for themselves).
    pub beside: Option<(&'static str, &'static str, &'static str)>,
    /// Where no field leads to them: what finds the records in question.
    pub looked_up: Option<fn(&mut Check<'_>, Id) -> Result<Vec<Id>>>,
    /// True if a record that was made just now keeps the rule, whatever it says: only what refers to a record breaks it.
    pub unless_new: bool,
}

impl Watch {
    /// The records in question themselves.
    pub const fn itself(collection: &'static str) -> Watch {
        Watch { collection, field: "id", beside: None, looked_up: None, unless_new: false }
    }

    /// The records in question themselves, where only what refers to one can break the rule: not those that were made just now.
    pub const fn known(collection: &'static str) -> Watch {
        Watch { unless_new: true, ..Watch::itself(collection) }
    }

    /// Records that name the one in question.
    pub const fn by(collection: &'static str, field: &'static str) -> Watch {
        Watch { collection, field, beside: None, looked_up: None, unless_new: false }
    }

    /// Records that no field leads from to those in question.
    pub const fn looked_up(collection: &'static str, find: fn(&mut Check<'_>, Id) -> Result<Vec<Id>>) -> Watch {
        Watch { collection, field: "id", beside: None, looked_up: Some(find), unless_new: false }
    }

    /// Records whose field agrees with a field of others, which name the one in question.
    pub const fn beside(collection: &'static str, field: &'static str, others: (&'static str, &'static str, &'static str)) -> Watch {
        Watch { collection, field, beside: Some(others), looked_up: None, unless_new: false }
    }
}

/// A watch, with the flag that it belongs to.
#[derive(Clone)]
pub struct Watcher {
    /// The rule that its conflicts name: `domain.collection:code`, of the collection that declares it.
    pub rule: String,
    /// The flag.
    pub flag: &'static Flag,
    /// The watch.
    pub watch: &'static Watch,
}
