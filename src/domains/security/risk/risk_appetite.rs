//! Risk appetites: how much risk a unit is willing to run, and how great an opportunity it lets pass.

use super::risk_category::RiskCategory;
use super::risk_kind::RiskKind;
use super::risk_matrix::LevelNumber;
use serde_json::json;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Date, Money, Note, Title, Whole};
use steward_core::resource::{Check, Id, Lock, Resource, Rule, Scope, ValidationErrors};

steward_core::resource! {
    /// Amount of risk that a unit, with the units below it, is willing to take over a span of days: for one category of risks, or for all
    /// categories without an appetite of their own. The appetite of the nearest unit counts, and within it that of the category before the
    /// general one. Threats and opportunities have appetites of their own: a threat above its appetite is treated or accepted by an exception,
    /// an opportunity above its appetite is pursued or left by an exception.
    pub struct RiskAppetite {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Type of the risks concerned: threats or opportunities.
        #[field(default(|| json!("threat")))]
        pub kind: RiskKind,
        /// Category of risks; none for all others.
        pub category: Option<RiskCategory>,
        /// Matrix whose levels the appetite names.
        #[field(refers_to(&["security/risk-matrices"]))]
        pub risk_matrix_id: Id,
        /// Greatest risk level taken without an exception, by its number in the matrix; for opportunities, the greatest level left without a
        /// treatment that pursues it.
        pub max_level: LevelNumber,
        /// Greatest expected annual loss of one risk taken without an exception; for threats only.
        pub max_expected_annual_loss: Option<Money>,
        /// Statement of the appetite in words.
        #[field(search)]
        pub statement: Option<Note>,
        /// First day. At most one appetite is in force for a unit, a kind and a category on a day.
        #[field(event)]
        pub starts_on: Date,
        /// Last day; none if open-ended.
        #[field(event)]
        pub ends_on: Option<Date>,
    }
}

impl Resource for RiskAppetite {
    const PATH: &'static str = "security/risk-appetites";
    type Table = steward_schema::security::risk_appetites::table;
    const SCOPE: Scope = Scope::Unit;
    const RULES: &'static [Rule] = &[Rule::NoOverlap { same: &["unit_id", "kind", "category"], starts: "starts_on", ends: "ends_on" }];

    fn sample() -> Self {
        RiskAppetite {
            name: "Security of production".into(),
            kind: RiskKind::Threat,
            category: Some(RiskCategory::Security),
            risk_matrix_id: Id::sample(),
            max_level: Whole(2),
            max_expected_annual_loss: Some(Money::sample("50000", "EUR")),
            statement: Some("No risk above moderate is run without the board knowing it.".into()),
            starts_on: Date::sample("2026-01-01"),
            ends_on: Date::parse("2026-12-31"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), self.ends_on, "ends_on");
        let sound = self.max_expected_annual_loss.is_none_or(|loss| loss.minor >= 0);
        faults.require(sound, "max_expected_annual_loss", "range", "Expected 0 or more.");
        let threat = self.kind == RiskKind::Threat || self.max_expected_annual_loss.is_none();
        faults.require(threat, "max_expected_annual_loss", "kind", "Opportunities bring no loss. State their appetite by the level alone.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.risk_matrix_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let levels = super::matrix_lookup::load(check.connection, &[self.risk_matrix_id])?.get(&self.risk_matrix_id).map(|matrix| matrix.levels);
        if levels.is_none_or(|levels| usize::try_from(self.max_level.0).is_ok_and(|level| level <= levels)) {
            return Ok(());
        }
        Err(Problem::invalid(vec![FieldError::new("/max_level", "unknown_level", "The matrix has no such risk level.")]).into())
    }
}
