//! The measure of security: how many risks are within the appetite.

use crate::risk::{
    appetite_breach::LossRates, appetite_in_force, risk::Risk, risk_appetite::RiskAppetite, risk_assessment::RiskAssessment, risk_category::RiskCategory,
    risk_kind::RiskKind, risk_quantification::RiskQuantification, risk_scenario::RiskScenario, risk_status::Placed, status_in_sight,
};
use steward_core::access::parents;
use steward_core::database::Narrowed;
use steward_core::view::measure::{Basis, Measured, Sense, so_many};
use steward_core::view::prelude::*;
use steward_schema::security::risks;

const UNIT: &str = "risks";

/// The measure.
#[derive(Debug)]
pub struct Exposure;

impl View for Exposure {
    const PATH: &'static str = "security/risks_within_appetite";
    const FORMULA: &'static str = "Over the threats that are not closed and can be compared with the appetite in force: the plan is all of them, actual those that are not above it now, \
        by level or by expected annual loss, as `/position` of each gives it; a risk whose loss the appetite limits and is not known cannot be compared. The forecast counts those that would not be above it at their target level. \
        An accepted risk above the appetite still counts as above it.";
    type Reads = (IfPermitted<Risk>, IfPermitted<RiskAppetite>, IfPermitted<RiskAssessment>, IfPermitted<RiskQuantification>, IfPermitted<RiskScenario>);
    type Query = Basis;
    type Answer = Measured;

    fn run(cx: &mut Context<'_, '_>, basis: Basis) -> Result<Measured> {
        let (risks, appetites) = (cx.sees::<Risk>()?, cx.sees::<RiskAppetite>()?);
        if risks.is_nothing() || appetites.is_nothing() {
            return Ok(Measured::unknown(UNIT, "You may not see risks and the appetite for them."));
        }
        let open = open(cx, &risks)?;
        let appetites = appetite_in_force::all(cx.within(&appetites), basis.today, &appetites)?;
        let above = parents(cx.unscoped("an appetite reaches down the tree of units whether or not the units may be read"))?;
        let pairs: Vec<(Id, Id)> = open.iter().map(|risk| (risk.id, risk.matrix)).collect();
        let standings = status_in_sight::of_reader(cx, &pairs)?;
        let (mut held, mut within, mut ahead, mut loss, mut quantified) = (0usize, 0usize, 0usize, 0i64, false);
        let mut rates = LossRates::default();
        for risk in &open {
            let Some(standing) = standings.get(&risk.id) else { continue };
            if let Some(money) = standing.expected_annual_loss.filter(|money| money.currency == basis.currency) {
                (loss, quantified) = (loss.saturating_add(money.minor), true);
            }
            let Some(appetite) = appetite_in_force::nearest(&appetites, &above, risk.unit, (RiskKind::Threat, risk.category)) else { continue };
            let level = |placed: Option<Placed>| placed.map(|placed| placed.level);
            let Some(breached) = cx.ask(|check| rates.breaches(check, standing, appetite, risk.matrix))? else { continue };
            let target = appetite.is_exceeded_by(risk.matrix, level(standing.target)).unwrap_or(breached);
            held += 1;
            within += usize::from(!breached);
            ahead += usize::from(!target);
        }
        let unheld = open.len() - held;
        let unknown = if unheld == 0 { String::new() } else { format!(" {} cannot be judged.", so_many(unheld, "other risk", "other risks")) };
        let told = if held == 0 {
            Measured::unknown(UNIT, format!("No open threat that you may see can be held against an appetite in force.{unknown}"))
        } else {
            let reason = format!("{} of {} above the appetite.{unknown}", held - within, so_many(held, "risk is", "risks are"));
            Measured::of(UNIT, Sense::More, (Some(held as f64), Some(within as f64)), Some(ahead as f64), reason)
        };
        let scale = 10f64.powi(i32::try_from(basis.currency.scale()).unwrap_or(0));
        let told = told.and("risks_above_appetite", UNIT, (held > 0).then_some((held - within) as f64));
        Ok(told.and("expected_annual_loss", basis.currency.code(), quantified.then_some(loss as f64 / scale)))
    }
}

/// A risk that counts.
#[derive(Queryable)]
struct OpenRisk {
    id: Id,
    unit: Id,
    category: RiskCategory,
    matrix: Id,
}

fn open(reader: &mut Reader<'_>, seen: &Narrowed<risks::table>) -> Result<Vec<OpenRisk>> {
    let threats = risks::table.filter(risks::state.ne("closed").and(risks::kind.eq(RiskKind::Threat))).filter(seen.clone()).order(risks::id);
    Ok(threats.select((risks::id, risks::unit_id, risks::category, risks::risk_matrix_id)).load(reader.within(seen))?)
}
