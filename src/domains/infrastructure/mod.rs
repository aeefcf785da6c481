//! IT infrastructure management: places, devices, services, and what depends on what.

mod asset;
mod asset_assignment;
mod asset_value;
mod backup_policy;
mod backup_run;
mod cable;
mod capacity_target;
mod certificate;
mod change;
mod change_guard;
mod change_model;
mod cidr;
mod circuit;
mod cloud_resource;
mod cluster;
mod dependency;
mod device;
mod device_type;
mod dns_domain;
mod freeze_period;
mod impact;
mod incident;
mod installation;
mod interface;
mod ip_address;
mod it_service;
mod kept;
mod license;
mod license_assignment;
mod license_metric;
mod license_use;
mod location;
mod loss;
mod maintenance_plan;
mod maintenance_window;
mod manufacturer;
mod measure;
mod metric_sample;
mod metric_series;
mod network_lock;
mod network_value;
mod outage;
mod prefix;
mod prefix_space;
mod prefix_tree;
mod problem;
mod rack;
mod remaining;
mod risk_level;
mod site;
mod slo;
mod software_product;
mod software_release;
mod storage_pool;
mod virtual_machine;
mod vlan;
mod vlan_group;
mod volume;
mod vrf;

use crate::view::Domain;

/// The domain, its collections and what it adds.
pub fn domain() -> Domain {
    Domain::new(
        "infrastructure",
        "Networks, servers, storage and applications that are reliable, scalable and able to meet changing needs: where they are, what they are, and what depends on them.",
    )
    .resource::<site::Site>()
    .resource::<location::Location>()
    .resource::<rack::Rack>()
    .resource::<manufacturer::Manufacturer>()
    .resource::<device_type::DeviceType>()
    .resource::<device::Device>()
    .resource::<interface::Interface>()
    .resource::<cable::Cable>()
    .resource::<vrf::Vrf>()
    .resource::<vlan_group::VlanGroup>()
    .resource::<vlan::Vlan>()
    .resource::<prefix::Prefix>()
    .resource::<ip_address::IpAddress>()
    .resource::<circuit::Circuit>()
    .resource::<cluster::Cluster>()
    .resource::<virtual_machine::VirtualMachine>()
    .resource::<storage_pool::StoragePool>()
    .resource::<volume::Volume>()
    .resource::<cloud_resource::CloudResource>()
    .resource::<backup_policy::BackupPolicy>()
    .resource::<backup_run::BackupRun>()
    .resource::<it_service::Service>()
    .resource::<dependency::Dependency>()
    .resource::<software_product::SoftwareProduct>()
    .resource::<software_release::SoftwareRelease>()
    .resource::<installation::Installation>()
    .resource::<license::License>()
    .resource::<license_assignment::LicenseAssignment>()
    .resource::<certificate::Certificate>()
    .resource::<dns_domain::DnsDomain>()
    .resource::<asset::Asset>()
    .resource::<asset_assignment::AssetAssignment>()
    .resource::<maintenance_plan::MaintenancePlan>()
    .resource::<maintenance_window::MaintenanceWindow>()
    .resource::<change_model::ChangeModel>()
    .resource::<change::Change>()
    .resource::<freeze_period::FreezePeriod>()
    .resource::<incident::Incident>()
    .resource::<outage::Outage>()
    .resource::<problem::Problem>()
    .resource::<slo::Slo>()
    .resource::<metric_series::MetricSeries>()
    .resource::<metric_sample::MetricSample>()
    .resource::<capacity_target::CapacityTarget>()
    .measure::<measure::Availability>()
    .view::<impact::Impact>()
    .figures::<prefix_tree::PrefixFigures, _>()
    .action::<prefix_space::HandOutIpAddress>()
    .action::<prefix_space::HandOutPrefix>()
}
