//! Which permissions there are: a name that stands for none would be held, and never asked for.

use steward_core::access::Pattern;
use steward_core::access::role::BUILT_IN;
use steward_core::ports::permission::OfOperations;
use steward_core::resource::{READ_RESTRICTED, ResourceType, ResourceTypes};

/// The permissions that there are: those of operations, of built-in roles, and on the records of each collection.
pub struct KnownPermissions(Vec<Pattern>);

impl KnownPermissions {
    /// All of them.
    pub fn of(definitions: &ResourceTypes) -> Self {
        let of_operations = definitions.answers.get::<OfOperations>().map_or(&[][..], |known| known.0.as_slice());
        let built_in = BUILT_IN.iter().flat_map(|role| role.permissions).copied();
        let named = of_operations.iter().map(String::as_str).chain(built_in).filter_map(Pattern::parse);
        let on_records = definitions.all().iter().flat_map(|definition| of_collection(definition));
        KnownPermissions(on_records.chain(named).collect())
    }

    /// True if a pattern stands for at least one of them.
    pub fn has(&self, pattern: &Pattern) -> bool {
        self.0.iter().any(|permission| pattern.covers(permission))
    }
}

/// The permissions on the records of a collection.
fn of_collection(definition: &ResourceType) -> impl Iterator<Item = Pattern> {
    let usual = ["read", "create", "update", "delete"].into_iter();
    let restricted = definition.fields.iter().any(|field| field.restricted).then_some(READ_RESTRICTED);
    let moves = definition.moves().map(|step| step.name);
    usual.chain(restricted).chain(moves).chain(definition.rule_verbs.iter().copied()).filter_map(|verb| Pattern::parse(&definition.permission(verb)))
}
