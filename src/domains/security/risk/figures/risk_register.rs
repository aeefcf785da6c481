//! The risk register.

use super::register_rows::{RegisterRow, count_risks, currency, rows};
use crate::risk::{
    risk::Risk, risk_appetite::RiskAppetite, risk_assessment::RiskAssessment, risk_category::RiskCategory, risk_matrix::RiskMatrix,
    risk_quantification::RiskQuantification, risk_scenario::RiskScenario, treatment::Treatment,
};
use std::cmp::Ordering;
use steward_core::resource::value::Whole;
use steward_core::view::PersonReference;
use steward_core::view::prelude::*;

steward_core::choice! {
    /// Order of the risk register; risks without a value are last.
    pub enum RegisterOrder {
        /// Lowest current level first.
        Level = "level",
        /// Highest current level first.
        HighestLevel = "-level",
        /// Lowest expected annual loss first.
        Loss = "loss",
        /// Highest expected annual loss first.
        HighestLoss = "-loss",
        /// Earliest due day first.
        Due = "due",
        /// Latest due day first.
        LatestDue = "-due",
    }
}

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Category of the risk.
    #[param(inline)]
    pub category: Option<RiskCategory>,
    /// State in the lifecycle; all but closed if left out.
    pub state: Option<String>,
    /// Accountable owner.
    #[param(inline, value_type = Option<PersonReference>)]
    pub owner_id: Option<Id>,
    /// Lowest current level, by its number in the matrix.
    pub min_level: Option<i64>,
    /// Lowest expected annual loss in the currency of the organisation, in units of it.
    pub min_loss: Option<f64>,
    /// True if the risk is above the appetite in force.
    pub breached: Option<bool>,
    /// True if a review or a treatment is overdue.
    pub overdue: Option<bool>,
    /// Last due day.
    #[param(inline)]
    pub due_by: Option<Date>,
    /// Order; `-level` if left out.
    #[param(inline)]
    pub sort: Option<RegisterOrder>,
    /// Number of risks at most; 50 if left out.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// Number of risks left out at the start.
    pub offset: Option<usize>,
}

/// The risk register.
#[derive(Debug, Serialize, ToSchema)]
pub struct RiskRegister {
    /// The risks, in the order asked for.
    pub data: Vec<RegisterRow>,
    /// Number of risks that the filters leave.
    pub total_count: Count,
    /// True if there are risks, or assessments, scenarios, controls, losses or treatments of those, that you may not read: what follows from
    /// them is left out.
    pub partial: bool,
}

impl View for RiskRegister {
    const PATH: &'static str = "security/risk-register";
    const OPERATION_ID: &'static str = "get_security_risk_register";
    const SUMMARY: &'static str = "Get the risk register";
    const DESCRIPTION: &'static str = "Risks that you may see with their levels, expected annual loss, appetite and due dates, as `/position` of each gives them. \
        Losses in another currency than that of the organisation are compared at the exchange rate of today; without one they come last.";
    const SOURCE: &'static str = "ISO 31000:2018, 6.7; ISO/IEC 27005:2022";
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
        let limit = query.limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            return Err(Problem::bad_request("limit is 1 to 200.").into());
        }
        let states = Risk::lifecycle().map(|lifecycle| lifecycle.states).unwrap_or_default();
        if query.state.as_ref().is_some_and(|state| !states.contains(&state.as_str())) {
            return Err(Problem::bad_request(format!("The parameter state cannot be read. Expected one of {}.", states.join(", "))).into());
        }
        let currency = currency(cx)?;
        let (mut found, is_partial) = rows(cx, query.state.is_some(), currency)?;
        let partial = is_partial || found.len() < count_risks(cx, query.state.is_some())?;
        found.retain(|row| kept(row, &query, currency));
        sort(&mut found, query.sort.unwrap_or(RegisterOrder::HighestLevel));
        let total_count = Whole(i64::try_from(found.len()).unwrap_or(i64::MAX));
        Ok(RiskRegister { data: found.into_iter().skip(query.offset.unwrap_or(0)).take(limit).collect(), total_count, partial })
    }
}

fn kept(row: &RegisterRow, query: &Query, currency: Option<Currency>) -> bool {
    let scale = |currency: Currency| 10f64.powi(i32::try_from(currency.scale()).unwrap_or(0));
    let costly = |least: f64| row.comparable_loss.zip(currency).is_some_and(|(minor, currency)| minor as f64 >= least * scale(currency));
    query.category.is_none_or(|category| category == row.category)
        && query.state.as_ref().is_none_or(|state| *state == row.state.0)
        && query.owner_id.is_none_or(|owner| row.owner_id == Some(owner))
        && query.min_level.is_none_or(|least| row.current_level.is_some_and(|level| level.0 >= least))
        && query.min_loss.is_none_or(costly)
        && query.breached.is_none_or(|breached| row.breached == Some(breached))
        && query.overdue.is_none_or(|overdue| row.overdue == overdue)
        && query.due_by.is_none_or(|by| row.due_on.is_some_and(|due| due <= by))
}

fn sort(rows: &mut [RegisterRow], order: RegisterOrder) {
    let level = |row: &RegisterRow| row.current_level.map(|level| level.0);
    let money = |row: &RegisterRow| row.comparable_loss;
    rows.sort_by(|one, other| match order {
        RegisterOrder::Level => rising(level(one), level(other)),
        RegisterOrder::HighestLevel => falling(level(one), level(other)),
        RegisterOrder::Loss => rising(money(one), money(other)),
        RegisterOrder::HighestLoss => falling(money(one), money(other)),
        RegisterOrder::Due => rising(one.due_on, other.due_on),
        RegisterOrder::LatestDue => falling(one.due_on, other.due_on),
    });
}

/// The least first, and what is unknown last.
fn rising<T: Ord>(one: Option<T>, other: Option<T>) -> Ordering {
    one.is_none().cmp(&other.is_none()).then(one.cmp(&other))
}

/// The greatest first, and what is unknown last.
fn falling<T: Ord>(one: Option<T>, other: Option<T>) -> Ordering {
    one.is_none().cmp(&other.is_none()).then(other.cmp(&one))
}
