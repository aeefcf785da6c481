//! Quality checks, defects and gates.

pub mod defect;
pub mod gate;
pub mod quality_check;
