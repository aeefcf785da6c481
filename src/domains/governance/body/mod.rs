//! Governance bodies, their members, meetings and decisions.

pub mod body_member;
pub mod decision;
pub mod frozen_record;
pub mod governance_body;
pub mod meeting;
