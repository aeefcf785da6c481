//! Sites, locations and racks.

pub mod location;
pub mod rack;
pub mod site;
