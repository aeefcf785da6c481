//! The words and values of assets.

use steward_core::choice;
use steward_core::resource::value::{Date, Number};

choice! {
    /// Method by which the cost of an asset is spread over its life.
    pub enum DepreciationMethod {
        /// Same amount each year.
        StraightLine = "straight_line",
        /// Twice the straight-line rate on the remaining value, then straight line once that writes off more.
        DoubleDeclining = "double_declining",
        /// In proportion to the remaining years.
        SumOfYearsDigits = "sum_of_years_digits",
        /// In proportion to use.
        UnitsOfUse = "units_of_use",
        /// No depreciation.
        None = "none",
    }
}

choice! {
    /// Convention for the first and last periods of a life.
    pub enum DepreciationConvention {
        /// By days of each year of life.
        Daily = "daily",
        /// By months, the month of start included.
        FullMonth = "full_month",
        /// Half of the first year's amount in the first year.
        HalfYear = "half_year",
    }
}

choice! {
    /// Kind of ownership of an asset.
    pub enum Ownership {
        /// Owned by the organisation.
        Owned = "owned",
        /// Used under a lease that spreads its price.
        Leased = "leased",
        /// Used for as long as it is paid for.
        Rented = "rented",
    }
}

choice! {
    /// Method of disposal of an asset.
    pub enum DisposalMethod {
        /// Sold for money.
        Sold = "sold",
        /// Given away without payment.
        Donated = "donated",
        /// Recycled as material.
        Recycled = "recycled",
        /// Destroyed completely.
        Destroyed = "destroyed",
        /// Returned to the lessor.
        Returned = "returned",
    }
}

steward_core::value! {
    /// Reading of the use of an asset.
    pub struct UsageReading {
        /// Date of the reading.
        pub read_on: Date,
        /// Cumulative units of use since entry into service, such as pages or hours.
        pub units: Number<0, 1_000_000_000_000>,
    }
}
