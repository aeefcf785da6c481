//! Ports on their way out.

pub mod answer;
pub mod coded;
pub mod expand;
pub mod export;
pub mod language;
pub mod paced;
pub mod shape;
