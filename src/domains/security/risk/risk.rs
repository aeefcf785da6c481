//! Risks: what may happen and what it would mean for what the organisation wants.

use super::appetite_breach::{ABOVE_APPETITE, beyond_appetite, unmet_appetite};
use super::risk_category::RiskCategory;
use super::risk_kind::RiskKind;
use super::treatment_kind::TreatmentKind;
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Code, Date, Note, Title, Whole};
use steward_core::resource::{Cause, Check, Effect, Flag, Guard, Id, Lifecycle, Move, Own, Resource, Scope, Unique, UnmetGuard};
use steward_schema::security::treatments;

steward_core::resource! {
    /// Risk (ISO 31000): an effect of uncertainty on objectives. Its level follows from its matrix: by a confirmed assessment, or, for the
    /// current level, by its scenarios and tested controls. It is monitored, and closed, only while its current level is known and within
    /// the appetite in force, or an exception covers it. A conflict is raised when that ceases to hold of a monitored risk.
    pub struct Risk {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Title of the risk, in a line.
        #[field(search)]
        pub title: Title,
        /// Type of risk: threat or opportunity. It changes only while no treatment is planned that suits the other type alone.
        #[field(default(|| json!("threat")))]
        pub kind: RiskKind,
        /// Category of the risk.
        pub category: RiskCategory,
        /// Cause of the event.
        #[field(search)]
        pub cause: Option<Note>,
        /// Event that may happen.
        #[field(search)]
        pub event: Option<Note>,
        /// Consequence of the event.
        #[field(search)]
        pub consequence: Option<Note>,
        /// Matrix by which the risk is assessed. It does not change once the risk was assessed.
        #[field(refers_to(&["security/risk-matrices"]))]
        pub risk_matrix_id: Id,
        /// Date of identification.
        #[field(happened)]
        pub identified_on: Option<Date>,
        /// Date of the next review. Required for a monitored risk. A day that has come is moved on by the review interval when the risk
        /// becomes monitored; without an interval it must lie ahead.
        #[field(recurring)]
        pub next_review_on: Option<Date>,
        /// Review interval in months, from 1 to 60; null if each review is planned by hand.
        pub review_interval_months: Option<Whole<1, 60>>,
        /// Information asset concerned.
        #[field(refers_to(&["security/information-assets"]))]
        pub information_asset_id: Option<Id>,
        /// Service concerned.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Project concerned.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Option<Id>,
        /// Vendor concerned.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Objective concerned.
        #[field(refers_to(&["strategy/objectives"]))]
        pub objective_id: Option<Id>,
        /// Reason for the closure. Required for a closed risk.
        pub closure_reason: Option<Note>,
    }
}

impl Resource for Risk {
    const PATH: &'static str = "security/risks";
    type Table = steward_schema::security::risks::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::named("owner_id"), Own::behind("security/risk-assessments", "risk_id")];
    const TITLE: &'static str = "title";
    const UNIQUE: &'static [Unique] = &[Unique { index: "risks_code_key", fields: &["code"] }];
    const GUARDS: &'static [Guard] = &[
        Guard::set(&["analysed"], &["event"]),
        Guard::set(&["monitored"], &["next_review_on"]),
        Guard::set(&["closed"], &["closure_reason"]),
        Guard::none_in(&["closed"], "security/treatments", "risk_id", &["planned", "in_progress", "implemented"]),
    ];

    const FLAGS: &'static [Flag] = &[ABOVE_APPETITE];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "identified→analysed:analyse→treating:treat→monitored:monitor→closed:close; analysed→monitored; monitored→analysed; \
            closed→identified:reopen";
        Some(Lifecycle::new(notation).settled(&["closed"]).named("analysed", "monitored", "accept").named("monitored", "analysed", "reassess"))
    }

    fn sample() -> Self {
        Risk {
            code: "R-017".into(),
            title: "Ransomware stops the order database".into(),
            kind: RiskKind::Threat,
            category: RiskCategory::Security,
            cause: Some("Mail is the way in, and workplaces are patched late.".into()),
            event: Some("Files of the order database are encrypted.".into()),
            consequence: Some("Nothing is delivered for days, and orders are lost.".into()),
            risk_matrix_id: Id::sample(),
            identified_on: Date::parse("2026-01-12"),
            next_review_on: Date::parse("2026-09-30"),
            review_interval_months: Some(Whole(6)),
            information_asset_id: None,
            service_id: None,
            project_id: None,
            vendor_id: None,
            objective_id: None,
            closure_reason: Some("The database is gone; orders are taken by a provider.".into()),
        }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before::<Risk>()?.is_none_or(|before| before.kind == self.kind) {
            return Ok(());
        }
        let kinds: Vec<TreatmentKind> = treatments::table.filter(treatments::risk_id.eq(check.id)).select(treatments::kind).load(check.connection)?;
        if kinds.iter().all(|treatment| treatment.suits(self.kind)) {
            return Ok(());
        }
        Err(Problem::conflict(
            "/kind",
            "treated",
            "Threats and opportunities are treated differently. Delete the planned treatments first, or record another risk.",
        )
        .into())
    }

    fn unmet_in(&self, state: &str, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        // It stays within the appetite by what is treated, not by where it stands: only the ways into the state are asked.
        if !matches!(state, "monitored" | "closed") || check.state == Some(state) {
            return Ok(Vec::new());
        }
        unmet_appetite(check, check.id)
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let is_past = self.next_review_on.is_some_and(|on| on < check.today) && self.review_interval_months.is_none();
        if step.to != "monitored" || !is_past {
            return Ok(Vec::new());
        }
        let detail = "The day of the next review has passed. Name one that lies ahead, or a review interval (review_interval_months).";
        Ok(vec![UnmetGuard::new("/next_review_on", "past", detail)])
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let has_come = self.next_review_on.is_none_or(|on| on <= check.today);
        let months = self.review_interval_months.filter(|_| cause.to() == Some("monitored") && has_come);
        let next = months.and_then(|months| check.today.months_later(u32::try_from(months.0).ok()?));
        Ok(next.map(|next| Risk { next_review_on: Some(next), ..self.clone() }))
    }

    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let held_against = |risk: &Self| (risk.kind, risk.category, risk.risk_matrix_id);
        let is_same = check.before::<Self>()?.is_none_or(|before| held_against(before) == held_against(self));
        if is_same || check.state != Some("monitored") {
            return Ok(Vec::new());
        }
        // Another appetite counts from now on: a risk that is monitored must be within that one too.
        match beyond_appetite(check, check.id)? {
            Some((code, detail)) => Err(Problem::conflict("", code, format!("As a monitored risk it must stay within the appetite. {detail}")).into()),
            None => Ok(Vec::new()),
        }
    }
}
