//! Retention rules: how long something is kept, and what happens to it then.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Code, Date, Note, Title, Whole};
use steward_core::resource::{Guard, Id, Lifecycle, Resource, Scope, Unique};

choice! {
    /// Start of the retention period.
    pub enum RetentionStart {
        /// Creation of the record.
        Created = "created",
        /// Last change of the record.
        Changed = "changed",
        /// Closure of the matter.
        Closed = "closed",
        /// End of the contract or employment.
        Ended = "ended",
        /// End of the year in which the record was created.
        YearEnd = "year_end",
    }
}

choice! {
    /// Action at the end of the retention period.
    pub enum RetentionAction {
        /// Deletion of the record.
        Delete = "delete",
        /// Erasure of the data that identify a person.
        Anonymise = "anonymise",
        /// Transfer to an archive.
        Archive = "archive",
        /// Review and decision by a person.
        Review = "review",
    }
}

steward_core::resource! {
    /// Rule for the retention of data and the action at its end. Items under a legal hold stay, whatever a rule says.
    pub struct RetentionRule {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Scope: kinds of records and data.
        #[field(search)]
        pub applies_to: Note,
        /// Start of the retention period.
        #[field(default(|| json!("created")))]
        pub counts_from: RetentionStart,
        /// Retention period in months.
        pub keep_months: Whole<0, 1200>,
        /// Action at the end of the retention period.
        #[field(default(|| json!("delete")))]
        pub action: RetentionAction,
        /// Law or interest on which the rule is based. Required for an active rule.
        #[field(search)]
        pub legal_basis: Option<Note>,
        /// Country or region where the rule applies.
        pub jurisdiction: Option<Title>,
        /// Obligation that requires the rule.
        #[field(refers_to(&["governance/obligations"]))]
        pub obligation_id: Option<Id>,
        /// Date of the next review.
        #[field(recurring)]
        pub next_review_on: Option<Date>,
    }
}

impl Resource for RetentionRule {
    const PATH: &'static str = "governance/retention-rules";
    type Table = steward_schema::governance::retention_rules::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "retention_rules_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const GUARDS: &'static [Guard] = &[Guard::set(&["active"], &["legal_basis"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→active:activate→retired:retire").approving(&["activate"]))
    }

    fn sample() -> Self {
        RetentionRule {
            code: "RET-TAX".into(),
            name: "Books and what proves them".into(),
            applies_to: "Invoices, orders and contracts.".into(),
            counts_from: RetentionStart::YearEnd,
            keep_months: Whole(120),
            action: RetentionAction::Delete,
            legal_basis: Some("Tax law asks for ten years.".into()),
            jurisdiction: Some("Germany".into()),
            obligation_id: None,
            next_review_on: Date::parse("2027-01-31"),
        }
    }
}
