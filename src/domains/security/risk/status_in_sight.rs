//! How risks stand in the eyes of a reader.

use super::risk_scenario::RiskScenario;
use super::risk_status::{RiskStatus, by_scenarios, pursued};
use super::treatment::Treatment;
use std::collections::HashMap;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::store::Reader;

/// How some risks, each with its matrix, stand in the eyes of a reader: what is not seen is left out.
pub fn of_reader(reader: &mut Reader<'_>, risks: &[(Id, Id)]) -> Result<HashMap<Id, RiskStatus>> {
    let scenarios = reader.sees::<RiskScenario>()?;
    by_scenarios(reader, risks, scenarios)
}

/// How some risks stand, as [`of_reader`] says, and whether they are pursued.
pub fn with_pursuit(reader: &mut Reader<'_>, risks: &[(Id, Id)]) -> Result<HashMap<Id, RiskStatus>> {
    let mut all = of_reader(reader, risks)?;
    let seen = reader.sees::<Treatment>()?;
    for chunk in risks.chunks(CHUNK) {
        let ids: Vec<Id> = chunk.iter().map(|(risk, _)| *risk).collect();
        let Some(pursued) = pursued(reader.within(&seen), &ids, &seen)? else { break };
        for id in ids {
            all.entry(id).or_default().pursued = Some(pursued.contains(&id));
        }
    }
    Ok(all)
}
