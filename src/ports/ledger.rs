//! Budget and ledger: commitments, bookings, rates, allocations and budget lines.

use crate::choice;
use crate::error::Result;
use crate::resource::value::{Currency, Date, Money, PreciseMoney};
use crate::resource::{Check, Effect, Id};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// A line of an order or a contract that binds money of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommittedLine {
    /// The line of the order or the contract.
    pub source: Id,
    /// The budget line that it binds.
    pub budget_line: Id,
    /// The period in which the cost is expected.
    pub fiscal_period: Id,
    /// The amount that it binds.
    pub amount: Money,
}

/// A commitment that was not released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandingCommitment {
    /// What it binds, whether that has become cost or not.
    pub line: CommittedLine,
    /// What of it has not become cost.
    pub open: Money,
}

/// A line of a contract that binds money of a budget with each charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecurringLine {
    /// The line of the contract.
    pub source: Id,
    /// The budget line that it binds in its fiscal year.
    pub budget_line: Id,
    /// The contract: in other fiscal years it binds the first line of an active budget that names it.
    pub contract: Id,
    /// What each charge binds.
    pub amount: Money,
    /// Every how many months it is charged; none if once.
    pub interval_months: Option<i64>,
    /// The first day on which it is charged.
    pub starts_on: Date,
    /// The last such day; none if it has none.
    pub ends_on: Option<Date>,
    /// Charges before this day bind nothing; none if all do.
    pub from: Option<Date>,
}

/// A line of an active budget, and what it pays for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundedLine {
    /// The line.
    pub id: Id,
    /// The lines of other versions of its budget that it continues.
    pub versions: Vec<Id>,
    /// The project that it pays for.
    pub project: Option<Id>,
    /// The initiative, the service, the contract that it pays for.
    pub pays_for: Vec<Id>,
}

/// Hours of work that are booked as a cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkedHours {
    /// The time entry.
    pub time_entry: Id,
    /// The person who worked.
    pub person: Id,
    /// The unit that bears the cost; the caller's unit if there is none.
    pub unit: Option<Id>,
    /// The budget line that pays; none if no budget does.
    pub budget_line: Option<Id>,
    /// The period in which it is booked.
    pub fiscal_period: Id,
    /// The day of the work.
    pub worked_on: Date,
    /// The cost of the hours.
    pub cost: Money,
}

/// A line of the ledger that a project bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProjectCost {
    /// The cost entry.
    pub entry: Id,
    /// The day on which it is booked.
    pub posted_on: Date,
    /// What it comes from.
    pub source: Option<Id>,
    /// What it costs, in the currency of the books.
    pub amount: Money,
}

/// A fiscal period as the ledger takes postings into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostingPeriod {
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub ends_on: Date,
    /// True if it is closed and takes no postings.
    pub closed: bool,
}

/// Depreciation of an asset that is booked in a period and not reversed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookedDepreciation {
    /// The asset.
    pub asset: Id,
    /// The entry.
    pub entry: Id,
    /// Its cost, in the currency of the asset.
    pub net: Money,
}

/// What the ledger holds of the depreciation of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Depreciations {
    /// The entries that are not reversed, in order of their ids.
    pub booked: Vec<BookedDepreciation>,
    /// The last line of each asset's document, reversals included.
    pub lines: HashMap<Id, i64>,
}

choice! {
    /// Event that binds or spends money of a budget.
    pub enum FundsEvent {
        /// A requisition reserves it.
        Requisition = "requisition",
        /// An order commits it.
        Order = "order",
        /// A contract commits it.
        Contract = "contract",
        /// An invoice spends it.
        Invoice = "invoice",
        /// An allocation of people commits it.
        Allocation = "allocation",
        /// Hours of work spend it.
        Time = "time",
    }
}

/// Money of a budget line that something would bind or spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundsRequest {
    /// The budget line.
    pub budget_line: Id,
    /// The period in which the cost is expected.
    pub fiscal_period: Id,
    /// The amount.
    pub amount: Money,
    /// The event.
    pub event: FundsEvent,
}

/// Ports of the domain that keeps budgets and the ledger.
pub trait Ledger: Send + Sync {
    /// The effects that commit lines to their budget lines. Where the caller has the role that overrides a budget and says why, the
    /// reason stays with what passes the limit.
    fn commit(&self, check: &mut Check<'_>, lines: &[CommittedLine]) -> Result<Vec<Effect>>;

    /// The effects that commit lines once the open commitments of some sources are released: as far as their budget lines take them, so that
    /// none is refused.
    fn give_back(&self, check: &mut Check<'_>, lines: &[CommittedLine], released: &[Id]) -> Result<Vec<Effect>>;

    /// The effects that lessen the open commitments of the source of each line by its amount: of its period first, then the oldest first.
    fn take_over(&self, check: &mut Check<'_>, lines: &[CommittedLine]) -> Result<Vec<Effect>>;

    /// The commitments of some sources that were not released, in order of their ids.
    fn standing(&self, check: &mut Check<'_>, sources: &[Id]) -> Result<Vec<StandingCommitment>>;

    /// What recurring lines bind in each period, for [`commit`]: in those that are not closed.
    fn spread(&self, check: &mut Check<'_>, lines: &[RecurringLine]) -> Result<Vec<CommittedLine>>;

    /// Refuses what a budget line cannot take (409). Who asks has locked the line.
    fn require_funds(&self, check: &mut Check<'_>, request: &FundsRequest) -> Result<()>;

    /// The effects that release the rest of the commitments of some sources, in order of the commitments' ids.
    fn release(&self, check: &mut Check<'_>, sources: &[Id]) -> Result<Vec<Effect>>;

    /// The effects that book hours in the ledger, on the day of the work, or on the day of the period that is next to it, and relieve what an
    /// allocation of the person promised of the budget line.
    fn book(&self, check: &mut Check<'_>, hours: &WorkedHours) -> Result<Vec<Effect>>;

    /// The effects that take back what a time entry has booked, on the day of the booking, or in the next open period where its own is closed,
    /// and bind again what that relieved.
    fn unbook(&self, check: &mut Check<'_>, time_entry: Id) -> Result<Vec<Effect>>;

    /// The labour rate of a person on a day; none if the person has no rate then.
    fn labor_rate(&self, check: &mut Check<'_>, person: Id, day: Date) -> Result<Option<PreciseMoney>>;

    /// The exchange rate of a day between two currencies: the budget rate if there is one, else the spot rate.
    fn exchange_rate(&self, check: &mut Check<'_>, from: Currency, to: Currency, day: Date) -> Result<Option<Decimal>>;

    /// True if one of some allocations still takes a person's time, or is going to.
    fn any_unfinished(&self, check: &mut Check<'_>, allocations: &[Id]) -> Result<bool>;

    /// The lines of the active budgets of some units and the units below them, in order of their ids, whoever may see them.
    fn active_budget_lines(&self, check: &mut Check<'_>, units: &[Id]) -> Result<Vec<FundedLine>>;

    /// What is booked on the budget lines of a project and for some hours of work, each entry once, in order of their ids.
    fn project_costs(&self, check: &mut Check<'_>, project: Id, time_entries: &[Id]) -> Result<Vec<ProjectCost>>;

    /// What is committed on the budget lines of a project and has not become cost.
    fn open_commitments(&self, check: &mut Check<'_>, project: Id) -> Result<Vec<Money>>;

    /// A fiscal period; none if there is no such period.
    fn posting_period(&self, check: &mut Check<'_>, period: Id) -> Result<Option<PostingPeriod>>;

    /// The depreciation of assets that is booked in a period.
    fn depreciations(&self, check: &mut Check<'_>, period: Id) -> Result<Depreciations>;
}

fn port(check: &Check<'_>) -> Option<&'static dyn Ledger> {
    check.definitions.answers.get::<&'static dyn Ledger>().copied()
}

/// The effects that commit lines to their budget lines; none where nobody keeps budgets.
pub fn commit(check: &mut Check<'_>, lines: &[CommittedLine]) -> Result<Vec<Effect>> {
    port(check).map_or(Ok(Vec::new()), |port| port.commit(check, lines))
}

/// The effects that commit lines as far as their budget lines take them; none where nobody keeps budgets.
pub fn give_back(check: &mut Check<'_>, lines: &[CommittedLine], released: &[Id]) -> Result<Vec<Effect>> {
    port(check).map_or(Ok(Vec::new()), |port| port.give_back(check, lines, released))
}

/// The effects that lessen open commitments; none where nobody keeps budgets.
pub fn take_over(check: &mut Check<'_>, lines: &[CommittedLine]) -> Result<Vec<Effect>> {
    port(check).map_or(Ok(Vec::new()), |port| port.take_over(check, lines))
}

/// The commitments of some sources that were not released; none where nobody keeps budgets.
pub fn standing(check: &mut Check<'_>, sources: &[Id]) -> Result<Vec<StandingCommitment>> {
    port(check).map_or(Ok(Vec::new()), |port| port.standing(check, sources))
}

/// What recurring lines bind in each period; nothing where nobody keeps budgets.
pub fn spread(check: &mut Check<'_>, lines: &[RecurringLine]) -> Result<Vec<CommittedLine>> {
    port(check).map_or(Ok(Vec::new()), |port| port.spread(check, lines))
}

/// Refuses what a budget line cannot take (409); where nobody keeps budgets, nothing is refused. Who asks has locked the line.
pub fn require_funds(check: &mut Check<'_>, request: &FundsRequest) -> Result<()> {
    port(check).map_or(Ok(()), |port| port.require_funds(check, request))
}

/// The effects that release the rest of the commitments of some sources; none where nobody keeps budgets.
pub fn release(check: &mut Check<'_>, sources: &[Id]) -> Result<Vec<Effect>> {
    port(check).map_or(Ok(Vec::new()), |port| port.release(check, sources))
}

/// The effects that book hours in the ledger; none where nobody keeps one.
pub fn book(check: &mut Check<'_>, hours: &WorkedHours) -> Result<Vec<Effect>> {
    port(check).map_or(Ok(Vec::new()), |port| port.book(check, hours))
}

/// The effects that take back what a time entry has booked; none where nobody keeps a ledger.
pub fn unbook(check: &mut Check<'_>, time_entry: Id) -> Result<Vec<Effect>> {
    port(check).map_or(Ok(Vec::new()), |port| port.unbook(check, time_entry))
}

/// The labour rate of a person on a day; none where nobody keeps rates.
pub fn labor_rate(check: &mut Check<'_>, person: Id, day: Date) -> Result<Option<PreciseMoney>> {
    port(check).map_or(Ok(None), |port| port.labor_rate(check, person, day))
}

/// The exchange rate of a day between two currencies: the budget rate if there is one, else the spot rate. None where nobody
/// keeps rates.
pub fn exchange_rate(check: &mut Check<'_>, from: Currency, to: Currency, day: Date) -> Result<Option<Decimal>> {
    port(check).map_or(Ok(None), |port| port.exchange_rate(check, from, to, day))
}

/// True if one of some allocations still takes a person's time, or is going to; false where nobody allocates people.
pub fn any_unfinished(check: &mut Check<'_>, allocations: &[Id]) -> Result<bool> {
    port(check).map_or(Ok(false), |port| port.any_unfinished(check, allocations))
}

/// The lines of the active budgets of some units and the units below them; none where nobody keeps budgets.
pub fn active_budget_lines(check: &mut Check<'_>, units: &[Id]) -> Result<Vec<FundedLine>> {
    port(check).map_or(Ok(Vec::new()), |port| port.active_budget_lines(check, units))
}

/// What is booked on the budget lines of a project and for some hours of work; nothing where nobody keeps a ledger.
pub fn project_costs(check: &mut Check<'_>, project: Id, time_entries: &[Id]) -> Result<Vec<ProjectCost>> {
    port(check).map_or(Ok(Vec::new()), |port| port.project_costs(check, project, time_entries))
}

/// What is committed on the budget lines of a project and has not become cost; nothing where nobody keeps budgets.
pub fn open_commitments(check: &mut Check<'_>, project: Id) -> Result<Vec<Money>> {
    port(check).map_or(Ok(Vec::new()), |port| port.open_commitments(check, project))
}

/// A fiscal period; none where nobody keeps periods.
pub fn posting_period(check: &mut Check<'_>, period: Id) -> Result<Option<PostingPeriod>> {
    port(check).map_or(Ok(None), |port| port.posting_period(check, period))
}

/// The depreciation of assets that is booked in a period; none where nobody keeps a ledger.
pub fn depreciations(check: &mut Check<'_>, period: Id) -> Result<Depreciations> {
    port(check).map_or(Ok(Depreciations::default()), |port| port.depreciations(check, period))
}
