//! Development plans and mentoring.

pub mod development_goal;
pub mod development_plan;
pub mod mentoring_session;
pub mod mentorship;
pub mod plan_agreement;
