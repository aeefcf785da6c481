//! The clocks of an incident: which notices the laws want, and how much time is left for each.

use crate::incident::{
    incident_notification::IncidentNotification,
    notice_clock,
    notification_due::{self, NoticeStage, Regime},
    security_incident::SecurityIncident,
};
use steward_core::view::prelude::*;
use steward_schema::security::incident_notifications;

steward_core::choice! {
    /// State of a clock.
    pub enum ClockState {
        /// The notice was sent in time, or had no time limit.
        Sent = "sent",
        /// The notice was sent after it was due.
        Late = "late",
        /// The notice is not sent at all, for a reason.
        Waived = "waived",
        /// The notice is still to be sent in time.
        Running = "running",
        /// The notice is due and was not sent.
        Overdue = "overdue",
        /// Time limit not begun, or the law names no hour.
        Waiting = "waiting",
    }
}

/// The clock of a notice.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentClock {
    /// Recorded notice; null where it is required and not recorded.
    pub incident_notification_id: Option<Id>,
    /// Law that requires the notice.
    pub regime: Regime,
    /// Stage of the notice under that law.
    pub stage: NoticeStage,
    /// True if the classification of the incident requires the notice.
    pub wanted: bool,
    /// Time by which the notice is due.
    pub due_at: Option<Instant>,
    /// Time at which the notice was sent.
    pub sent_at: Option<Instant>,
    /// State of the clock.
    pub state: ClockState,
    /// Seconds until the notice is due; negative once that has passed, null where no clock runs.
    pub seconds_left: Option<i64>,
}

/// The clocks of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentClocks {
    /// The incident.
    pub security_incident: Ref<SecurityIncident>,
    /// Time of the answer.
    pub as_of: Instant,
    /// Time of awareness, from which GDPR and NIS2 run.
    pub aware_at: Instant,
    /// Time of the classification, from which DORA runs.
    pub classified_at: Option<Instant>,
    /// The clocks, by law, in the order in which notices are sent.
    pub data: Vec<IncidentClock>,
}

/// A recorded notice: its id, law, stage, when it is due, when it was sent, and whether it is waived.
type Recorded = (Id, Regime, NoticeStage, Option<Instant>, Option<Instant>, bool);

impl View for IncidentClocks {
    const PATH: &'static str = "security/security-incidents/{id}/clocks";
    const OPERATION_ID: &'static str = "get_security_incident_clocks";
    const SUMMARY: &'static str = "Get the notification clocks of a security incident";
    const DESCRIPTION: &'static str = "Notices that the classification of an incident requires, and others that were recorded, each with its time limit. The required ones are created when the incident is triaged, and when its classification changes after that; those that it does not require any more are withdrawn.";
    const FORMULA: &'static str = "GDPR: awareness + 72 h. NIS2: awareness + 24 h, + 72 h, a month after the 72-hour notice; after a progress report then, the final one a month after the recovery. \
        DORA: min(classification + 4 h, awareness + 24 h), initial + 72 h, a month after the intermediate report. A notice that is exempted counts from the time by which it was due";
    const SOURCE: &'static str = "GDPR, Articles 33 and 34; NIS2, Article 23; DORA, Article 19, and Delegated Regulation (EU) 2025/301, Article 5";
    type Reads = (SecurityIncident, IncidentNotification);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, incident) = cx.get_typed::<SecurityIncident>(id)?;
        let now = cx.store.clock.now();
        let seen = cx.sees::<IncidentNotification>()?;
        let recorded: Vec<Recorded> = if seen.is_nothing() {
            Vec::new()
        } else {
            use incident_notifications::{due_at, regime, security_incident_id, sent_at, stage, waiver_reason};
            let of_it = incident_notifications::table.filter(security_incident_id.eq(id)).filter(seen.clone()).order(incident_notifications::id);
            of_it.select((incident_notifications::id, regime, stage, due_at, sent_at, waiver_reason.is_not_null())).load(cx.within(&seen))?
        };
        let wanted = notification_due::wanted(incident.classified());
        let unrecorded = wanted.iter().filter(|each| !recorded.iter().any(|(_, regime, stage, ..)| (*regime, *stage) == **each));
        let mut absent = Vec::new();
        for (regime, stage) in unrecorded {
            let due = cx.ask(|check| notice_clock::due(check, id, (*regime, *stage), &notification_due::addressee(*regime, *stage).into()))?;
            absent.push((None, *regime, *stage, due, None, false));
        }
        let present = recorded.iter().map(|(id, regime, stage, due, sent, waived)| (Some(*id), *regime, *stage, *due, *sent, *waived));
        let mut data: Vec<IncidentClock> = present
            .chain(absent)
            .map(|(notice, regime, stage, due_at, sent_at, waived)| {
                let (state, seconds_left) = clock(due_at, sent_at, waived, now);
                IncidentClock {
                    incident_notification_id: notice,
                    regime,
                    stage,
                    wanted: wanted.contains(&(regime, stage)),
                    due_at,
                    sent_at,
                    state,
                    seconds_left,
                }
            })
            .collect();
        data.sort_by_key(|clock| (clock.regime.word(), place(clock.stage)));
        Ok(IncidentClocks {
            security_incident: Ref::new(id, &incident.title, stored.meta.state.as_deref()),
            as_of: now,
            aware_at: incident.aware_at,
            classified_at: incident.classified_at,
            data,
        })
    }
}

/// The place of a notice among those of its law.
fn place(stage: NoticeStage) -> u8 {
    match stage {
        NoticeStage::Authority | NoticeStage::EarlyWarning | NoticeStage::Initial => 0,
        NoticeStage::Persons | NoticeStage::Notification => 1,
        NoticeStage::Intermediate => 2,
        NoticeStage::Progress => 3,
        NoticeStage::Final => 4,
    }
}

/// The state of a clock, and how many seconds are left.
fn clock(due: Option<Instant>, sent: Option<Instant>, waived: bool, now: Instant) -> (ClockState, Option<i64>) {
    let left = due.map(|due| (due.0 - now.0).num_seconds());
    match (sent, waived) {
        (Some(sent), _) => (if due.is_some_and(|due| sent > due) { ClockState::Late } else { ClockState::Sent }, None),
        (None, true) => (ClockState::Waived, None),
        (None, false) => match left {
            None => (ClockState::Waiting, None),
            Some(left) if left < 0 => (ClockState::Overdue, Some(left)),
            Some(left) => (ClockState::Running, Some(left)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_runs_until_its_notice_is_sent_or_waived() {
        let at = Instant::sample;
        let (due, now) = (Some(at("2026-06-13T08:00:00Z")), at("2026-06-13T07:00:00Z"));
        assert_eq!(clock(due, None, false, now), (ClockState::Running, Some(3600)));
        assert_eq!(clock(due, None, false, at("2026-06-13T08:00:01Z")), (ClockState::Overdue, Some(-1)));
        assert_eq!(clock(due, Some(now), false, now), (ClockState::Sent, None));
        assert_eq!(clock(due, Some(at("2026-06-13T08:00:01Z")), false, now), (ClockState::Late, None));
        assert_eq!(clock(due, None, true, now), (ClockState::Waived, None));
        assert_eq!(clock(None, None, false, now), (ClockState::Waiting, None));
    }
}
