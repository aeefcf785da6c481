//! Service levels and credits, scorecards, reviews and improvement plans.

pub mod owed_credit;
pub mod scorecard;
pub mod scorecard_template;
pub mod service_credit;
pub mod sla_measurement;
pub mod sla_period;
pub mod sla_target;
pub mod vendor_improvement_plan;
pub mod vendor_review;
