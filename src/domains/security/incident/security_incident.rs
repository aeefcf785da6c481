//! Security incidents: what went against the security of information, from the first sign to what was learnt.

use super::incident_notification::IncidentNotification;
use super::notice_clock;
use super::notification_due::{self, Classified, NoticeStage, Regime};
use super::waiver_basis::WaiverBasis;
use crate::vulnerability::severity::Severity;
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::record::Placement;
use steward_core::resource::value::{Code, Instant, Note, Title, Whole};
use steward_core::resource::{Cause, Check, Effect, Id, Lifecycle, Move, Own, Resource, Rule, Scope, Unique, UnmetGuard, ValidationErrors};
use steward_schema::security::incident_notifications;

choice! {
    /// Category of a security incident (the classes of the eCSIRT.net taxonomy).
    pub enum IncidentCategory {
        /// Unwanted or offensive messages.
        AbusiveContent = "abusive_content",
        /// Malicious software.
        MaliciousCode = "malicious_code",
        /// Scanning, sniffing, social engineering.
        InformationGathering = "information_gathering",
        /// Attempted intrusion.
        IntrusionAttempt = "intrusion_attempt",
        /// Successful intrusion.
        Intrusion = "intrusion",
        /// Loss of availability, by attack or by accident.
        Availability = "availability",
        /// Disclosure, change or loss of information.
        InformationSecurity = "information_security",
        /// Impersonation, or unauthorised use of resources.
        Fraud = "fraud",
        /// Open vulnerability.
        Vulnerable = "vulnerable",
        /// Any other category.
        Other = "other",
    }
}

choice! {
    /// Reason for the dismissal of an incident.
    pub enum Dismissal {
        /// False alarm: nothing happened.
        FalsePositive = "false_positive",
        /// Duplicate: another record is about the same.
        Duplicate = "duplicate",
    }
}

steward_core::resource! {
    /// Event adverse to the confidentiality, integrity or availability of information (ISO/IEC 27035, NIST SP 800-61).
    pub struct SecurityIncident {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Title of the incident, in a line.
        #[field(search)]
        pub title: Title,
        /// Description of the incident, as far as known.
        #[field(search)]
        pub description: Option<Note>,
        /// Category of the incident.
        pub category: IncidentCategory,
        /// Severity of the incident.
        pub severity: Severity,
        /// True if the incident is significant (NIS2, Article 23), so that authorities must be notified.
        #[field(default(|| json!(false)))]
        pub significant: bool,
        /// True if the incident is major (DORA, Article 18), so that the financial supervisor must be notified.
        #[field(default(|| json!(false)))]
        pub major: bool,
        /// True if personal data is concerned, so that the incident is a breach under the GDPR.
        #[field(default(|| json!(false)))]
        pub personal_data: bool,
        /// True if the persons concerned run a high risk, so that they must be notified too (GDPR, Article 34).
        #[field(default(|| json!(false)))]
        pub high_risk_to_persons: bool,
        /// Number of persons concerned, approximately.
        pub persons_concerned: Option<Whole<0, 10_000_000_000>>,
        /// Time of occurrence, as far as known.
        #[field(happened)]
        pub occurred_at: Option<Instant>,
        /// Time at which the organisation became aware of the incident; the time limits of the GDPR and of NIS2 run from here.
        #[field(happened)]
        pub aware_at: Instant,
        /// Time of the classification as major; the time limit of DORA runs from here. It is that of the triage of a major incident, or of
        /// the change that made it major, unless it is given; null while it is not classified.
        #[field(happened)]
        pub classified_at: Option<Instant>,
        /// Time at which the incident stopped spreading: that of the transition unless it is given; null again once the incident is
        /// reopened. Required once it is contained.
        #[field(happened)]
        pub contained_at: Option<Instant>,
        /// Time at which the cause was removed: that of the transition unless it is given; null again once the incident falls back or is
        /// reopened.
        #[field(happened)]
        pub eradicated_at: Option<Instant>,
        /// Time at which all worked again: that of the transition unless it is given; null again once the incident falls back or is
        /// reopened. Required once the incident is recovered from.
        #[field(happened)]
        pub recovered_at: Option<Instant>,
        /// Service most affected.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Information asset most affected.
        #[field(refers_to(&["security/information-assets"]))]
        pub information_asset_id: Option<Id>,
        /// Vendor from which the incident arose.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Risk that materialised.
        #[field(refers_to(&["security/risks"]))]
        pub risk_id: Option<Id>,
        /// Vulnerability that was exploited.
        #[field(refers_to(&["security/vulnerabilities"]))]
        pub vulnerability_id: Option<Id>,
        /// Person who reported the incident: the caller who created the record; null where that was a program.
        #[field(refers_to(&["teams/people"]), caller)]
        pub reporter_id: Option<Id>,
        /// Person who leads the response.
        #[field(refers_to(&["teams/people"]))]
        pub lead_id: Option<Id>,
        /// Root cause. Required to close an incident that was recovered from.
        #[field(search)]
        pub root_cause: Option<Note>,
        /// Lessons learnt. Required to close an incident that was recovered from.
        #[field(search)]
        pub lessons: Option<Note>,
        /// Reason for the dismissal. Required to close an incident from triage.
        pub dismissal: Option<Dismissal>,
        /// Incident of which this one is a duplicate.
        #[field(refers_to(&["security/security-incidents"]))]
        pub duplicate_of_id: Option<Id>,
    }
}

impl Resource for SecurityIncident {
    const PATH: &'static str = "security/security-incidents";
    type Table = steward_schema::security::security_incidents::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::named("reporter_id").only(&["read", "create"]), Own::named("reporter_id").in_states(&["new"])];
    const TITLE: &'static str = "title";
    const UNIQUE: &'static [Unique] = &[Unique { index: "security_incidents_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["new", "triaged", "contained", "eradicated", "recovered"];
    const RULES: &'static [Rule] = &[Rule::Tree("duplicate_of_id")];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "new→triaged:triage→contained:contain→eradicated:eradicate→recovered:recover→closed:close; triaged→closed; \
            recovered→contained; closed→triaged";
        Some(Lifecycle::new(notation).named("triaged", "closed", "dismiss").named("recovered", "contained", "fall_back").named("closed", "triaged", "reopen"))
    }

    fn sample() -> Self {
        SecurityIncident {
            code: "SI-2026-004".into(),
            title: "Mailbox of accounting is used by strangers".into(),
            description: Some("Invoices with another bank account were sent from it.".into()),
            category: IncidentCategory::Intrusion,
            severity: Severity::High,
            significant: true,
            major: false,
            personal_data: true,
            high_risk_to_persons: false,
            persons_concerned: Some(Whole(340)),
            occurred_at: Instant::parse("2026-05-11T21:40:00Z"),
            aware_at: Instant::sample("2026-05-12T07:15:00Z"),
            classified_at: Instant::parse("2026-05-12T09:00:00Z"),
            contained_at: Instant::parse("2026-05-12T10:30:00Z"),
            eradicated_at: Instant::parse("2026-05-13T16:00:00Z"),
            recovered_at: Instant::parse("2026-05-14T08:00:00Z"),
            service_id: None,
            information_asset_id: None,
            vendor_id: None,
            risk_id: None,
            vulnerability_id: None,
            reporter_id: None,
            lead_id: None,
            root_cause: Some("A password was used twice, and nothing else was asked for.".into()),
            lessons: Some("Every mailbox asks for a second factor since 15 May.".into()),
            dismissal: Some(Dismissal::FalsePositive),
            duplicate_of_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let times = [
            (self.occurred_at, "occurred_at"),
            (Some(self.aware_at), "aware_at"),
            (self.contained_at, "contained_at"),
            (self.eradicated_at, "eradicated_at"),
            (self.recovered_at, "recovered_at"),
        ];
        let mut latest = None;
        for (at, field) in times.into_iter().filter_map(|(at, field)| Some((at?, field))) {
            faults.require(
                latest.is_none_or(|before| before <= at),
                field,
                "monotone",
                "It cannot be before what comes first: occurred, aware, contained, eradicated, recovered.",
            );
            latest = Some(at);
        }
        faults.span(Some(self.aware_at), self.classified_at, "classified_at");
        faults.require(self.personal_data || !self.high_risk_to_persons, "high_risk_to_persons", "personal_data", "Only where personal data is concerned.");
        let duplicate = self.dismissal == Some(Dismissal::Duplicate);
        faults.require(duplicate || self.duplicate_of_id.is_none(), "dismissal", "duplicate", "Say that it is a duplicate.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if self.duplicate_of_id == Some(check.id) {
            return Err(Problem::conflict("/duplicate_of_id", "itself", "An incident is no duplicate of itself. Name the other one.").into());
        }
        if check.before::<Self>()?.is_none_or(|before| before.aware_at == self.aware_at) {
            return Ok(());
        }
        match notices_of(check)?.into_iter().filter_map(|notice| notice.sent_at).min() {
            Some(sent) if sent < self.aware_at => {
                let detail = format!("A notice was sent at {sent}, and nobody sends one before becoming aware. Name an earlier time.");
                Err(Problem::conflict("/aware_at", "notice", detail).into())
            }
            _ => Ok(()),
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let mut stamped = self.clone();
        // What is not over any more has no end; history keeps the one that it had.
        match cause {
            Cause::Move(step) if (step.from, step.to) == ("recovered", "contained") => (stamped.eradicated_at, stamped.recovered_at) = (None, None),
            Cause::Move(step) if step.from == "closed" => (stamped.contained_at, stamped.eradicated_at, stamped.recovered_at) = (None, None, None),
            _ => {}
        }
        let at = match cause.to() {
            Some("contained") => Some(&mut stamped.contained_at),
            Some("eradicated") => Some(&mut stamped.eradicated_at),
            Some("recovered") => Some(&mut stamped.recovered_at),
            _ => None,
        };
        if let Some(at) = at {
            at.get_or_insert(check.now);
        }
        stamped.classified_at = self.classified_when(cause, check)?;
        Ok(Some(stamped))
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        match (step.from, step.to) {
            // The final report of what went on runs from its recovery.
            (_, "triaged" | "recovered") | ("recovered", "contained") => self.notices(check),
            ("triaged", "closed") => self.dismissed_notices(check),
            _ => Ok(Vec::new()),
        }
    }

    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if matches!(check.state, Some("new" | "closed") | None) { Ok(Vec::new()) } else { self.notices(check) }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to == "closed" && step.from != "triaged" {
            let learnt =
                [("root_cause", self.root_cause.is_some(), "Say why it could happen."), ("lessons", self.lessons.is_some(), "Say what was learnt from it.")];
            let missing = learnt.into_iter().filter(|(_, known, _)| !known);
            let mut unmet: Vec<UnmetGuard> = missing.map(|(field, _, detail)| UnmetGuard::new(&format!("/{field}"), "required", detail)).collect();
            unmet.extend(self.missing_notices(check)?);
            return Ok(unmet);
        }
        if (step.from, step.to) != ("triaged", "closed") {
            return Ok(Vec::new());
        }
        Ok(match self.dismissal {
            None => vec![UnmetGuard::new("/dismissal", "required", "Say whether it is a false positive or a duplicate; else contain it and recover from it.")],
            Some(Dismissal::Duplicate) if self.duplicate_of_id.is_none() => {
                vec![UnmetGuard::new("/duplicate_of_id", "required", "Say of which incident it is a duplicate.")]
            }
            Some(_) => Vec::new(),
        })
    }
}

impl SecurityIncident {
    /// When it was classified as major: as it is said, else when it was triaged as that or became it.
    fn classified_when(&self, cause: Cause<'_>, check: &Check<'_>) -> Result<Option<Instant>> {
        let was_major = check.before::<Self>()?.is_some_and(|before| before.major);
        let is_decided = match cause {
            Cause::Create => false,
            Cause::Update => !was_major || check.state != Some("new"),
            Cause::Move(step) => step.to == "triaged",
        };
        Ok(match (self.major, self.classified_at) {
            (true, None) if is_decided => Some(check.now),
            // Made major again, it is classified anew.
            (false, Some(_)) if was_major => None,
            (_, classified) => classified,
        })
    }

    /// What it is to the laws.
    pub fn classified(&self) -> Classified {
        Classified { breach: self.personal_data, high_risk: self.high_risk_to_persons, significant: self.significant, major: self.major }
    }

    /// The notices that its classification wants and that are not recorded yet. Those that are recorded are due anew, withdrawn when it
    /// does not ask for them any more, and owed again when it does.
    fn notices(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let (known, now) = (notices_of(check)?, self.classified());
        let before = check.before::<Self>()?.map_or(now, |before| before.classified());
        let missing = notification_due::wanted(now).into_iter().filter(|wanted| !known.iter().any(|notice| (notice.regime, notice.stage) == *wanted));
        let made = missing.map(|(regime, stage)| Effect::create(Placement::default(), IncidentNotification::owed(check.id, regime, stage)));
        let mut effects: Vec<Effect> = made.collect();
        for notice in known.iter().filter(|notice| notice.sent_at.is_none()) {
            let (law, stage) = (notice.regime, notice.stage);
            let due = notice_clock::due(check, check.id, (law, stage), &notice.authority)?;
            let basis = match notice.basis {
                None if before.owes(law, stage) && !now.owes(law, stage) => Some(WaiverBasis::Reclassified),
                Some(WaiverBasis::Reclassified | WaiverBasis::Dismissed) if now.owes(law, stage) => None,
                basis => basis,
            };
            let (is_moved, is_withdrawn) = (due != notice.due_at, basis != notice.basis);
            if is_moved || is_withdrawn {
                effects.push(Effect::update(notice.id, move |notice: &mut IncidentNotification| {
                    notice.due_at = due;
                    if is_withdrawn {
                        notice.withdraw(basis);
                    }
                }));
            }
        }
        Ok(effects)
    }

    /// The notices that are still owed are withdrawn when it is dismissed.
    fn dismissed_notices(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let owed = notices_of(check)?.into_iter().filter(|notice| notice.sent_at.is_none() && notice.basis.is_none());
        Ok(owed.map(|notice| Effect::update(notice.id, |notice: &mut IncidentNotification| notice.withdraw(Some(WaiverBasis::Dismissed)))).collect())
    }

    /// What must have been told before it is closed: every notice that its classification wants, and every one that was recorded, is
    /// sent or waived.
    fn missing_notices(&self, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let notices = notices_of(check)?;
        let mut unmet = Vec::new();
        for (regime, stage) in notification_due::wanted(self.classified()) {
            if !notices.iter().any(|notice| (notice.regime, notice.stage) == (regime, stage)) {
                let detail = format!("The classification wants the notice {} of {}. Record it (security/incident-notifications).", stage.word(), regime.word());
                unmet.push(UnmetGuard::new("", "notice", detail));
            }
        }
        for notice in notices.iter().filter(|notice| notice.sent_at.is_none() && notice.basis.is_none()) {
            let (stage, regime) = (notice.stage.word(), notice.regime.word());
            let detail = format!("The notice {stage} of {regime} was not sent. Send it and say when (sent_at), or say why it is not sent (waiver_reason).");
            unmet.push(UnmetGuard::new("", "notice", detail));
        }
        Ok(unmet)
    }
}

/// A notice of the incident.
#[derive(Queryable)]
struct Notice {
    id: Id,
    regime: Regime,
    stage: NoticeStage,
    authority: Title,
    due_at: Option<Instant>,
    sent_at: Option<Instant>,
    basis: Option<WaiverBasis>,
}

/// The notices of the incident that is written.
fn notices_of(check: &mut Check<'_>) -> Result<Vec<Notice>> {
    use incident_notifications::{authority, due_at, id, regime, security_incident_id, sent_at, stage, waiver_basis};
    let of_it = incident_notifications::table.filter(security_incident_id.eq(check.id)).order(id);
    Ok(of_it.select((id, regime, stage, authority, due_at, sent_at, waiver_basis)).load(check.connection)?)
}
