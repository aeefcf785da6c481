//! Commitment of people: how much of their time their teams have today, and whether that is more than there is.

use crate::person::{membership::Membership, person::Person};
use std::collections::HashMap;
use steward_core::view::prelude::*;
use steward_schema::teams::memberships;

/// Share of a person's time committed to teams today, over the memberships visible to you.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Commitment {
    /// Sum of `fte_percent` over today's memberships, not capped; null while any of them is undecided.
    pub membership_percent: Figure,
    /// True if the decided shares exceed 100 percent.
    pub over_committed: bool,
}

impl View for Commitment {
    const PATH: &'static str = Person::PATH;
    type Reads = (IfPermitted<Membership>,);
    type Query = Records;
    type Answer = PerRecord<Self>;

    fn run(cx: &mut Context<'_, '_>, Records(ids): Records) -> Result<PerRecord<Self>> {
        let people = &ids[..];
        let mut sums: HashMap<Id, (f64, bool)> = people.iter().map(|person| (*person, (0.0, false))).collect();
        let seen = cx.sees::<Membership>()?;
        if !seen.is_nothing() && !people.is_empty() {
            let today = cx.today();
            let current = memberships::starts_on.le(today).and(memberships::ends_on.is_null().or(memberships::ends_on.ge(today)));
            let query = memberships::table.filter(current).filter(memberships::person_id.eq_any(people)).filter(seen.clone());
            let rows: Vec<(Id, Option<f64>)> = query.select((memberships::person_id, memberships::fte_percent)).load(cx.within(&seen))?;
            for (person, percent) in rows {
                let sum = sums.entry(person).or_default();
                match percent {
                    Some(percent) => sum.0 += percent,
                    None => sum.1 = true,
                }
            }
        }
        let sees = !seen.is_nothing();
        Ok(sums.into_iter().map(|(person, (settled, unsettled))| (person, commit(settled, unsettled || !sees))).collect())
    }
}

/// Sums what is settled; the sum is unknown while something is not.
pub fn commit(settled: f64, unsettled: bool) -> Commitment {
    Commitment { membership_percent: Figure((!unsettled).then_some(settled)), over_committed: settled > 100.0 + 1e-9 }
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
