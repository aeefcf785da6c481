//! Asset assignments: who or what has an asset, and since when.

use super::asset::Asset;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note};
use steward_core::resource::{Check, Effect, Guard, Id, Lifecycle, Lock, Move, Own, Resource, Scope, ValidationErrors};
use steward_schema::infrastructure::{asset_assignments, assets};
use steward_schema::service::registry;

steward_core::resource! {
    /// Assignment of an asset to a holder until its return. An asset has one assignment at a time. Acceptance deploys an asset that is in
    /// stock and makes a person its custodian; return brings it into stock again.
    pub struct AssetAssignment {
        /// Assigned asset.
        #[field(refers_to(&["infrastructure/assets"]), fixed)]
        pub asset_id: Id,
        /// Person, unit or location that holds it.
        #[field(refers_to(&["teams/people", "teams/units", "infrastructure/locations"]), fixed)]
        pub assignee_id: Id,
        /// Date of hand-out.
        #[field(event)]
        pub starts_on: Date,
        /// Expected date of return.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Date of return; required for `returned`.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Reason for the assignment.
        #[field(search)]
        pub purpose: Option<Note>,
        /// Condition at hand-out.
        pub condition_out: Option<Note>,
        /// Condition at return.
        pub condition_back: Option<Note>,
        /// Signed receipt.
        #[field(refers_to(&["platform/files"]))]
        pub receipt_file_id: Option<Id>,
    }
}

impl Resource for AssetAssignment {
    const PATH: &'static str = "infrastructure/asset-assignments";
    type Table = steward_schema::infrastructure::asset_assignments::table;
    const SCOPE: Scope = Scope::Within("asset_id");
    const BEGINS_AT_ONCE: bool = true;
    const OWN: &'static [Own] = &[Own::named("assignee_id").only(&["read", "accept", "decline"])];
    const TITLE: &'static str = "starts_on";
    const GUARDS: &'static [Guard] = &[Guard::set(&["returned"], &["ends_on"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("checked_out→accepted:accept|declined:decline→returned:give_back"))
    }

    fn sample() -> Self {
        AssetAssignment {
            asset_id: Id::sample(),
            assignee_id: Id::sample(),
            starts_on: Date::sample("2026-03-02"),
            due_on: Date::parse("2026-06-30"),
            ends_on: Date::parse("2026-06-12"),
            purpose: Some("Work from home during the rebuilding of the office.".into()),
            condition_out: Some("New, with charger.".into()),
            condition_back: Some("A scratch on the lid; charger missing.".into()),
            receipt_file_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), self.due_on, "due_on");
        faults.span(Some(self.starts_on), self.ends_on, "ends_on");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.asset_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_some() || check.state == Some("returned") {
            return Ok(());
        }
        let state: Option<String> = assets::table.find(self.asset_id).select(assets::state).first(check.connection).optional()?;
        if let Some(state) = state.filter(|state| ["retired", "disposed", "lost", "stolen"].contains(&state.as_str())) {
            let detail = format!("The asset is {state}, and is not handed out. Choose another asset, or bring it back into stock first.");
            return Err(Problem::conflict("/asset_id", "state", detail).into());
        }
        let other = asset_assignments::table
            .filter(asset_assignments::asset_id.eq(self.asset_id))
            .filter(asset_assignments::id.ne(check.id))
            .filter(asset_assignments::state.ne("returned"));
        if select(exists(other)).get_result(check.connection)? {
            return Err(Problem::conflict("/asset_id", "assigned", "The asset is assigned already. Have it returned first.").into());
        }
        Ok(())
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let (from, to) = match step.to {
            "accepted" => ("in_stock", "deployed"),
            "returned" => ("deployed", "in_stock"),
            _ => return Ok(Vec::new()),
        };
        let found: Option<(String, Option<Id>)> =
            assets::table.find(self.asset_id).select((assets::state, assets::custodian_id)).first(check.connection).optional()?;
        let Some((state, custodian)) = found else { return Ok(Vec::new()) };
        let person = select(exists(registry::table.find(self.assignee_id).filter(registry::collection.eq("teams/people"))));
        let holder = Some(self.assignee_id).filter(|_| to == "deployed" || custodian == Some(self.assignee_id));
        let mut effects = Vec::new();
        if let Some(holder) = holder.filter(|holder| to == "in_stock" || custodian != Some(*holder))
            && person.get_result(check.connection)?
        {
            let custodian = Some(holder).filter(|_| to == "deployed");
            effects.push(Effect::update(self.asset_id, move |asset: &mut Asset| asset.custodian_id = custodian));
        }
        effects.extend((state == from).then(|| Effect::transition::<Asset>(self.asset_id, to)));
        Ok(effects)
    }
}
