//! Scenarios: a decision is rehearsed on a transaction that is taken back, and what it would change is told.

mod difference;
mod figure;
mod request;
mod scenario;
mod written;

pub use figure::{Figures, Standard};
pub use scenario::RehearseScenario;
