//! The first start of a service: its first unit, its settings, the built-in roles, the first administrator, its keys.

use super::grant::Grant;
use super::role::Role;
use super::user::User;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use steward_core::access::key::{self, Key, Rotation};
use steward_core::access::role::{BUILT_IN, BuiltIn};
use steward_core::access::secret::new_secret;
use steward_core::access::{Pattern, Permissions, Session, password};
use steward_core::database::{Connection, expression::take_turn};
use steward_core::error::{Kind, Problem, Result};
use steward_core::resource::value::{Code, Note, Password, Title, folded};
use steward_core::resource::{Id, Resource};
use steward_core::store::{IfMatch, Origin, Store, Writer};
use steward_core::view::members_of;
use steward_schema::identity::{roles, users};
use steward_schema::service::{registry, revisions};

/// The number by which processes that start at the same time take turns.
const TURN: i64 = 7_853_221_150;

/// The administrator of a new service, with the password if the service has chosen it.
pub struct FirstAdministrator {
    /// The address to log in with.
    pub email: String,
    /// The password, to be shown once; none if the owner chose it.
    pub password: Option<String>,
}

/// Makes what every service has and is not there yet. Returns the first administrator if one was made.
pub async fn bootstrap(store: &Store, email: Option<String>, chosen: Option<String>) -> Result<Option<FirstAdministrator>> {
    let email = email.unwrap_or_else(|| "admin@steward.local".into());
    let made_up = if chosen.is_none() { Some(made_up()) } else { None };
    // A hash takes its time and memory: it is computed where it will be kept, as far as can be told before.
    let is_new = !store.unauthenticated(has_users).await?;
    let password = if is_new { sealed(chosen.or_else(|| made_up.clone()).unwrap_or_default()).await? } else { String::new() };
    let first = members_of(json!({"email": email, "name": "Administrator", "password": password}));
    let system = Arc::new(Session::system());
    let made = store
        .write(&system, &Origin::system(), move |writer| {
            // Two replicas that start together bootstrap one state.
            take_turn(writer.connection, TURN)?;
            bootstrap_rooms(writer)?;
            bootstrap_roles(writer)?;
            let made = bootstrap_administrator(writer, &first)?;
            bootstrap_separation(writer)?;
            Ok(made)
        })
        .await?;
    Ok(made.then_some(FirstAdministrator { email, password: made_up }))
}

/// Gives a user a new password and returns it, to be shown once. The user's logins end.
pub async fn reset_password(store: &Store, email: &str) -> Result<String> {
    let (key, made_up) = (address_key(email), made_up());
    let definition = store.definitions.get(User::PATH).ok_or_else(Problem::not_found)?;
    let patch = password::seal_in_turn(definition, members_of(json!({ "password": made_up }))).await?;
    let reset = move |writer: &mut Writer<'_>| {
        let known: Option<Id> = users::table.filter(users::email_key.eq(&key)).select(users::id).get_result(writer.connection).optional()?;
        let id = known.ok_or_else(|| Problem::new(Kind::NotFound, "No user has that e-mail address. Check it, and that it is the right database."))?;
        writer.because(Some("Reset by the command user reset-password.".into()), |writer| writer.update(definition, id, &IfMatch::Any, &patch))?;
        Ok(())
    };
    store.write(&Arc::new(Session::system()), &Origin::system(), reset).await?;
    Ok(made_up)
}

/// The hash of the first password. Whoever sets up the service is told what is weak about theirs, and not kept from coming in; what is
/// too short or too long stays as it is, to be refused.
async fn sealed(plain: String) -> Result<String> {
    if !Password::LENGTHS.contains(&plain.chars().count()) {
        return Ok(plain);
    }
    if let Some(weakness) = Password::weakness(&plain) {
        tracing::warn!("The password of the first administrator is easily guessed, so change it after the first login. {weakness}");
    }
    password::hash(plain).await
}

/// A password that nobody chose.
fn made_up() -> String {
    new_secret()[..24].to_owned()
}

fn bootstrap_rooms(writer: &mut Writer<'_>) -> Result<()> {
    let some = |collection: &'static str| exists(registry::table.filter(registry::collection.eq(collection).and(registry::deleted_at.is_null())));
    let (has_units, has_settings): (bool, bool) = select((some("teams/units"), some("platform/settings"))).get_result(writer.connection)?;
    if !has_units {
        make(writer, "teams/units", json!({"code": "ORG", "name": "Organisation"}))?;
    }
    if !has_settings {
        make(writer, "platform/settings", json!({"name": "Organisation"}))?;
    }
    Ok(())
}

fn make(writer: &mut Writer<'_>, path: &str, value: Value) -> Result<Id> {
    let definition = writer.store.definitions.get(path).ok_or_else(Problem::not_found)?;
    Ok(writer.create(definition, members_of(value))?.meta.id)
}

/// A role as it stands: the key of its code, id, code, name, description, permissions.
type Standing = (String, Id, Code, Title, Option<Note>, Permissions);

/// Brings the built-in roles to what this version says they are.
fn bootstrap_roles(writer: &mut Writer<'_>) -> Result<()> {
    let definition = writer.definition::<Role>()?;
    let columns = (roles::code_key, roles::id, roles::code, roles::name, roles::description, roles::permissions);
    let standing: Vec<Standing> = roles::table.select(columns).load(writer.connection)?;
    for role in BUILT_IN {
        let known = standing.iter().find(|(key, ..)| key == role.code);
        if known.is_some_and(|known| is_current(role, known)) {
            continue;
        }
        let wanted = members_of(json!({"code": role.code, "name": role.name, "description": role.description, "permissions": role.permissions}));
        match known {
            Some((_, id, ..)) => drop(writer.update(definition, *id, &IfMatch::Any, &wanted)?),
            None => drop(writer.create(definition, wanted)?),
        }
    }
    Ok(())
}

/// True if a built-in role stands as this version says.
fn is_current(role: &BuiltIn, (_, _, code, name, description, permissions): &Standing) -> bool {
    let wanted = role.permissions.iter().filter_map(|permission| Pattern::parse(permission));
    **code == *role.code && **name == *role.name && description.as_deref() == Some(role.description) && wanted.eq(permissions.0.iter().cloned())
}

fn role_of(writer: &mut Writer<'_>, code: &str) -> Result<Option<Id>> {
    Ok(roles::table.filter(roles::code_key.eq(code)).select(roles::id).get_result(writer.connection).optional()?)
}

fn has_users(connection: &mut Connection) -> Result<bool> {
    Ok(select(exists(users::table.select(users::id))).get_result(connection)?)
}

fn bootstrap_administrator(writer: &mut Writer<'_>, first: &Map<String, Value>) -> Result<bool> {
    if has_users(writer.connection)? {
        return Ok(false);
    }
    let user = make(writer, User::PATH, first.clone().into())?;
    let role = role_of(writer, "administrator")?;
    make(writer, Grant::PATH, json!({"principal_id": user.to_string(), "role_id": role.map(|id| id.to_string()), "unit_id": null}))?;
    Ok(true)
}

/// The pairs of steps that a service keeps apart from the beginning: code, what it keeps apart, the two steps, and through what they belong together.
const APART: &[(&str, &str, [&str; 2], Option<&str>)] = &[
    ("SOD-REQUISITION", "Who writes a requisition does not approve it", ["vendors.requisitions:create", "vendors.requisitions:approve"], None),
    ("SOD-ORDER", "Who orders does not approve the invoice", ["vendors.purchase_orders:create", "vendors.invoices:approve"], None),
    (
        "SOD-RECEIPT",
        "Who receives the goods does not approve the invoice",
        ["vendors.receipts:post", "vendors.invoices:approve"],
        Some("vendors/purchase-orders"),
    ),
    ("SOD-PAY", "Who approves an invoice does not pay it", ["vendors.invoices:approve", "vendors.invoices:pay"], None),
    ("SOD-PAYMENT", "Who approves an invoice posts no payment of it", ["vendors.invoices:approve", "vendors.payments:post"], None),
    ("SOD-PAYMENT-ENTRY", "Who enters an invoice posts no payment of it", ["vendors.invoices:create", "vendors.payments:post"], None),
    ("SOD-BANK", "Who changes a bank account does not verify it", ["vendors.bank_accounts:update", "vendors.bank_accounts:verify"], None),
];

/// The rules of separation that every service begins with: those that were never there are made, and those that its owner has changed or
/// deleted since stay so.
fn bootstrap_separation(writer: &mut Writer<'_>) -> Result<()> {
    let known = known_codes(writer.connection)?;
    for (code, name, [first, second], through) in APART.iter().filter(|(code, ..)| !known.contains(&folded(code))) {
        make(writer, "governance/sod-rules", json!({"code": code, "name": name, "first_step": first, "second_step": second, "through": through}))?;
    }
    Ok(())
}

/// The codes that rules of separation have or had, folded.
fn known_codes(connection: &mut Connection) -> Result<HashSet<String>> {
    let written = revisions::table.filter(revisions::collection.eq("governance/sod-rules").and(revisions::document.is_not_null()));
    let written: Vec<Option<String>> = written.select(revisions::document).load(connection)?;
    let code = |document: String| Some(folded(serde_json::from_str::<Value>(&document).ok()?.get("code")?.as_str()?));
    Ok(written.into_iter().flatten().filter_map(code).collect())
}

/// The signing keys of the service; the first one is made here.
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
