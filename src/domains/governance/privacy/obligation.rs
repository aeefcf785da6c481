//! Obligations: what laws, contracts and standards ask of the organisation.

use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Code, Date, Note, Title, Url};
use steward_core::resource::{Check, Due, Guard, Id, Lifecycle, Move, Resource, Scope, Unique, UnmetGuard, ValidationErrors};

choice! {
    /// Type of source of an obligation.
    pub enum ObligationKind {
        /// A law or regulation.
        Law = "law",
        /// A contract with a customer, vendor or partner.
        Contract = "contract",
        /// A standard that the organisation has adopted.
        Standard = "standard",
    }
}

steward_core::resource! {
    /// Obligation of the organisation under a law, contract or standard. Its applicability needs a reason.
    pub struct Obligation {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Type of source of the obligation.
        pub kind: ObligationKind,
        /// Description of the obligation.
        #[field(search)]
        pub description: Option<Note>,
        /// Country or region of the law, such as European Union.
        #[field(search)]
        pub jurisdiction: Option<Title>,
        /// Regulator that supervises the obligation and may ask for proof.
        #[field(search)]
        pub regulator: Option<Title>,
        /// Article or clause on which the obligation is based.
        #[field(search)]
        pub citation: Option<Title>,
        /// Link to the text.
        pub source_url: Option<Url>,
        /// Scope: activities, services, places, data.
        #[field(search)]
        pub applies_to: Option<Note>,
        /// True if the obligation applies to the unit; empty while undecided.
        pub applicable: Option<bool>,
        /// Reason why the obligation applies, or not; required once `applicable` is set.
        pub applicability_reason: Option<Note>,
        /// First day of effect.
        #[field(event)]
        pub effective_on: Option<Date>,
        /// Last day of effect; empty if no end is known.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Date of the next review.
        #[field(recurring)]
        pub next_review_on: Option<Date>,
        /// Last change, and its meaning.
        pub change_note: Option<Note>,
        /// Penalty for a breach: fines, damages, loss of a licence.
        pub penalty: Option<Note>,
        /// Framework with the requirements in detail.
        #[field(refers_to(&["governance/frameworks"]))]
        pub framework_id: Option<Id>,
        /// Contract that is the source of the obligation.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
    }
}

impl Resource for Obligation {
    const PATH: &'static str = "governance/obligations";
    type Table = steward_schema::governance::obligations::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "obligations_code_key", fields: &["code"] }];
    const GUARDS: &'static [Guard] = &[Guard::set(&["assessed"], &["applicable", "applicability_reason"]), Guard::reached(&["in_force"], "effective_on")];
    const DUE: &'static [Due] = &[Due::on("in_force", "effective_on").only("applicable", &["true"]), Due::after("lapsed", "ends_on")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("identified→assessed:assess→in_force:bring_into_force→lapsed:lapse"))
    }

    fn sample() -> Self {
        Obligation {
            code: "OBL-NIS2-21".into(),
            name: "Measures to manage cybersecurity risk".into(),
            kind: ObligationKind::Law,
            description: Some("Take measures in proportion to the risk, and have the management body approve them.".into()),
            jurisdiction: Some("European Union".into()),
            regulator: Some("National cybersecurity authority".into()),
            citation: Some("Directive (EU) 2022/2555, Article 21".into()),
            source_url: Some(Url("https://eur-lex.europa.eu/eli/dir/2022/2555/oj".into())),
            applies_to: Some("All network and information systems of essential services.".into()),
            applicable: Some(true),
            applicability_reason: Some("The organisation is an essential entity by size and sector.".into()),
            effective_on: Date::parse("2024-10-18"),
            ends_on: Date::parse("2034-12-31"),
            next_review_on: Date::parse("2026-10-01"),
            change_note: Some("National law added a duty to register.".into()),
            penalty: Some("Fines of up to 10 million euro or 2 % of turnover.".into()),
            framework_id: None,
            contract_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let said = self.applicable.is_none() || self.applicability_reason.is_some();
        faults.require(said, "applicability_reason", "required", "Say why it applies, or why not.");
        faults.span(self.effective_on, self.ends_on, "ends_on");
        let contract = self.contract_id.is_none() || self.kind == ObligationKind::Contract;
        faults.require(contract, "contract_id", "kind", "Only an obligation of the kind contract comes from a contract.");
    }

    fn guard(&self, step: &Move, _check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "in_force" || self.applicable != Some(false) {
            return Ok(Vec::new());
        }
        Ok(vec![UnmetGuard::new("/applicable", "not_applicable", "What does not apply does not come into force. Say that it applies, and why.")])
    }
}
