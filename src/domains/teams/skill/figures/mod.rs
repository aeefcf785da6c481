//! Figures of skill.

pub mod person_skill_gap;
pub mod skill_cover;
