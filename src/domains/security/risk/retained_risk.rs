//! Whether a risk that was retained still may be: above the appetite it needs an exception for as long as a treatment leaves it as it is.

use super::appetite_breach::{beyond_appetite, reached};
use super::treatment_kind::TreatmentKind;
use diesel::prelude::*;
use steward_core::database::Connection;
use steward_core::error::Result;
use steward_core::resource::{Check, Flag, Id, Watch};
use steward_schema::security::{risks, treatments};

/// The collection that the conflict is about.
const TREATMENTS: &str = "security/treatments";
/// The conflict about a treatment that retains a risk above the appetite, as it is named everywhere.
pub const RULE: &str = "security.treatments:appetite";
/// The states in which a treatment that retains a risk leaves it as it is.
const SETTLED: [&str; 2] = ["implemented", "verified"];
/// The treatments of a risk.
const OF_RISK: (&str, &str, &str) = (TREATMENTS, "risk_id", "id");

/// A risk is retained that is above the appetite, or of which it is not known any more that it is within.
pub const RETAINED_ABOVE_APPETITE: Flag = Flag {
    code: "appetite",
    about: TREATMENTS,
    watches: &[
        Watch::itself(TREATMENTS),
        Watch::beside(TREATMENTS, "risk_id", OF_RISK),
        Watch::beside("security/risks", "id", OF_RISK),
        Watch::beside("security/risk-assessments", "risk_id", OF_RISK),
        Watch::beside("security/risk-scenarios", "risk_id", OF_RISK),
        Watch::beside("security/risk-quantifications", "risk_id", OF_RISK),
        Watch::beside("governance/exceptions", "subject_id", OF_RISK),
        Watch::looked_up("security/risk-appetites", retained_under),
    ],
    judge: above_appetite,
    hold: None,
};

/// A treatment that leaves its risk as it is.
#[diesel::dsl::auto_type(no_type_alias)]
fn retaining() -> _ {
    let (kind, states): (TreatmentKind, [&'static str; 2]) = (TreatmentKind::Retain, SETTLED);
    treatments::kind.eq(kind).and(treatments::state.eq_any(states))
}

/// Why the risk of a treatment may not be retained as it is; none if it may, or is not retained by it.
pub fn above_appetite(check: &mut Check<'_>, treatment: Id) -> Result<Option<String>> {
    let open = treatments::table.inner_join(risks::table.on(treatments::risk_id.eq(risks::id))).filter(retaining()).filter(risks::state.ne("closed"));
    let risk = open.filter(treatments::id.eq(treatment)).select(treatments::risk_id);
    let Some(risk) = risk.first::<Id>(check.connection).optional()? else { return Ok(None) };
    Ok(beyond_appetite(check, risk)?.map(|(_, detail)| format!("The treatment retains the risk as it is. {detail}")))
}

/// The treatments that retain a risk and are not open any more.
pub fn treatments_of(check: &mut Check<'_>, risk: Id) -> Result<Vec<Id>> {
    let of_risk = treatments::table.filter(treatments::risk_id.eq(risk)).filter(retaining()).order(treatments::id);
    Ok(of_risk.select(treatments::id).load(check.connection)?)
}

/// All treatments that retain risks which are not closed, each with the unit of its risk.
pub fn all(connection: &mut Connection) -> Result<Vec<(Id, Id)>> {
    let open = treatments::table.inner_join(risks::table.on(treatments::risk_id.eq(risks::id))).filter(retaining()).filter(risks::state.ne("closed"));
    Ok(open.order(treatments::id).select((treatments::id, risks::unit_id)).load(connection)?)
}

/// The treatments that retain risks which an appetite reaches.
fn retained_under(check: &mut Check<'_>, appetite: Id) -> Result<Vec<Id>> {
    let rows = all(check.connection)?;
    reached(check, appetite, rows)
}
