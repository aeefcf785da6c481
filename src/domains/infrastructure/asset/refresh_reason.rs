//! The reasons for which devices are replaced.

use serde::Serialize;
use steward_core::choice;
use steward_core::resource::value::Date;
use utoipa::ToSchema;

choice! {
    /// Reason for a replacement.
    pub enum RefreshReason {
        /// End of support by the manufacturer.
        EndOfSupport = "end_of_support",
        /// End of security updates by the manufacturer.
        EndOfSecurity = "end_of_security",
        /// End of warranty.
        WarrantyEnd = "warranty_end",
        /// Planned retirement.
        PlannedRetirement = "planned_retirement",
        /// Cost fully written off.
        WrittenOff = "written_off",
        /// The term of the contract ends under which it is leased, rented or maintained.
        ContractEnd = "contract_end",
        /// It, or software on it, has an open vulnerability that is of high or critical severity or known to be exploited; its day is the one
        /// by which the first of these is to be fixed.
        OpenVulnerabilities = "open_vulnerabilities",
        /// Three failures or more within a year.
        Failures = "failures",
    }
}

/// Reason with its date.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DatedReason {
    /// Reason for replacement.
    pub reason: RefreshReason,
    /// Date of the reason; null where it has none.
    pub on: Option<Date>,
}
