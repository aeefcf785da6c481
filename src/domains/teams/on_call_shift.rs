//! On-call shifts: who can be called, and when.

use crate::choice;
use crate::database::{Cell, Kind, Statement};
use crate::error::{Problem, Result};
use crate::ports::presence;
use crate::resource::value::{Instant, Note, Text};
use crate::resource::{Check, Faults, Flag, Id, Lock, Resource, Scope, Watch};
use serde_json::json;

choice! {
    /// When somebody is called.
    pub enum OnCallTier {
        /// First.
        Primary = "primary",
        /// If the first does not answer.
        Secondary = "secondary",
        /// If it must be decided.
        Escalation = "escalation",
    }
}

crate::resource! {
    /// A span in which a person of a team can be called. One person of a team is called first at a time, for each service.
    pub struct OnCallShift {
        /// The team.
        #[field(refers_to(&["teams/teams"]), fixed)]
        pub team_id: Id,
        /// The person who can be called.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Id,
        /// The service that it is for; none for all that the team answers for.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// When this person is called.
        #[field(default(|| json!("primary")))]
        pub tier: OnCallTier,
        /// When it starts.
        pub starts_at: Instant,
        /// When it ends; the next may start then.
        pub ends_at: Instant,
        /// The number to call.
        pub phone: Option<Text<1, 40>>,
        /// What was handed over.
        pub handover: Option<Note>,
    }
}

impl Resource for OnCallShift {
    const PATH: &'static str = "teams/on-call-shifts";
    type Table = steward_schema::teams::on_call_shifts::table;
    const SCOPE: Scope = Scope::Within("team_id");
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

    fn rules(&self, faults: &mut Faults) {
        faults.require(self.ends_at > self.starts_at, "ends_at", "before_start", "The end must be after the start.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.team_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let mut covered = Statement::new("SELECT 1 FROM on_call_shifts WHERE team_id = ")
            .with(self.team_id, " AND id <> ")
            .with(check.id, " AND tier = ")
            .with(self.tier.word().to_owned(), " AND starts_at < ")
            .with(self.ends_at, " AND ends_at > ")
            .with(self.starts_at, " AND service_id ");
        match self.service_id {
            Some(service) => covered.push("= ").bind(service).push(" LIMIT 1"),
            None => covered.push("IS NULL LIMIT 1"),
        };
        if check.finds(covered)? {
            let detail = "Somebody is on call for that already. End that shift first, or choose another tier.";
            return Err(Problem::conflict("/starts_at", "overlap", detail).into());
        }
        Ok(())
    }
}

/// Who holds a shift that is not over is not there on one of its days.
fn held_by_nobody(check: &mut Check<'_>, shift: Id) -> Result<Option<String>> {
    let query = Statement::new("SELECT person_id, starts_at, ends_at FROM on_call_shifts WHERE id = ").with(shift, " AND ends_at > ").with(check.now, "");
    let Some(row) = query.first(check.connection, &[Kind::Id, Kind::Instant, Kind::Instant])? else { return Ok(None) };
    let at = |at: usize| row.get(at).and_then(Cell::as_instant).map(Instant::date);
    let (Some(person), Some(first), Some(last)) = (row.first().and_then(Cell::as_id), at(1), at(2)) else { return Ok(None) };
    let away = presence::away(check, person, first)?;
    let missing =
        away.iter().filter(|away| away.starts_on <= last && away.ends_on.is_none_or(|ends_on| ends_on >= first)).map(|away| away.starts_on.max(first)).min();
    Ok(missing.map(|day| format!("Who is on call is not there on {day}. Have another person take the shift.")))
}
