//! How long vendors wait for their money.

use super::invoice_settlement::days;
use crate::order::{invoice::Invoice, invoice_kind::InvoiceKind};
use crate::vendor::vendor::Vendor;
use std::collections::BTreeMap;
use steward_core::error::FieldError;
use steward_core::resource::value::{Title, Whole};
use steward_core::view::prelude::*;
use steward_core::view::require_days;
use steward_schema::vendors::{invoices, vendors};

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// First day of the last payment of an invoice; a year before `to` if left out.
    #[param(inline)]
    pub from: Option<Date>,
    /// Day after the last; tomorrow if left out.
    #[param(inline)]
    pub to: Option<Date>,
}

/// Payment days of a vendor.
#[derive(Debug, Serialize, ToSchema)]
pub struct VendorPaymentDays {
    /// Vendor of the row.
    pub vendor: Ref<Vendor>,
    /// Number of invoices that were paid off.
    pub invoices: Count,
    /// Mean of the days from the receipt of an invoice to the payment that completed it.
    pub mean_days: Figure,
    /// Greatest number of such days.
    pub longest_days: Figure,
    /// Mean of the days from the last day to pay to the payment, less than 0 when paid before; null without such days.
    pub mean_days_late: Figure,
    /// Share of the invoices with a last day to pay that were paid by then, in percent; null without such days.
    pub on_time_percent: Figure,
    /// Share of the invoices that were paid within 30 days of their receipt, in percent.
    pub within_30_days_percent: Figure,
}

/// Payment days by vendor.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentDays {
    /// First day.
    pub from: Date,
    /// Day after the last.
    pub to: Date,
    /// Vendors that were paid, the one that waited longest first, at most 500.
    pub data: Vec<VendorPaymentDays>,
    /// Number of vendors that were paid.
    pub vendors: Count,
}

/// The most vendors that are told of.
const MOST: usize = 500;

/// The most days that a span may have.
const LONGEST: i64 = 3_660;

impl View for PaymentDays {
    const PATH: &'static str = "vendors/payment-days";
    const OPERATION_ID: &'static str = "get_payment_days";
    const SUMMARY: &'static str = "Get the payment days by vendor";
    const DESCRIPTION: &'static str = "Days until payment by vendor: the invoices and prepayments in sight whose last payment was made from one day to the day before another, at most ten years. Credit notes do not count.";
    const FORMULA: &'static str = "days = paid_on − received_on; days late = paid_on − due_on; mean_days = Σ days ÷ invoices; on_time_percent = invoices with days late ≤ 0 ÷ invoices with due_on · 100";
    const SOURCE: &'static str = "Directive 2011/7/EU on combating late payment, Article 3: 30 days from the receipt of the invoice";
    type Reads = (Invoice, IfPermitted<Vendor>);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let to = query.to.unwrap_or_else(|| cx.today().plus_days(1));
        let from = query.from.unwrap_or_else(|| to.earlier(365));
        require_days(from, to)?;
        if (to.0 - from.0).num_days() > LONGEST {
            let fault = FieldError::new("from", "range", "A span has at most ten years.");
            return Err(Problem::invalid(vec![fault]).into());
        }
        let (seen, names) = (cx.sees::<Invoice>()?, cx.sees::<Vendor>()?);
        let rows: Vec<(Id, Date, Option<Date>, Date)> = invoices::table
            .filter(invoices::state.eq("paid").and(invoices::kind.ne(InvoiceKind::CreditNote)))
            .filter(invoices::paid_on.assume_not_null().ge(from).and(invoices::paid_on.assume_not_null().lt(to)))
            .filter(seen.clone())
            .select((invoices::vendor_id, invoices::received_on, invoices::due_on, invoices::paid_on.assume_not_null()))
            .load(cx.within(&seen))?;
        let mut by_vendor: BTreeMap<Id, Vec<Waited>> = BTreeMap::new();
        for (vendor, received_on, due_on, paid_on) in rows {
            let waited = Waited { days: days(received_on, paid_on).0, late: due_on.map(|due_on| days(due_on, paid_on).0) };
            by_vendor.entry(vendor).or_default().push(waited);
        }
        let mut told: Vec<(Id, Means)> = by_vendor.into_iter().filter_map(|(vendor, waited)| Some((vendor, Means::of(&waited)?))).collect();
        told.sort_by(|(one, a), (other, b)| b.days.total_cmp(&a.days).then(one.cmp(other)));
        let count = told.len();
        told.truncate(MOST);
        let ids: Vec<Id> = told.iter().map(|(vendor, _)| *vendor).collect();
        let known: Vec<(Id, Title, String)> = vendors::table
            .filter(vendors::id.eq_any(&ids))
            .filter(names.clone())
            .select((vendors::id, vendors::name, vendors::state))
            .load(cx.within(&names))?;
        let data = told.into_iter().map(|(vendor, means)| {
            let named = known.iter().find(|(id, ..)| *id == vendor);
            means.told(Ref::new(vendor, named.map_or("", |(_, name, _)| &name.0), named.map(|(.., state)| state.as_str())))
        });
        Ok(PaymentDays { from, to, data: data.collect(), vendors: Whole(count as i64) })
    }
}

/// How long an invoice waited: since its receipt, and since its last day.
#[derive(Debug, Clone, Copy)]
struct Waited {
    days: i64,
    late: Option<i64>,
}

/// Means over the invoices of a vendor.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Means {
    invoices: usize,
    days: f64,
    longest: f64,
    late: Option<f64>,
    on_time: Option<f64>,
    within: f64,
}

impl Means {
    /// Those of some invoices; none of none.
    fn of(waited: &[Waited]) -> Option<Means> {
        let longest = waited.iter().map(|each| each.days).max()?;
        let late: Vec<i64> = waited.iter().filter_map(|each| each.late).collect();
        let mean = |sum: i64, of: usize| sum as f64 / of as f64;
        let share = |count: usize, of: usize| count as f64 / of as f64 * 100.0;
        let dated = (!late.is_empty()).then_some(late.len());
        Some(Means {
            invoices: waited.len(),
            days: mean(waited.iter().map(|each| each.days).sum(), waited.len()),
            longest: longest as f64,
            late: dated.map(|count| mean(late.iter().sum(), count)),
            on_time: dated.map(|count| share(late.iter().filter(|late| **late <= 0).count(), count)),
            within: share(waited.iter().filter(|each| each.days <= 30).count(), waited.len()),
        })
    }

    fn told(self, vendor: Ref<Vendor>) -> VendorPaymentDays {
        VendorPaymentDays {
            vendor,
            invoices: Whole(self.invoices as i64),
            mean_days: Figure(Some(self.days)),
            longest_days: Figure(Some(self.longest)),
            mean_days_late: Figure(self.late),
            on_time_percent: Figure(self.on_time),
            within_30_days_percent: Figure(Some(self.within)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_means_are_over_the_invoices_that_have_the_days() {
        let waited = [(10, Some(-4)), (40, Some(6)), (25, None)].map(|(days, late)| Waited { days, late });
        // (10 + 40 + 25) ÷ 3; (−4 + 6) ÷ 2; one of two on time; two of three within 30 days.
        let expected = Means { invoices: 3, days: 25.0, longest: 40.0, late: Some(1.0), on_time: Some(50.0), within: 2.0 / 3.0 * 100.0 };
        assert_eq!(Means::of(&waited), Some(expected));
        assert_eq!(Means::of(&[]), None);
        assert_eq!(Means::of(&[Waited { days: 3, late: None }]).and_then(|means| means.on_time), None);
    }
}
