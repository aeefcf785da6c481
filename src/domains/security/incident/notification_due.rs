//! By when authorities and persons are told of a security incident.

use chrono::Months;
use steward_core::resource::value::{Date, Instant};

steward_core::choice! {
    /// Law that requires a notification.
    pub enum Regime {
        /// Regulation (EU) 2016/679, Articles 33 and 34.
        Gdpr = "gdpr",
        /// Directive (EU) 2022/2555, Article 23.
        Nis2 = "nis2",
        /// Regulation (EU) 2022/2554, Article 19, and Delegated Regulation (EU) 2025/301.
        Dora = "dora",
    }
}

steward_core::choice! {
    /// Stage of a notification.
    pub enum NoticeStage {
        /// GDPR: to the supervisory authority, within 72 hours of becoming aware.
        Authority = "authority",
        /// GDPR: to the persons, without undue delay where they run a high risk.
        Persons = "persons",
        /// NIS2: within 24 hours of becoming aware.
        EarlyWarning = "early_warning",
        /// NIS2: within 72 hours of becoming aware.
        Notification = "notification",
        /// DORA: within 4 hours of the classification as major, and within 24 hours of becoming aware unless it is classified later.
        Initial = "initial",
        /// DORA: within 72 hours of the initial notice. NIS2: when the authority asks for it.
        Intermediate = "intermediate",
        /// NIS2: in place of the final report where the incident still goes on, within a month of the 72-hour notice.
        Progress = "progress",
        /// NIS2: within a month of the 72-hour notice, or, after a progress report, within a month of the handling of the incident. DORA:
        /// within a month of the intermediate one.
        Final = "final",
    }
}

impl NoticeStage {
    /// Whether a law has such a notice.
    pub fn is_of(self, regime: Regime) -> bool {
        use NoticeStage::{Authority, EarlyWarning, Final, Initial, Intermediate, Notification, Persons, Progress};
        match regime {
            Regime::Gdpr => matches!(self, Authority | Persons),
            Regime::Nis2 => matches!(self, EarlyWarning | Notification | Intermediate | Progress | Final),
            Regime::Dora => matches!(self, Initial | Intermediate | Final),
        }
    }

    /// The notice from whose sending its time limit runs.
    pub fn follows(self, regime: Regime) -> Option<NoticeStage> {
        match (regime, self) {
            (Regime::Nis2, NoticeStage::Progress | NoticeStage::Final) => Some(NoticeStage::Notification),
            (Regime::Dora, NoticeStage::Intermediate) => Some(NoticeStage::Initial),
            (Regime::Dora, NoticeStage::Final) => Some(NoticeStage::Intermediate),
            _ => None,
        }
    }

    /// The notices on which its time limit depends.
    pub fn waits_for(self, regime: Regime) -> Vec<NoticeStage> {
        let ongoing = ((regime, self) == (Regime::Nis2, NoticeStage::Final)).then_some(NoticeStage::Progress);
        self.follows(regime).into_iter().chain(ongoing).collect()
    }

    /// The notices of the same law that are sent before it.
    pub fn earlier(self, regime: Regime) -> &'static [NoticeStage] {
        use NoticeStage::{EarlyWarning, Final, Initial, Intermediate, Notification, Progress};
        match (regime, self) {
            (Regime::Nis2, Notification) => &[EarlyWarning],
            (Regime::Nis2, Progress | Final) => &[EarlyWarning, Notification],
            (Regime::Dora, Intermediate) => &[Initial],
            (Regime::Dora, Final) => &[Initial, Intermediate],
            _ => &[],
        }
    }
}

/// What an incident is to the laws.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Classified {
    /// A breach of personal data.
    pub breach: bool,
    /// With a high risk to persons.
    pub high_risk: bool,
    /// Significant by NIS2.
    pub significant: bool,
    /// Major by DORA.
    pub major: bool,
}

impl Classified {
    /// Whether a law asks for a notice, or, as for the intermediate and the progress report of NIS2, may ask for it.
    pub fn owes(self, regime: Regime, stage: NoticeStage) -> bool {
        match (regime, stage) {
            (Regime::Gdpr, NoticeStage::Persons) => self.breach && self.high_risk,
            (Regime::Gdpr, _) => self.breach,
            (Regime::Nis2, _) => self.significant,
            (Regime::Dora, _) => self.major,
        }
    }
}

/// The notices that the laws want of an incident, in the order in which they are sent.
pub fn wanted(incident: Classified) -> Vec<(Regime, NoticeStage)> {
    let gdpr = [NoticeStage::Authority, NoticeStage::Persons].map(|stage| (Regime::Gdpr, stage));
    let nis2 = [NoticeStage::EarlyWarning, NoticeStage::Notification, NoticeStage::Final].map(|stage| (Regime::Nis2, stage));
    let dora = [NoticeStage::Initial, NoticeStage::Intermediate, NoticeStage::Final].map(|stage| (Regime::Dora, stage));
    gdpr.into_iter().chain(nis2).chain(dora).filter(|(regime, stage)| incident.owes(*regime, *stage)).collect()
}

/// Who is told, until somebody names the authority.
pub fn addressee(regime: Regime, stage: NoticeStage) -> &'static str {
    match (regime, stage) {
        (Regime::Gdpr, NoticeStage::Persons) => "Persons concerned",
        (Regime::Gdpr, _) => "Supervisory authority for data protection",
        (Regime::Nis2, _) => "CSIRT or competent authority",
        (Regime::Dora, _) => "Financial supervisor",
    }
}

/// What time limits run from.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// When the organisation became aware.
    pub aware: Instant,
    /// When the incident was classified.
    pub classified: Option<Instant>,
    /// When the notice that it follows was sent, or was due if that is exempted.
    pub before: Option<Instant>,
    /// Whether a progress report was sent, because the incident went on.
    pub is_ongoing: bool,
    /// When the incident was handled: recovered from.
    pub handled: Option<Instant>,
}

/// A month later; none beyond the days that are taken.
fn month_after(at: Instant) -> Option<Instant> {
    at.0.checked_add_months(Months::new(1)).map(Instant).filter(|due| Date::within(due.date().0).is_some())
}

/// By when a notice is due; none where the law names no hour, or what it runs from has not happened.
pub fn due(regime: Regime, stage: NoticeStage, times: Times) -> Option<Instant> {
    const HOUR: i64 = 3600;
    match (regime, stage) {
        (Regime::Gdpr, NoticeStage::Authority) | (Regime::Nis2, NoticeStage::Notification) => Some(times.aware.plus_seconds(72 * HOUR)),
        (Regime::Nis2, NoticeStage::EarlyWarning) => Some(times.aware.plus_seconds(24 * HOUR)),
        (Regime::Dora, NoticeStage::Initial) => {
            let by_awareness = times.aware.plus_seconds(24 * HOUR);
            let by_classification = times.classified.map(|at| (at, at.plus_seconds(4 * HOUR)));
            Some(match by_classification {
                // Classified only after a day: the four hours alone are left (Article 5(1)).
                Some((at, due)) if at > by_awareness => due,
                Some((_, due)) => due.min(by_awareness),
                None => by_awareness,
            })
        }
        (Regime::Dora, NoticeStage::Intermediate) => times.before.map(|at| at.plus_seconds(72 * HOUR)),
        // What was handled before the report was due has nothing to wait for.
        (Regime::Nis2, NoticeStage::Final) if times.is_ongoing => {
            let (planned, handled) = (times.before.and_then(month_after), times.handled?);
            if planned.is_some_and(|planned| handled <= planned) { planned } else { month_after(handled) }
        }
        (Regime::Nis2, NoticeStage::Progress) | (Regime::Nis2 | Regime::Dora, NoticeStage::Final) => times.before.and_then(month_after),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::sample(text)
    }

    fn limit(regime: Regime, stage: NoticeStage, classified: Option<&str>, before: Option<&str>) -> Option<Instant> {
        due(
            regime,
            stage,
            Times { aware: at("2026-05-12T07:15:00Z"), classified: classified.map(at), before: before.map(at), is_ongoing: false, handled: None },
        )
    }

    #[test]
    fn a_progress_report_takes_the_place_of_the_final_one_which_follows_a_month_after_the_handling() {
        let limit = |stage, is_ongoing, handled: Option<&str>| {
            let (aware, before) = (at("2026-05-12T07:15:00Z"), Some(at("2026-05-15T07:15:00Z")));
            due(Regime::Nis2, stage, Times { aware, classified: None, before, is_ongoing, handled: handled.map(at) })
        };
        let month = Some(at("2026-06-15T07:15:00Z"));
        assert_eq!((limit(NoticeStage::Progress, false, None), limit(NoticeStage::Final, false, None)), (month, month));
        assert_eq!(limit(NoticeStage::Final, true, None), None, "it still goes on");
        assert_eq!(limit(NoticeStage::Final, true, Some("2026-07-01T09:00:00Z")), Some(at("2026-08-01T09:00:00Z")));
        assert_eq!(limit(NoticeStage::Final, true, Some("2026-06-01T09:00:00Z")), month, "it was over in time");
    }

    #[test]
    fn the_limits_of_the_gdpr_and_of_nis2_run_from_awareness() {
        assert_eq!(limit(Regime::Gdpr, NoticeStage::Authority, None, None), Some(at("2026-05-15T07:15:00Z")));
        assert_eq!(limit(Regime::Gdpr, NoticeStage::Persons, None, None), None);
        assert_eq!(limit(Regime::Nis2, NoticeStage::EarlyWarning, None, None), Some(at("2026-05-13T07:15:00Z")));
        assert_eq!(limit(Regime::Nis2, NoticeStage::Notification, None, None), Some(at("2026-05-15T07:15:00Z")));
    }

    #[test]
    fn the_initial_notice_of_dora_is_due_by_the_earlier_of_two_limits_unless_it_was_classified_later() {
        let initial = |classified| limit(Regime::Dora, NoticeStage::Initial, classified, None);
        assert_eq!(initial(Some("2026-05-12T09:00:00Z")), Some(at("2026-05-12T13:00:00Z")));
        assert_eq!(initial(Some("2026-05-13T06:00:00Z")), Some(at("2026-05-13T07:15:00Z")));
        assert_eq!(initial(None), Some(at("2026-05-13T07:15:00Z")));
        // Classified three days after awareness: four hours are left.
        assert_eq!(initial(Some("2026-05-15T07:15:00Z")), Some(at("2026-05-15T11:15:00Z")));
        assert_eq!(initial(Some("2026-05-13T07:15:00Z")), Some(at("2026-05-13T07:15:00Z")), "on the last minute of the day");
    }

    #[test]
    fn a_final_report_is_due_a_month_after_the_notice_that_it_follows() {
        assert_eq!(limit(Regime::Nis2, NoticeStage::Final, None, Some("2026-01-31T10:00:00Z")), Some(at("2026-02-28T10:00:00Z")));
        assert_eq!(limit(Regime::Nis2, NoticeStage::Final, None, None), None);
        assert_eq!(limit(Regime::Dora, NoticeStage::Intermediate, None, Some("2026-05-12T12:00:00Z")), Some(at("2026-05-15T12:00:00Z")));
        assert!(!NoticeStage::Initial.is_of(Regime::Nis2) && NoticeStage::Final.is_of(Regime::Dora));
        assert_eq!(limit(Regime::Nis2, NoticeStage::Intermediate, None, Some("2026-01-31T10:00:00Z")), None, "it is sent when it is asked for");
    }

    #[test]
    fn each_law_wants_its_own_notices() {
        let stages = |incident| wanted(incident).into_iter().map(|(regime, stage)| format!("{} {}", regime.word(), stage.word())).collect::<Vec<_>>();
        let none = Classified::default();
        assert!(stages(none).is_empty());
        assert_eq!(stages(Classified { breach: true, ..none }), ["gdpr authority"]);
        assert_eq!(stages(Classified { breach: true, high_risk: true, ..none }), ["gdpr authority", "gdpr persons"]);
        assert_eq!(stages(Classified { significant: true, ..none }), ["nis2 early_warning", "nis2 notification", "nis2 final"]);
        assert_eq!(stages(Classified { major: true, ..none }), ["dora initial", "dora intermediate", "dora final"]);
    }
}
