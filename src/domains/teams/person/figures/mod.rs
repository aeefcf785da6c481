//! Figures of person.

pub mod commitment;
