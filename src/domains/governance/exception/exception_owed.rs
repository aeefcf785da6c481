//! An exception with its debt, as the figures tell it.

use super::approved_exception::ApprovedException;
use super::debt_sum::Count;
use super::exception_debt::Debt;
use super::exception_level::ExceptionLevel;
use steward_core::ports::exception::ExceptionKind;
use steward_core::resource::value::{Title, Whole};
use steward_core::view::prelude::*;

/// An exception that counts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExceptionOwed {
    /// Exception: the last of its chain of extensions.
    pub exception_id: Id,
    /// Title of the exception, in a line.
    pub title: Title,
    /// Type of exception.
    pub kind: ExceptionKind,
    /// Level of the stake.
    pub level: ExceptionLevel,
    /// Subject of the exception.
    pub subject_id: Id,
    /// Unit to which the exception belongs.
    pub unit_id: Id,
    /// Accountable owner.
    pub owner_id: Option<Id>,
    /// Last day of the first exception of the chain.
    pub first_expiry_on: Date,
    /// Last day of this exception.
    pub expires_on: Date,
    /// True if the exception is in force.
    pub in_force: bool,
    /// True if the last day has passed and the exception was not ended yet.
    pub overdue: bool,
    /// Number of extensions of the first exception.
    pub extensions: Count,
    /// Days since the first day of the first exception.
    pub age_days: Count,
    /// Days past the last day of the first exception.
    pub days_past_first_expiry: Count,
    /// Days past the last day of the first exception, weighted by the level.
    pub weighted_days: Count,
}

impl ExceptionOwed {
    /// An exception and its debt.
    pub fn of(debt: &Debt, exception: &ApprovedException) -> Self {
        ExceptionOwed {
            exception_id: debt.id,
            title: exception.title.clone(),
            kind: exception.kind,
            level: exception.level,
            subject_id: exception.subject_id,
            unit_id: exception.unit_id,
            owner_id: exception.owner_id,
            first_expiry_on: debt.first_expiry_on,
            expires_on: exception.expires_on,
            in_force: debt.in_force,
            overdue: debt.overdue,
            extensions: Whole(debt.extensions),
            age_days: Whole(debt.age_days),
            days_past_first_expiry: Whole(debt.debt_days),
            weighted_days: Whole(debt.weighted_days),
        }
    }
}
