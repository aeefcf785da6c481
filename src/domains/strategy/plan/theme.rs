//! Themes: the few lines along which a plan moves.

use super::theme_lineage;
use steward_core::error::Result;
use steward_core::resource::value::{Name, Note, Number};
use steward_core::resource::{Cause, Check, Id, PartOf, Resource, Scope, Unique, ValidationErrors};

steward_core::resource! {
    /// Theme of a strategic plan. Editable only while the plan is a draft.
    pub struct Theme {
        /// Strategic plan of the theme.
        #[field(refers_to(&["strategy/strategic-plans"]))]
        pub plan_id: Id,
        /// Name of the theme, unique in the plan.
        #[field(unique, search)]
        pub name: Name,
        /// Scope of the theme, and exclusions from it.
        #[field(search)]
        pub description: Option<Note>,
        /// Intended outcome of the theme.
        #[field(search)]
        pub outcome: Option<Note>,
        /// Weight in percent of the plan, more than 0. The weights of a plan's themes must add up to 100 before it is approved.
        pub weight: Number<0, 100>,
        /// Sponsor, accountable for the theme to higher management.
        #[field(refers_to(&["teams/people"]))]
        pub sponsor_id: Option<Id>,
        /// Lineage: the same for this theme in every version of the plan, so that contributions to one version count for the next. A theme
        /// of another version of the plan of the same unit names it; left out, it is that of the theme of the same name in the previous
        /// version, or a new one.
        pub lineage_id: Option<Id>,
    }
}

impl Resource for Theme {
    const PATH: &'static str = "strategy/themes";
    type Table = steward_schema::strategy::themes::table;
    const SCOPE: Scope = Scope::Within("plan_id");
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("plan_id", &["draft"]));
    const UNIQUE: &'static [Unique] = &[Unique { index: "themes_name_key", fields: &["plan_id", "name"] }];

    fn sample() -> Self {
        Theme {
            plan_id: Id::sample(),
            name: "Simpler platforms".into(),
            description: Some("Fewer systems that do the same; nothing about the workplace.".into()),
            outcome: Some("One platform for orders in all countries.".into()),
            weight: Number(40.0),
            sponsor_id: None,
            lineage_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.weight.0 > 0.0, "weight", "range", "Expected more than 0: a theme that weighs nothing is none.");
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if self.lineage_id.is_some() || matches!(cause, Cause::Move(_)) {
            return Ok(None);
        }
        let lineage = theme_lineage::of_namesake(check, self.plan_id, &self.name)?.unwrap_or(check.id);
        Ok(Some(Theme { lineage_id: Some(lineage), ..self.clone() }))
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        match self.lineage_id {
            Some(lineage) => theme_lineage::require_sound(check, self.plan_id, lineage),
            None => Ok(()),
        }
    }
}
