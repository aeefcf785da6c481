//! Processing activities: what is done with personal data, why, and how it is protected.

use crate::choice;
use crate::resource::value::{Code, Date, Label, Note, Title, Whole};
use crate::resource::{Guard, Id, Lifecycle, Resource, Scope, Unique, ValidationErrors};
use serde_json::json;

choice! {
    /// As what the organisation processes personal data.
    pub enum ProcessingRole {
        /// It decides why and how (GDPR Article 30(1)).
        Controller = "controller",
        /// It does so for another (GDPR Article 30(2)).
        Processor = "processor",
    }
}

choice! {
    /// What makes it lawful (GDPR Article 6(1) a to f).
    pub enum LegalBasis {
        /// The person agreed.
        Consent = "consent",
        /// A contract with the person.
        Contract = "contract",
        /// A law that asks for it.
        LegalObligation = "legal_obligation",
        /// Somebody's life or health.
        VitalInterests = "vital_interests",
        /// A task in the public interest.
        PublicTask = "public_task",
        /// An interest that outweighs the person's.
        LegitimateInterests = "legitimate_interests",
    }
}

choice! {
    /// What makes a transfer to a third country lawful (GDPR Articles 45 to 49).
    pub enum Safeguard {
        /// The Commission has decided that the country protects data well enough.
        AdequacyDecision = "adequacy_decision",
        /// Standard contractual clauses.
        StandardClauses = "standard_clauses",
        /// Binding corporate rules.
        CorporateRules = "corporate_rules",
        /// An approved code of conduct or certification.
        CodeOrCertification = "code_or_certification",
        /// A derogation for a special situation.
        Derogation = "derogation",
    }
}

crate::value! {
    /// A transfer of personal data to a third country or an international organisation.
    pub struct Transfer {
        /// The country or organisation.
        pub destination: Title,
        /// Who receives the data there.
        pub recipient: Option<Title>,
        /// What makes it lawful.
        pub safeguard: Safeguard,
        /// What there is to say about it, such as a transfer impact assessment.
        pub note: Option<Note>,
    }
}

crate::resource! {
    /// An entry of the record of processing activities (GDPR Article 30).
    pub struct ProcessingActivity {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// As what the organisation processes the data.
        #[field(default(|| json!("controller")))]
        pub role: ProcessingRole,
        /// Why the data are processed; of a processor, what is done for the controller.
        #[field(search)]
        pub purpose: Note,
        /// What makes it lawful; required of a controller.
        pub legal_basis: Option<LegalBasis>,
        /// The law, contract or interest that the basis rests on.
        pub legal_basis_note: Option<Note>,
        /// The controller on whose behalf a processor works, with a way to reach it; or joint controllers.
        pub controller: Option<Note>,
        /// Whose data they are, such as staff or customers. An active entry names some.
        #[field(default(|| json!([])))]
        pub data_subjects: Vec<Label>,
        /// Which kinds of data, such as names or salaries.
        #[field(default(|| json!([])))]
        pub data_categories: Vec<Label>,
        /// Whether special categories are among them (GDPR Article 9), or data on convictions (Article 10).
        #[field(default(|| json!(false)))]
        pub special_categories: bool,
        /// What allows those; required where there are some.
        pub special_categories_basis: Option<Note>,
        /// Who receives the data.
        #[field(default(|| json!([])))]
        pub recipients: Vec<Label>,
        /// Transfers to third countries, each with its safeguard.
        #[field(default(|| json!([])))]
        pub transfers: Vec<Transfer>,
        /// How long the data are kept, in words.
        pub retention: Option<Note>,
        /// The rule by which they are deleted.
        #[field(refers_to(&["governance/retention-rules"]))]
        pub retention_rule_id: Option<Id>,
        /// How they are protected (GDPR Article 32).
        #[field(search)]
        pub security_measures: Option<Note>,
        /// How many people are concerned, about.
        pub people_concerned: Option<Whole<0, 10_000_000_000>>,
        /// Whether decisions are made by machines alone (GDPR Article 22).
        #[field(default(|| json!(false)))]
        pub automated_decisions: bool,
        /// Whether a data protection impact assessment is needed (GDPR Article 35).
        #[field(default(|| json!(false)))]
        pub impact_assessment_needed: bool,
        /// The day of that assessment.
        #[field(happened)]
        pub impact_assessed_on: Option<Date>,
        /// The service that processes the data.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// The data.
        #[field(refers_to(&["security/information-assets"]))]
        pub information_asset_id: Option<Id>,
        /// The processor who works for the organisation.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// When it is looked at again.
        #[field(recurring)]
        pub next_review_on: Option<Date>,
    }
}

impl Resource for ProcessingActivity {
    const PATH: &'static str = "governance/processing-activities";
    type Table = steward_schema::governance::processing_activities::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "processing_activities_code_key", fields: &["code"] }];
    const GUARDS: &'static [Guard] = &[Guard::set(&["active"], &["security_measures", "retention"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→active:activate→retired:retire"))
    }

    fn sample() -> Self {
        ProcessingActivity {
            code: "PA-HR-01".into(),
            name: "Payroll".into(),
            role: ProcessingRole::Controller,
            purpose: "Paying salaries and the taxes on them.".into(),
            legal_basis: Some(LegalBasis::LegalObligation),
            legal_basis_note: Some("Tax law, and the contract of employment.".into()),
            controller: Some("Example organisation, privacy@example.org".into()),
            data_subjects: vec!["staff".into()],
            data_categories: vec!["names".into(), "bank accounts".into(), "salaries".into()],
            special_categories: true,
            special_categories_basis: Some("Church tax, by Article 9(2)(b).".into()),
            recipients: vec!["tax office".into(), "payroll provider".into()],
            transfers: vec![Transfer {
                destination: "United Kingdom".into(),
                recipient: Some("Support of the payroll provider".into()),
                safeguard: Safeguard::AdequacyDecision,
                note: Some("Read access only.".into()),
            }],
            retention: Some("Ten years after the end of the year.".into()),
            retention_rule_id: None,
            security_measures: Some("Encrypted, two factors, access for four people.".into()),
            people_concerned: Some(Whole(420)),
            automated_decisions: false,
            impact_assessment_needed: true,
            impact_assessed_on: Date::parse("2025-11-12"),
            service_id: None,
            information_asset_id: None,
            vendor_id: None,
            next_review_on: Date::parse("2026-11-12"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let lawful = self.role == ProcessingRole::Processor || self.legal_basis.is_some();
        faults.require(lawful, "legal_basis", "required", "Say what makes it lawful.");
        let named = self.role == ProcessingRole::Controller || self.controller.is_some();
        faults.require(named, "controller", "required", "Name the controller for whom it is done.");
        let allowed = !self.special_categories || self.special_categories_basis.is_some();
        faults.require(allowed, "special_categories_basis", "required", "Say what allows the processing of special categories.");
    }
}
