//! A whole database on its way from SQLite into an empty PostgreSQL: every table in pieces, then counted, hashed and compared.
//!
//! The target is no database of Steward until the end: while a table named [`UNFINISHED`](crate::database::UNFINISHED) stands in it, every
//! process refuses it. That table keeps what binds the tables to one another (foreign keys), which comes back when all rows are there; who
//! begins again after a failure finds it and empties the rest.

mod digest;
mod source;
mod target;

pub use digest::Digest;
pub use source::{Table, begin_reading, piece, rows, tables};
pub use target::{begin, digest_of, finish, write};
