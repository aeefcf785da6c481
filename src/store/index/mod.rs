//! What is kept beside every record: its registry row, its edges, its references.

pub mod edge;
pub mod place;
pub mod position;
pub mod reference;
pub mod registry;
