//! The schema crate's source, and how it differs from the resources.

mod baseline;
mod difference;
pub mod lookup;
pub mod shape;
mod source;

pub use baseline::baseline;
pub use difference::lacking;
pub use source::print;
