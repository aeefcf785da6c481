//! Information assets: the information that the organisation has, and what its loss would mean.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Code, Date, Note, Title, Whole};
use steward_core::resource::{Id, Resource, Scope, Unique};

choice! {
    /// Classification of information by its permitted readers.
    pub enum Classification {
        /// Open to everybody.
        Public = "public",
        /// People in the organisation.
        Internal = "internal",
        /// People who need it for their work.
        Confidential = "confidential",
        /// Named people only.
        Secret = "secret",
    }
}

steward_core::resource! {
    /// Information that is worth protecting: a register, a body of documents, a source code (ISO/IEC 27001, A.5.9). Its owner
    /// decides who may use it.
    pub struct InformationAsset {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Content and use of the information.
        #[field(search)]
        pub description: Option<Note>,
        /// Classification by permitted readers.
        #[field(default(|| json!("internal")))]
        pub classification: Classification,
        /// Impact of a loss of confidentiality: 1 hardly any, 4 a threat to the organisation.
        pub confidentiality: Whole<1, 4>,
        /// Impact of a loss of integrity: 1 hardly any, 4 a threat to the organisation.
        pub integrity: Whole<1, 4>,
        /// Impact of a loss of availability: 1 hardly any, 4 a threat to the organisation.
        pub availability: Whole<1, 4>,
        /// Service that uses the information.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Custodian: person who looks after the information day by day for its owner.
        #[field(refers_to(&["teams/people"]))]
        pub custodian_id: Option<Id>,
        /// Location: a system, a place, a country.
        #[field(search)]
        pub location: Option<Title>,
        /// True if the information is about identifiable persons.
        #[field(default(|| json!(false)))]
        pub personal_data: bool,
        /// True if some of the personal data is of a special category (GDPR, Article 9), such as health.
        #[field(default(|| json!(false)))]
        pub special_categories: bool,
        /// Rule for retention and erasure.
        #[field(refers_to(&["governance/retention-rules"]))]
        pub retention_rule_id: Option<Id>,
        /// Retention period in months, where no rule states it.
        pub retention_months: Option<Whole<0, 1200>>,
        /// Date of the next review by the owner.
        #[field(recurring)]
        pub review_due_on: Option<Date>,
    }
}

impl Resource for InformationAsset {
    const PATH: &'static str = "security/information-assets";
    type Table = steward_schema::security::information_assets::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "information_assets_code_key", fields: &["code"] }];

    fn sample() -> Self {
        InformationAsset {
            code: "IA-ORDERS".into(),
            name: "Orders of customers".into(),
            description: Some("What was ordered, by whom, where it goes and how it was paid.".into()),
            classification: Classification::Confidential,
            confidentiality: Whole(3),
            integrity: Whole(4),
            availability: Whole(4),
            service_id: None,
            custodian_id: None,
            location: Some("Order database, Rotterdam".into()),
            personal_data: true,
            special_categories: false,
            retention_rule_id: None,
            retention_months: Some(Whole(84)),
            review_due_on: Date::parse("2027-01-31"),
        }
    }

    fn rules(&self, faults: &mut steward_core::resource::ValidationErrors) {
        faults.require(self.personal_data || !self.special_categories, "special_categories", "personal_data", "Only personal data has special categories.");
    }
}
