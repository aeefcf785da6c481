//! Ports on their way out.

pub mod answer;
pub mod export;
pub mod shape;
