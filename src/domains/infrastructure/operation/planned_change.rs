//! A change as it is planned: when it is made, of what, and what stands against that.

use super::carried;
use super::change_kind::ChangeKind;
use super::freeze_period::freeze_over;
use diesel::prelude::*;
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::ports::exception::{self, Days, ExceptionKind};
use steward_core::resource::value::Instant;
use steward_core::resource::{Check, Id};
use steward_schema::infrastructure::{changes, services};

/// When a change is made, and of what.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = changes, check_for_backend(Dialect))]
pub struct PlannedChange {
    /// How it is decided on.
    pub kind: ChangeKind,
    /// The service that it names.
    pub service_id: Option<Id>,
    /// What is changed.
    pub target_id: Option<Id>,
    /// What is changed beside that.
    pub target_ids: Vec<Id>,
    /// When it is to begin.
    pub starts_at: Option<Instant>,
    /// When it is to end.
    pub ends_at: Option<Instant>,
}

impl PlannedChange {
    /// All that is changed.
    pub fn targets(&self) -> impl Iterator<Item = Id> {
        self.target_id.into_iter().chain(self.target_ids.iter().copied())
    }

    /// The services in use that the change may affect: the one that it names, and those that its targets carry.
    pub fn services(&self, check: &mut Check<'_>) -> Result<Vec<Id>> {
        let targets: Vec<Id> = self.targets().collect();
        let mut affected = carried::services_in_use_on(check.connection, &targets)?;
        if let Some(service) = self.service_id {
            let in_use = services::table.find(service).filter(services::state.ne("retired"));
            affected.extend(in_use.select(services::id).first::<Id>(check.connection).optional()?);
        }
        affected.sort_unstable();
        affected.dedup();
        Ok(affected)
    }

    /// The name of a freeze in which the change would be made, unless it is an emergency.
    pub fn freeze(&self, check: &mut Check<'_>) -> Result<Option<String>> {
        let (Some((starts_at, ends_at)), false) = (self.starts_at.zip(self.ends_at), self.kind == ChangeKind::Emergency) else { return Ok(None) };
        let days = Days { first: starts_at.date(), last: ends_at.date() };
        let services = self.services(check)?;
        for (freeze, name) in freeze_over(check, starts_at, ends_at, &services)? {
            if !exception::in_force(check, ExceptionKind::ChangeFreeze, &[check.id, freeze], days)? {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }
}
