//! Strategic plans, themes, planning cycles, context and alignment.

pub mod alignment;
pub mod alignment_share;
pub mod context_factor;
pub mod contribution;
pub mod figures;
pub mod horizon;
pub mod orphan;
pub mod plan_theme;
pub mod plan_version;
pub mod planning_cycle;
pub mod strategic_plan;
pub mod theme;
pub mod theme_lineage;
pub mod unaligned_work;
