//! The fields of IT management, a folder and a crate each: what an IT organisation knows, decides and does, as resources.
//!
//! A domain is its `mod.rs` (what it is for, and its resources, a line each), a file for each resource, and a file for each
//! figure. It may use every folder below it: [`resource`](mod@crate::resource) to say what a record is, [`view`](mod@crate::view) for
//! an operation of its own, [`store`](crate::store) to read and write as the caller may. It never imports another domain: what it
//! refers to it names by `domain/collection`, and a rule or figure that needs another domain's records reads their rows. So a
//! domain can be read, changed or left out alone.

pub use steward_finance as finance;
pub use steward_governance as governance;
pub use steward_identity as identity;
pub use steward_infrastructure as infrastructure;
pub use steward_platform as platform;
pub use steward_projects as projects;
pub use steward_security as security;
pub use steward_strategy as strategy;
pub use steward_teams as teams;
pub use steward_vendors as vendors;
