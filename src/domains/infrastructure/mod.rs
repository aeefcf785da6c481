//! IT infrastructure management: places, devices, services, and what depends on what.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod asset;
mod compute;
mod estate;
mod monitoring;
mod network;
mod operation;
mod site;
mod software;

pub use estate::Estate;
pub use operation::supports::Dependencies;
pub use software::installed::Software;

use steward_core::view::Domain;
use steward_core::view::due::DerivedDates;

/// Dates that follow from others.
pub const DERIVED_DATES: &[DerivedDates] = &[software::renewal_date::CERTIFICATES, software::renewal_date::DOMAINS];

/// The domain, its collections and what it adds.
pub fn domain() -> Domain {
    with_figures(collections())
}

/// The domain with its collections.
fn collections() -> Domain {
    Domain::new(
        "infrastructure",
        "Networks, servers, storage and applications that are reliable, scalable and able to meet changing needs: where they are, what they are, and what depends on them.",
    )
    .resource::<site::site::Site>()
    .resource::<site::location::Location>()
    .resource::<site::rack::Rack>()
    .resource::<site::power_feed::PowerFeed>()
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
    .resource::<asset::asset_impairment::AssetImpairment>()
    .resource::<operation::maintenance_plan::MaintenancePlan>()
    .resource::<operation::maintenance_window::MaintenanceWindow>()
    .resource::<operation::change_model::ChangeModel>()
    .resource::<operation::change::Change>()
    .resource::<operation::freeze_period::FreezePeriod>()
    .resource::<operation::incident::Incident>()
    .resource::<operation::outage::Outage>()
    .resource::<operation::component_outage::ComponentOutage>()
    .resource::<operation::problem::Problem>()
    .resource::<monitoring::slo::Slo>()
    .resource::<monitoring::metric_series::MetricSeries>()
    .resource::<monitoring::metric_sample::MetricSample>()
    .resource::<monitoring::capacity_target::CapacityTarget>()
}

/// What it adds to them.
fn with_figures(domain: Domain) -> Domain {
    domain
        .measure::<monitoring::figures::availability::Availability>()
        .view::<operation::figures::impact::Impact>()
        .view::<operation::figures::single_points_of_failure::SinglePointsOfFailure>()
        .view::<operation::figures::requires_cycles::RequiresCycle>()
        .view::<operation::figures::maintenance_slots::MaintenanceSlots>()
        .view::<operation::figures::change_performance::ChangePerformance>()
        .view::<monitoring::figures::service_availability::ServiceAvailability>()
        .view::<monitoring::figures::component_reliability::ComponentReliability>()
        .view::<monitoring::figures::composed_availability::ComposedAvailability>()
        .view::<monitoring::figures::slo_status::SloStatus>()
        .view::<monitoring::figures::capacity_forecast::CapacityForecast>()
        .view::<software::figures::license_position::LicensePosition>()
        .view::<software::figures::license_positions::LicensePositions>()
        .view::<software::figures::patch_compliance::PatchCompliance>()
        .view::<compute::figures::backup_coverage::BackupCoverage>()
        .view::<compute::figures::cpu_allocation::ClusterCpu>()
        .view::<compute::figures::cpu_allocation::DeviceCpu>()
        .view::<network::figures::prefix_utilization::PrefixUtilization>()
        .view::<network::figures::cable_path::CablePath>()
        .view::<site::figures::rack_elevation::RackElevation>()
        .view::<site::figures::rack_utilization::RackUtilization>()
        .view::<asset::figures::asset_book_value::AssetBookValue>()
        .view::<asset::figures::depreciation_schedule::DepreciationSchedule>()
        .view::<asset::figures::refresh_candidates::RefreshCandidates>()
        .view::<asset::figures::book_values::BookValues>()
        .figures::<network::figures::prefix_utilization::PrefixFigures, _>()
        .action::<network::prefix_space::HandOutIpAddress>()
        .action::<network::prefix_space::HandOutPrefix>()
        .action::<monitoring::sample_ingest::IngestSamples>()
        .action::<compute::device_type_import::ImportDeviceTypes>()
        .action::<software::sbom_import::ImportSbom>()
        .action::<operation::emergency_approval::ApproveEmergencyChange>()
        .action::<asset::depreciation_posting::PostDepreciation>()
        .action::<asset::refresh_plan::PlanRefresh>()
}
