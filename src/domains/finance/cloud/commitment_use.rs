//! The use of commitments: the used and the unused part of the cost that was paid in advance.

use super::cost_sum::Costs;
use super::exact_cost::{exact_cost, percent_of};
use std::collections::BTreeMap;
use steward_core::resource::value::{PreciseMoney, Text};
use steward_core::view::prelude::*;

/// Use of a commitment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommitmentUse {
    /// Commitment (`CommitmentDiscountId`).
    pub commitment_discount: Text<1, 500>,
    /// Effective cost that was used.
    pub used: PreciseMoney,
    /// Effective cost that was paid for and unused.
    pub unused: PreciseMoney,
    /// Utilisation: used in percent of used and unused; null where their sum is 0.
    pub utilization_percent: Figure,
    /// Savings: contracted less effective cost of the used part, less the unused part.
    pub savings: PreciseMoney,
}

/// The use of each commitment and currency, in the order of their ids, from the costs by commitment, status and currency.
pub fn commitment_uses(costs: Vec<(String, String, Currency, Costs)>) -> Vec<CommitmentUse> {
    let mut uses: BTreeMap<(String, &'static str), (Currency, Costs, Costs)> = BTreeMap::new();
    for (commitment, status, currency, costs) in costs {
        let entry = uses.entry((commitment, currency.code())).or_insert((currency, Costs::default(), Costs::default()));
        let part = if status == "used" { &mut entry.1 } else { &mut entry.2 };
        *part = part.plus(costs);
    }
    uses.iter().map(|((commitment, _), (currency, used, unused))| CommitmentUse::of(commitment, *currency, used, unused)).collect()
}

impl CommitmentUse {
    /// The use of a commitment, from its used and its unused costs.
    fn of(commitment: &str, currency: Currency, used: &Costs, unused: &Costs) -> Self {
        CommitmentUse {
            commitment_discount: Text::cut(commitment),
            used: exact_cost(used.effective, currency),
            unused: exact_cost(unused.effective, currency),
            utilization_percent: percent_of(used.effective, used.effective + unused.effective),
            savings: exact_cost(used.contracted - used.effective - unused.effective, currency),
        }
    }
}
