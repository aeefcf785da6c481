//! Hours that are needed against hours that are free: a pure function. Who comes first is served first.

use std::collections::BTreeMap;
use steward_core::resource::Id;

/// Hours, by the role that has or needs them; under none those of people without a role, and what anybody can do.
pub type RoleHours = BTreeMap<Option<Id>, f64>;

/// A hair is the arithmetic of fractions.
const HAIR: f64 = 1e-6;

/// What is missing of each need, in their order, and what is free in the end. What needs a role takes it from that role, for all of them; only then
/// what anybody can do takes what is left, of those with most of it first.
pub fn missing(mut free: RoleHours, needs: &[RoleHours]) -> Vec<RoleHours> {
    let mut missing: Vec<RoleHours> = vec![RoleHours::new(); needs.len()];
    for (need, missing) in needs.iter().zip(&mut missing) {
        for (role, hours) in need.iter().filter(|(role, _)| role.is_some()) {
            let left = take(free.entry(*role).or_default(), *hours);
            if left > HAIR {
                missing.insert(*role, left);
            }
        }
    }
    for (need, missing) in needs.iter().zip(&mut missing) {
        let mut left = need.get(&None).copied().unwrap_or(0.0);
        let mut pools: Vec<&mut f64> = free.values_mut().collect();
        pools.sort_by(|one, other| other.total_cmp(one));
        for pool in pools {
            left = take(pool, left);
        }
        if left > HAIR {
            missing.insert(None, left);
        }
    }
    missing
}

/// Takes what there is of so many hours; what is missing.
fn take(free: &mut f64, hours: f64) -> f64 {
    let taken = hours.min(*free).max(0.0);
    *free -= taken;
    hours - taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_first_is_served_first_and_roles_before_anybody() {
        let (engineer, tester) = (Id::new(), Id::new());
        let free = RoleHours::from([(Some(engineer), 100.0), (Some(tester), 30.0), (None, 10.0)]);
        let needs = [
            RoleHours::from([(Some(engineer), 80.0), (None, 25.0)]),
            RoleHours::from([(Some(engineer), 30.0), (Some(tester), 10.0)]),
            RoleHours::from([(None, 20.0)]),
        ];
        // Engineers: 80, then 20 of 30. Testers: 10 of 30. 20 + 10 are left for anybody: 25, then 5 of 20.
        let told = missing(free, &needs);
        assert_eq!(told, [RoleHours::new(), RoleHours::from([(Some(engineer), 10.0)]), RoleHours::from([(None, 15.0)])]);
    }

    #[test]
    fn a_role_that_nobody_has_is_missing() {
        let role = Id::new();
        let needs = [RoleHours::from([(Some(role), 8.0)])];
        assert_eq!(missing(RoleHours::from([(None, 100.0)]), &needs), needs);
    }
}
