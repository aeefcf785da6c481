//! The checklist of a period that is to be closed: what is open, and where.

use crate::budget::{fiscal_period::FiscalPeriod, period_closing};
use steward_core::ports::closing::{self, ClosingPeriod, OpenRecords};
use steward_core::resource::value::{Text, Title, Whole};
use steward_core::view::prelude::*;

/// How many records of a check are named.
const NAMED: usize = 100;

/// Open record.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenRecord {
    /// Id of the record.
    pub id: Text<1, 36>,
    /// Title of the record.
    pub title: Title,
}

/// Closing check with its findings.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosingCheck {
    /// Name of the check, such as `draft_accruals`.
    pub check: Text<1, 60>,
    /// Collection of the records.
    pub collection: Text<1, 100>,
    /// Number of open records, including those not visible to you.
    pub count: Count,
    /// Next step.
    pub detail: Text<1, 200>,
    /// Open records visible to you, the first 100.
    pub records: Vec<OpenRecord>,
}

/// Closing checklist of a period.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodClosing {
    /// Fiscal period.
    pub fiscal_period: Ref<FiscalPeriod>,
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub ends_on: Date,
    /// True if its last day has passed.
    pub ended: bool,
    /// Number of the period of the year that must be closed first; null if none.
    pub closed_after_period: Option<Count>,
    /// True if its last day has passed, it may be closed in order, and no record is open.
    pub ready: bool,
    /// Number of open records over all checks.
    pub open: Count,
    /// Checks with findings.
    pub data: Vec<ClosingCheck>,
}

impl View for PeriodClosing {
    const PATH: &'static str = "finance/fiscal-periods/{id}/closing";
    const OPERATION_ID: &'static str = "get_fiscal_period_closing";
    const SUMMARY: &'static str = "Get the closing checklist of a period";
    const DESCRIPTION: &'static str = "Closing checklist of a fiscal period, with its open records: accruals, allocation runs, transfers, carry-forwards and commitments of the books, invoices and receipts of vendors, hours of projects. \
        Periods of a year are closed in order, adjustment periods after the others; open records do not prevent closing. Counts include all records, lists only those visible to you.";
    const FORMULA: &'static str = "ready = ended ∧ closed_after_period is null ∧ open = 0";
    type Reads = (FiscalPeriod,);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, period) = cx.get_typed::<FiscalPeriod>(id)?;
        let span = ClosingPeriod { id, starts_on: period.starts_on, ends_on: period.ends_on };
        let found = cx.ask(|check| closing::open(check, span))?;
        let earlier = cx.ask(|check| period_closing::earlier_open(check, id))?.map(|(number, _)| number);
        let ended = period.ends_on < cx.today();
        let open: usize = found.iter().map(|records| records.ids.len()).sum();
        let data = found.into_iter().map(|records| checked(cx, records)).collect::<Result<_>>()?;
        let count = |count: usize| Whole(count as i64);
        Ok(PeriodClosing {
            fiscal_period: Ref::new(id, &period.name.0, stored.meta.state.as_deref()),
            starts_on: period.starts_on,
            ends_on: period.ends_on,
            ended,
            closed_after_period: earlier.map(Whole),
            ready: ended && earlier.is_none() && open == 0,
            open: count(open),
            data,
        })
    }
}

fn checked(cx: &mut Context<'_, '_>, records: OpenRecords) -> Result<ClosingCheck> {
    let first: Vec<Id> = records.ids.iter().take(NAMED).copied().collect();
    let titles = cx.titles(records.collection, &first)?;
    let named = first.iter().filter_map(|id| Some(OpenRecord { id: Text::cut(&id.to_string()), title: titles.get(id)?.clone() }));
    Ok(ClosingCheck {
        check: Text::cut(records.check),
        collection: Text::cut(records.collection),
        count: Whole(records.ids.len() as i64),
        detail: Text::cut(records.detail),
        records: named.collect(),
    })
}
