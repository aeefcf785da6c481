//! The benefits of a project: what was planned, and what came, period by period.

use crate::project::{
    benefit::{Benefit, BenefitKind, BenefitPeriod},
    benefit_share::Share,
    project::Project,
    realization::{Realization, RealizedPeriod},
};
use std::collections::BTreeMap;
use steward_core::view::prelude::*;
use steward_schema::projects::benefits;

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
                realization: currency.map(|currency| Realization::of(currency, share)),
                periods: periods.into_iter().map(RealizedPeriod::from).collect(),
            });
        }
        let totals = totals.into_values().map(|(currency, share)| Realization::of(currency, share)).collect();
        Ok(BenefitRealization { as_of, benefits: realized, totals })
    }
}
