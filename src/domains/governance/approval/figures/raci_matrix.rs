//! The RACI matrix: who has what to do with each record, and what is missing.

use crate::approval::responsibility::{RaciRole, Responsibility};
use diesel::query_source::Alias;
use std::collections::BTreeMap;
use steward_core::choice;
use steward_core::database::Narrowed;
use steward_core::resource::value::{Text, Title, Whole};
use steward_core::store::visible;
use steward_core::view::prelude::*;
use steward_schema::governance::responsibilities;
use steward_schema::service::registry;

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Id of the one record; all records if left out.
    #[param(inline)]
    pub subject_id: Option<Id>,
}

choice! {
    /// Gap in the responsibilities for a record.
    pub enum RaciGap {
        /// Nobody is accountable for the record.
        NobodyAccountable = "nobody_accountable",
        /// Nobody is responsible for the work.
        NobodyResponsible = "nobody_responsible",
    }
}

/// Holder of a responsibility for a record.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RaciHolder {
    /// Person, team, unit or role.
    pub holder_id: Id,
    /// Name of the holder; null if you may not see it.
    pub name: Option<Title>,
    /// Responsibility of the holder for the record (RACI).
    pub role: RaciRole,
}

/// A record and its responsibilities.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RaciRow {
    /// The record.
    pub subject_id: Id,
    /// Collection of the record.
    pub collection: Text<1, 100>,
    /// Title of the record.
    pub title: Title,
    /// Holders of responsibilities for the record.
    pub holders: Vec<RaciHolder>,
    /// Gaps in the responsibilities.
    pub gaps: Vec<RaciGap>,
}

/// The RACI matrix.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RaciMatrix {
    /// Number of records.
    pub subjects: Whole<0, 1_000_000_000>,
    /// Number of records with gaps.
    pub with_gaps: Whole<0, 1_000_000_000>,
    /// The records, those with gaps first.
    pub data: Vec<RaciRow>,
}

impl View for RaciMatrix {
    const PATH: &'static str = "governance/responsibilities/matrix";
    const OPERATION_ID: &'static str = "get_responsibility_matrix";
    const SUMMARY: &'static str = "Get the RACI matrix";
    const DESCRIPTION: &'static str = "Responsibilities for each record that has any: responsible, accountable, consulted and informed holders, over the responsibilities and records that you may see. \
        Each record has one accountable and at least one responsible holder; `gaps` names what is missing. Records with gaps are first.";
    type Reads = (Responsibility,);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let held = held(cx, query.subject_id)?;
        let mut names = BTreeMap::new();
        for collection in ["teams/people", "teams/teams", "teams/units", "teams/role-profiles"] {
            let ids: Vec<Id> = held.iter().filter(|each| each.held_by == collection).map(|each| each.holder).collect();
            names.extend(cx.titles(collection, &ids)?);
        }
        let mut rows: BTreeMap<Id, Vec<&Held>> = BTreeMap::new();
        for each in &held {
            rows.entry(each.subject).or_default().push(each);
        }
        let row = |(subject_id, held): (Id, Vec<&Held>)| {
            let roles: Vec<RaciRole> = held.iter().map(|each| each.role).collect();
            let first = held.first()?;
            let holder = |each: &&Held| RaciHolder { holder_id: each.holder, name: names.get(&each.holder).cloned(), role: each.role };
            let (collection, title) = (Text::cut(&first.collection), Title::cut(&first.title));
            Some(RaciRow { subject_id, collection, title, holders: held.iter().map(holder).collect(), gaps: gaps(&roles) })
        };
        let mut data: Vec<RaciRow> = rows.into_iter().filter_map(row).collect();
        data.sort_by_key(|row| (row.gaps.is_empty(), row.subject_id));
        let count = |number: usize| Whole(i64::try_from(number).unwrap_or(i64::MAX));
        let with_gaps = count(data.iter().filter(|row| !row.gaps.is_empty()).count());
        Ok(RaciMatrix { subjects: count(data.len()), with_gaps, data })
    }
}

/// What a record lacks that has these roles.
fn gaps(roles: &[RaciRole]) -> Vec<RaciGap> {
    let lacks = |role: RaciRole, gap: RaciGap| (!roles.contains(&role)).then_some(gap);
    [lacks(RaciRole::Accountable, RaciGap::NobodyAccountable), lacks(RaciRole::Responsible, RaciGap::NobodyResponsible)].into_iter().flatten().collect()
}

/// A responsibility and what it is about.
#[derive(Queryable)]
struct Held {
    subject: Id,
    collection: String,
    title: String,
    holder: Id,
    held_by: String,
    role: RaciRole,
}

diesel::alias!(registry as r: Subject, registry as o: Root, registry as h: Holder);

fn held(reader: &mut Reader<'_>, subject: Option<Id>) -> Result<Vec<Held>> {
    let seen = reader.sees::<Responsibility>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    // The condition names the entry of a record `r`, and that of the record that it is part of `o`.
    let in_sight: Narrowed<Alias<Root>> = Narrowed::to(visible(&reader.store.definitions, reader.session));
    let mut held = responsibilities::table
        .inner_join(r.on(r.field(registry::id).eq(responsibilities::subject_id)))
        .inner_join(o.on(o.field(registry::id).eq(r.field(registry::root_id))))
        .inner_join(h.on(h.field(registry::id).eq(responsibilities::holder_id)))
        .filter(seen.clone())
        .filter(in_sight)
        .order(responsibilities::id)
        .select((
            responsibilities::subject_id,
            r.field(registry::collection),
            r.field(registry::title),
            responsibilities::holder_id,
            h.field(registry::collection),
            responsibilities::role,
        ))
        .into_boxed();
    if let Some(subject) = subject {
        held = held.filter(responsibilities::subject_id.eq(subject));
    }
    Ok(held.load(reader.within(&seen))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_needs_one_who_answers_for_it_and_one_who_does_the_work() {
        assert_eq!(gaps(&[RaciRole::Accountable, RaciRole::Responsible, RaciRole::Responsible]), []);
        assert_eq!(gaps(&[RaciRole::Responsible, RaciRole::Informed]), [RaciGap::NobodyAccountable]);
        assert_eq!(gaps(&[RaciRole::Consulted]), [RaciGap::NobodyAccountable, RaciGap::NobodyResponsible]);
    }
}
