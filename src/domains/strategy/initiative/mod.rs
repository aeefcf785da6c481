//! Initiatives, their dependencies, and experiments.

pub mod experiment;
pub mod initiative;
pub mod initiative_dependency;
pub mod running_initiative;
