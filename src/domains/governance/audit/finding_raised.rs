//! Findings that other domains raise.

use super::finding::{Finding, FindingKind};
use steward_core::ports::finding::{self, Nonconformity};
use steward_core::resource::{Effect, Placement};

/// The findings of the organisation.
pub struct Findings;

impl finding::Findings for Findings {
    fn raise(&self, found: Nonconformity) -> Effect {
        let finding =
            Finding { source_id: Some(found.source), found_on: Some(found.found_on), ..Finding::found(found.title, FindingKind::Minor, found.description) };
        Effect::create(Placement { unit_id: Some(found.unit), owner_id: None }, finding)
    }
}
