//! The benefits of a project: what was planned, and what came, period by period.

use crate::project::{
    benefit::{Benefit, BenefitKind, BenefitPeriod},
    benefit_share::{Share, percent},
    project::Project,
};
use std::collections::BTreeMap;
use steward_core::resource::value::Whole;
use steward_core::view::prelude::*;
use steward_schema::projects::benefits;

/// Period of a benefit.
#[derive(Debug, Serialize, ToSchema)]
pub struct RealizedPeriod {
    /// First day of the period.
    pub starts_on: Date,
    /// Last day of the period.
    pub ends_on: Date,
    /// Planned value.
    pub planned: Money,
    /// Realised value; null while unknown.
    pub realised: Option<Money>,
    /// Share realised: realised / planned · 100; null while unknown.
    pub percent: Figure,
}

/// Planned and realised value in total.
#[derive(Debug, Serialize, ToSchema)]
pub struct Realization {
    /// Planned value of all periods.
    pub planned: Money,
    /// Planned value of the periods that have ended.
    pub planned_to_date: Money,
    /// Realised value of the periods that have ended and are reported.
    pub realised: Money,
    /// Number of periods that have ended and are not reported.
    pub unreported_periods: Count,
    /// Realised value as a share of the value planned for the same periods, in percent; null if none is reported.
    pub realization_percent: Figure,
}

/// Benefit with its realisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct RealizedBenefit {
    /// Benefit of the row.
    pub benefit: Ref<Benefit>,
    /// Kind of benefit.
    pub kind: BenefitKind,
    /// Periods, the earliest first.
    pub periods: Vec<RealizedPeriod>,
    /// Total over its periods; null without any.
    pub realization: Option<Realization>,
}

/// Realisation of the benefits of a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct BenefitRealization {
    /// Reference date: periods that ended by it count.
    pub as_of: Date,
    /// Benefits that you may see.
    pub benefits: Vec<RealizedBenefit>,
    /// Totals of all benefits, by currency.
    pub totals: Vec<Realization>,
}

impl View for BenefitRealization {
    const PATH: &'static str = "projects/projects/{id}/benefit-realization";
    const SUMMARY: &'static str = "Get the benefit realization of a project";
    const DESCRIPTION: &'static str = "Planned and realised value of the benefits of a project, by period and in total. A period counts once it has ended; a period without a report counts neither as zero nor as realised.";
    const FORMULA: &'static str = "realization_percent = Σ realised / Σ planned · 100, over the periods that have ended and are reported";
    const SOURCE: &'static str = "PMI, Benefits Realization Management: A Practice Guide (2019)";
    type Reads = (Project, Benefit);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: AsOf) -> Result<Self> {
        let id = cx.id()?;
        cx.get_typed::<Project>(id)?;
        let as_of = query.or_today(cx);
        let seen = cx.sees::<Benefit>()?;
        let rows: Vec<(Id, String, BenefitKind, Vec<BenefitPeriod>)> = benefits::table
            .filter(benefits::subject_id.eq(id))
            .filter(seen.clone())
            .order(benefits::id)
            .select((benefits::id, benefits::name, benefits::kind, benefits::periods))
            .load(cx.within(&seen))?;
        let mut totals: BTreeMap<&'static str, (Currency, Share)> = BTreeMap::new();
        let mut realized = Vec::with_capacity(rows.len());
        for (id, name, kind, mut periods) in rows {
            periods.sort_by_key(|period| period.starts_on);
            let currency = periods.first().map(|period| period.planned.currency);
            let share = Share::of(&periods, as_of);
            if let Some(currency) = currency {
                let total = totals.entry(currency.code()).or_insert((currency, Share::default()));
                total.1 = total.1.and(share);
            }
            realized.push(RealizedBenefit {
                benefit: Ref::new(id, &name, None),
                kind,
                realization: currency.map(|currency| realization(currency, share)),
                periods: periods.into_iter().map(period).collect(),
            });
        }
        let totals = totals.into_values().map(|(currency, share)| realization(currency, share)).collect();
        Ok(BenefitRealization { as_of, benefits: realized, totals })
    }
}

fn period(period: BenefitPeriod) -> RealizedPeriod {
    let share = period.realised.and_then(|realised| percent(realised.minor, period.planned.minor));
    RealizedPeriod { starts_on: period.starts_on, ends_on: period.ends_on, planned: period.planned, realised: period.realised, percent: Figure(share) }
}

fn realization(currency: Currency, share: Share) -> Realization {
    let money = |minor: i64| Money::new(minor, currency);
    Realization {
        planned: money(share.planned),
        planned_to_date: money(share.planned_to_date),
        realised: money(share.realised),
        unreported_periods: Whole(share.unreported),
        realization_percent: Figure(share.percent()),
    }
}
