//! What an offer costs over its life.

use serde_json::json;
use steward_core::resource::value::Money;

steward_core::value! {
    /// Life-cycle cost of an offer beside its price.
    pub struct LifeCycle {
        /// Operating cost of each year, from the first.
        #[field(default(|| json!([])))]
        pub opex: Vec<Money>,
        /// Exit cost at the end of the life cycle.
        pub exit_cost: Option<Money>,
    }
}
