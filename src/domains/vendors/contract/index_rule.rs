//! Index rules: how the prices of a contract follow an index.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::ValidationErrors;
use steward_core::resource::value::{Date, Number, Percent, Precise, Text, Title, Whole};

choice! {
    /// Basis of the cap and floor of an index rule.
    pub enum CapBasis {
        /// Change of each year.
        Annual = "annual",
        /// Change since the base month.
        Cumulative = "cumulative",
    }
}

steward_core::value! {
    /// Rule by which prices follow an index.
    pub struct IndexRule {
        /// Index, such as the consumer price index of a country, with its publisher.
        pub index: Title,
        /// Base month, as `YYYY-MM`.
        pub base_month: Text<7, 7>,
        /// Value of the index in the base month.
        pub base_value: Option<Precise>,
        /// Month of each year whose value is compared with the base, from 1 to 12.
        pub reference_month: Whole<1, 12>,
        /// Maximum increase that is passed on, in percent.
        pub cap_percent: Option<Number<0, 1000>>,
        /// Minimum change that is passed on, in percent; negative values allow a fall of prices.
        pub floor_percent: Option<Number<-100, 1000>>,
        /// Period that cap and floor limit: each year or the whole time.
        #[field(default(|| json!("annual")))]
        pub cap_basis: CapBasis,
        /// Share of the price that does not follow the index, in percent.
        #[field(default(|| json!(0)))]
        pub fixed_share_percent: Percent,
    }
}

impl IndexRule {
    /// Adds what is wrong between its members.
    pub fn judge(&self, faults: &mut ValidationErrors) {
        let month = Date::parse(&format!("{}-01", self.base_month.0)).is_some();
        faults.require(month, "base_month", "format", "Expected a month as YYYY-MM.");
        let ordered = self.cap_percent.zip(self.floor_percent).is_none_or(|(cap, floor)| floor.0 <= cap.0);
        faults.require(ordered, "floor_percent", "range", "The floor cannot be above the cap.");
        let known = self.base_value.is_none_or(|value| value.0 > rust_decimal::Decimal::ZERO);
        faults.require(known, "base_value", "range", "Expected a value of more than 0.");
    }
}
