//! Authority over others: what a principal holds, whether anybody is left who may do everything, and what a move in the tree would give.

use super::{Pattern, Permissions, unit_and_above};
use crate::database::expression::{Condition, document_text};
use crate::database::{Connection, Dialect};
use crate::error::Result;
use crate::resource::Id;
use diesel::dsl::{InnerJoin, InnerJoinQuerySource, IntoBoxed, Select, exists, not, select};
use diesel::prelude::*;
use std::collections::BTreeSet;
use steward_schema::identity::{external_identities, grants, identity_providers, roles, users};

/// The lock under which all is written that decides who may do what: two changes that are each sound may not be so together.
pub const LOCK: &str = "authority";

/// What all that there is stands for.
pub const EVERYTHING: &str = "*.*:*";

/// Permissions granted to a principal, whether it is active or not, each with the unit; no unit means everything, and what is granted on
/// one's own counts as that: it may lie anywhere.
pub fn held(connection: &mut Connection, principal: Id) -> Result<BTreeSet<(Pattern, Option<Id>)>> {
    granted(connection, grants::principal_id.eq(principal))
}

/// What a role holds on a unit, or on everything.
pub fn of_role(connection: &mut Connection, role: Id, unit: Option<Id>) -> Result<BTreeSet<(Pattern, Option<Id>)>> {
    let permissions: Option<Permissions> = roles::table.find(role).select(roles::permissions).get_result(connection).optional()?;
    Ok(permissions.into_iter().flat_map(|permissions| permissions.0).map(|permission| (permission, unit)).collect())
}

fn granted<'c, C>(connection: &mut Connection, condition: C) -> Result<BTreeSet<(Pattern, Option<Id>)>>
where
    C: Condition<'c, InnerJoinQuerySource<grants::table, roles::table>>,
{
    let query = grants::table.inner_join(roles::table).filter(condition).select((grants::unit_id, roles::permissions));
    let rows: Vec<(Option<Id>, Permissions)> = query.load(connection)?;
    Ok(rows.into_iter().flat_map(|(unit, permissions)| permissions.0.into_iter().map(move |permission| (permission, unit))).collect())
}

/// What somebody would come to hold on a unit and all below it if it stood under another one: what is granted on that and above it,
/// but not on what the unit stands under now.
pub fn given_by_move(connection: &mut Connection, unit: Id, parent: Id) -> Result<BTreeSet<Pattern>> {
    let known = unit_and_above(connection, unit)?;
    let new: Vec<Id> = unit_and_above(connection, parent)?.into_iter().filter(|above| !known.contains(above)).collect();
    if new.is_empty() {
        return Ok(BTreeSet::new());
    }
    Ok(granted(connection, grants::unit_id.assume_not_null().eq_any(new))?.into_iter().map(|(permission, _)| permission).collect())
}

/// Something that gives somebody the power to do everything, and may be about to go.
#[derive(Debug, Clone, Copy)]
pub enum Pillar {
    /// A user.
    User(Id),
    /// The password of a user.
    Password(Id),
    /// A role.
    Role(Id),
    /// A grant.
    Grant(Id),
}

/// Whether there is an active user who may do everything and can log in, apart from what stands on a pillar.
pub fn stands_without(connection: &mut Connection, pillar: Pillar) -> Result<bool> {
    let Administrators { candidates, holders } = Administrators::new();
    let administrators = match pillar {
        Pillar::User(id) => Administrators { candidates: candidates.filter(users::id.ne(id)), holders },
        Pillar::Password(id) => Administrators { candidates: candidates.filter(users::id.ne(id).or(users::id.eq_any(linked()))), holders },
        Pillar::Role(id) => Administrators { candidates, holders: holders.filter(roles::id.ne(id)) },
        Pillar::Grant(id) => Administrators { candidates, holders: holders.filter(grants::id.ne(id)) },
    };
    administrators.are_there(connection)
}

/// Whether an active user may do everything by it.
pub fn carries(connection: &mut Connection, pillar: Pillar) -> Result<bool> {
    let Administrators { candidates, holders } = Administrators::new();
    let administrators = match pillar {
        Pillar::User(id) | Pillar::Password(id) => Administrators { candidates: candidates.filter(users::id.eq(id)), holders },
        Pillar::Role(id) => Administrators { candidates, holders: holders.filter(roles::id.eq(id)) },
        Pillar::Grant(id) => Administrators { candidates, holders: holders.filter(grants::id.eq(id)) },
    };
    administrators.are_there(connection)
}

/// The active users who have something to log in with, and those of them who may do everything.
struct Administrators {
    candidates: users::BoxedQuery<'static, Dialect>,
    /// The principals that hold everything everywhere.
    holders: IntoBoxed<'static, Select<InnerJoin<grants::table, roles::table>, grants::principal_id>, Dialect>,
}

impl Administrators {
    fn new() -> Administrators {
        let can_log_in = users::password.is_not_null().or(users::id.eq_any(linked()));
        let holders = grants::table.inner_join(roles::table).select(grants::principal_id).into_boxed::<Dialect>();
        let everything = document_text(roles::permissions).like(format!("%\"{EVERYTHING}\"%"));
        Administrators {
            candidates: users::table.filter(users::state.eq("active")).filter(can_log_in).into_boxed(),
            holders: holders.filter(grants::unit_id.is_null().and(not(grants::own))).filter(everything),
        }
    }

    fn are_there(self, connection: &mut Connection) -> Result<bool> {
        Ok(select(exists(self.candidates.filter(users::id.eq_any(self.holders)))).get_result(connection)?)
    }
}

/// The users who can log in through an identity provider.
fn linked() -> IntoBoxed<'static, Select<InnerJoin<external_identities::table, identity_providers::table>, external_identities::user_id>, Dialect> {
    let linked = external_identities::table.inner_join(identity_providers::table).select(external_identities::user_id).into_boxed();
    linked.filter(identity_providers::state.eq("active"))
}
