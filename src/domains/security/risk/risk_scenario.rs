//! Risk scenarios: the ways in which a risk comes about, and the controls that stand in each.

use super::repetition;
use super::scenario_control::ScenarioControl;
use super::stale_runs::stale;
use serde_json::json;
use steward_core::error::Result;
use steward_core::resource::value::{Note, Number, Title};
use steward_core::resource::{Check, Effect, FieldType, Id, PartOf, Resource, Scope, ValidationErrors};

steward_core::resource! {
    /// Scenario in which a risk occurs: a threat, its target, and the frequency without controls. The residual risk is computed from the
    /// controls and their tests.
    pub struct RiskScenario {
        /// The risk.
        #[field(refers_to(&["security/risks"]), fixed)]
        pub risk_id: Id,
        /// Name of the scenario, in a line.
        #[field(search)]
        pub name: Title,
        /// Course of events, step by step.
        #[field(search)]
        pub description: Option<Note>,
        /// Threat that acts.
        #[field(refers_to(&["security/threats"]))]
        pub threat_id: Option<Id>,
        /// Target of the threat.
        #[field(refers_to(&[
            "security/information-assets",
            "infrastructure/services",
            "infrastructure/devices",
            "infrastructure/virtual-machines",
            "infrastructure/locations",
            "infrastructure/sites",
            "vendors/vendors",
        ]))]
        pub target_id: Option<Id>,
        /// Frequency per year without any control; 0.1 is once in ten years.
        pub inherent_frequency: Number<0, 1_000_000>,
        /// Basis of the frequency.
        pub rationale: Option<Note>,
        /// Controls in the scenario, each once.
        #[field(default(|| json!([])))]
        pub controls: Vec<ScenarioControl>,
    }
}

impl Resource for RiskScenario {
    const PATH: &'static str = "security/risk-scenarios";
    type Table = steward_schema::security::risk_scenarios::table;
    const SCOPE: Scope = Scope::Within("risk_id");
    const PART_OF: Option<PartOf> = Some(PartOf::of("risk_id"));

    fn sample() -> Self {
        RiskScenario {
            risk_id: Id::sample(),
            name: "By an attachment".into(),
            description: Some("Somebody opens an attachment; from that workplace the file server is reached, and from there the database.".into()),
            threat_id: None,
            target_id: None,
            inherent_frequency: Number(2.5),
            rationale: Some("Five such messages were opened in two years.".into()),
            controls: Vec::new(),
        }
    }

    fn effects_of_creation(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        stale(check, self.risk_id)
    }

    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let inputs = |one: &Self| (one.inherent_frequency.0, FieldType::to_json(&one.controls));
        let is_changed = check.before::<Self>()?.is_some_and(|before| inputs(before) != inputs(self));
        if is_changed { stale(check, self.risk_id) } else { Ok(Vec::new()) }
    }

    fn effects_of_removal(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        stale(check, self.risk_id)
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(repetition::twice(&self.control_ids()).is_none(), "controls", "duplicate", "Name each control once.");
    }
}

impl RiskScenario {
    fn control_ids(&self) -> Vec<Id> {
        self.controls.iter().map(|each| each.control_id).collect()
    }
}
