//! Whether a risk is above the appetite in force, in words: before it is run as it is, and while it is monitored.

use super::appetite_in_force::{self, InForce};
use super::risk_category::RiskCategory;
use super::risk_kind::RiskKind;
use super::risk_status::{self, RiskStatus};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::access::parents;
use steward_core::database::Narrowed;
use steward_core::error::Result;
use steward_core::ports::exception::{self, ExceptionKind};
use steward_core::ports::ledger;
use steward_core::resource::value::{Currency, Money, Precise, PreciseMoney};
use steward_core::resource::{Check, Flag, Id, UnmetGuard, Watch};
use steward_schema::security::{risk_appetites, risks};

/// The collection that the conflict is about.
const RISKS: &str = "security/risks";
/// The conflict about a monitored risk that is above the appetite, as it is named everywhere.
pub const RULE: &str = "security.risks:appetite";

/// Today's rates by which expected losses are held against appetites in another currency.
#[derive(Debug, Default)]
pub struct LossRates(HashMap<(&'static str, &'static str), Option<Precise>>);

impl LossRates {
    /// Whether a risk is above an appetite; none if that is not known.
    pub fn breaches(&mut self, check: &mut Check<'_>, status: &RiskStatus, appetite: &InForce, matrix: Id) -> Result<Option<bool>> {
        let loss = self.comparable(check, status.expected_annual_loss, appetite)?;
        Ok(status.breaches(appetite, matrix, loss))
    }

    /// A loss in the currency of an appetite; none if it is not known or there is no rate.
    pub fn comparable(&mut self, check: &mut Check<'_>, loss: Option<Money>, appetite: &InForce) -> Result<Option<Money>> {
        match loss.zip(appetite.max_loss) {
            Some((loss, most)) => self.converted(check, loss, most.currency),
            None => Ok(loss),
        }
    }

    /// A loss in another currency; none if there is no rate.
    pub fn converted(&mut self, check: &mut Check<'_>, loss: Money, currency: Currency) -> Result<Option<Money>> {
        if loss.currency == currency {
            return Ok(Some(loss));
        }
        let price = self.rate(check, loss.currency, currency)?.map(|amount| PreciseMoney { amount, currency });
        Ok(price.zip(Precise::parse(&loss.amount())).and_then(|(price, amount)| price.times(amount, 0.0)))
    }

    /// The number of minor units of a currency that one of another is worth; none if there is no rate.
    pub fn minor_rate(&mut self, check: &mut Check<'_>, from: Currency, to: Currency) -> Result<Option<f64>> {
        if from == to {
            return Ok(Some(1.0));
        }
        let places = |currency: Currency| i32::try_from(currency.scale()).unwrap_or(0);
        let rate = self.rate(check, from, to)?.map(Precise::parts);
        Ok(rate.map(|(units, pico)| (units as f64 + pico as f64 / 1e12) * 10f64.powi(places(to) - places(from))))
    }

    fn rate(&mut self, check: &mut Check<'_>, from: Currency, to: Currency) -> Result<Option<Precise>> {
        let pair = (from.code(), to.code());
        if let Some(known) = self.0.get(&pair) {
            return Ok(*known);
        }
        let today = check.today;
        let rate = ledger::exchange_rate(check, from, to, today)?.map(Precise);
        self.0.insert(pair, rate);
        Ok(rate)
    }
}

/// Why a risk may not be run as it is, as a code and a sentence: its current level or expected loss is above the appetite in force, or
/// it is not known how it stands, and no exception covers it. None if it is within, or if no appetite is in force for it.
pub fn beyond_appetite(check: &mut Check<'_>, risk: Id) -> Result<Option<(&'static str, String)>> {
    let columns = (risks::unit_id, risks::kind, risks::category, risks::risk_matrix_id);
    let row: Option<(Id, RiskKind, RiskCategory, Id)> = risks::table.find(risk).select(columns).first(check.connection).optional()?;
    let Some((unit, kind, category, matrix)) = row else { return Ok(None) };
    if exception::in_force_today(check, ExceptionKind::RiskAcceptance, risk)? {
        return Ok(None);
    }
    let standing = risk_status::standing_now(check, risk, matrix)?.1;
    if standing.current.is_none() {
        let detail = "Its current level is not known. Assess it, or describe its scenarios and the controls in them.";
        return Ok(Some(("not_assessed", detail.to_owned())));
    }
    let Some(appetite) = appetite_in_force::find(check.connection, unit, (kind, category), check.today, &Narrowed::everything())? else { return Ok(None) };
    let loss = LossRates::default().comparable(check, standing.expected_annual_loss, &appetite)?;
    Ok(match standing.breaches(&appetite, matrix, loss) {
        Some(false) => None,
        Some(true) => Some(("appetite", above(&appetite, matrix, &standing))),
        None => Some(("appetite", unknown(&appetite, matrix, &standing))),
    })
}

/// What keeps a risk from being run as it is.
pub fn unmet_appetite(check: &mut Check<'_>, risk: Id) -> Result<Vec<UnmetGuard>> {
    Ok(beyond_appetite(check, risk)?.map(|(code, detail)| UnmetGuard::new("", code, detail)).into_iter().collect())
}

/// What is above the appetite, and what can be done about it.
fn above(appetite: &InForce, matrix: Id, standing: &RiskStatus) -> String {
    if appetite.kind == RiskKind::Opportunity {
        return "Its level is above what may be left without pursuing it, and no exception covers it. Implement a treatment that exploits, enhances or shares it, or have a risk acceptance approved.".to_owned();
    }
    let what = match appetite.max_loss.zip(standing.expected_annual_loss) {
        Some((most, loss)) if appetite.is_exceeded_by(matrix, standing.current.map(|placed| placed.level)) != Some(true) => {
            format!("Its expected annual loss of {loss} is above the {most} of the appetite in force ({})", appetite.name.0)
        }
        _ => format!("Its current level is above the appetite in force ({})", appetite.name.0),
    };
    format!("{what}, and no exception covers it. Treat it, or have a risk acceptance approved.")
}

/// What is not known of a risk that the appetite limits, and how it becomes known.
fn unknown(appetite: &InForce, matrix: Id, standing: &RiskStatus) -> String {
    let name = &appetite.name.0;
    let Some(most) = appetite.max_loss.filter(|_| matrix == appetite.matrix) else {
        return format!(
            "The appetite in force ({name}) is stated in another matrix, so it is not known whether the risk is within it. State it in the matrix of the risk."
        );
    };
    match standing.expected_annual_loss {
        Some(loss) => format!(
            "The appetite in force ({name}) limits the expected annual loss to {most}, that of the risk is {loss}, and there is no exchange rate between the two. Record one, or quantify the risk in {}.",
            most.currency.code()
        ),
        None => format!(
            "The appetite in force ({name}) limits the expected annual loss to {most}, and that of the risk is not known. Quantify its current stage and run that, run a stale quantification again, or have a risk acceptance approved."
        ),
    }
}

/// A monitored risk is above the appetite, or it is not known any more that it is within.
pub const ABOVE_APPETITE: Flag = Flag {
    code: "appetite",
    about: RISKS,
    watches: &[
        Watch::itself(RISKS),
        Watch::by("security/risk-assessments", "risk_id"),
        Watch::by("security/risk-scenarios", "risk_id"),
        Watch::by("security/risk-quantifications", "risk_id"),
        Watch::by("security/treatments", "risk_id"),
        Watch::by("governance/exceptions", "subject_id"),
        Watch::looked_up("security/risk-appetites", monitored_under),
    ],
    judge: breach_while_monitored,
    hold: None,
};

fn breach_while_monitored(check: &mut Check<'_>, risk: Id) -> Result<Option<String>> {
    if !is_monitored(check, risk)? {
        return Ok(None);
    }
    Ok(beyond_appetite(check, risk)?.map(|(_, detail)| detail))
}

/// Whether a risk is monitored.
pub fn is_monitored(check: &mut Check<'_>, risk: Id) -> Result<bool> {
    let monitored = risks::table.filter(risks::id.eq(risk).and(risks::state.eq("monitored"))).select(risks::id);
    Ok(monitored.first::<Id>(check.connection).optional()?.is_some())
}

/// The monitored risks that an appetite reaches.
fn monitored_under(check: &mut Check<'_>, appetite: Id) -> Result<Vec<Id>> {
    let monitored = risks::table.filter(risks::state.eq("monitored")).order(risks::id).select((risks::id, risks::unit_id));
    let rows: Vec<(Id, Id)> = monitored.load(check.connection)?;
    reached(check, appetite, rows)
}

/// Those of some records, each with the unit of its risk, whose unit is that of an appetite or below it; all of them once the appetite is gone.
pub fn reached(check: &mut Check<'_>, appetite: Id, rows: Vec<(Id, Id)>) -> Result<Vec<Id>> {
    let unit: Option<Id> = risk_appetites::table.find(appetite).select(risk_appetites::unit_id).first(check.connection).optional()?;
    let above = parents(check.connection)?;
    let is_under = |at: Id| unit.is_none_or(|unit| appetite_in_force::upwards(&above, at).any(|each| each == unit));
    Ok(rows.into_iter().filter(|(_, at)| is_under(*at)).map(|(id, _)| id).collect())
}
