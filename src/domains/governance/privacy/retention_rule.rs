//! Retention rules: how long something is kept, and what happens to it then.

use crate::choice;
use crate::resource::value::{Code, Date, Note, Title, Whole};
use crate::resource::{Guard, Id, Lifecycle, Resource, Scope, Unique};
use serde_json::json;

choice! {
    /// What the time of keeping counts from.
    pub enum RetentionStart {
        /// When it was made.
        Created = "created",
        /// When it was last changed.
        Changed = "changed",
        /// When the matter was closed.
        Closed = "closed",
        /// When the contract or employment ended.
        Ended = "ended",
        /// The end of the year in which it was made.
        YearEnd = "year_end",
    }
}

choice! {
    /// What happens when the time is over.
    pub enum RetentionAction {
        /// It is deleted.
        Delete = "delete",
        /// What tells whose it is, is erased.
        Anonymise = "anonymise",
        /// It goes to an archive.
        Archive = "archive",
        /// Somebody looks at it and decides.
        Review = "review",
    }
}

crate::resource! {
    /// How long something is kept, and what happens to it then. What a legal hold keeps stays, whatever a rule says.
    pub struct RetentionRule {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// What it applies to: kinds of records and data.
        #[field(search)]
        pub applies_to: Note,
        /// What the time counts from.
        #[field(default(|| json!("created")))]
        pub counts_from: RetentionStart,
        /// For how many months it is kept.
        pub keep_months: Whole<0, 1200>,
        /// What happens then.
        #[field(default(|| json!("delete")))]
        pub action: RetentionAction,
        /// The law or interest that it rests on. An active rule says so.
        #[field(search)]
        pub legal_basis: Option<Note>,
        /// The country or region where it holds.
        pub jurisdiction: Option<Title>,
        /// The obligation that asks for it.
        #[field(refers_to(&["governance/obligations"]))]
        pub obligation_id: Option<Id>,
        /// When it is looked at again.
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
