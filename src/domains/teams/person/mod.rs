//! Units, teams, people, positions, roles and succession.

pub mod figures;
pub mod membership;
pub mod person;
pub mod ports;
pub mod position;
pub mod role_profile;
pub mod role_requirement;
pub mod role_version;
pub mod succession_slot;
pub mod team;
pub mod unit;
