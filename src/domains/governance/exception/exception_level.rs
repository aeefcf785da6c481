//! How much is at stake with an exception, and what that limits.

use steward_core::choice;

choice! {
    /// Level of the stake. It limits the duration of an exception.
    pub enum ExceptionLevel {
        /// Low stake: at most 365 days.
        Low = "low",
        /// Moderate stake: at most 180 days.
        Moderate = "moderate",
        /// High stake: at most 90 days.
        High = "high",
        /// Critical stake: at most 30 days.
        Critical = "critical",
    }
}

impl ExceptionLevel {
    /// Its place among the levels, the lowest first.
    pub fn rank(self) -> usize {
        match self {
            ExceptionLevel::Low => 0,
            ExceptionLevel::Moderate => 1,
            ExceptionLevel::High => 2,
            ExceptionLevel::Critical => 3,
        }
    }

    /// The level of this rank; the highest for what is above.
    pub fn of_rank(rank: usize) -> ExceptionLevel {
        match rank {
            0 => ExceptionLevel::Low,
            1 => ExceptionLevel::Moderate,
            2 => ExceptionLevel::High,
            _ => ExceptionLevel::Critical,
        }
    }

    /// For how many days an exception can be given.
    pub fn longest_days(self) -> u32 {
        match self {
            ExceptionLevel::Low => 365,
            ExceptionLevel::Moderate => 180,
            ExceptionLevel::High => 90,
            ExceptionLevel::Critical => 30,
        }
    }

    /// Within how many days what an exception covered is to be put right when it ends, by what is at stake.
    pub fn days_to_mend(self) -> u32 {
        match self {
            ExceptionLevel::Low => 90,
            ExceptionLevel::Moderate => 30,
            ExceptionLevel::High => 14,
            ExceptionLevel::Critical => 7,
        }
    }
}
