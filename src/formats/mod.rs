//! Documents of other houses: parsed and printed here, without a database.

pub mod csv;
pub mod oscal;
