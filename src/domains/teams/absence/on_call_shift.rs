//! On-call shifts: who can be called, and when.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::database::Dialect;
use steward_core::error::{Problem, Result};
use steward_core::ports::presence;
use steward_core::resource::value::{Instant, Note, Text};
use steward_core::resource::{Check, Flag, Id, Lock, Own, Resource, Scope, ValidationErrors, Watch};
use steward_schema::teams::on_call_shifts;

choice! {
    /// Tier of an on-call rota, in calling order.
    pub enum OnCallTier {
        /// First to be called.
        Primary = "primary",
        /// Called if the first does not answer.
        Secondary = "secondary",
        /// Called if a decision is needed.
        Escalation = "escalation",
    }
}

steward_core::resource! {
    /// On-call period of a person in a team. At most one person per team, service and tier is on call at a time.
    pub struct OnCallShift {
        /// On-call team.
        #[field(refers_to(&["teams/teams"]), fixed)]
        pub team_id: Id,
        /// Person on call.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Id,
        /// Service covered; none for all responsibilities of the team.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Tier of the rota in which the person is called.
        #[field(default(|| json!("primary")))]
        pub tier: OnCallTier,
        /// Start of the shift.
        #[field(event, lasts_until("ends_at"))]
        pub starts_at: Instant,
        /// End of the shift, exclusive: the next shift may start at this time.
        pub ends_at: Instant,
        /// Telephone number to call.
        pub phone: Option<Text<1, 40>>,
        /// Handover notes for the next shift.
        pub handover: Option<Note>,
    }
}

impl Resource for OnCallShift {
    const PATH: &'static str = "teams/on-call-shifts";
    type Table = steward_schema::teams::on_call_shifts::table;
    const SCOPE: Scope = Scope::Within("team_id");
    const OWN: &'static [Own] = &[Own::named("person_id").only(&["read"])];
    const TITLE: &'static str = "starts_at";
    const FLAGS: &'static [Flag] = &[Flag {
        code: "absence",
        about: OnCallShift::PATH,
        watches: &[
            Watch::itself(OnCallShift::PATH),
            Watch::beside("teams/absences", "person_id", (OnCallShift::PATH, "person_id", "id")),
            Watch::beside("teams/people", "id", (OnCallShift::PATH, "person_id", "id")),
        ],
        judge: held_by_nobody,
        hold: None,
    }];

    fn sample() -> Self {
        let at = |text| Instant::parse(text).unwrap_or_else(Instant::system_now);
        OnCallShift {
            team_id: Id::sample(),
            person_id: Id::sample(),
            service_id: None,
            tier: OnCallTier::Primary,
            starts_at: at("2026-03-09T08:00:00Z"),
            ends_at: at("2026-03-16T08:00:00Z"),
            phone: Some("+31 10 555 0142".into()),
            handover: Some("The second uplink in Rotterdam is down until Tuesday.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.ends_at > self.starts_at, "ends_at", "before_start", "The end must be after the start.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.team_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let at_once = on_call_shifts::starts_at.lt(self.ends_at).and(on_call_shifts::ends_at.gt(self.starts_at));
        let mut covered = on_call_shifts::table
            .filter(on_call_shifts::team_id.eq(self.team_id).and(on_call_shifts::id.ne(check.id)))
            .filter(on_call_shifts::tier.eq(self.tier).and(at_once))
            .into_boxed::<Dialect>();
        covered = match self.service_id {
            Some(service) => covered.filter(on_call_shifts::service_id.eq(service)),
            None => covered.filter(on_call_shifts::service_id.is_null()),
        };
        if select(exists(covered)).get_result(check.connection)? {
            let detail = "Somebody is on call for that already. End that shift first, or choose another tier.";
            return Err(Problem::conflict("/starts_at", "overlap", detail).into());
        }
        Ok(())
    }
}

/// Who holds a shift that is not over is not there on one of its days.
fn held_by_nobody(check: &mut Check<'_>, shift: Id) -> Result<Option<String>> {
    use on_call_shifts::{ends_at, person_id, starts_at};
    let open = on_call_shifts::table.find(shift).filter(ends_at.gt(check.now)).select((person_id, starts_at, ends_at));
    let Some((person, starts, ends)) = open.first::<(Id, Instant, Instant)>(check.connection).optional()? else { return Ok(None) };
    let (first, last) = (starts.date(), ends.date());
    let away = presence::away(check, person, first)?;
    let missing =
        away.iter().filter(|away| away.starts_on <= last && away.ends_on.is_none_or(|ends_on| ends_on >= first)).map(|away| away.starts_on.max(first)).min();
    Ok(missing.map(|day| format!("Who is on call is not there on {day}. Have another person take the shift.")))
}
