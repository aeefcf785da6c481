//! Key risk indicators: measured values against the thresholds at which they warn of a risk.

use crate::risk::risk::Risk;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use steward_core::ports::indicator::{self, Alert, Indicator};
use steward_core::resource::value::{Text, Title};
use steward_core::view::prelude::*;
use steward_schema::security::risks;

/// The collection of the indicators.
const KPIS: &str = "strategy/kpis";

steward_core::choice! {
    /// Status of an indicator against its thresholds.
    pub enum IndicatorStatus {
        /// No value of the last 400 days counts.
        Unknown = "unknown",
        /// Better than the warning threshold.
        Within = "within",
        /// At the warning threshold or worse.
        Warning = "warning",
        /// At the critical threshold or worse.
        Critical = "critical",
    }
}

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Risk that the indicators warn of.
    #[param(inline)]
    pub risk_id: Option<IdOf<Risk>>,
    /// Status of the indicators.
    #[param(inline)]
    pub status: Option<IndicatorStatus>,
    /// Day at whose end the values are taken; today if left out.
    #[param(inline)]
    pub as_of: Option<Date>,
}

/// An indicator that warns of a risk.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyRiskIndicator {
    /// The indicator, a KPI.
    pub kpi_id: Id,
    /// Code of the indicator.
    pub code: Text<1, 64>,
    /// Name of the indicator.
    pub name: Title,
    /// Risk of which the indicator warns.
    pub risk: Ref<Risk>,
    /// Status by the last value.
    pub status: IndicatorStatus,
    /// Last value, in `unit_of_measure`; null if none counts.
    pub value: Figure,
    /// The value before it.
    pub previous_value: Figure,
    /// True if the last value is worse than the one before; null if there is none before.
    pub worsening: Option<bool>,
    /// Time of the last measurement.
    pub measured_at: Option<Instant>,
    /// Unit of the values.
    pub unit_of_measure: Text<1, 60>,
    /// Value to be reached; null where a range is to be held.
    pub target: Figure,
    /// Value from which on attention is needed.
    pub warning_threshold: Figure,
    /// Value from which on action is needed.
    pub critical_threshold: Figure,
    /// Lower end of the range to be held.
    pub low: Figure,
    /// Upper end of the range to be held.
    pub high: Figure,
    /// Distance from the range from which on action is needed.
    pub tolerance: Figure,
}

/// The key risk indicators.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyRiskIndicators {
    /// Day at whose end the values were taken.
    pub as_of: Date,
    /// The indicators, the critical first, then those that get worse, then by code.
    pub data: Vec<KeyRiskIndicator>,
    /// True if there are indicators that you may not read, or of risks that you may not.
    pub partial: bool,
}

impl View for KeyRiskIndicators {
    const PATH: &'static str = "security/key-risk-indicators";
    const OPERATION_ID: &'static str = "get_key_risk_indicators";
    const SUMMARY: &'static str = "Get the key risk indicators";
    const DESCRIPTION: &'static str = "Key performance indicators that name a risk (`risk_id`), each with its last value and its status against the thresholds, over the risks and indicators that you may read. \
        A withdrawn value does not count.";
    const FORMULA: &'static str = "status = critical if value is at critical_threshold or worse; warning if it is at warning_threshold (without one: worse than target) or worse; else within. \
        Of a range: within if low ≤ value ≤ high; critical if it lies tolerance or more outside; else warning";
    const SOURCE: &'static str = "COSO, Developing Key Risk Indicators to Strengthen Enterprise Risk Management (2010); ISO/IEC 27004:2016";
    type Reads = (Risk,);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let as_of = cx.day_or_today(query.as_of);
        let mut indicators = cx.ask(|check| indicator::of_risks(check, as_of))?;
        indicators.retain(|each| query.risk_id.is_none_or(|risk| risk.id == each.risk));
        let risks = named(cx)?;
        // Of a risk that is out of sight nothing is told, not even that it has indicators.
        let is_asked = query.risk_id.is_none_or(|risk| risks.contains_key(&risk.id));
        let all = if is_asked { indicators.len() } else { 0 };
        indicators.retain(|each| risks.contains_key(&each.risk));
        let ids: Vec<Id> = indicators.iter().map(|each| each.id).collect();
        let readable: HashSet<Id> = match cx.store.definitions.get(KPIS) {
            Some(definition) => cx.find_all(definition, &ids)?.into_iter().map(|stored| stored.meta.id).collect(),
            None => HashSet::new(),
        };
        indicators.retain(|each| readable.contains(&each.id));
        let partial = indicators.len() < all;
        let mut data: Vec<KeyRiskIndicator> = indicators.into_iter().filter_map(|each| row(&risks, each)).collect();
        data.retain(|each| query.status.is_none_or(|status| status == each.status));
        data.sort_by_key(|each| (Reverse(rank(each.status)), Reverse(each.worsening), each.code.0.clone()));
        Ok(KeyRiskIndicators { as_of, data, partial })
    }
}

/// The risks in sight, by title and state.
fn named(cx: &mut Context<'_, '_>) -> Result<HashMap<Id, (String, String)>> {
    let seen = cx.sees::<Risk>()?;
    let query = risks::table.filter(seen.clone()).select((risks::id, (risks::title, risks::state)));
    Ok(query.load::<(Id, (String, String))>(cx.within(&seen))?.into_iter().collect())
}

fn row(risks: &HashMap<Id, (String, String)>, each: Indicator) -> Option<KeyRiskIndicator> {
    let (title, state) = risks.get(&each.risk)?;
    Some(KeyRiskIndicator {
        kpi_id: each.id,
        code: Text::cut(&each.code),
        name: Title::cut(&each.name),
        risk: Ref::new(each.risk, title, Some(state)),
        status: match each.alert {
            None => IndicatorStatus::Unknown,
            Some(Alert::Within) => IndicatorStatus::Within,
            Some(Alert::Warning) => IndicatorStatus::Warning,
            Some(Alert::Critical) => IndicatorStatus::Critical,
        },
        value: Figure(each.last.map(|(_, value)| value)),
        previous_value: Figure(each.previous),
        worsening: each.worsening,
        measured_at: each.last.map(|(at, _)| at),
        unit_of_measure: Text::cut(&each.unit_of_measure),
        target: Figure(each.target),
        warning_threshold: Figure(each.warning_threshold),
        critical_threshold: Figure(each.critical_threshold),
        low: Figure(each.range.map(|(low, _, _)| low)),
        high: Figure(each.range.map(|(_, high, _)| high)),
        tolerance: Figure(each.range.map(|(_, _, tolerance)| tolerance)),
    })
}

/// What needs a look most: critical, warning, without a value, within.
fn rank(status: IndicatorStatus) -> u8 {
    match status {
        IndicatorStatus::Critical => 3,
        IndicatorStatus::Warning => 2,
        IndicatorStatus::Unknown => 1,
        IndicatorStatus::Within => 0,
    }
}
