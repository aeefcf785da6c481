//! Documents of other services: parsed and printed here, without a database.
//!
//! Each takes text and gives plain data, or says where the text breaks; of the service it uses only how errors are told, so that it is tested
//! by examples alone and a wrong document can harm nothing. What the data means for records is said by the domain that imports.

pub mod advisory;
pub mod csv;
pub mod device_type;
mod fault;
pub mod focus;
pub mod icalendar;
pub mod mspdi;
pub mod multipart;
pub mod oscal;
pub mod sbom;
pub mod scan;
pub mod text;
pub mod version;

pub use fault::Fault;
