//! The exception debt that a reader may see, by unit and owner.

use crate::exception::{
    exception::Exception,
    exception_debt::{Debt, Given, debts},
    exception_level::ExceptionLevel,
};
use std::collections::BTreeMap;
use std::hash::Hash;
use steward_core::ports::exception::ExceptionKind;
use steward_core::resource::value::{Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::governance::exceptions;

/// Number of items.
type Count = Whole<0, 1_000_000_000_000>;

/// Totals of a group of exceptions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DebtSum {
    /// Number of exceptions, each chain of extensions once.
    pub exceptions: Count,
    /// Number of overdue exceptions.
    pub overdue: Count,
    /// Number of exceptions past their first expiry.
    pub past_first_expiry: Count,
    /// Number of extended exceptions.
    pub extended: Count,
    /// Number of extensions in all.
    pub extensions: Count,
    /// Mean age in days; null if there are no exceptions.
    pub mean_age_days: Figure,
    /// Days past the first expiry, in all.
    pub days_past_first_expiry: Count,
    /// Days past the first expiry, weighted by the level.
    pub weighted_days: Count,
}

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
        let told = told(cx, day)?;
        let by_id: BTreeMap<Id, &ToldException> = told.iter().map(|each| (each.given.id, each)).collect();
        let given: Vec<Given> = told.iter().map(|each| each.given).collect();
        let mut owed: Vec<(Debt, &ToldException)> = debts(&given, day).into_iter().filter_map(|debt| Some((debt, *by_id.get(&debt.id)?))).collect();
        owed.sort_by_key(|(debt, _)| (-debt.weighted_days, -debt.debt_days, debt.id));
        Ok(ExceptionDebt {
            as_of: day,
            partial: partial::<Self::Reads>(cx)?,
            total: sum(owed.iter().map(|(debt, _)| debt)),
            by_unit: by_unit(cx, &owed)?,
            by_owner: by_owner(cx, &owed)?,
            exceptions: owed.iter().map(|(debt, told)| exception(debt, told)).collect(),
        })
    }
}

/// An exception with what is told of it.
struct ToldException {
    given: Given,
    title: Title,
    kind: ExceptionKind,
    subject: Id,
    unit: Id,
    owner: Option<Id>,
}

/// The exceptions that were ever approved and made by a day.
fn told(reader: &mut Reader<'_>, day: Date) -> Result<Vec<ToldException>> {
    let seen = reader.sees::<Exception>()?;
    let mut given = exceptions::table
        .filter(exceptions::state.eq_any(["approved", "active", "expired", "revoked"]))
        .filter(seen.clone())
        .order(exceptions::id)
        .select(Approved::as_select())
        .into_boxed();
    if day < reader.today() {
        given = given.filter(exceptions::created_at.lt(day.plus_days(1).midnight()));
    }
    let given: Vec<Approved> = given.load(reader.within(&seen))?;
    Ok(given.into_iter().map(ToldException::from).collect())
}

/// An exception that was ever approved.
#[derive(Queryable, Selectable)]
#[diesel(table_name = exceptions, check_for_backend(Dialect))]
struct Approved {
    id: Id,
    extends_id: Option<Id>,
    level: ExceptionLevel,
    starts_on: Date,
    expires_on: Date,
    state: String,
    title: Title,
    kind: ExceptionKind,
    subject_id: Id,
    unit_id: Id,
    owner_id: Option<Id>,
}

impl From<Approved> for ToldException {
    fn from(approved: Approved) -> ToldException {
        let given = Given {
            id: approved.id,
            extends: approved.extends_id,
            level: approved.level,
            starts_on: approved.starts_on,
            expires_on: approved.expires_on,
            revoked: approved.state == "revoked",
            settled: approved.state == "expired",
        };
        let Approved { title, kind, subject_id: subject, unit_id: unit, owner_id: owner, .. } = approved;
        ToldException { given, title, kind, subject, unit, owner }
    }
}

fn exception(debt: &Debt, told: &ToldException) -> ExceptionOwed {
    ExceptionOwed {
        exception_id: debt.id,
        title: told.title.clone(),
        kind: told.kind,
        level: told.given.level,
        subject_id: told.subject,
        unit_id: told.unit,
        owner_id: told.owner,
        first_expiry_on: debt.first_expiry_on,
        expires_on: told.given.expires_on,
        in_force: debt.in_force,
        overdue: debt.overdue,
        extensions: Whole(debt.extensions),
        age_days: Whole(debt.age_days),
        days_past_first_expiry: Whole(debt.debt_days),
        weighted_days: Whole(debt.weighted_days),
    }
}

fn sum<'d>(debts: impl Iterator<Item = &'d Debt> + Clone) -> DebtSum {
    let count = |counts: fn(&Debt) -> bool| Whole(i64::try_from(debts.clone().filter(|debt| counts(debt)).count()).unwrap_or(i64::MAX));
    let add = |of: fn(&Debt) -> i64| debts.clone().map(of).sum::<i64>();
    let all = count(|_| true);
    DebtSum {
        overdue: count(|debt| debt.overdue),
        past_first_expiry: count(|debt| debt.debt_days > 0),
        extended: count(|debt| debt.extensions > 0),
        extensions: Whole(add(|debt| debt.extensions)),
        mean_age_days: Figure((all.0 > 0).then(|| add(|debt| debt.age_days) as f64 / all.0 as f64)),
        days_past_first_expiry: Whole(add(|debt| debt.debt_days)),
        weighted_days: Whole(add(|debt| debt.weighted_days)),
        exceptions: all,
    }
}

/// The debts by what they have in common, the most weighted days first.
fn summed<K: Ord + Copy + Hash>(owed: &[(Debt, &ToldException)], of: impl Fn(&ToldException) -> K) -> Vec<(K, DebtSum)> {
    let groups = grouped(owed.iter().map(|(debt, told)| (of(told), *debt)));
    let mut sums: Vec<(K, DebtSum)> = groups.into_iter().map(|(key, debts)| (key, sum(debts.iter()))).collect();
    sums.sort_by_key(|(key, sum)| (-sum.weighted_days.0, *key));
    sums
}

fn by_unit(reader: &mut Reader<'_>, owed: &[(Debt, &ToldException)]) -> Result<Vec<DebtOfUnit>> {
    let sums = titled(reader, "teams/units", summed(owed, |told| told.unit))?;
    Ok(sums.into_iter().map(|(unit_id, name, debt)| DebtOfUnit { unit_id, name, debt }).collect())
}

fn by_owner(reader: &mut Reader<'_>, owed: &[(Debt, &ToldException)]) -> Result<Vec<DebtOfOwner>> {
    let sums = titled(reader, "teams/people", summed(owed, |told| told.owner))?;
    Ok(sums.into_iter().map(|(owner_id, name, debt)| DebtOfOwner { owner_id, name, debt }).collect())
}
