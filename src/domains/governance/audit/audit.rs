//! Audits: a look, by somebody who has no part in it, at whether things are as they should be.

use super::audit_procedure::ProcedureResult;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::database::Dialect;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Code, Date, Note, Title};
use steward_core::resource::{Check, Flag, Guard, Id, Lifecycle, Lock, Move, Resource, Scope, Unique, UnmetGuard, ValidationErrors, Watch};
use steward_schema::governance::{audit_procedures, audits, controls};
use steward_schema::service::registry;

choice! {
    /// Type of audit, by auditor and auditee.
    pub enum AuditKind {
        /// Audit of the organisation by itself (first party).
        Internal = "internal",
        /// Audit of the organisation by others (third party).
        External = "external",
        /// Audit of a supplier by the organisation (second party).
        Supplier = "supplier",
    }
}

steward_core::resource! {
    /// Audit of a unit or a supplier against criteria (ISO 19011). An auditor never owns an audited control:
    /// where one comes to own it, the audit has a conflict.
    pub struct Audit {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Type of audit, by auditor and auditee.
        #[field(default(|| json!("internal")))]
        pub kind: AuditKind,
        /// Scope: processes, places, systems, the period.
        #[field(search)]
        pub scope: Note,
        /// Audit criteria, in words.
        #[field(search)]
        pub criteria: Note,
        /// Framework that contains the audit criteria.
        #[field(refers_to(&["governance/frameworks"]))]
        pub framework_id: Option<Id>,
        /// Programme to which the audit belongs.
        #[field(refers_to(&["governance/audit-programmes"]))]
        pub audit_programme_id: Option<Id>,
        /// Audited supplier; only for a supplier audit.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Lead auditor; the others are named by the procedures of the audit.
        #[field(refers_to(&["teams/people"]))]
        pub lead_auditor_id: Option<Id>,
        /// Firm of the auditors, if they are external.
        #[field(search)]
        pub audit_firm: Option<Title>,
        /// First day on site.
        #[field(event, lasts_until("ends_on"))]
        pub starts_on: Option<Date>,
        /// Last day on site.
        pub ends_on: Option<Date>,
        /// First day of the period under audit.
        pub period_starts_on: Option<Date>,
        /// Last day of the period under audit.
        pub period_ends_on: Option<Date>,
        /// Date of the report.
        #[field(happened)]
        pub reported_on: Option<Date>,
        /// Overall conclusion. Required for a closed audit.
        #[field(search)]
        pub conclusion: Option<Note>,
        /// Report of the audit.
        #[field(refers_to(&["platform/files"]))]
        pub report_file_id: Option<Id>,
    }
}

/// The number of open procedures that a refusal names at most.
const NAMED: i64 = 20;

impl Resource for Audit {
    const PATH: &'static str = "governance/audits";
    type Table = steward_schema::governance::audits::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["audit_programme_id"];
    const UNIQUE: &'static [Unique] = &[Unique { index: "audits_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["planned", "announced", "fieldwork", "reporting"];
    const FLAGS: &'static [Flag] = &[Flag {
        code: "independence",
        about: Audit::PATH,
        watches: &[
            Watch::itself(Audit::PATH),
            Watch::by("governance/audit-procedures", "audit_id"),
            Watch::beside("governance/controls", "id", ("governance/audit-procedures", "control_id", "audit_id")),
        ],
        judge: audited_by_its_owner,
        hold: None,
    }];
    const GUARDS: &'static [Guard] = &[Guard::set(&["announced"], &["starts_on", "ends_on"]), Guard::set(&["closed"], &["conclusion", "reported_on"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "planned→announced:announce→fieldwork:start_fieldwork→reporting:start_reporting→closed:close";
        Some(Lifecycle::new(notation))
    }

    fn sample() -> Self {
        Audit {
            code: "AUD-2026-03".into(),
            name: "Access to production systems".into(),
            kind: AuditKind::Internal,
            scope: "Granting, reviewing and taking away of rights in the data centres.".into(),
            criteria: "ISO/IEC 27001:2022, A.5.15 to A.5.18, and the policy on access.".into(),
            framework_id: None,
            audit_programme_id: None,
            vendor_id: None,
            lead_auditor_id: None,
            audit_firm: Some("Example Assurance".into()),
            starts_on: Date::parse("2026-04-13"),
            ends_on: Date::parse("2026-04-17"),
            period_starts_on: Date::parse("2025-04-01"),
            period_ends_on: Date::parse("2026-03-31"),
            reported_on: Date::parse("2026-05-04"),
            conclusion: Some("Rights are granted with care and taken away late.".into()),
            report_file_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
        faults.span(self.period_starts_on, self.period_ends_on, "period_ends_on");
        let supplier = self.vendor_id.is_none() || self.kind == AuditKind::Supplier;
        faults.require(supplier, "vendor_id", "kind", "Only a supplier audit names a supplier.");
    }

    fn locks(&self) -> Vec<Lock> {
        self.lead_auditor_id.map(Lock::Row).into_iter().collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(lead) = self.lead_auditor_id else { return Ok(()) };
        let audited = audit_procedures::table.inner_join(controls::table).filter(audit_procedures::audit_id.eq(check.id));
        if select(exists(audited.filter(controls::owner_id.eq(lead)))).get_result(check.connection)? {
            let detail = "An auditor never owns a control that is audited. Name another lead auditor.";
            return Err(Problem::conflict("/lead_auditor_id", "independence", detail).into());
        }
        Ok(())
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let mut unmet = Vec::new();
        if step.to == "announced" && self.kind == AuditKind::Supplier && self.vendor_id.is_none() {
            unmet.push(UnmetGuard::new("/vendor_id", "required", "Name the supplier that is audited."));
        }
        if step.to == "closed" {
            let open = audit_procedures::table.filter(audit_procedures::audit_id.eq(check.id)).filter(audit_procedures::result.eq(ProcedureResult::Open));
            let titles: Vec<Title> = open.order(audit_procedures::id).limit(NAMED).select(audit_procedures::title).load(check.connection)?;
            let detail = |title: Title| format!("The procedure “{}” is open. Record its result, or that it was not possible.", title.0);
            unmet.extend(titles.into_iter().map(|title| UnmetGuard::new("", "open_procedure", detail(title))));
        }
        // The owner of a control may have changed since.
        if let Some(detail) = owned_by_auditor(check, check.id)? {
            unmet.push(UnmetGuard::new("", "independence", detail));
        }
        Ok(unmet)
    }
}

/// Says who owns by now which control that they audit; nothing if nobody does.
fn owned_by_auditor(check: &mut Check<'_>, audit: Id) -> Result<Option<String>> {
    let lead = audits::table.find(audit).select(audits::lead_auditor_id).into_boxed::<Dialect>();
    let owned: Option<(Option<Id>, Title)> = audit_procedures::table
        .inner_join(controls::table)
        .filter(audit_procedures::audit_id.eq(audit))
        .filter(controls::owner_id.eq(audit_procedures::auditor_id).or(controls::owner_id.eq_any(lead)))
        .order(audit_procedures::id)
        .select((controls::owner_id, controls::name))
        .first(check.connection)
        .optional()?;
    let Some((Some(owner), control)) = owned else { return Ok(None) };
    let owner: Option<String> = registry::table.find(owner).select(registry::title).first(check.connection).optional()?;
    let owner = owner.unwrap_or_else(|| "An auditor".to_owned());
    Ok(Some(format!("{owner} owns the control “{}” by now, and audits it. Have another person audit it, or own it.", control.0)))
}

/// An auditor of an audit that is not over owns a control that is audited: who owns it may change at any time.
fn audited_by_its_owner(check: &mut Check<'_>, audit: Id) -> Result<Option<String>> {
    if select(exists(audits::table.find(audit).filter(audits::state.ne("closed")))).get_result(check.connection)? {
        owned_by_auditor(check, audit)
    } else {
        Ok(None)
    }
}
