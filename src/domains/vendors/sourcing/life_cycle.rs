//! What an offer costs over its life.

use crate::resource::value::Money;
use serde_json::json;

crate::value! {
    /// What an offer costs beside its price, over its life.
    pub struct LifeCycle {
        /// What it costs to run, for each year from the first.
        #[field(default(|| json!([])))]
        pub opex: Vec<Money>,
        /// What it costs to leave it at the end.
        pub exit_cost: Option<Money>,
    }
}
