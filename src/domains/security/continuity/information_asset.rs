//! Information assets: the information that the organisation has, and what its loss would mean.

use crate::choice;
use crate::resource::value::{Code, Date, Note, Title, Whole};
use crate::resource::{Id, Resource, Scope, Unique};
use serde_json::json;

choice! {
    /// Who may know something.
    pub enum Classification {
        /// Everybody.
        Public = "public",
        /// Who works here.
        Internal = "internal",
        /// Who needs it for their work.
        Confidential = "confidential",
        /// Who is named, and nobody else.
        Secret = "secret",
    }
}

crate::resource! {
    /// Information that is worth protecting: a register, a body of documents, a source code (ISO/IEC 27001, A.5.9). Its owner
    /// decides who may use it.
    pub struct InformationAsset {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// What it contains, and what it is used for.
        #[field(search)]
        pub description: Option<Note>,
        /// Who may know it.
        #[field(default(|| json!("internal")))]
        pub classification: Classification,
        /// What it means if others get to know it: 1 hardly anything, 4 a threat to the organisation.
        pub confidentiality: Whole<1, 4>,
        /// What it means if it is wrong: 1 hardly anything, 4 a threat to the organisation.
        pub integrity: Whole<1, 4>,
        /// What it means if it is not there: 1 hardly anything, 4 a threat to the organisation.
        pub availability: Whole<1, 4>,
        /// The service by which it is used.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Who looks after it day by day, for its owner.
        #[field(refers_to(&["teams/people"]))]
        pub custodian_id: Option<Id>,
        /// Where it is kept: a system, a place, a country.
        #[field(search)]
        pub location: Option<Title>,
        /// Whether it says something about people who can be identified.
        #[field(default(|| json!(false)))]
        pub personal_data: bool,
        /// Whether some of that is of a special category (GDPR, Article 9), such as health.
        #[field(default(|| json!(false)))]
        pub special_categories: bool,
        /// The rule by which it is kept and erased.
        #[field(refers_to(&["governance/retention-rules"]))]
        pub retention_rule_id: Option<Id>,
        /// For how many months it is kept, where no rule says so.
        pub retention_months: Option<Whole<0, 1200>>,
        /// The day on which its owner looks at all this again.
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

    fn rules(&self, faults: &mut crate::resource::ValidationErrors) {
        faults.require(self.personal_data || !self.special_categories, "special_categories", "personal_data", "Only personal data has special categories.");
    }
}
