//! The virtual processors that are promised on the physical cores of a cluster or of a host.

use crate::compute::{
    cluster::Cluster, device::Device, device_type::DeviceType, overcommitment::Overcommitment, physical_cores, virtual_machine::VirtualMachine,
};
use crate::operation::dependency::Dependency;
use crate::operation::figures::node::counted;
use steward_core::resource::value::{Note, Number};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::virtual_machines;

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
            None => physical_cores::of_hosts(cx, id)?,
        };
        Ok(Overcommitment::of(&vcpus, cores, cluster.max_vcpu_ratio.map(|Number(most)| most)).into())
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
        let cores = physical_cores::of_type(cx, device.device_type_id)?;
        Ok(Overcommitment::of(&vcpus, cores, None).into())
    }
}

impl From<Overcommitment> for CpuAllocation {
    fn from(promised: Overcommitment) -> Self {
        CpuAllocation {
            virtual_machines: counted(promised.machines),
            vcpus: Figure(Some(promised.vcpus)),
            unknown: counted(promised.unknown),
            physical_cores: Figure(promised.cores),
            vcpu_ratio: Figure(promised.ratio),
            max_vcpu_ratio: Figure(promised.most),
            vcpus_left: Figure(promised.left),
            reason: promised.reason.map(Note::cut),
        }
    }
}
