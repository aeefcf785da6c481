//! Which refusal is told when. What is not here is decided in `src/http/openapi` by the document that clients see.
//!
//! | what | answer |
//! |---|---|
//! | an address that names nothing, a malformed id | 404, to anybody |
//! | an address that has not this method | 405 with `Allow`, to anybody |
//! | no token, or one that is bad, expired or revoked | 401 with `WWW-Authenticate` |
//! | a record that is absent or out of sight | 404, the same to the letter |
//! | a record in sight, without the permission for this | 403, with the permission's name |
//! | a create, where something of the kind can be read but nothing created | 403 |
//! | a create, where nothing of the kind can be read | 404 |
//! | a list of what one may read nothing of | 200, empty |
//! | a view whose permissions are held nowhere | 404, or 403 where the collection can be read |
//! | a query that cannot be read: unknown parameter, bad filter, bad cursor | 400 |
//! | a field in `filter`, `sort`, `fields` or `expand` that is unknown, or does not exist for the caller | 400, the same |
//! | a body that is no JSON | 400 |
//! | a body that is JSON and says something wrong, a server field, a reference that is absent or out of sight | 422, every field at once |
//! | asked too often: an address at `/api/v1/auth`, a principal, or who has failed to log in | 429 with `Retry-After` |
//! | `If-Match` is missing | 428 |
//! | `If-Match` names another revision | 412 |
//! | other data forbids it: a duplicate, an illegal move, a guard, something that still refers to it | 409 with what |
//!
//! # Why, in four rules
//!
//! 1. **404 before 403.** A 403 says that something is there. Only who may read a record may learn that it exists, so the store
//!    narrows first and asks for the permission second ([`Writer::update`](crate::store::Writer::update) and all its siblings).
//! 2. **Who before what.** Nothing of a body or of `If-Match` is judged before it is known that the caller may do this: 403 and
//!    404 come before 428, 412, 415 and 422. `RequestContext::require_visible` and `require_movable` in
//!    `src/http/request/context.rs` are the one place.
//! 3. **Absent and invisible are the same answer**, in a reference as in an address: a 422 that told "forbidden" from "absent"
//!    would be a way to ask what exists.
//! 4. **Input alone is 422, other data is 409.** A rule that can be judged with the body in hand is
//!    [`Resource::rules`](crate::resource::Resource::rules); one that reads other rows is
//!    [`Resource::check`](crate::resource::Resource::check) or a [`Rule`](crate::resource::Rule).
//!
//! A new operation takes this from the shared layer: [`view`](mod@crate::view) for what a domain adds, and `http::handler`
//! for the rest. A domain that makes a 401, 403 or 404 by itself has found a hole in the shared layer: mend it there. The matrix
//! in `tests/access/matrix/` shows the outcome for every operation and every role.
