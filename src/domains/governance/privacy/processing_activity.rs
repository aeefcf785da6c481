//! Processing activities: what is done with personal data, why, and how it is protected.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Code, Date, Label, Note, Title, Whole};
use steward_core::resource::{Guard, Id, Lifecycle, Resource, Scope, Unique, ValidationErrors};

choice! {
    /// Role of the organisation in the processing of personal data.
    pub enum ProcessingRole {
        /// Controller: decides on the purposes and means (GDPR Article 30(1)).
        Controller = "controller",
        /// Processor: acts on behalf of another (GDPR Article 30(2)).
        Processor = "processor",
    }
}

choice! {
    /// Legal basis of the processing (GDPR Article 6(1) a to f).
    pub enum LegalBasis {
        /// Consent of the person.
        Consent = "consent",
        /// A contract with the person.
        Contract = "contract",
        /// Legal obligation to process.
        LegalObligation = "legal_obligation",
        /// Life or health of a person.
        VitalInterests = "vital_interests",
        /// A task in the public interest.
        PublicTask = "public_task",
        /// An interest that outweighs the person's.
        LegitimateInterests = "legitimate_interests",
    }
}

choice! {
    /// Safeguard for a transfer to a third country (GDPR Articles 45 to 49).
    pub enum Safeguard {
        /// Decision of the Commission that the country protects data adequately.
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

steward_core::value! {
    /// A transfer of personal data to a third country or an international organisation.
    pub struct Transfer {
        /// Destination: a country or an organisation.
        pub destination: Title,
        /// Recipient of the data there.
        pub recipient: Option<Title>,
        /// Safeguard that makes the transfer lawful.
        pub safeguard: Safeguard,
        /// Note on the transfer, such as a transfer impact assessment.
        pub note: Option<Note>,
    }
}

steward_core::resource! {
    /// An entry of the record of processing activities (GDPR Article 30).
    pub struct ProcessingActivity {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Role of the organisation in the processing.
        #[field(default(|| json!("controller")))]
        pub role: ProcessingRole,
        /// Purpose of the processing; for a processor, the work done for the controller.
        #[field(search)]
        pub purpose: Note,
        /// Legal basis; required for a controller.
        pub legal_basis: Option<LegalBasis>,
        /// Law, contract or interest on which the legal basis rests.
        pub legal_basis_note: Option<Note>,
        /// Controller on whose behalf a processor works, with contact details; or joint controllers.
        pub controller: Option<Note>,
        /// Categories of data subjects, such as staff or customers. Required for an active entry.
        #[field(default(|| json!([])))]
        pub data_subjects: Vec<Label>,
        /// Categories of data, such as names or salaries.
        #[field(default(|| json!([])))]
        pub data_categories: Vec<Label>,
        /// True if special categories are included (GDPR Article 9), or data on convictions (Article 10).
        #[field(default(|| json!(false)))]
        pub special_categories: bool,
        /// Legal basis for the special categories; required where there are some.
        pub special_categories_basis: Option<Note>,
        /// Recipients of the data.
        #[field(default(|| json!([])))]
        pub recipients: Vec<Label>,
        /// Transfers to third countries, each with its safeguard.
        #[field(default(|| json!([])))]
        pub transfers: Vec<Transfer>,
        /// Retention of the data, in words.
        pub retention: Option<Note>,
        /// Rule for the deletion of the data.
        #[field(refers_to(&["governance/retention-rules"]))]
        pub retention_rule_id: Option<Id>,
        /// Security measures (GDPR Article 32).
        #[field(search)]
        pub security_measures: Option<Note>,
        /// Number of people concerned, approximately.
        pub people_concerned: Option<Whole<0, 10_000_000_000>>,
        /// True if decisions are made by machines alone (GDPR Article 22).
        #[field(default(|| json!(false)))]
        pub automated_decisions: bool,
        /// True if a data protection impact assessment is needed (GDPR Article 35).
        #[field(default(|| json!(false)))]
        pub impact_assessment_needed: bool,
        /// Date of the impact assessment.
        #[field(happened)]
        pub impact_assessed_on: Option<Date>,
        /// Service that processes the data.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Information asset with the data.
        #[field(refers_to(&["security/information-assets"]))]
        pub information_asset_id: Option<Id>,
        /// Processor that works for the organisation.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Date of the next review.
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
