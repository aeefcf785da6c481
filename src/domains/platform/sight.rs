//! Records of any kind that a session sees, in queries over the registry.

use diesel::query_source::Alias;
use steward_core::access::Session;
use steward_core::database::Narrowed;
use steward_core::resource::ResourceTypes;
use steward_core::store::visible;
use steward_schema::service::registry;

diesel::alias! {
    // The names `r` and `o` are those that the store's condition uses.
    pub const RECORDS: Alias<Records> = registry as r;
    pub const ROOTS: Alias<Roots> = registry as o;
}

/// What a session may read: a condition on [`RECORDS`](const@RECORDS) joined to the [`ROOTS`](const@ROOTS) that decide who sees them.
pub fn seen(definitions: &ResourceTypes, session: &Session) -> Narrowed<Alias<Roots>> {
    Narrowed::to(visible(definitions, session))
}
