//! Figures of plan.

pub mod plan_alignment;
