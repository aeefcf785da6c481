//! Whose account an external identity is, and what the claims give it.

use super::super::bootstrap::address_key;
use super::super::external_identity::ExternalIdentity;
use super::super::grant::Grant;
use super::super::identity_provider::IdentityProvider;
use super::super::user::User;
use super::claim::{claim, text};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use steward_core::access::Session;
use steward_core::access::login::Login;
use steward_core::database::Connection;
use steward_core::database::expression::{locked, shared};
use steward_core::error::{Error, Kind, Problem, Result};
use steward_core::resource::value::{Instant, Title};
use steward_core::resource::{Id, Resource};
use steward_core::store::{IfMatch, Writer};
use steward_core::view::members_of;
use steward_schema::identity::{claim_mappings, external_identities, grants, identity_providers, users};
use steward_schema::service::external_logins;

/// What a login is renewed with.
#[derive(Debug, Clone)]
pub struct Renewal {
    /// The refresh token.
    pub secret: String,
    /// Until when it is valid.
    pub until: Instant,
}

/// How long a subject may be (OpenID Connect Core 1.0, section 2).
const LONGEST_SUBJECT: usize = 255;

/// Finds or makes the account of whom the claims speak of, brings its grants in line and begins a login.
pub fn settle(writer: &mut Writer<'_>, provider_id: Id, claims: &Value, renewal: &Renewal) -> Result<Result<Login, &'static str>> {
    hold_provider(writer.connection, provider_id)?;
    let (stored, provider) = writer.reader().get_typed::<IdentityProvider>(provider_id)?;
    if stored.meta.state.as_deref() != Some("active") {
        return Ok(Err("the provider has just been disabled"));
    }
    let subject = text(claims, &provider.subject_claim).filter(|subject| !subject.trim().is_empty() && subject.chars().count() <= LONGEST_SUBJECT);
    let Some(subject) = subject else { return Ok(Err("its subject is missing or no text")) };
    let (identity, user) = match linked(writer.connection, provider_id, subject)? {
        Some(found) => found,
        None => match welcome(writer, (provider_id, &provider), subject, claims)? {
            Ok(made) => made,
            Err(reason) => return Ok(Err(reason)),
        },
    };
    hold_user(writer.connection, user)?;
    if Session::load(writer.connection, user)?.is_none() {
        return Ok(Err("the user is disabled"));
    }
    align(writer, (provider_id, identity), user, claims)?;
    let login = Login::begin(writer.connection, user, writer.now, renewal.until)?;
    login.keep_token(writer.connection, &renewal.secret, renewal.until)?;
    let begun = (external_logins::login_id.eq(login.id), external_logins::external_identity_id.eq(identity));
    let inserted = diesel::insert_into(external_logins::table).values(begun).execute(writer.connection);
    inserted.map_err(|_| Problem::conflict("", "unlinked", "The external identity has just been deleted."))?;
    Ok(Ok(login))
}

/// Keeps a provider as it is until the end of the transaction. SQLite has one writer.
fn hold_provider(connection: &mut Connection, provider: Id) -> Result<()> {
    if connection.is_postgres() {
        shared(identity_providers::table.find(provider).select(identity_providers::id)).execute(connection)?;
    }
    Ok(())
}

/// Lets exchanges of one user come one after the other.
fn hold_user(connection: &mut Connection, user: Id) -> Result<()> {
    if connection.is_postgres() {
        locked(users::table.find(user).select(users::id)).execute(connection)?;
    }
    Ok(())
}

/// The external identity of a subject and its user. Subjects are the provider's own: no user's id or address is asked.
fn linked(connection: &mut Connection, provider: Id, subject: &str) -> Result<Option<(Id, Id)>> {
    let identity = external_identities::table.filter(external_identities::provider_id.eq(provider).and(external_identities::subject.eq(subject)));
    Ok(identity.select((external_identities::id, external_identities::user_id)).get_result(connection).optional()?)
}

/// An account for somebody who is seen for the first time, where the provider is trusted with that. An address that
/// somebody has already is refused, not linked: nobody here has proved that it is theirs.
fn welcome(writer: &mut Writer<'_>, (provider_id, provider): (Id, &IdentityProvider), subject: &str, claims: &Value) -> Result<Result<(Id, Id), &'static str>> {
    if !provider.accounts_on_first_sight {
        return Ok(Err("nobody is linked to its subject, and the provider makes no accounts"));
    }
    // The specification says a boolean. A string is not taken for one: what is not certain is not verified.
    if claims.get("email_verified") != Some(&Value::Bool(true)) {
        return Ok(Err("its e-mail address is not verified"));
    }
    let Some(email) = text(claims, &provider.email_claim) else { return Ok(Err("it names no e-mail address")) };
    let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default();
    if !provider.email_domains.iter().any(|allowed| **allowed == domain) {
        return Ok(Err("its e-mail address is of another domain"));
    }
    let taken: bool = select(exists(users::table.filter(users::email_key.eq(address_key(email))))).get_result(writer.connection)?;
    if taken {
        // Another exchange of the same subject may have made the account and the link since this one looked for them.
        return Ok(linked(writer.connection, provider_id, subject)?.ok_or("its e-mail address is another account's; an administrator may link the two"));
    }
    let name = text(claims, &provider.name_claim).map(str::trim).filter(|name| !name.is_empty()).unwrap_or(email);
    let user = make::<User>(writer, json!({"email": email, "name": Title::cut(name).0}))?;
    let identity = make::<ExternalIdentity>(writer, json!({"provider_id": provider_id.to_string(), "subject": subject, "user_id": user.to_string()}))?;
    Ok(Ok((identity, user)))
}

fn make<R: Resource>(writer: &mut Writer<'_>, value: Value) -> Result<Id> {
    let definition = writer.definition::<R>()?;
    let members = members_of(value);
    Ok(writer.create(definition, members)?.meta.id)
}

/// Gives what the claims give and takes what earlier ones gave. What people have granted is theirs to take away.
fn align(writer: &mut Writer<'_>, (provider, identity): (Id, Id), user: Id, claims: &Value) -> Result<()> {
    let wanted = wanted(writer.connection, provider, claims)?;
    let query = grants::table.filter(grants::principal_id.eq(user)).order(grants::id);
    let held: Vec<(Id, Place, Option<Id>)> =
        query.select((grants::id, (grants::role_id, grants::unit_id, grants::own), grants::external_identity_id)).load(writer.connection)?;
    for (role, unit, own) in wanted.iter().filter(|place| !held.iter().any(|(_, held, _)| held == *place)) {
        let unit = unit.map(|unit| unit.to_string());
        let members =
            json!({"principal_id": user.to_string(), "role_id": role.to_string(), "unit_id": unit, "own": own, "external_identity_id": identity.to_string()});
        make::<Grant>(writer, members)?;
    }
    let definition = writer.definition::<Grant>()?;
    for (grant, ..) in held.iter().filter(|(_, place, by)| *by == Some(identity) && !wanted.contains(place)) {
        match writer.delete(definition, *grant, &IfMatch::Any) {
            // A service is never left without an administrator, whatever a provider says.
            Err(Error::Problem(problem)) if problem.kind == Kind::Conflict => {
                tracing::warn!(%grant, reason = problem.detail, "a grant stays though its claim is gone");
            }
            outcome => outcome?,
        }
    }
    Ok(())
}

/// A role, its unit, and whether it is for what is one's own.
type Place = (Id, Option<Id>, bool);

/// The roles that the claims give, and where.
fn wanted(connection: &mut Connection, provider: Id, claims: &Value) -> Result<BTreeSet<Place>> {
    let mappings = claim_mappings::table.filter(claim_mappings::provider_id.eq(provider));
    let columns = (claim_mappings::claim, claim_mappings::value, (claim_mappings::role_id, claim_mappings::unit_id, claim_mappings::own));
    let mappings: Vec<(String, String, Place)> = mappings.select(columns).load(connection)?;
    let gives = |path: &str, wanted: &str| match claim(claims, path) {
        Some(Value::String(said)) => said == wanted,
        Some(Value::Array(list)) => list.iter().any(|said| said == wanted),
        _ => false,
    };
    Ok(mappings.into_iter().filter(|(path, value, ..)| gives(path, value)).map(|(.., place)| place).collect())
}
