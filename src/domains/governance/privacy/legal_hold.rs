//! Legal holds: what must be kept as it is, because somebody may ask for it.

use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Code, Date, Note, Title};
use steward_core::resource::{Check, Guard, Lifecycle, Resource, Scope, StateException, Unique, ValidationErrors};

steward_core::resource! {
    /// Order to keep certain records, whatever their retention says, until it is lifted. While it is active, its items are neither deleted
    /// nor erased nor taken out of it, and the order stays as it was issued.
    pub struct LegalHold {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the matter.
        #[field(search)]
        pub name: Title,
        /// Reason for the hold: a lawsuit, an investigation, an inquiry of an authority.
        #[field(search)]
        pub reason: Note,
        /// Issuer of the order, such as a court, an authority or counsel.
        #[field(search)]
        pub authority: Option<Title>,
        /// Reference of the issuer.
        #[field(search)]
        pub reference: Option<Title>,
        /// Custodians: people and systems that keep the records, and the instructions given to them.
        pub custodians: Option<Note>,
        /// First day of the hold.
        #[field(event)]
        pub starts_on: Date,
        /// Last day, once the hold was lifted.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Date of the next review of the need for the hold.
        #[field(recurring)]
        pub next_review_on: Option<Date>,
        /// Reason for lifting the hold.
        pub lifting_reason: Option<Note>,
    }
}

impl Resource for LegalHold {
    const PATH: &'static str = "governance/legal-holds";
    type Table = steward_schema::governance::legal_holds::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "legal_holds_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const STATE_EXCEPTIONS: &'static [StateException] = &[StateException::editable(
        &["active"],
        &["owner_id", "custodians", "next_review_on", "ends_on", "lifting_reason"],
        "A hold is watched over and reviewed until it is lifted; the order itself stays as it was issued.",
    )];
    const GUARDS: &'static [Guard] = &[Guard::set(&["lifted"], &["ends_on", "lifting_reason"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→active:activate→lifted:lift").approving(&["lift"]))
    }

    fn sample() -> Self {
        LegalHold {
            code: "LH-2026-02".into(),
            name: "Dispute over the hosting contract".into(),
            reason: "The vendor has announced a claim.".into(),
            authority: Some("Legal counsel".into()),
            reference: Some("2026/114".into()),
            custodians: Some("The service desk keeps all tickets of the contract; mail is kept by its archive.".into()),
            starts_on: Date::sample("2026-02-10"),
            ends_on: Date::parse("2026-06-01"),
            next_review_on: Date::parse("2026-08-10"),
            lifting_reason: Some("The claim was settled.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), self.ends_on, "ends_on");
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        if check.state.is_none_or(|state| state == "draft") {
            return Ok(());
        }
        Err(Problem::conflict("", "kept", "A hold that was in force is kept as proof. Lift it instead.").into())
    }
}
