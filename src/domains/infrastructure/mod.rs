//! IT infrastructure management: places, devices, services, and what depends on what.

mod asset;
mod compute;
mod monitoring;
mod network;
mod operation;
mod site;
mod software;

use crate::view::Domain;
use crate::view::due::DerivedDates;

/// Dates that follow from others.
pub const DERIVED_DATES: &[DerivedDates] = &[software::renewal_date::CERTIFICATES, software::renewal_date::DOMAINS];

/// The domain, its collections and what it adds.
pub fn domain() -> Domain {
    Domain::new(
        "infrastructure",
        "Networks, servers, storage and applications that are reliable, scalable and able to meet changing needs: where they are, what they are, and what depends on them.",
    )
    .resource::<site::site::Site>()
    .resource::<site::location::Location>()
    .resource::<site::rack::Rack>()
    .resource::<compute::manufacturer::Manufacturer>()
    .resource::<compute::device_type::DeviceType>()
    .resource::<compute::device::Device>()
    .resource::<network::interface::Interface>()
    .resource::<network::cable::Cable>()
    .resource::<network::vrf::Vrf>()
    .resource::<network::vlan_group::VlanGroup>()
    .resource::<network::vlan::Vlan>()
    .resource::<network::prefix::Prefix>()
    .resource::<network::ip_address::IpAddress>()
    .resource::<network::circuit::Circuit>()
    .resource::<compute::cluster::Cluster>()
    .resource::<compute::virtual_machine::VirtualMachine>()
    .resource::<compute::storage_pool::StoragePool>()
    .resource::<compute::volume::Volume>()
    .resource::<compute::cloud_resource::CloudResource>()
    .resource::<compute::backup_policy::BackupPolicy>()
    .resource::<compute::backup_run::BackupRun>()
    .resource::<operation::it_service::Service>()
    .resource::<operation::dependency::Dependency>()
    .resource::<software::software_product::SoftwareProduct>()
    .resource::<software::software_release::SoftwareRelease>()
    .resource::<software::installation::Installation>()
    .resource::<software::license::License>()
    .resource::<software::license_assignment::LicenseAssignment>()
    .resource::<software::certificate::Certificate>()
    .resource::<network::dns_domain::DnsDomain>()
    .resource::<asset::asset::Asset>()
    .resource::<asset::asset_assignment::AssetAssignment>()
    .resource::<operation::maintenance_plan::MaintenancePlan>()
    .resource::<operation::maintenance_window::MaintenanceWindow>()
    .resource::<operation::change_model::ChangeModel>()
    .resource::<operation::change::Change>()
    .resource::<operation::freeze_period::FreezePeriod>()
    .resource::<operation::incident::Incident>()
    .resource::<operation::outage::Outage>()
    .resource::<operation::problem::Problem>()
    .resource::<monitoring::slo::Slo>()
    .resource::<monitoring::metric_series::MetricSeries>()
    .resource::<monitoring::metric_sample::MetricSample>()
    .resource::<monitoring::capacity_target::CapacityTarget>()
    .measure::<monitoring::figures::availability::Availability>()
    .view::<operation::figures::impact::Impact>()
    .figures::<network::figures::prefix_utilization::PrefixFigures, _>()
    .action::<network::prefix_space::HandOutIpAddress>()
    .action::<network::prefix_space::HandOutPrefix>()
    .action::<operation::emergency_approval::ApproveEmergencyChange>()
}
