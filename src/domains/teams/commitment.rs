//! Commitment of people: how much of their time their teams have today, and whether that is more than there is.

use super::membership::Membership;
use crate::error::Result;
use crate::http::view::Figures;
use crate::resource::Id;
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::Figure;
use crate::store::Reader;
use diesel::prelude::*;
use serde_json::Value;
use std::collections::HashMap;
use steward_schema::teams::memberships;

crate::answer! {
    /// How much of a person's time teams have today, over the memberships that you may see.
    pub struct Commitment {
        /// The sum of `fte_percent` over the memberships of today, not bounded; null while one of them is not settled.
        pub membership_percent: Figure,
        /// True if what is settled is more than 100 percent.
        pub over_committed: bool,
    }
}

/// The commitment of each person of a list.
pub static FIGURES: Figures = Figures { schema: answer_schema::<Commitment>, compute };

/// Sums what is settled; the sum is unknown while something is not.
pub fn commit(settled: f64, unsettled: bool) -> Commitment {
    Commitment { membership_percent: Figure((!unsettled).then_some(settled)), over_committed: settled > 100.0 + 1e-9 }
}

fn compute(reader: &mut Reader<'_>, people: &[Id]) -> Result<HashMap<Id, Value>> {
    let mut sums: HashMap<Id, (f64, bool)> = people.iter().map(|person| (*person, (0.0, false))).collect();
    let seen = reader.sees::<Membership>()?;
    if !seen.is_nothing() && !people.is_empty() {
        let today = reader.today();
        let current = memberships::starts_on.le(today).and(memberships::ends_on.is_null().or(memberships::ends_on.ge(today)));
        let query = memberships::table.filter(current).filter(memberships::person_id.eq_any(people)).filter(seen.clone());
        let rows: Vec<(Id, Option<f64>)> = query.select((memberships::person_id, memberships::fte_percent)).load(reader.within(&seen))?;
        for (person, percent) in rows {
            let sum = sums.entry(person).or_default();
            match percent {
                Some(percent) => sum.0 += percent,
                None => sum.1 = true,
            }
        }
    }
    let sees = !seen.is_nothing();
    Ok(sums.into_iter().map(|(person, (settled, unsettled))| (person, Model::to_json(&commit(settled, unsettled || !sees)).into())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_a_hundred_percent_is_flagged_and_a_hundred_is_not() {
        assert!(!commit(60.0 + 40.0, false).over_committed);
        assert!(commit(60.0 + 40.5, false).over_committed);
    }

    #[test]
    fn what_is_not_settled_makes_the_sum_unknown_and_what_is_settled_still_counts() {
        assert_eq!(commit(50.0, true).membership_percent, Figure(None));
        assert!(commit(120.0, true).over_committed);
        assert_eq!(commit(0.0, false).membership_percent, Figure(Some(0.0)));
    }
}
