//! Sites, locations and racks.

pub mod location;
pub mod rack;
pub mod rack_place;
pub mod site;
