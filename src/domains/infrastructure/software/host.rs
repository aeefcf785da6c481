//! The hosts of installed software: which of them count on a day, and how many processor cores they have.

use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use steward_core::database::{CHUNK, Connection};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Date, Instant};
use steward_schema::infrastructure::{device_types, devices, virtual_machines};
use steward_schema::service::registry;

/// The collections of hosts.
pub const HOSTS: [&str; 2] = ["infrastructure/devices", "infrastructure/virtual-machines"];

/// Since when an installation is there: the dates of installation and of discovery, as far as they are recorded.
pub type Since = (Option<Date>, Option<Instant>);

/// Whether an installation was there on a day; one of which nobody knows since when always was.
fn was_there((installed_on, discovered_at): Since, day: Date) -> bool {
    installed_on.or(discovered_at.map(Instant::date)).is_none_or(|since| since <= day)
}

/// The hosts that are retired: what is installed on them is in use no longer.
fn retired(connection: &mut Connection) -> Result<HashSet<Id>> {
    let hosts = registry::table.filter(registry::collection.eq_any(HOSTS).and(registry::state.eq("retired"))).select(registry::id);
    Ok(hosts.load::<Id>(connection)?.into_iter().collect())
}

/// What tells of a host, and since when something is installed on it, whether that counts on a day: it was there, and the host is not retired.
pub fn counting_on(connection: &mut Connection, day: Date) -> Result<impl Fn(Id, Since) -> bool + use<>> {
    let retired = retired(connection)?;
    Ok(move |host: Id, since: Since| was_there(since, day) && !retired.contains(&host))
}

/// The processor cores of each of some hosts: the physical ones of the type of a device, the virtual ones of a machine; those of an
/// unknown number are left out.
pub fn cores(connection: &mut Connection, hosts: &[Id]) -> Result<HashMap<Id, i64>> {
    let mut cores = HashMap::new();
    for chunk in hosts.chunks(CHUNK) {
        let physical = devices::table.inner_join(device_types::table).filter(devices::id.eq_any(chunk)).select((devices::id, device_types::physical_cores));
        cores.extend(physical.load::<(Id, Option<i64>)>(connection)?.into_iter().filter_map(|(host, cores)| Some((host, cores?))));
        let virtual_ones = virtual_machines::table.filter(virtual_machines::id.eq_any(chunk)).select((virtual_machines::id, virtual_machines::vcpus));
        let virtual_ones: Vec<(Id, Option<f64>)> = virtual_ones.load(connection)?;
        cores.extend(virtual_ones.into_iter().filter_map(|(host, cores)| Some((host, cores?.ceil() as i64))));
    }
    Ok(cores)
}
