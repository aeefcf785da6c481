//! The virtual processors that are promised on the physical cores of a cluster or of a host.

use crate::compute::{cluster::Cluster, device::Device, device_type::DeviceType, virtual_machine::VirtualMachine};
use crate::operation::dependency::{Dependency, DependencyKind};
use crate::operation::figures::node::counted;
use steward_core::resource::value::{Note, Number};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{dependencies, device_types, devices, virtual_machines};

/// Processors of a cluster or of a host, physical and virtual.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CpuAllocation {
    /// Virtual machines on it that are not retired.
    pub virtual_machines: Count,
    /// Virtual processors of these machines.
    pub vcpus: Figure,
    /// Machines among them whose virtual processors are not recorded; they count as 0.
    pub unknown: Count,
    /// Physical cores: those recorded of it, else, for a cluster, those of its hosts by their types; null where neither is recorded.
    pub physical_cores: Figure,
    /// Virtual processors for one physical core; null without cores.
    pub vcpu_ratio: Figure,
    /// Most virtual processors for one physical core that a cluster promises; null where it says nothing, and for a host.
    pub max_vcpu_ratio: Figure,
    /// Virtual processors that can still be promised; below 0 where too many are, null without cores or without a promise.
    pub vcpus_left: Figure,
    /// Cause of a missing ratio; null if there is a ratio.
    pub reason: Option<Note>,
}

/// Processors of a cluster: `GET infrastructure/clusters/{id}/cpu-allocation`.
pub struct ClusterCpu;

/// Processors of a host: `GET infrastructure/devices/{id}/cpu-allocation`.
pub struct DeviceCpu;

const FORMULA: &str = "vcpu_ratio = vcpus ÷ physical_cores; vcpus_left = max_vcpu_ratio · physical_cores − vcpus";
const SOURCE: &str = "VMware, Performance Best Practices for vSphere, CPU overcommitment; ITIL 4, capacity and performance management";

impl View for ClusterCpu {
    const PATH: &'static str = "infrastructure/clusters/{id}/cpu-allocation";
    const SUMMARY: &'static str = "Get the virtual processors promised on a cluster";
    const DESCRIPTION: &'static str = "vCPU : pCPU of a cluster, over the virtual machines and hosts that you may see. Its hosts are the devices that it requires or that host it (`infrastructure/dependencies`), those that are retired left out; they tell its cores where `physical_cores` of the cluster is not recorded, by `physical_cores` of their types.";
    const FORMULA: &'static str = FORMULA;
    const SOURCE: &'static str = SOURCE;
    type Reads = (Cluster, IfPermitted<VirtualMachine>, IfPermitted<Device>, IfPermitted<DeviceType>, IfPermitted<Dependency>);
    type Query = NoQuery;
    type Answer = CpuAllocation;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<CpuAllocation> {
        let id = cx.id()?;
        let (_, cluster) = cx.get_typed::<Cluster>(id)?;
        let seen = cx.sees::<VirtualMachine>()?;
        let machines = virtual_machines::table.filter(virtual_machines::cluster_id.eq(id).and(virtual_machines::state.ne("retired")));
        let vcpus: Vec<Option<f64>> = machines.filter(seen.clone()).select(virtual_machines::vcpus).load(cx.within(&seen))?;
        let cores = match cluster.physical_cores {
            Some(cores) => Some(cores.0),
            None => total(&host_cores(cx, id)?),
        };
        Ok(allocation(&vcpus, cores, cluster.max_vcpu_ratio.map(|Number(most)| most)))
    }
}

impl View for DeviceCpu {
    const PATH: &'static str = "infrastructure/devices/{id}/cpu-allocation";
    const SUMMARY: &'static str = "Get the virtual processors promised on a host";
    const DESCRIPTION: &'static str =
        "vCPU : pCPU of a device, over the virtual machines bound to it that you may see. Its cores are `physical_cores` of its device type.";
    const FORMULA: &'static str = FORMULA;
    const SOURCE: &'static str = SOURCE;
    type Reads = (Device, DeviceType, IfPermitted<VirtualMachine>);
    type Query = NoQuery;
    type Answer = CpuAllocation;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<CpuAllocation> {
        let id = cx.id()?;
        let (_, device) = cx.get_typed::<Device>(id)?;
        let seen = cx.sees::<VirtualMachine>()?;
        let machines = virtual_machines::table.filter(virtual_machines::device_id.eq(id).and(virtual_machines::state.ne("retired")));
        let vcpus: Vec<Option<f64>> = machines.filter(seen.clone()).select(virtual_machines::vcpus).load(cx.within(&seen))?;
        let types = cx.sees::<DeviceType>()?;
        let of_type = device_types::table.filter(device_types::id.eq(device.device_type_id)).filter(types.clone());
        let cores: Vec<Option<i64>> = of_type.select(device_types::physical_cores).load(cx.within(&types))?;
        Ok(allocation(&vcpus, total(&cores), None))
    }
}

/// The cores of each host of a cluster in sight.
fn host_cores(cx: &mut Context<'_, '_>, cluster: Id) -> Result<Vec<Option<i64>>> {
    let (edges, seen) = (cx.sees::<Dependency>()?, cx.sees::<Device>()?);
    let required = dependencies::from_id.eq(cluster).and(dependencies::kind.eq(DependencyKind::Requires));
    let required = dependencies::table.filter(required).filter(edges.clone()).select(dependencies::to_id);
    let mut hosts: Vec<Id> = required.load(cx.within(&edges))?;
    let hosting = dependencies::to_id.eq(cluster).and(dependencies::kind.eq(DependencyKind::Hosts));
    hosts.extend(dependencies::table.filter(hosting).filter(edges.clone()).select(dependencies::from_id).load::<Id>(cx.within(&edges))?);
    let known = devices::table
        .inner_join(device_types::table)
        .filter(devices::id.eq_any(hosts).and(devices::state.ne("retired")))
        .filter(seen.clone())
        .filter(cx.sees::<DeviceType>()?);
    Ok(known.select(device_types::physical_cores).load(cx.within(&seen))?)
}

/// The cores of some hosts; none without a host, or where those of one are not known.
fn total(cores: &[Option<i64>]) -> Option<i64> {
    if cores.is_empty() { None } else { cores.iter().copied().sum() }
}

/// The allocation of so many virtual processors, one entry for each machine, on so many cores.
fn allocation(vcpus: &[Option<f64>], cores: Option<i64>, most: Option<f64>) -> CpuAllocation {
    let promised: f64 = vcpus.iter().flatten().sum();
    let physical = cores.map(|cores| cores as f64);
    let reason = match cores {
        None => Some("The physical cores are not recorded. Record physical_cores of the cluster, or of the device types of its hosts."),
        Some(0) => Some("There are no physical cores."),
        Some(_) => None,
    };
    CpuAllocation {
        virtual_machines: counted(vcpus.len()),
        vcpus: Figure(Some(promised)),
        unknown: counted(vcpus.iter().filter(|each| each.is_none()).count()),
        physical_cores: Figure(physical),
        vcpu_ratio: Figure(physical.filter(|cores| *cores > 0.0).map(|cores| promised / cores)),
        max_vcpu_ratio: Figure(most),
        vcpus_left: Figure(most.zip(physical).map(|(most, cores)| most * cores - promised)),
        reason: reason.map(Note::cut),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_of_four_to_one_leaves_what_the_promise_allows() {
        // Two hosts of 32 cores and 256 vCPUs: 256 ÷ 64 = 4; at 5 to 1, 5 · 64 − 256 = 64 are left.
        let found = allocation(&[Some(200.0), Some(56.0), None], total(&[Some(32), Some(32)]), Some(5.0));
        assert_eq!((found.vcpu_ratio, found.vcpus_left, found.unknown), (Figure(Some(4.0)), Figure(Some(64.0)), counted(1)));
    }

    #[test]
    fn without_cores_there_is_no_ratio() {
        for cores in [total(&[]), total(&[Some(32), None]), Some(0)] {
            let found = allocation(&[Some(8.0)], cores, None);
            assert_eq!((found.vcpu_ratio, found.vcpus_left), (Figure(None), Figure(None)));
            assert!(found.reason.is_some());
        }
    }
}
