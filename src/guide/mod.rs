//! The guide: how a request goes through the service, which refusal is told when, and what is odd and is not to be copied.
//!
//! Whoever is new reads in this order, an hour in all:
//!
//! 1. the map, which is the first page of the crate `steward`;
//! 2. [`request`]: a list, a create, a transition and an import, from the socket to the row and back;
//! 3. [`refusal`]: when it is 400, 401, 403, 404, 409, 412, 422 or 428, and in which order they are asked;
//! 4. [`resource`](mod@crate::resource): what a resource can say, and one of them, such as `src/domains/governance/framework/applicability_statement.rs`;
//! 5. [`quirk`]: what is as it is for a reason that no longer convinces, or that one would not guess.
//!
//! "Add a resource" in `docs/develop.md` is the first exercise. There is no code in this folder.

pub mod quirk;
pub mod refusal;
pub mod request;
