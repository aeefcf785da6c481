//! Principals: the people who answer for them, and the roles that were granted to them.

use super::{Pattern, Permissions};
use crate::database::{Connection, Dialect};
use crate::error::Result;
use crate::resource::Id;
use diesel::dsl::{IntoBoxed, Select, exists, not, select};
use diesel::prelude::*;
use steward_schema::identity::{grants, roles, service_accounts, users};
use steward_schema::teams::people;

/// The person who answers for a principal: the one whose account it is, or who owns the service account.
pub fn person_of(connection: &mut Connection, principal: Id) -> Result<Option<Id>> {
    let of_user = users::table.find(principal).select(users::person_id);
    let of_service_account = service_accounts::table.find(principal).select(service_accounts::owner_id.nullable());
    let person: Option<Option<Id>> = of_user.union_all(of_service_account).get_result(connection).optional()?;
    Ok(person.flatten())
}

/// The person whose account a principal is: nobody's, for a service account. What only the person themself may do asks for this.
pub fn account_of(connection: &mut Connection, principal: Id) -> Result<Option<Id>> {
    let person: Option<Option<Id>> = users::table.find(principal).select(users::person_id).get_result(connection).optional()?;
    Ok(person.flatten())
}

/// The e-mail address of a user; none for a service account.
pub fn address_of(connection: &mut Connection, principal: Id) -> Result<Option<String>> {
    Ok(users::table.find(principal).select(users::email).get_result(connection).optional()?)
}

/// Everything that a person answers for: their accounts, and the service accounts that they own, a principal among them. A principal
/// that no person answers for is one by itself.
pub fn accounts_of(connection: &mut Connection, principal: Id, person: Option<Id>) -> Result<Vec<Id>> {
    let Some(person) = person else { return Ok(vec![principal]) };
    let mut accounts = accounts_of_person(connection, person)?;
    accounts.retain(|account| *account != principal);
    accounts.push(principal);
    Ok(accounts)
}

/// The accounts of a person, and the service accounts that they own.
pub fn accounts_of_person(connection: &mut Connection, person: Id) -> Result<Vec<Id>> {
    let own = users::table.filter(users::person_id.eq(person)).select(users::id);
    let owned = service_accounts::table.filter(service_accounts::owner_id.eq(person)).select(service_accounts::id);
    Ok(own.union_all(owned).load(connection)?)
}

/// The user accounts of a person, as a sub-select.
pub fn users_of(person: Id) -> IntoBoxed<'static, Select<users::table, users::id>, Dialect> {
    users::table.select(users::id).into_boxed().filter(users::person_id.eq(person))
}

/// The active user accounts of a person, the oldest first.
pub fn active_users_of(connection: &mut Connection, person: Id) -> Result<Vec<Id>> {
    Ok(users_of(person).filter(users::state.eq("active")).order(users::id).load(connection)?)
}

/// Whether somebody works here no more.
pub fn has_left(connection: &mut Connection, person: Id) -> Result<bool> {
    Ok(select(exists(people::table.find(person).filter(people::state.eq("left")))).get_result(connection)?)
}

/// The roles of some accounts in a unit, given with all above it.
pub fn roles_in(connection: &mut Connection, accounts: &[Id], units: &[Id]) -> Result<Vec<Id>> {
    let there = grants::unit_id.is_null().or(grants::unit_id.eq_any(units));
    let held = grants::table.filter(grants::principal_id.eq_any(accounts)).filter(there).filter(not(grants::own));
    Ok(held.select(grants::role_id).distinct().load(connection)?)
}

/// Roles of a principal, each with the unit it was granted on; no unit means everywhere. Those on what is one's own are left out.
pub fn granted_roles(connection: &mut Connection, principal: Id) -> Result<Vec<(Id, Option<Id>)>> {
    let own = grants::table.filter(grants::principal_id.eq(principal).and(not(grants::own))).select((grants::role_id, grants::unit_id));
    Ok(own.load(connection)?)
}

/// The people with an active user account that holds a permission in a unit, given with all above it, but for those who answer for
/// one of the principals that are left out.
pub fn holders(connection: &mut Connection, permission: &str, units: &[Id], except: &[Id]) -> Result<Vec<Id>> {
    let roles = roles_with(connection, permission)?;
    if roles.is_empty() {
        return Ok(Vec::new());
    }
    let principals = grants::table
        .filter(grants::role_id.eq_any(roles))
        .filter(grants::unit_id.is_null().or(grants::unit_id.eq_any(units)))
        .filter(not(grants::own))
        .select(grants::principal_id)
        .into_boxed();
    let person = users::person_id.assume_not_null();
    let with_account = users::table.filter(users::person_id.is_not_null().and(users::id.eq_any(except))).select(person).into_boxed();
    let with_service = service_accounts::table.filter(service_accounts::id.eq_any(except)).select(service_accounts::owner_id).into_boxed();
    let able = users::table
        .filter(users::person_id.is_not_null().and(users::state.eq("active")))
        .filter(users::id.eq_any(principals))
        .filter(person.ne_all(with_account).and(person.ne_all(with_service)));
    Ok(able.select(person).distinct().load(connection)?)
}

/// Whether a role holds a permission; none if there is no such role.
pub fn role_holds(connection: &mut Connection, role: Id, permission: &str) -> Result<Option<bool>> {
    let held: Option<Permissions> = roles::table.find(role).select(roles::permissions).first(connection).optional()?;
    Ok(held.map(|held| Pattern::parse(permission).is_some_and(|wanted| held.0.iter().any(|each| each.covers(&wanted)))))
}

/// The roles that hold a permission.
fn roles_with(connection: &mut Connection, permission: &str) -> Result<Vec<Id>> {
    let Some(wanted) = Pattern::parse(permission) else { return Ok(Vec::new()) };
    let all: Vec<(Id, Permissions)> = roles::table.select((roles::id, roles::permissions)).load(connection)?;
    Ok(all.into_iter().filter(|(_, held)| held.0.iter().any(|held| held.covers(&wanted))).map(|(id, _)| id).collect())
}
