//! Contracts that outlast the project that concluded them: a service has them then.

use super::notice::RenewalKind;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::work;
use steward_core::resource::value::Date;
use steward_core::resource::{Check, Id, UnmetGuard};
use steward_schema::vendors::contracts;

/// The states in which a contract binds, or is about to.
pub const BINDING: [&str; 4] = ["approved", "signed", "active", "suspended"];

/// A contract as far as it is handed over.
#[derive(Debug, Clone, Copy)]
pub struct Handover {
    /// The project that concluded it.
    pub project: Option<Id>,
    /// The service that has it.
    pub service: Option<Id>,
    /// Its last day, of its first term.
    pub ends_on: Option<Date>,
    /// What happens at the end of the term.
    pub renewal: RenewalKind,
    /// Its last day by a notice.
    pub exit_on: Option<Date>,
}

impl Handover {
    /// Whether it runs on after a day.
    fn runs_on(&self, today: Date) -> bool {
        let goes_on = self.renewal == RenewalKind::Tacit || self.ends_on.is_none_or(|ends| ends > today);
        self.exit_on.map_or(goes_on, |exit| exit > today)
    }

    /// What is missing where its project is closed: the service that has it.
    pub fn unmet(&self, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
        let Some(project) = self.project.filter(|_| self.service.is_none() && self.runs_on(check.today)) else { return Ok(None) };
        let Some(code) = work::closed(check, project)? else { return Ok(None) };
        let detail = format!("The project {code} is closed, and the contract runs on. Name the service that has it.");
        Ok(Some(UnmetGuard::new("/service_id", "handover", detail)))
    }
}

/// The contracts of a project that run on after today and name no service: their ids and codes.
pub fn not_handed_over(check: &mut Check<'_>, project: Id) -> Result<Vec<(Id, String)>> {
    let open = contracts::table
        .filter(contracts::project_id.eq(project).and(contracts::service_id.is_null()))
        .filter(contracts::state.eq_any(BINDING))
        .order(contracts::id)
        .select((contracts::id, contracts::code, contracts::ends_on, contracts::renewal, contracts::exit_on));
    let rows: Vec<(Id, String, Option<Date>, RenewalKind, Option<Date>)> = open.load(check.connection)?;
    let today = check.today;
    let kept = rows.into_iter().filter_map(|(id, code, ends_on, renewal, exit_on)| {
        let handover = Handover { project: Some(project), service: None, ends_on, renewal, exit_on };
        handover.runs_on(today).then_some((id, code))
    });
    Ok(kept.collect())
}
