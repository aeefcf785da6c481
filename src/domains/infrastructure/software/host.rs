//! The hosts of installed software: which of them count on a day, and how many processor cores they have.

use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use steward_core::database::{CHUNK, Connection};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Date, Instant};
use steward_schema::infrastructure::{clusters, device_types, devices, virtual_machines};
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

/// What licences count of hosts, as far as it is recorded.
#[derive(Debug, Default)]
pub struct HostFacts {
    /// The processor cores of each.
    pub cores: HashMap<Id, i64>,
    /// The site of each: of a machine, that of its device or cluster.
    pub sites: HashMap<Id, Id>,
}

/// The site of each of some hosts; those of which none is recorded are left out.
pub fn sites(connection: &mut Connection, hosts: &[Id]) -> Result<HashMap<Id, Id>> {
    let mut sites = HashMap::new();
    for chunk in hosts.chunks(CHUNK) {
        let own = devices::table.filter(devices::id.eq_any(chunk)).select((devices::id, devices::site_id));
        let on_devices = virtual_machines::table.inner_join(devices::table.on(devices::id.nullable().eq(virtual_machines::device_id)));
        let on_devices = on_devices.filter(virtual_machines::id.eq_any(chunk)).select((virtual_machines::id, devices::site_id));
        let on_clusters = virtual_machines::table.inner_join(clusters::table.on(clusters::id.nullable().eq(virtual_machines::cluster_id)));
        let on_clusters = on_clusters.filter(virtual_machines::id.eq_any(chunk)).select((virtual_machines::id, clusters::site_id));
        // What is recorded of the device counts before what is recorded of the cluster.
        let mut rows: Vec<(Id, Option<Id>)> = on_clusters.load(connection)?;
        rows.extend(on_devices.load::<(Id, Option<Id>)>(connection)?);
        rows.extend(own.load::<(Id, Option<Id>)>(connection)?);
        sites.extend(rows.into_iter().filter_map(|(host, site)| Some((host, site?))));
    }
    Ok(sites)
}

/// The cluster of each of some hosts that is a machine on one.
pub fn clusters(connection: &mut Connection, hosts: &[Id]) -> Result<HashMap<Id, Id>> {
    let mut clusters = HashMap::new();
    for chunk in hosts.chunks(CHUNK) {
        let on_clusters = virtual_machines::table.filter(virtual_machines::id.eq_any(chunk).and(virtual_machines::cluster_id.is_not_null()));
        let rows: Vec<(Id, Id)> = on_clusters.select((virtual_machines::id, virtual_machines::cluster_id.assume_not_null())).load(connection)?;
        clusters.extend(rows);
    }
    Ok(clusters)
}
