//! Capabilities, technologies and radars.

pub mod blip;
pub mod capability;
pub mod radar;
pub mod radar_edition;
pub mod technology;
