//! The first start of a house: its first unit, its settings, the built-in roles, the first administrator, its keys.

use super::grant::Grant;
use super::role::Role;
use super::user::User;
use crate::access::key::{self, Key, Rotation};
use crate::access::role::BUILT_IN;
use crate::access::secret::new_secret;
use crate::access::{Session, password};
use crate::database::{Kind, Statement};
use crate::error::Result;
use crate::resource::value::folded;
use crate::resource::{Id, Resource};
use crate::store::{IfMatch, Origin, Store, Writer};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The administrator of a new house, with the password if the house has chosen it.
pub struct FirstAdministrator {
    /// The address to log in with.
    pub email: String,
    /// The password, to be shown once; none if the owner chose it.
    pub password: Option<String>,
}

/// Makes what every house has and is not there yet. Returns the first administrator if one was made.
pub async fn furnish(store: &Store, email: Option<String>, chosen: Option<String>) -> Result<Option<FirstAdministrator>> {
    let email = email.unwrap_or_else(|| "admin@steward.local".into());
    let made_up = if chosen.is_none() { Some(new_secret()[..24].to_owned()) } else { None };
    let plain = chosen.or_else(|| made_up.clone()).unwrap_or_default();
    let hash = password::hash(plain).await;
    let (address, system) = (email.clone(), Arc::new(Session::system()));
    let made = store
        .write(&system, &Origin::house(), move |writer| {
            if writer.connection.is_postgres() {
                // Two replicas that start together furnish one house.
                Statement::new("SELECT pg_advisory_xact_lock(7853221150)").execute(writer.connection)?;
            }
            furnish_rooms(writer)?;
            furnish_roles(writer)?;
            furnish_administrator(writer, &address, hash.as_deref())
        })
        .await?;
    Ok(made.then_some(FirstAdministrator { email, password: made_up }))
}

fn is_empty(writer: &mut Writer<'_>, query: &'static str) -> Result<bool> {
    Ok(Statement::new(query).first(writer.connection, &[Kind::Id])?.is_none())
}

fn members(value: Value) -> Map<String, Value> {
    if let Value::Object(members) = value { members } else { Map::new() }
}

fn furnish_rooms(writer: &mut Writer<'_>) -> Result<()> {
    if is_empty(writer, "SELECT id FROM units LIMIT 1")? {
        make(writer, "teams/units", json!({"code": "ORG", "name": "Organisation"}))?;
    }
    if is_empty(writer, "SELECT id FROM settings LIMIT 1")? {
        make(writer, "platform/settings", json!({"name": "Organisation"}))?;
    }
    Ok(())
}

fn make(writer: &mut Writer<'_>, path: &str, value: Value) -> Result<Id> {
    let definition = writer.store.definitions.get(path).ok_or_else(crate::error::Problem::not_found)?;
    Ok(writer.create(definition, members(value))?.meta.id)
}

/// Brings the built-in roles to what this version says they are.
fn furnish_roles(writer: &mut Writer<'_>) -> Result<()> {
    let definition = writer.definition::<Role>()?;
    for role in BUILT_IN {
        let wanted = members(json!({"code": role.code, "name": role.name, "description": role.description, "permissions": role.permissions}));
        let known = Statement::new("SELECT id FROM roles WHERE code_key = ").with(role.code, "").first(writer.connection, &[Kind::Id])?;
        match known.and_then(|row| row[0].as_id()) {
            Some(id) => drop(writer.update(definition, id, &IfMatch::Any, &wanted)?),
            None => drop(writer.create(definition, wanted)?),
        }
    }
    Ok(())
}

fn furnish_administrator(writer: &mut Writer<'_>, email: &str, hash: Option<&str>) -> Result<bool> {
    if !is_empty(writer, "SELECT id FROM users LIMIT 1")? {
        return Ok(false);
    }
    let user = make(writer, User::PATH, json!({"email": email, "name": "Administrator", "password": hash}))?;
    let role = Statement::new("SELECT id FROM roles WHERE code_key = ").with("administrator", "").first(writer.connection, &[Kind::Id])?;
    let role = role.and_then(|row| row[0].as_id());
    make(writer, Grant::PATH, json!({"principal_id": user.to_string(), "role_id": role.map(|id| id.to_string()), "unit_id": null}))?;
    Ok(true)
}

/// The signing keys of the house; the first one is made here.
pub async fn keys(store: &Store) -> Result<Vec<Key>> {
    let now = store.now();
    store
        .by_itself(move |connection| {
            key::make_first(connection, now)?;
            key::read(connection)
        })
        .await
}

/// Publishes a new signing key, which takes the place of the one before it.
pub async fn rotate_keys(store: &Store, compromised: bool) -> Result<Option<Rotation>> {
    let now = store.now();
    store.change_access(move |connection| key::rotate(connection, now, compromised)).await
}

/// The form in which an address is looked up.
pub fn address_key(email: &str) -> String {
    folded(email.trim())
}
