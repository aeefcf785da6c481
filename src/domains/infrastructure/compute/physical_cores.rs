//! The physical cores on which virtual machines run, by the types of their hosts.

use super::device::Device;
use super::device_type::DeviceType;
use crate::operation::dependency::{Dependency, DependencyKind};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{dependencies, device_types, devices};

/// The cores of a host by its type in sight; none where they are not known.
pub fn of_type(reader: &mut Reader<'_>, device_type: Id) -> Result<Option<i64>> {
    let seen = reader.sees::<DeviceType>()?;
    let known = device_types::table.filter(device_types::id.eq(device_type)).filter(seen.clone());
    let cores: Vec<Option<i64>> = known.select(device_types::physical_cores).load(reader.within(&seen))?;
    Ok(total(&cores))
}

/// The cores of the hosts of a cluster in sight: of the devices that it requires or that host it, those that are retired left out; none where
/// those of one are not known.
pub fn of_hosts(reader: &mut Reader<'_>, cluster: Id) -> Result<Option<i64>> {
    let (edges, seen) = (reader.sees::<Dependency>()?, reader.sees::<Device>()?);
    let required = dependencies::from_id.eq(cluster).and(dependencies::kind.eq(DependencyKind::Requires));
    let required = dependencies::table.filter(required).filter(edges.clone()).select(dependencies::to_id);
    let mut hosts: Vec<Id> = required.load(reader.within(&edges))?;
    let hosting = dependencies::to_id.eq(cluster).and(dependencies::kind.eq(DependencyKind::Hosts));
    hosts.extend(dependencies::table.filter(hosting).filter(edges.clone()).select(dependencies::from_id).load::<Id>(reader.within(&edges))?);
    let known = devices::table
        .inner_join(device_types::table)
        .filter(devices::id.eq_any(hosts).and(devices::state.ne("retired")))
        .filter(seen.clone())
        .filter(reader.sees::<DeviceType>()?);
    let cores: Vec<Option<i64>> = known.select(device_types::physical_cores).load(reader.within(&seen))?;
    Ok(total(&cores))
}

/// The cores of some hosts; none without a host, or where those of one are not known.
fn total(cores: &[Option<i64>]) -> Option<i64> {
    if cores.is_empty() { None } else { cores.iter().copied().sum() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cores_of_hosts_are_known_where_those_of_each_are() {
        assert_eq!([total(&[Some(32), Some(32)]), total(&[Some(32), None]), total(&[])], [Some(64), None, None]);
    }
}
