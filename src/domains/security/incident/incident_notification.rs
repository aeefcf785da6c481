//! Notifications of security incidents: whom the law wants to be told, by when, and that it was done.

use super::notification_due::{self, NoticeStage, Regime, Times};
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Instant, Note, Title};
use steward_core::resource::{Cause, Check, Effect, Id, Lock, Resource, Scope, Unique, ValidationErrors};
use steward_schema::security::{incident_notifications, security_incidents};

steward_core::choice! {
    /// Basis of a waived notice.
    pub enum WaiverBasis {
        /// Somebody said why, such as a ground of exemption.
        Exemption = "exemption",
        /// The classification of the incident does not ask for it any more.
        Reclassified = "reclassified",
        /// The incident was none, or is the duplicate of another.
        Dismissed = "dismissed",
    }
}

impl WaiverBasis {
    /// What a notice says that the service withdraws; none where somebody else says it.
    fn reason(self) -> Option<&'static str> {
        match self {
            WaiverBasis::Exemption => None,
            WaiverBasis::Reclassified => Some("The classification of the incident does not ask for this notice any more."),
            WaiverBasis::Dismissed => Some("The incident was dismissed, as a false positive or as a duplicate."),
        }
    }
}

steward_core::resource! {
    /// Notice about a security incident that a law requires. Its due time follows from the incident and from the notice before it; see the
    /// figures. A notice that was sent late needs a reason. A notice that the classification of the incident does not require any
    /// more, or whose incident was dismissed, is withdrawn by the service, and due again when it is required again.
    pub struct IncidentNotification {
        /// Incident; each notice occurs once in it.
        #[field(refers_to(&["security/security-incidents"]), unique, fixed)]
        pub security_incident_id: Id,
        /// Law that requires the notice.
        #[field(fixed)]
        pub regime: Regime,
        /// Stage of the notice under that law.
        #[field(fixed)]
        pub stage: NoticeStage,
        /// Recipient of the notice: an authority, a team, the persons.
        #[field(search)]
        pub authority: Title,
        /// Due time, by the incident and the notice before it; null where the law names no hour.
        #[field(read_only, deadline)]
        pub due_at: Option<Instant>,
        /// Time at which the notice was sent.
        #[field(happened, closing)]
        pub sent_at: Option<Instant>,
        /// Reason for not sending the notice at all, such as a ground of exemption.
        #[field(search)]
        pub waiver_reason: Option<Note>,
        /// Basis of the waiver: a declaration, or the course of the incident; null while the notice is due.
        #[field(read_only)]
        pub waiver_basis: Option<WaiverBasis>,
        /// Time of the waiver; nothing is due from then on. Null while the notice is owed.
        #[field(read_only, happened, closing)]
        pub waived_at: Option<Instant>,
        /// Reference under which the notice was received.
        #[field(search)]
        pub reference: Option<Title>,
        /// Reason for sending later than the law requires.
        pub delay_reason: Option<Note>,
        /// File of the notice as sent.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for IncidentNotification {
    const PATH: &'static str = "security/incident-notifications";
    type Table = steward_schema::security::incident_notifications::table;
    const SCOPE: Scope = Scope::Within("security_incident_id");
    const TITLE: &'static str = "authority";
    const UNIQUE: &'static [Unique] = &[Unique { index: "incident_notifications_stage_key", fields: &["security_incident_id", "regime", "stage"] }];

    fn sample() -> Self {
        IncidentNotification {
            security_incident_id: Id::sample(),
            regime: Regime::Gdpr,
            stage: NoticeStage::Authority,
            authority: "Autoriteit Persoonsgegevens".into(),
            due_at: Instant::parse("2026-05-15T07:15:00Z"),
            sent_at: Instant::parse("2026-05-14T11:00:00Z"),
            waiver_reason: Some("The data was encrypted, and its keys are safe (Article 33(1)).".into()),
            waiver_basis: Some(WaiverBasis::Exemption),
            waived_at: Instant::parse("2026-05-14T09:30:00Z"),
            reference: Some("DL-2026-118812".into()),
            delay_reason: Some("The first count of persons was wrong by a factor of ten.".into()),
            file_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.stage.is_of(self.regime), "stage", "regime", "That law has no such notice. Choose another stage.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.security_incident_id)]
    }

    fn stamped(&self, _: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let mut stamped = IncidentNotification { due_at: self.due(check)?, ..self.clone() };
        let before = check.before::<Self>()?;
        let is_new = before.as_ref().is_none_or(|before| before.waiver_reason != self.waiver_reason);
        let by_service = self.waiver_basis.is_some() && before.is_none_or(|before| before.waiver_basis != self.waiver_basis);
        stamped.waiver_basis = match (&self.waiver_reason, self.waiver_basis) {
            (None, _) => None,
            // Who gives a reason of their own exempts it, whatever it was withdrawn for.
            (Some(_), Some(basis)) if by_service || !is_new => Some(basis),
            (Some(_), _) => Some(WaiverBasis::Exemption),
        };
        stamped.waived_at = self.waiver_reason.as_ref().map(|_| self.waived_at.unwrap_or(check.now));
        Ok(Some(stamped))
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let (Some(sent), None) = (self.sent_at, &self.delay_reason) else { return Ok(()) };
        match self.due(check)?.filter(|due| sent > *due) {
            Some(due) => Err(Problem::conflict("/delay_reason", "late", format!("It was due at {due}. Say why it was sent later.")).into()),
            None => Ok(()),
        }
    }

    fn effects_of_creation(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        self.followers(check)
    }

    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let moved = check.before::<Self>()?.is_some_and(|before| before.sent_at != self.sent_at);
        if moved { self.followers(check) } else { Ok(Vec::new()) }
    }
}

impl IncidentNotification {
    /// A notice that is to be sent.
    pub fn owed(incident: Id, regime: Regime, stage: NoticeStage) -> Self {
        IncidentNotification {
            security_incident_id: incident,
            regime,
            stage,
            authority: notification_due::addressee(regime, stage).into(),
            due_at: None,
            sent_at: None,
            waiver_reason: None,
            waiver_basis: None,
            waived_at: None,
            reference: None,
            delay_reason: None,
            file_id: None,
        }
    }

    /// Withdraws it, for what became of its incident; or, with no basis, makes it owed again.
    pub fn withdraw(&mut self, basis: Option<WaiverBasis>) {
        self.waiver_basis = basis;
        self.waiver_reason = basis.and_then(WaiverBasis::reason).map(Into::into);
        self.waived_at = None;
    }

    /// By when it is due.
    fn due(&self, check: &mut Check<'_>) -> Result<Option<Instant>> {
        let incident = security_incidents::table.find(self.security_incident_id).select((security_incidents::aware_at, security_incidents::classified_at));
        let Some((aware, classified)) = incident.first::<(Instant, Option<Instant>)>(check.connection).optional()? else { return Ok(None) };
        let before = match self.stage.follows(self.regime) {
            None => None,
            Some(stage) => self.sent_in(check, stage)?,
        };
        Ok(notification_due::due(self.regime, self.stage, Times { aware, classified, before }))
    }

    /// The notices whose time limit runs from the sending of this one are due anew.
    fn followers(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let of_incident = incident_notifications::table.filter(incident_notifications::security_incident_id.eq(self.security_incident_id));
        let of_law = of_incident.filter(incident_notifications::regime.eq(self.regime)).order(incident_notifications::id);
        let others: Vec<(Id, NoticeStage)> = of_law.select((incident_notifications::id, incident_notifications::stage)).load(check.connection)?;
        let follows = others.into_iter().filter(|(_, stage)| stage.follows(self.regime) == Some(self.stage));
        // What it is due by is written whenever it is.
        let law = self.regime;
        let anew = |(id, stage): (Id, NoticeStage)| {
            let sent = self.sent_at;
            Effect::update(id, move |notice: &mut IncidentNotification| {
                notice.due_at = sent.and_then(|before| notification_due::due(law, stage, Times { aware: before, classified: None, before: Some(before) }));
            })
        };
        Ok(follows.map(anew).collect())
    }

    /// When the notice of another stage of the same law was sent.
    fn sent_in(&self, check: &mut Check<'_>, stage: NoticeStage) -> Result<Option<Instant>> {
        use incident_notifications::{regime, security_incident_id, sent_at};
        let notice = incident_notifications::table.filter(security_incident_id.eq(self.security_incident_id)).filter(regime.eq(self.regime));
        let sent: Option<Option<Instant>> = notice.filter(incident_notifications::stage.eq(stage)).select(sent_at).first(check.connection).optional()?;
        Ok(sent.flatten())
    }
}
