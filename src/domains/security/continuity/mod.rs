//! Business processes, information assets, recovery plans and their proof.

pub mod business_process;
pub mod figures;
pub mod information_asset;
pub mod recovery_activation;
pub mod recovery_facts;
pub mod recovery_path;
pub mod recovery_plan;
pub mod recovery_proof;
pub mod recovery_result;
pub mod recovery_step;
pub mod recovery_test;
pub mod recovery_test_kind;
pub mod required_recovery;
pub mod stopped_process;
pub mod test_date;
