//! The tables of the service as Diesel sees them: `diesel::table!` for each, by the domain whose collection it holds.
//!
//! A crate of its own, because it is slow to compile and changes with the migrations only. [`tables`] is generated from them by
//! `cargo run -- schema print --into schema/src/tables.rs`; a test holds it to that. `pairs` names by hand those tables that a query
//! joins though neither refers to the other.
#![forbid(unsafe_code)]

/// Allows a query over two tables. Diesel's own `allow_tables_to_appear_in_same_query!` says it of their samples too, which takes
/// the compiler minutes for this many pairs.
macro_rules! beside {
    ($one:ident, $other:ident) => {
        impl diesel::query_source::TableNotEqual<$one::table> for $other::table {}
        impl diesel::query_source::TableNotEqual<$other::table> for $one::table {}
    };
}
pub(crate) use beside;

mod pairs;
// As it is printed.
#[rustfmt::skip]
pub mod tables;

pub use tables::*;

/// What a column holds, in the words of Diesel's SQL types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ColumnType {
    Uuid,
    Text,
    BigInt,
    Double,
    Bool,
    Date,
    Timestamptz,
    Jsonb,
    Binary,
}

/// One column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Its name in the database.
    pub name: &'static str,
    /// What it holds.
    pub sql_type: ColumnType,
    /// Whether it may be null.
    pub nullable: bool,
}

mod not_yet {
    diesel::table! {
        not_yet (id) {
            id -> Uuid,
        }
    }

    impl crate::Described for not_yet::table {
        const NAME: &'static str = "";
        const COLUMNS: &'static [crate::Held] = &[];
    }
}

/// The table of a resource that has none yet: until its migration is written.
pub type NotYet = not_yet::not_yet::table;

/// A table whose columns are known while the service is built, so that a field without its column is an error of the build.
pub trait Described {
    /// Its name in the database.
    const NAME: &'static str;
    /// Its columns, in order.
    const COLUMNS: &'static [Held];
}
