//! Three steps from little to much, as changes and incidents are judged by.

use steward_core::choice;

choice! {
    /// Level in three steps.
    pub enum RiskLevel {
        /// Low: few are affected, and it can wait or be undone.
        Low = "low",
        /// Medium: a group of people or a service is affected.
        Medium = "medium",
        /// High: the organisation or its customers are affected.
        High = "high",
    }
}

impl RiskLevel {
    /// 0 for the highest, 2 for the lowest.
    pub fn below_high(self) -> i64 {
        match self {
            RiskLevel::High => 0,
            RiskLevel::Medium => 1,
            RiskLevel::Low => 2,
        }
    }
}
