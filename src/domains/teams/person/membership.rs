//! Memberships: who belongs to which team, and how much of their time.

use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Percent, Title};
use steward_core::resource::{Check, Flag, Id, Resource, Rule, Scope, ValidationErrors, Watch};
use steward_schema::teams::memberships;

steward_core::resource! {
    /// Membership of a person in a team over a period. A sum over all teams above 100 percent is flagged (`figures=true` on people), not
    /// refused.
    pub struct Membership {
        /// Team joined.
        #[field(refers_to(&["teams/teams"]), fixed)]
        pub team_id: Id,
        /// Member of the team.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Role of the person in the team, such as product owner.
        pub role: Option<Title>,
        /// Share of a full week committed to the team, in percent; none if undecided.
        pub fte_percent: Option<Percent>,
        /// First day. Memberships of a person in a team cannot overlap.
        #[field(event)]
        pub starts_on: Date,
        /// Last day; none while the membership is current.
        #[field(event)]
        pub ends_on: Option<Date>,
    }
}

impl Resource for Membership {
    const PATH: &'static str = "teams/memberships";
    type Table = steward_schema::teams::memberships::table;
    const SCOPE: Scope = Scope::Within("team_id");
    const TITLE: &'static str = "starts_on";
    const RULES: &'static [Rule] = &[Rule::NoOverlap { same: &["team_id", "person_id"], starts: "starts_on", ends: "ends_on" }];

    const FLAGS: &'static [Flag] =
        &[Flag { code: "fte_percent", about: "teams/people", watches: &[Watch::by(Membership::PATH, "person_id")], judge: over_full_time, hold: None }];

    fn sample() -> Self {
        Membership {
            team_id: Id::sample(),
            person_id: Id::sample(),
            role: Some("Network engineer".into()),
            fte_percent: Some(steward_core::resource::value::Number(80.0)),
            starts_on: Date::sample("2026-01-01"),
            ends_on: Date::parse("2026-12-31"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), self.ends_on, "ends_on");
    }
}

/// Room for the rounding of binary fractions.
const ROUNDING: f64 = 1e-6;

/// The shares of a person's time add up to more than all of it on some day from today on.
fn over_full_time(check: &mut Check<'_>, person: Id) -> Result<Option<String>> {
    use memberships::{ends_on, fte_percent, person_id, starts_on};
    let settled = memberships::table.filter(person_id.eq(person).and(fte_percent.gt(0.0)));
    let lasting = settled.filter(ends_on.is_null().or(ends_on.ge(check.today)));
    let shares: Vec<(Date, Option<Date>, f64)> = lasting.select((starts_on, ends_on, fte_percent.assume_not_null())).load(check.connection)?;
    let most = most_taken(&shares, check.today).filter(|(_, percent)| *percent > 100.0 + ROUNDING);
    Ok(most.map(|(day, percent)| format!("From {day} on, memberships take {} % of the person's time.", (percent * 10.0).round() / 10.0)))
}

/// The first day from a day on on which the shares take most, and how much that is.
fn most_taken(shares: &[(Date, Option<Date>, f64)], from: Date) -> Option<(Date, f64)> {
    let on =
        |day: Date| shares.iter().filter(|(first, last, _)| *first <= day && last.is_none_or(|last| last >= day)).map(|(_, _, percent)| percent).sum::<f64>();
    let mut days: Vec<Date> = shares.iter().map(|(first, _, _)| (*first).max(from)).collect();
    days.sort_unstable();
    let taken = days.into_iter().map(|day| (day, on(day)));
    taken.fold(None, |most: Option<(Date, f64)>, each| if most.is_none_or(|most| each.1 > most.1 + ROUNDING) { Some(each) } else { most })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_count_together_on_the_days_that_they_have_in_common() {
        let day = Date::sample;
        let shares = [(day("2026-01-01"), Some(day("2026-06-30")), 80.0), (day("2026-06-01"), None, 40.0), (day("2026-07-01"), None, 60.0)];
        assert_eq!(most_taken(&shares, day("2026-06-15")), Some((day("2026-06-15"), 120.0)));
        assert_eq!(most_taken(&shares, day("2026-07-01")), Some((day("2026-07-01"), 100.0)));
        assert_eq!(most_taken(&[], day("2026-07-01")), None);
    }
}
