//! Sites, locations and racks.

pub mod feed_power;
pub mod figures;
pub mod location;
pub mod mounted;
pub mod power_feed;
pub mod rack;
pub mod rack_place;
pub mod site;
