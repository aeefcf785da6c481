//! Amendments: what changes a contract that is signed.

use super::notice::{NoticePeriod, NoticeTo, RenewalKind};
use crate::error::Result;
use crate::resource::value::{Currency, Date, FieldType, Money, Note, Title, Whole};
use crate::resource::{Check, Effect, Faults, Guard, Id, Lifecycle, Model, Move, Resource, Scope, Worth};
use serde_json::{Map, Value, json};

crate::resource! {
    /// A change of a contract that is approved. What it changes is written into the contract when it is signed; what is left out
    /// stays as it is. Lines of the contract can name it.
    pub struct Amendment {
        /// The contract.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Id,
        /// Its number, counted from 1.
        pub number: Whole<1, 1000>,
        /// What it is called.
        #[field(search)]
        pub title: Title,
        /// What changes and why.
        #[field(search)]
        pub description: Option<Note>,
        /// The day from which it holds.
        pub effective_on: Date,
        /// What it adds to the value of the contract; below 0 it takes away.
        pub value_change: Option<Money>,
        /// The last day of the contract from now on.
        pub new_ends_on: Option<Date>,
        /// Whether the contract has no end from now on.
        #[field(default(|| json!(false)))]
        pub new_evergreen: bool,
        /// The first day to which the contract can be ended from now on.
        pub new_minimum_ends_on: Option<Date>,
        /// What happens at the end of the term from now on.
        pub new_renewal: Option<RenewalKind>,
        /// How many months a further term lasts from now on.
        pub new_renewal_months: Option<Whole<1, 240>>,
        /// The notice period from now on.
        pub new_notice_period: Option<NoticePeriod>,
        /// To which days the contract can be ended from now on.
        pub new_notice_to: Option<NoticeTo>,
        /// The most that may be ordered from now on, in the currency of the contract.
        pub new_ceiling: Option<Money>,
        /// Within how many days invoices are paid from now on.
        pub new_payment_days: Option<Whole<0, 365>>,
        /// Where data may be kept from now on.
        pub new_data_location: Option<Title>,
        /// The day on which a data processing agreement was signed with it.
        pub new_dpa_signed_on: Option<Date>,
        /// The document.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for Amendment {
    const PATH: &'static str = "vendors/amendments";
    type Table = steward_schema::vendors::amendments::table;
    const SCOPE: Scope = Scope::Within("contract_id");
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const GUARDS: &'static [Guard] = &[Guard::referred(&["signed"], "contract_id", &["signed", "active", "suspended"])];
    const UNDATED: &'static [&'static str] = &["new_minimum_ends_on"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→approved→signed").approving(&["approve"]).worth(&[Worth::Field("value_change"), Worth::Field("new_ceiling")]))
    }

    fn sample() -> Self {
        Amendment {
            contract_id: Id::sample(),
            number: Whole(1),
            title: "Four further racks".into(),
            description: Some("The second site grows; the term is longer in return.".into()),
            effective_on: Date::sample("2025-07-01"),
            value_change: Some(Money::new(9_216_000, Currency::sample("EUR"))),
            new_ends_on: Date::parse("2027-12-31"),
            new_evergreen: false,
            new_minimum_ends_on: Date::parse("2026-12-31"),
            new_renewal: Some(RenewalKind::Tacit),
            new_renewal_months: Some(Whole(12)),
            new_notice_period: Some(NoticePeriod { value: Whole(6), unit: super::notice::NoticeUnit::Months }),
            new_notice_to: Some(NoticeTo::EndOfTerm),
            new_ceiling: Some(Money::new(140_000_000, Currency::sample("EUR"))),
            new_payment_days: Some(Whole(30)),
            new_data_location: Some("European Union".into()),
            new_dpa_signed_on: Date::parse("2025-06-20"),
            file_id: None,
        }
    }

    fn rules(&self, faults: &mut Faults) {
        faults.require(
            !self.new_evergreen || self.new_ends_on.is_none(),
            "new_ends_on",
            "contradiction",
            "What is evergreen has no end. Leave one of the two out.",
        );
        let keeps = !self.new_evergreen || self.new_renewal.is_none_or(|renewal| renewal == RenewalKind::None);
        faults.require(keeps, "new_renewal", "contradiction", "What is evergreen is not renewed. Leave it out.");
    }

    fn effects(&self, step: &Move, _check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to != "signed" {
            return Ok(Vec::new());
        }
        let changes = self.changes();
        Ok(if changes.is_empty() { Vec::new() } else { vec![Effect::update("vendors/contracts", self.contract_id, changes.into())] })
    }
}

impl Amendment {
    /// The fields of the contract that it changes.
    fn changes(&self) -> Map<String, Value> {
        let fields = Model::to_json(self);
        let told = fields.into_iter().filter(|(name, value)| name != "new_evergreen" && !value.is_null());
        let mut changes: Map<String, Value> = told.filter_map(|(name, value)| Some((name.strip_prefix("new_")?.to_owned(), value))).collect();
        if self.new_evergreen {
            changes.insert("ends_on".into(), Value::Null);
            changes.insert("renewal".into(), RenewalKind::None.to_json());
            changes.insert("renewal_months".into(), Value::Null);
        }
        changes
    }
}
