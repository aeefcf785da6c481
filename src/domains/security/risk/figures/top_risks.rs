//! The risks that cost most.

use super::portfolio_loss::count_open_threats;
use super::register_rows::{RegisterRow, currency, rows};
use crate::risk::{
    risk::Risk, risk_appetite::RiskAppetite, risk_assessment::RiskAssessment, risk_kind::RiskKind, risk_matrix::RiskMatrix,
    risk_quantification::RiskQuantification, risk_scenario::RiskScenario, treatment::Treatment,
};
use std::cmp::Reverse;
use steward_core::view::prelude::*;

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Number of risks at most; 10 if left out.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<usize>,
}

/// The top risks.
#[derive(Debug, Serialize, ToSchema)]
pub struct TopRisks {
    /// Open threats, the greatest expected annual loss first.
    pub data: Vec<RegisterRow>,
    /// True if there are open threats, or assessments, scenarios, controls, losses or treatments of risks, that you may not read: what follows
    /// from them is left out.
    pub partial: bool,
}

impl View for TopRisks {
    const PATH: &'static str = "security/top-risks";
    const OPERATION_ID: &'static str = "get_security_top_risks";
    const SUMMARY: &'static str = "Get the top risks";
    const DESCRIPTION: &'static str = "Open threats that you may see, the greatest expected annual loss in the currency of the organisation, at the exchange rate of today, first; then those that are not quantified or have no rate, \
        the highest current level first.";
    type Reads = (
        Risk,
        RiskMatrix,
        IfPermitted<RiskAppetite>,
        IfPermitted<Treatment>,
        IfPermitted<RiskAssessment>,
        IfPermitted<RiskQuantification>,
        IfPermitted<RiskScenario>,
    );
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let limit = query.limit.unwrap_or(10);
        if !(1..=100).contains(&limit) {
            return Err(Problem::bad_request("limit is 1 to 100.").into());
        }
        let currency = currency(cx)?;
        let (mut found, is_partial) = rows(cx, false, currency)?;
        found.retain(|row| row.kind == RiskKind::Threat);
        // None is the least of all options: the unknown comes last.
        found.sort_by_key(|row| (Reverse(row.comparable_loss), Reverse(row.current_level.map(|level| level.0))));
        let partial = is_partial || found.len() < count_open_threats(cx, None)?;
        Ok(TopRisks { data: found.into_iter().take(limit).collect(), partial })
    }
}
