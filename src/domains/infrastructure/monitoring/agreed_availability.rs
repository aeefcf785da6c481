//! The availability that is agreed for services: of several the lowest.

use super::slo::{Indicator, Slo};
use std::collections::{BTreeSet, HashMap};
use steward_core::database::CHUNK;
use steward_core::view::prelude::*;
use steward_schema::infrastructure::slos;

/// The availability that is agreed for each of some nodes, from 0 to 1.
pub fn agreed(reader: &mut Reader<'_>, nodes: &BTreeSet<Id>) -> Result<HashMap<Id, f64>> {
    let seen = reader.sees::<Slo>()?;
    let (mut agreed, ids): (HashMap<Id, f64>, Vec<Id>) = (HashMap::new(), nodes.iter().copied().collect());
    for chunk in ids.chunks(CHUNK) {
        let found: Vec<(Id, f64)> = slos::table
            .filter(slos::service_id.eq_any(chunk).and(slos::indicator.eq(Indicator::Availability)))
            .filter(seen.clone())
            .select((slos::service_id, slos::target_percent))
            .load(reader.within(&seen))?;
        for (service, percent) in found {
            let lowest = agreed.entry(service).or_insert(1.0);
            *lowest = lowest.min(percent / 100.0);
        }
    }
    Ok(agreed)
}
