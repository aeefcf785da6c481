//! Three steps from little to much, as changes and incidents are judged by.

use crate::choice;

choice! {
    /// How much, in three steps.
    pub enum RiskLevel {
        /// Little: few are concerned, and it can wait or be undone.
        Low = "low",
        /// Some: a group of people or a service is concerned.
        Medium = "medium",
        /// Much: the organisation or its customers are concerned.
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
