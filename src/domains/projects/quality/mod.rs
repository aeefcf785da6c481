//! Quality checks, defects and gates.

pub mod defect;
pub mod figures;
pub mod first_pass;
pub mod gate;
pub mod gate_criterion;
pub mod gate_readiness;
pub mod quality_check;
