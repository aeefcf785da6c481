//! What the requirements of a new version of a framework take over from those that they continue.

use super::applicability_statement::ApplicabilityStatement;
use super::mapping::{Basis, Mapping, Relationship};
use crate::control::control_requirement::{ControlRequirement, Extent};
use diesel::prelude::*;
use diesel::sql_types::Uuid;
use std::collections::{HashMap, HashSet};
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::resource::value::{Note, Whole};
use steward_core::resource::{Check, Effect, Id, Placement};
use steward_schema::governance::{applicability_statements, control_requirements, mappings, requirements};

/// The requirements of a new version by those of the replaced one that they continue.
struct Succession {
    framework: Id,
    replaced: Id,
    next: HashMap<Id, Id>,
}

/// What is made when a version of a framework is published: the controls of each requirement that it continues, unless it has some of its own,
/// the statements of the units that have made none of it, and the mappings, as drafts.
pub fn carried(check: &mut Check<'_>, framework: Id, replaced: Id) -> Result<Vec<Effect>> {
    let continued = requirements::table
        .filter(requirements::framework_id.eq(framework).and(requirements::predecessor_id.assume_not_null().eq_any(of(replaced))))
        .order(requirements::id)
        .select((requirements::predecessor_id.assume_not_null(), requirements::id));
    let next: HashMap<Id, Id> = continued.load::<(Id, Id)>(check.connection)?.into_iter().collect();
    if next.is_empty() {
        return Ok(Vec::new());
    }
    let succession = Succession { framework, replaced, next };
    let mut effects = succession.links(check)?;
    effects.extend(succession.statements(check)?);
    effects.extend(succession.mappings(check)?);
    Ok(effects)
}

/// The ids of the requirements of a framework, as a sub-select.
fn of(framework: Id) -> requirements::BoxedQuery<'static, Dialect, Uuid> {
    requirements::table.filter(requirements::framework_id.eq(framework)).select(requirements::id).into_boxed()
}

impl Succession {
    fn links(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        use control_requirements as links;
        let own: Vec<Id> = links::table.filter(links::requirement_id.eq_any(of(self.framework))).select(links::requirement_id).load(check.connection)?;
        let own: HashSet<Id> = own.into_iter().collect();
        let before = links::table.filter(links::requirement_id.eq_any(of(self.replaced))).order(links::id);
        let before = before.select((links::control_id, links::requirement_id, links::extent, links::rationale));
        let before: Vec<(Id, Id, Extent, Option<Note>)> = before.load(check.connection)?;
        let carried = before.into_iter().filter_map(|(control_id, requirement, extent, rationale)| {
            let requirement_id = *self.next.get(&requirement).filter(|next| !own.contains(next))?;
            Some(Effect::create(Placement::default(), ControlRequirement { control_id, requirement_id, extent, rationale }))
        });
        Ok(carried.collect())
    }

    fn statements(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        use applicability_statements as stated;
        let own = stated::table.filter(stated::requirement_id.eq_any(of(self.framework))).select((stated::requirement_id, stated::unit_id));
        let own: HashSet<(Id, Id)> = own.load::<(Id, Id)>(check.connection)?.into_iter().collect();
        let before = stated::table.filter(stated::requirement_id.eq_any(of(self.replaced))).order(stated::id);
        let before = before.select((stated::requirement_id, stated::unit_id, stated::owner_id, stated::applicable, stated::reason));
        let before: Vec<(Id, Id, Option<Id>, bool, Option<Note>)> = before.load(check.connection)?;
        let carried = before.into_iter().filter_map(|(requirement, unit, owner_id, applicable, reason)| {
            let requirement_id = *self.next.get(&requirement).filter(|next| !own.contains(&(**next, unit)))?;
            let statement = ApplicabilityStatement { requirement_id, applicable, reason };
            Some(Effect::create(Placement { unit_id: Some(unit), owner_id }, statement))
        });
        Ok(carried.collect())
    }

    /// A mapping was judged by the wording before: it is reviewed anew.
    fn mappings(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let (first, second) = (mappings::from_requirement_id, mappings::to_requirement_id);
        let of_either = |framework: Id| first.eq_any(of(framework)).or(second.eq_any(of(framework)));
        let own: Vec<(Id, Id)> = mappings::table.filter(of_either(self.framework)).select((first, second)).load(check.connection)?;
        let mut own: HashSet<(Id, Id)> = own.into_iter().collect();
        let columns = ((first, second), mappings::relationship, mappings::strength, mappings::basis, mappings::rationale, mappings::provenance);
        type Row = ((Id, Id), Relationship, Whole<1, 10>, Basis, Option<Note>, Note);
        let before: Vec<Row> = mappings::table.filter(of_either(self.replaced)).order(mappings::id).select(columns).load(check.connection)?;
        let mut effects = Vec::new();
        for ((from, to), relationship, strength, basis, rationale, provenance) in before {
            let next = |end: Id| self.next.get(&end).copied().unwrap_or(end);
            let (from_requirement_id, to_requirement_id) = (next(from), next(to));
            let pair = (from_requirement_id, to_requirement_id);
            if pair == (from, to) || own.contains(&pair) || own.contains(&(pair.1, pair.0)) {
                continue;
            }
            own.insert(pair);
            let mapping = Mapping { from_requirement_id, to_requirement_id, relationship, strength, basis, rationale, provenance };
            effects.push(Effect::create(Placement::default(), mapping));
        }
        Ok(effects)
    }
}
