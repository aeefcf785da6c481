//! Four requests from the socket to the row and back.
//!
//! Names in `code font` are private: `cargo doc --document-private-items` shows them.
//!
//! # What all have in common
//!
//! 1. [`http::trace`](crate::http::trace) gives the request its id (`X-Request-Id`), which will stand in the log, in a problem
//!    document and in the revision, and adds the headers that every answer has.
//! 2. [`http::mount`](crate::http::mount) has a route for each address outside the API; everything else is `http::dispatch`.
//! 3. [`Routes`](crate::http::Routes) says what the path names: a collection, a record, its transitions, or a
//!    [`Operation`](crate::view::Operation) of a domain. Two look-ups in a table, whatever the number of collections. 404 and 405
//!    are told here, to anybody: which addresses there are is public, it stands in the document.
//! 4. `http::dispatch::authenticate` makes a [`Session`](crate::access::Session) of the token: one statement (401).
//! 5. `http::handler` answers. It reads the request and knows no SQL; [`Store`](crate::store::Store) knows no HTTP. What
//!    passes between them is a [`ResourceType`](crate::resource::ResourceType), which is a resource without its type.
//! 6. Whatever fails becomes an [`Error`](crate::error::Error), and at the very edge `http::answer` makes a problem document
//!    of it. No text of a library passes there.
//!
//! # `GET /api/v1/governance/controls?state=operating&limit=2`
//!
//! * `handler::list` reads the query (`http::query`: equality, order, page; `http::filter`: the filter language; 400) and the
//!   shape of the answer (`http::shape`: fields, expand, figures, as_of).
//! * [`Store::read`](crate::store::Store::read) opens a [`Reader`](crate::store::Reader) on one state of the data.
//! * [`Reader::list`](crate::store::Reader) narrows the query to what the session may read (`store::scope`: a condition in
//!   the SQL, never a filter over its rows) and runs it: one statement for the page, one more for `include_total`, whatever
//!   the number of rows.
//! * [`FieldVisibility`](crate::store::FieldVisibility) takes out the fields that do not exist for the session, `http::cursor` writes the way on.
//!
//! # `POST /api/v1/governance/controls`
//!
//! * `handler::create` asks in this order: known parameters (400), permission anywhere (404, 403), form of the body (415), its
//!   size (413), its JSON (400, 422). Passwords are hashed here, before the transaction.
//! * `http::perform` makes it a rehearsal (`dry_run`) or a thing done once (`Idempotency-Key`), for every write alike.
//! * [`Store::write`](crate::store::Store::write) runs it in one transaction; on SQLite the one writer commits many together.
//!   **It may run more than once**, so it is a `Fn` and changes nothing outside.
//! * [`Writer::create`](crate::store::Writer::create): the draft is read (server fields refused, unit derived, fields judged,
//!   references resolved; all broken fields at once, 422) → permission at its place (403) → parent open (409) → locks of the
//!   rules → declared rules, then its own (409) → row → what its making makes elsewhere → revision → words for full text →
//!   registry → edges → custom values → the parent's revision.
//! * The answer is the record as the session sees it, with `Location` and `ETag`.
//!
//! # `POST /api/v1/governance/controls/{id}/transitions`
//!
//! * `handler::transition` first looks whether the record is in sight and any of its moves is permitted (404, 403), in a read
//!   of its own: who may not move it learns nothing from If-Match (428) or the body (422).
//! * [`Writer::transition`](crate::store::Writer): lock → record in sight (404) → this move permitted (403) → version (412) →
//!   rules and their locks (409) → guards, the resource's own and those declared (409 with `allowed`) → row → revision and the
//!   rest as above, under the name of the move → effects, by the service, in the same transaction.
//! * `GET` on the same address asks the same guards without writing: what a client is told and what it meets are one code.
//!
//! # `POST /api/v1/platform/imports?collection=governance/controls`
//!
//! * It is an [`Action`](crate::view::Action): `prepare` parses the file on a thread for such work, before the
//!   transaction; `apply` writes. With `Prefer: respond-async`, or over 5 MB, it is kept as an operation (202) and done by
//!   [`jobs`](crate::jobs), by the same two functions.
//! * Each row is matched by its id or by what is unique of its kind, then created or updated through
//!   [`Writer`](crate::store::Writer) like any other, in a savepoint: there is no second way in, and no rule of import alone.
//! * If one row is broken the transaction is taken back, and the answer names every cell (422).
