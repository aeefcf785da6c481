//! Contracts that outlast the project that concluded them: a service has them then.

use super::contract::Contract;
use super::notice::RenewalKind;
use crate::error::{Problem, Result};
use crate::resource::value::Date;
use crate::resource::{Check, Id, UnmetGuard};
use diesel::prelude::*;
use steward_schema::projects::projects;
use steward_schema::vendors::contracts;

/// The states in which a contract binds, or is about to.
pub const BINDING: [&str; 4] = ["approved", "signed", "active", "suspended"];

/// The contracts of a project that run on after today and name no service: their ids and codes.
pub fn not_handed_over(check: &mut Check<'_>, project: Id) -> Result<Vec<(Id, String)>> {
    let open = contracts::table
        .filter(contracts::project_id.eq(project).and(contracts::service_id.is_null()))
        .filter(contracts::state.eq_any(BINDING))
        .order(contracts::id)
        .select((contracts::id, contracts::code, contracts::ends_on, contracts::renewal));
    let rows: Vec<(Id, String, Option<Date>, RenewalKind)> = open.load(check.connection)?;
    let today = check.today;
    Ok(rows.into_iter().filter(|(_, _, ends, renewal)| runs_on(*ends, *renewal, today)).map(|(id, code, ..)| (id, code)).collect())
}

/// Whether a contract runs on after a day.
fn runs_on(ends: Option<Date>, renewal: RenewalKind, today: Date) -> bool {
    renewal == RenewalKind::Tacit || ends.is_none_or(|ends| ends > today)
}

/// What is missing of a contract whose project is closed: the service that has it.
pub fn unmet(contract: &Contract, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let Some(project) = contract.project_id.filter(|_| contract.service_id.is_none() && runs_on(contract.ends_on, contract.renewal, check.today)) else {
        return Ok(Vec::new());
    };
    let closed = projects::table.find(project).filter(projects::state.eq("closed")).select(projects::code);
    let Some(code) = closed.first::<String>(check.connection).optional()? else { return Ok(Vec::new()) };
    let detail = format!("The project {code} is closed, and the contract runs on. Name the service that has it.");
    Ok(vec![UnmetGuard::new("/service_id", "handover", detail)])
}

/// Refuses to take the service away from a contract that its closed project has handed over (409).
pub fn require(contract: &Contract, check: &mut Check<'_>) -> Result<()> {
    let binds = check.state.is_some_and(|state| BINDING.contains(&state));
    let had = check.before::<Contract>()?.is_some_and(|before| before.service_id.is_some());
    if !binds || !had {
        return Ok(());
    }
    match unmet(contract, check)?.into_iter().next() {
        Some(UnmetGuard(error)) => Err(Problem::conflict(error.pointer, "handover", error.detail).into()),
        None => Ok(()),
    }
}
