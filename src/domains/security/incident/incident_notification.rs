//! Notifications of security incidents: whom the law wants to be told, by when, and that it was done.

use super::notice_clock::{self, Told};
use super::notification_due::{self, NoticeStage, Regime};
use super::waiver_basis::WaiverBasis;
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Instant, Note, Title};
use steward_core::resource::{Cause, Check, Effect, Id, Lock, Resource, Scope, Unique, ValidationErrors};
use steward_schema::security::{incident_notifications, security_incidents};

steward_core::resource! {
    /// Notice about a security incident that a law requires. Its due time follows from the incident and from the notice before it; see the
    /// figures. A notice that was sent late needs a reason; once sent, it stays as it is, but for the reference and the file that come back. Nothing
    /// changes any more once the incident is closed. A notice that the classification of the incident does not require any
    /// more, or whose incident was dismissed, is withdrawn by the service, and due again when it is required again. Where a notice is exempted,
    /// the time limit of the next one runs from the time by which it was due.
    pub struct IncidentNotification {
        /// Incident; each notice to an authority occurs once in it.
        #[field(refers_to(&["security/security-incidents"]), unique, fixed)]
        pub security_incident_id: Id,
        /// Law that requires the notice.
        #[field(fixed)]
        pub regime: Regime,
        /// Stage of the notice under that law.
        #[field(fixed)]
        pub stage: NoticeStage,
        /// Recipient of the notice: an authority, a team, the persons. A notice to several authorities is recorded once for each.
        #[field(search)]
        pub authority: Title,
        /// Due time, by the incident and the notice before it; null where the law names no hour.
        #[field(read_only, deadline)]
        pub due_at: Option<Instant>,
        /// Time at which the notice was sent: not before the organisation became aware, one of DORA not before the classification, and none
        /// before the notices that precede it under the law were sent or waived. Fixed once set.
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
        /// Reference under which the notice was received; may be added after the notice was sent.
        #[field(search)]
        pub reference: Option<Title>,
        /// Reason for sending later than the law requires.
        pub delay_reason: Option<Note>,
        /// File of the notice as sent; may be added after the notice was sent.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for IncidentNotification {
    const PATH: &'static str = "security/incident-notifications";
    type Table = steward_schema::security::incident_notifications::table;
    const SCOPE: Scope = Scope::Within("security_incident_id");
    const TITLE: &'static str = "authority";
    const UNIQUE: &'static [Unique] =
        &[Unique { index: "incident_notifications_stage_key", fields: &["security_incident_id", "regime", "stage", "authority"] }];

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
        let before = check.before::<Self>()?;
        // By when it was due when it was sent is what counts for it.
        let sent = before.filter(|before| before.sent_at.is_some());
        let mut stamped = IncidentNotification { due_at: sent.map_or_else(|| self.due(check), |sent| Ok(sent.due_at))?, ..self.clone() };
        let is_new = before.is_none_or(|before| before.waiver_reason != self.waiver_reason);
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
        let before = check.before::<Self>()?;
        if before.is_none_or(|before| !self.is_withdrawn_since(before)) {
            self.require_open_incident(check)?;
        }
        if let Some(before) = before.filter(|before| before.sent_at.is_some()) {
            self.require_as_sent(before)?;
        }
        if let Some(sent) = self.sent_at.filter(|_| before.is_none_or(|before| before.sent_at.is_none())) {
            self.require_in_order(sent, check)?;
        }
        let (Some(sent), None) = (self.sent_at, &self.delay_reason) else { return Ok(()) };
        match self.due(check)?.filter(|due| sent > *due) {
            Some(due) => Err(Problem::conflict("/delay_reason", "late", format!("It was due at {due}. Say why it was sent later.")).into()),
            None => Ok(()),
        }
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        if let Some(sent) = self.sent_at {
            let detail = format!("The notice to {} was sent at {sent}, and stays as evidence of that.", self.authority.0);
            return Err(Problem::conflict("", "sent", detail).into());
        }
        self.require_open_incident(check)
    }

    fn effects_of_creation(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        self.followers(check)
    }

    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let moved = check.before::<Self>()?.is_some_and(|before| before.runs_from() != self.runs_from());
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

    /// Whether the service has just withdrawn it because its incident was dismissed.
    fn is_withdrawn_since(&self, before: &Self) -> bool {
        self.waiver_basis == Some(WaiverBasis::Dismissed) && before.waiver_basis != self.waiver_basis
    }

    /// Refuses a notice of a closed incident (409).
    fn require_open_incident(&self, check: &mut Check<'_>) -> Result<()> {
        let incident = security_incidents::table.find(self.security_incident_id).filter(security_incidents::state.eq("closed"));
        let Some(title) = incident.select(security_incidents::title).first::<Title>(check.connection).optional()? else { return Ok(()) };
        let detail = format!("The incident \"{}\" is closed, and its notices stay as they are. Reopen it first.", title.0);
        Err(Problem::conflict("/security_incident_id", "closed", detail).into())
    }

    /// Refuses to change a notice that was sent, but for what comes back from its recipient (409).
    fn require_as_sent(&self, before: &Self) -> Result<()> {
        let is_added = |was_there: bool, same: bool| same || !was_there;
        let sent = |notice: &Self| (notice.sent_at, notice.authority.clone(), notice.waiver_reason.clone(), notice.delay_reason.clone());
        let same = [
            ("", sent(before) == sent(self)),
            ("/reference", is_added(before.reference.is_some(), before.reference == self.reference)),
            ("/file_id", is_added(before.file_id.is_some(), before.file_id == self.file_id)),
        ];
        match same.into_iter().find(|(_, same)| !same) {
            Some((pointer, _)) => {
                let detail = "The notice was sent, and stays as it was sent. A reference and a file can be added where there is none; correct the rest by a further notice.";
                Err(Problem::conflict(pointer, "sent", detail).into())
            }
            None => Ok(()),
        }
    }

    /// Refuses a notice that was sent before the organisation was aware, or before the classification from which the law asks for it, or
    /// before those that precede it under the law (409).
    fn require_in_order(&self, sent: Instant, check: &mut Check<'_>) -> Result<()> {
        let times = security_incidents::table.find(self.security_incident_id).select((security_incidents::aware_at, security_incidents::classified_at));
        let (aware, classified) = times.first::<(Instant, Option<Instant>)>(check.connection).optional()?.unzip();
        if let Some(aware) = aware.filter(|aware| sent < *aware) {
            let detail = format!("The organisation became aware of the incident at {aware}, and nobody sends a notice before that. Correct the time.");
            return Err(Problem::conflict("/sent_at", "before_awareness", detail).into());
        }
        if let Some(classified) = classified.flatten().filter(|classified| self.regime == Regime::Dora && sent < *classified) {
            let detail = format!("The incident was classified as major at {classified}, and DORA asks for a notice from then on. Correct the time.");
            return Err(Problem::conflict("/sent_at", "before_classification", detail).into());
        }
        for earlier in self.stage.earlier(self.regime) {
            let notices = self.of_stage(check, *earlier)?;
            let is_settled = notices.iter().any(|notice| notice.waived_at.is_some() || notice.sent_at.is_some_and(|at| at <= sent));
            if !is_settled {
                let (earlier, stage, regime) = (earlier.word(), self.stage.word(), self.regime.word());
                let detail = format!("The {earlier} of {regime} comes before the {stage}, and was neither sent by then nor waived. Record that first.");
                return Err(Problem::conflict("/sent_at", "order", detail).into());
            }
        }
        Ok(())
    }

    /// The notices of another stage of the same law: those to the same recipient, else all.
    fn of_stage(&self, check: &mut Check<'_>, stage: NoticeStage) -> Result<Vec<Told>> {
        notice_clock::of_stage(check, self.security_incident_id, (self.regime, stage), &self.authority)
    }

    /// By when it is due.
    fn due(&self, check: &mut Check<'_>) -> Result<Option<Instant>> {
        notice_clock::due(check, self.security_incident_id, (self.regime, self.stage), &self.authority)
    }

    /// From when the time limits of those run that follow it.
    fn runs_from(&self) -> Option<Instant> {
        notice_clock::runs_from(self.sent_at, self.waiver_basis, self.due_at)
    }

    /// The notices whose time limit depends on this one are due anew.
    fn followers(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let of_incident = incident_notifications::table.filter(incident_notifications::security_incident_id.eq(self.security_incident_id));
        let unsent = incident_notifications::sent_at.is_null().and(incident_notifications::id.ne(check.id));
        let of_law = of_incident.filter(incident_notifications::regime.eq(self.regime)).filter(unsent).order(incident_notifications::id);
        let others = of_law.select((incident_notifications::id, incident_notifications::stage, incident_notifications::authority));
        let others: Vec<(Id, NoticeStage, Title)> = others.load(check.connection)?;
        let mut effects = Vec::new();
        for (id, stage, authority) in others.into_iter().filter(|(_, stage, _)| stage.waits_for(self.regime).contains(&self.stage)) {
            let due = notice_clock::due(check, self.security_incident_id, (self.regime, stage), &authority)?;
            effects.push(Effect::update(id, move |notice: &mut IncidentNotification| notice.due_at = due));
        }
        Ok(effects)
    }
}
