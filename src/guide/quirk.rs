//! What is odd, and why. **Do not propagate**: new code does not take these as its pattern, and the list only shrinks.
//!
//! # To clients
//!
//! * `GET …/transitions` answers `{"state", "data"}`, and no `next_cursor`: a record has a handful of moves.
//! * A `POST` on `governance/frameworks/import` or `platform/files` makes records under a path that is no collection's, with raw
//!   bytes for a body. New imports go through `platform/imports`.
//! * `PATCH` of an object inside a record removes a member by null (RFC 7396); null for a field of the record empties it, and a
//!   field that cannot be empty refuses it. So `null` means two things, one level apart.
//! * An answer of `fields`, `expand`, `figures` or `as_of` has no `ETag`: it is no version of the record.
//! * `unit_id` may be left out where the caller has one unit, and for who may do it everywhere it is the first unit of the service.
//!   A script of an administrator that forgets it files everything at the top.
//! * A view without permissions of its own in the document (`platform/bulk`, `platform/scenarios`, `platform/imports`) asks them step by step.
//!
//! # In the code
//!
//! * The collection `infrastructure/services` is `Service` in `it_service.rs`: `services` as a file says nothing, and the tests
//!   refuse it as a name. Every other file is the singular of its collection.
//! * `http::AppState` is the running service as handlers see it, `identity::bootstrap` is what makes a new one, and "the service" in
//!   texts is the service as a principal ([`Session::system`](crate::access::Session::system)).
//! * [`Writer`](crate::store::Writer) stands in `store/write/writer.rs`, and its steps are further `impl` blocks in files of their own.
//! * [`Check`](crate::resource::Check) has the connection, so a resource's rule can read any row of the tables of its domain, whoever
//!   asks. Read what a [`Rule`](crate::resource::Rule) or a [`Guard`](crate::resource::Guard) cannot say, and only read; the tables of
//!   another domain are asked through [`ports`](crate::ports).
//! * An anonymous fact (`Resource::ANONYMOUS`) has an id at random, midnight for a time, and neither history nor registry row. It
//!   exists for one kind of record, whose answers must not lead to a person.
//! * Changing a record reads it twice: once in a read of its own, for the order of refusals ([`refusal`](super::refusal)), once
//!   in the transaction, locked.
//! * What Diesel cannot say stands as text, in the store and in the few files that `tests/architecture/query.rs` names. What keeps it
//!   honest is that each statement runs on both databases in the tests, that [`Statement`](crate::database::Statement) takes values
//!   only by binding, and that its rows are decoded by type.
//! * The tables of all domains are one crate, `steward_schema`, which takes a minute to compile and is not compiled anew for a change
//!   to a resource. Diesel lets two tables into one query where one refers to the other, or where `schema/src/pairs.rs` names them; a
//!   boxed sub-select needs neither.
