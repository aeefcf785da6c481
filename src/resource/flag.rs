//! Rules that facts may break, declared: what happened is kept, and what speaks against it is told as a conflict.

use super::{Check, Definition, Definitions, Effect, Id};
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
}

impl Watch {
    /// The records in question themselves.
    pub const fn itself(collection: &'static str) -> Watch {
        Watch { collection, field: "id", beside: None }
    }

    /// Records that name the one in question.
    pub const fn by(collection: &'static str, field: &'static str) -> Watch {
        Watch { collection, field, beside: None }
    }

    /// Records whose field agrees with a field of others, which name the one in question.
    pub const fn beside(collection: &'static str, field: &'static str, others: (&'static str, &'static str, &'static str)) -> Watch {
        Watch { collection, field, beside: Some(others) }
    }
}

impl Flag {
    /// The rule that its conflicts name: `domain.collection:code`.
    pub fn rule(&self, declaring: &Definition) -> String {
        declaring.permission(self.code)
    }
}

/// A watch, with the flag that it belongs to and the collection that declares it.
#[derive(Clone, Copy)]
pub struct Watcher {
    /// The collection that declares the flag.
    pub declaring: &'static Definition,
    /// The flag.
    pub flag: &'static Flag,
    /// The watch.
    pub watch: &'static Watch,
}

/// What flags of a definition name that does not exist.
pub(super) fn mistakes(definition: &Definition, all: &Definitions) -> Vec<String> {
    let has = |path: &str, name: &str| all.get(path).is_some_and(|other| name == "id" || other.field(name).is_some());
    let sound = |watch: &Watch| has(watch.collection, watch.field) && watch.beside.is_none_or(|(of, by, named)| has(of, by) && has(of, named));
    let watches = definition.flags.iter().flat_map(|flag| flag.watches.iter().map(move |watch| (flag, watch)));
    let mut found: Vec<String> =
        watches.filter(|(_, watch)| !sound(watch)).map(|(flag, watch)| format!("{}: {} watches {watch:?}", definition.path, flag.code)).collect();
    found.extend(
        definition.flags.iter().filter(|flag| all.get(flag.about).is_none()).map(|flag| format!("{}: {} is about {}", definition.path, flag.code, flag.about)),
    );
    found
}
