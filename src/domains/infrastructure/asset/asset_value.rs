//! The words and values of assets.

use crate::choice;
use crate::resource::value::{Date, Number};

choice! {
    /// How the cost of an asset is spread over its life.
    pub enum DepreciationMethod {
        /// The same amount each year.
        StraightLine = "straight_line",
        /// Twice the straight rate on what is left, then straight line once that writes off more.
        DoubleDeclining = "double_declining",
        /// In the proportion of the years that are left.
        SumOfYearsDigits = "sum_of_years_digits",
        /// By how much it was used.
        UnitsOfUse = "units_of_use",
        /// It is not spread.
        None = "none",
    }
}

choice! {
    /// How the first and last periods of a life are counted.
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
    /// Whose an asset is.
    pub enum Ownership {
        /// The organisation's own.
        Owned = "owned",
        /// Used under a lease that spreads its price.
        Leased = "leased",
        /// Used for as long as it is paid for.
        Rented = "rented",
    }
}

choice! {
    /// How an asset left for good.
    pub enum DisposalMethod {
        /// For money.
        Sold = "sold",
        /// To somebody without money.
        Donated = "donated",
        /// As material.
        Recycled = "recycled",
        /// So that nothing of it is left.
        Destroyed = "destroyed",
        /// To whom it was leased or rented from.
        Returned = "returned",
    }
}

crate::value! {
    /// A reading of how much an asset has been used.
    pub struct UsageReading {
        /// The day of the reading.
        pub read_on: Date,
        /// All units of use since it went into service, such as pages or hours.
        pub units: Number<0, 1_000_000_000_000>,
    }
}
