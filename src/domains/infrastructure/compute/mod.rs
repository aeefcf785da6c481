//! Devices and their types, clusters, virtual machines, storage, cloud resources and backups.

pub mod backup_policy;
pub mod backup_run;
pub mod cloud_resource;
pub mod cluster;
pub mod device;
pub mod device_type;
pub mod device_type_import;
pub mod figures;
pub mod last_copy;
pub mod manufacturer;
pub mod overcommitment;
pub mod physical_cores;
pub mod storage_pool;
pub mod virtual_machine;
pub mod volume;
