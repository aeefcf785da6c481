//! The exception debt that a reader may see, by unit and owner.

use crate::exception::{
    approved_exception::{ApprovedException, approved_by},
    debt_sum::{DebtSum, summed},
    exception::Exception,
    exception_debt::{Debt, Given, debts},
    exception_owed::ExceptionOwed,
};
use std::collections::BTreeMap;
use steward_core::resource::value::Title;
use steward_core::view::prelude::*;

/// Totals of the exceptions of a unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DebtOfUnit {
    /// The unit.
    pub unit_id: Id,
    /// Name of the unit; null if you may not see it.
    pub name: Option<Title>,
    /// Totals of the exceptions.
    pub debt: DebtSum,
}

/// Totals of the exceptions of an owner.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DebtOfOwner {
    /// Owner of the exceptions; null for those without one.
    pub owner_id: Option<Id>,
    /// Name of the owner; null if you may not see it.
    pub name: Option<Title>,
    /// Totals of the exceptions.
    pub debt: DebtSum,
}

/// The exception debt.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExceptionDebt {
    /// Reference date of the figures.
    pub as_of: Date,
    /// True if the figures leave out records that you may not read.
    pub partial: bool,
    /// Totals of all exceptions.
    pub total: DebtSum,
    /// Totals by unit, the most weighted days first.
    pub by_unit: Vec<DebtOfUnit>,
    /// Totals by owner, the most weighted days first.
    pub by_owner: Vec<DebtOfOwner>,
    /// Exceptions that count, the most weighted days first.
    pub exceptions: Vec<ExceptionOwed>,
}

impl View for ExceptionDebt {
    const PATH: &'static str = "governance/exceptions/debt";
    const OPERATION_ID: &'static str = "get_exception_debt";
    const SUMMARY: &'static str = "Get the exception debt";
    const DESCRIPTION: &'static str = "Exceptions from rules, and their days past the first expiry: \
        in all, by unit and by owner, over the exceptions that you may see.\n\n\
        Exceptions in force on the day count (approved, from `starts_on` through `expires_on`, whatever their state on that day), and overdue ones, \
        whose last day has passed and that were not ended yet. An exception that another of these extends is counted with that one. \
        `age_days` counts from the first day of the first exception of a chain, `days_past_first_expiry` from its last day, 0 before. \
        `weighted_days` weights these days by the level: low 1, moderate 2, high 4, critical 8. \
        With `as_of` an exception counts as approved if it is approved now and was created by that day; one that was revoked since is left out.";
    type Reads = (Exception,);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let day = query.or_today(cx);
        let approved = approved_by(cx, day)?;
        let by_id: BTreeMap<Id, &ApprovedException> = approved.iter().map(|exception| (exception.id, exception)).collect();
        let given: Vec<Given> = approved.iter().map(ApprovedException::given).collect();
        let debts = debts(&given, day).into_iter();
        let mut owed: Vec<(Debt, &ApprovedException)> = debts.filter_map(|debt| Some((debt, *by_id.get(&debt.id)?))).collect();
        owed.sort_by_key(|(debt, _)| (-debt.weighted_days, -debt.debt_days, debt.id));
        Ok(ExceptionDebt {
            as_of: day,
            partial: partial::<Self::Reads>(cx)?,
            total: DebtSum::of(owed.iter().map(|(debt, _)| debt)),
            by_unit: by_unit(cx, &owed)?,
            by_owner: by_owner(cx, &owed)?,
            exceptions: owed.iter().map(|(debt, exception)| ExceptionOwed::of(debt, exception)).collect(),
        })
    }
}

/// The totals of the exceptions of each unit, the most weighted days first.
fn by_unit(reader: &mut Reader<'_>, owed: &[(Debt, &ApprovedException)]) -> Result<Vec<DebtOfUnit>> {
    let sums = titled(reader, "teams/units", summed(owed.iter().map(|(debt, exception)| (exception.unit_id, *debt))))?;
    Ok(sums.into_iter().map(|(unit_id, name, debt)| DebtOfUnit { unit_id, name, debt }).collect())
}

/// The totals of the exceptions of each owner, the most weighted days first.
fn by_owner(reader: &mut Reader<'_>, owed: &[(Debt, &ApprovedException)]) -> Result<Vec<DebtOfOwner>> {
    let sums = titled(reader, "teams/people", summed(owed.iter().map(|(debt, exception)| (exception.owner_id, *debt))))?;
    Ok(sums.into_iter().map(|(owner_id, name, debt)| DebtOfOwner { owner_id, name, debt }).collect())
}
