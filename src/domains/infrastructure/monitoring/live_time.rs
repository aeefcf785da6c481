//! The time in which services were live: from the move to `live` to that to `retired`, as their history says.

use super::agreed_time::Span;
use super::outage_time::seconds_since;
use diesel::dsl::min;
use std::collections::{HashMap, HashSet};
use steward_core::database::CHUNK;
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{outages, services};
use steward_schema::service::revisions;

/// The part of the time between two times in which each of some services was live, in seconds from the first. Who records outages of a
/// service relies on it: where one of them lies before the move to `live`, that move was recorded late and says nothing. A service that never
/// was live is left out.
pub fn live_within(reader: &mut Reader<'_>, ids: &[Id], (from, to): (Instant, Instant)) -> Result<HashMap<Id, Span>> {
    let connection = reader.unscoped("the history of services that were read");
    let (mut lives, since): (HashMap<Id, (Instant, Instant)>, _) = (HashMap::new(), seconds_since((from, to)));
    for chunk in ids.chunks(CHUNK) {
        let known = services::table.filter(services::id.eq_any(chunk)).select((services::id, services::state));
        let planned: HashSet<Id> = known.load::<(Id, String)>(connection)?.into_iter().filter(|(_, state)| state == "planned").map(|(id, _)| id).collect();
        let first = outages::table.filter(outages::service_id.eq_any(chunk)).filter(outages::state.ne("voided")).group_by(outages::service_id);
        let first: HashMap<Id, Option<Instant>> = first.select((outages::service_id, min(outages::started_at))).load(connection)?.into_iter().collect();
        lives.extend(chunk.iter().filter(|id| !planned.contains(id) || first.contains_key(id)).map(|id| (*id, (from, to))));
        let moves = revisions::table.filter(revisions::resource_id.eq_any(chunk)).filter(revisions::action.eq_any(["go_live", "retire"]));
        for (id, action, at) in moves.select((revisions::resource_id, revisions::action, revisions::at)).load::<(Id, String, Instant)>(connection)? {
            let live = lives.entry(id).or_insert((from, to));
            match first.get(&id).copied().flatten() {
                _ if action == "retire" => live.1 = at,
                Some(first) if first < at => {}
                _ => live.0 = at,
            }
        }
    }
    Ok(lives.into_iter().map(|(id, (begins, ends))| (id, (since(begins), since(ends)))).collect())
}
