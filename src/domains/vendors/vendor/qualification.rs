//! Qualifications: what shows that a vendor may be bought from, and until when.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use steward_core::access::person_of;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::ports::exception::{self, ExceptionKind};
use steward_core::resource::value::{Date, Note, Text, Title};
use steward_core::resource::{Cause, Check, Due, Guard, Id, Lifecycle, PartOf, Resource, Scope, StateException, UnmetGuard, ValidationErrors};
use steward_schema::vendors::qualifications;

choice! {
    /// Kind of evidence.
    pub enum QualificationKind {
        /// Certificate of an independent body, such as ISO/IEC 27001.
        Certificate = "certificate",
        /// Check by the organisation itself, such as one of solvency or of sanctions lists.
        Check = "check",
        /// Insurance cover.
        Insurance = "insurance",
        /// Permission or registration that the law requires.
        Permit = "permit",
        /// Attestation of an auditor, such as a SOC 2 report.
        Attestation = "attestation",
    }
}

steward_core::resource! {
    /// Certificate or check of a vendor. While one has expired or was revoked and none of the same kind and name has replaced it, the
    /// vendor is neither awarded anything nor ordered from.
    pub struct Qualification {
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Kind of evidence.
        pub kind: QualificationKind,
        /// Name, such as that of a standard; a renewal has the same.
        #[field(search)]
        pub name: Title,
        /// Issuing body.
        #[field(search)]
        pub issuer: Option<Title>,
        /// Number given by the issuer.
        #[field(search)]
        pub number: Option<Text<1, 100>>,
        /// Scope, such as sites and services.
        pub coverage: Option<Note>,
        /// First day of validity.
        #[field(happened)]
        pub issued_on: Option<Date>,
        /// Last day of validity; null if it does not expire.
        #[field(deadline)]
        pub expires_on: Option<Date>,
        /// The document.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
        /// Person who verified that it is genuine: the one who granted it, where nobody is named; fixed from then on.
        #[field(refers_to(&["teams/people"]))]
        pub checker_id: Option<Id>,
        /// Free-text notes.
        pub notes: Option<Note>,
    }
}

impl Resource for Qualification {
    const PATH: &'static str = "vendors/qualifications";
    type Table = steward_schema::vendors::qualifications::table;
    const SCOPE: Scope = Scope::Within("vendor_id");
    const PART_OF: Option<PartOf> = Some(PartOf::of("vendor_id"));
    const STATE_EXCEPTIONS: &'static [StateException] = &[StateException::editable(
        &["valid"],
        &["coverage", "file_id", "notes"],
        "Orders and awards rest on it from then on. Record a renewal as a new one of the same kind and name.",
    )];
    const EDITABLE_IN: &'static [&'static str] = &["pending"];
    const GUARDS: &'static [Guard] = &[Guard::after(&["expired"], "expires_on")];
    const DUE: &'static [Due] = &[Due::after("expired", "expires_on")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("pending→valid:grant→expired:expire|revoked:revoke"))
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if cause.to() != Some("valid") || self.checker_id.is_some() {
            return Ok(None);
        }
        let checker = person_of(check.connection, check.actor)?;
        Ok(checker.map(|checker| Qualification { checker_id: Some(checker), ..self.clone() }))
    }

    fn sample() -> Self {
        Qualification {
            vendor_id: Id::sample(),
            kind: QualificationKind::Certificate,
            name: "ISO/IEC 27001:2022".into(),
            issuer: Some("Example Certification".into()),
            number: Some("IS 700123".into()),
            coverage: Some("Both data centres and the service desk.".into()),
            issued_on: Date::parse("2023-05-01"),
            expires_on: Date::parse("2026-04-30"),
            file_id: None,
            checker_id: None,
            notes: Some("The renewal audit is in March.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.issued_on, self.expires_on, "expires_on");
    }
}

diesel::alias!(qualifications as renewed: Renewed);

/// What is missing before a vendor may be awarded or ordered from: no qualification that ran out without another in its place.
/// The day counts, not whether somebody has moved the qualification on. A waiver in force stands in for all of them.
pub fn require_in_date(check: &mut Check<'_>, vendor: Id) -> Result<Vec<UnmetGuard>> {
    let until = renewed.field(qualifications::expires_on);
    let since = renewed.field(qualifications::issued_on);
    let renewal = renewed
        .filter(renewed.field(qualifications::vendor_id).eq(qualifications::vendor_id))
        .filter(renewed.field(qualifications::kind).eq(qualifications::kind))
        .filter(renewed.field(qualifications::name).eq(qualifications::name))
        .filter(renewed.field(qualifications::state).eq("valid"))
        .filter(until.is_null().or(until.ge(check.today)))
        .filter(since.is_null().or(since.le(check.today)));
    let ran_out = qualifications::state.eq("valid").and(qualifications::expires_on.lt(check.today));
    let found: Option<Title> = qualifications::table
        .filter(qualifications::vendor_id.eq(vendor))
        .filter(qualifications::state.eq_any(["expired", "revoked"]).or(ran_out))
        .filter(not(exists(renewal)))
        .order(qualifications::id)
        .select(qualifications::name)
        .first(check.connection)
        .optional()?;
    let Some(Text(name)) = found else { return Ok(Vec::new()) };
    if exception::in_force_today(check, ExceptionKind::VendorWaiver, vendor)? {
        return Ok(Vec::new());
    }
    let detail = format!(
        "The vendor's qualification {name} has expired or was revoked. Record the renewal as a valid one of the same kind and name, or have a waiver approved."
    );
    Ok(vec![UnmetGuard::new("/vendor_id", "qualification", detail)])
}
