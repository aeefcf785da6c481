//! The RACI matrix: who has what to do with each record, and what is missing.

use crate::approval::{
    held_responsibility::{HeldResponsibility, held},
    raci_gap::{RaciGap, gaps},
    responsibility::{RaciRole, Responsibility},
};
use std::collections::BTreeMap;
use steward_core::resource::value::{Text, Title, Whole};
use steward_core::view::prelude::*;

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Id of the one record; all records if left out.
    #[param(inline)]
    pub subject_id: Option<Id>,
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
        let mut rows: BTreeMap<Id, Vec<&HeldResponsibility>> = BTreeMap::new();
        for each in &held {
            rows.entry(each.subject).or_default().push(each);
        }
        let row = |(subject_id, held): (Id, Vec<&HeldResponsibility>)| {
            let roles: Vec<RaciRole> = held.iter().map(|each| each.role).collect();
            let first = held.first()?;
            let holder = |each: &&HeldResponsibility| RaciHolder { holder_id: each.holder, name: names.get(&each.holder).cloned(), role: each.role };
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
