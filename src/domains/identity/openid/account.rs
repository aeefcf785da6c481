//! Whose account an external identity is, and what the claims give it.

use super::super::external_identity::ExternalIdentity;
use super::super::grant::Grant;
use super::super::house::address_key;
use super::super::identity_provider::IdentityProvider;
use super::super::user::User;
use super::claim::{claim, text};
use crate::access::Session;
use crate::access::login::Login;
use crate::database::{Connection, Kind, Statement};
use crate::error::{Error, Kind as ProblemKind, Problem, Result};
use crate::resource::value::{Instant, Title};
use crate::resource::{Id, Resource};
use crate::store::{IfMatch, Writer};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

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
    hold(writer.connection, Statement::new("SELECT 1 FROM identity_providers WHERE id = ").with(provider_id, " FOR SHARE"))?;
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
    hold(writer.connection, Statement::new("SELECT 1 FROM users WHERE id = ").with(user, " FOR UPDATE"))?;
    if Session::load(writer.connection, user)?.is_none() {
        return Ok(Err("the user is disabled"));
    }
    align(writer, (provider_id, identity), user, claims)?;
    let login = Login::begin(writer.connection, user, writer.now, renewal.until)?;
    login.keep_token(writer.connection, &renewal.secret, renewal.until)?;
    let mut insert = Statement::new("INSERT INTO external_logins (login_id, external_identity_id) VALUES (");
    insert.bind_all([login.id.into(), identity.into()]).push(")");
    insert.execute(writer.connection).map_err(|_| Problem::conflict("", "unlinked", "The external identity has just been deleted."))?;
    Ok(Ok(login))
}

/// Locks a row where several write at once: a provider stays as it is meanwhile, and exchanges of one user come one after
/// the other.
fn hold(connection: &mut Connection, row: Statement) -> Result<()> {
    if connection.is_postgres() {
        row.execute(connection)?;
    }
    Ok(())
}

/// The external identity of a subject and its user. Subjects are the provider's own: no user's id or address is asked.
fn linked(connection: &mut Connection, provider: Id, subject: &str) -> Result<Option<(Id, Id)>> {
    let query = Statement::new("SELECT id, user_id FROM external_identities WHERE provider_id = ").with(provider, " AND subject = ").with(subject, "");
    let row = query.first(connection, &[Kind::Id, Kind::Id])?;
    Ok(row.and_then(|row| Some((row[0].as_id()?, row[1].as_id()?))))
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
    let taken = Statement::new("SELECT 1 FROM users WHERE email_key = ").with(address_key(email), "");
    if taken.first(writer.connection, &[])?.is_some() {
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
    let members = if let Value::Object(members) = value { members } else { Map::new() };
    Ok(writer.create(definition, members)?.meta.id)
}

/// Gives what the claims give and takes what earlier ones gave. What people have granted is theirs to take away.
fn align(writer: &mut Writer<'_>, (provider, identity): (Id, Id), user: Id, claims: &Value) -> Result<()> {
    let wanted = wanted(writer.connection, provider, claims)?;
    let query = Statement::new("SELECT id, role_id, unit_id, external_identity_id FROM grants WHERE principal_id = ").with(user, " ORDER BY id");
    let rows = query.rows(writer.connection, &[Kind::Id, Kind::Id, Kind::Id, Kind::Id])?;
    let held = rows.iter().filter_map(|row| Some((row[0].as_id()?, (row[1].as_id()?, row[2].as_id()), row[3].as_id()))).collect::<Vec<_>>();
    for (role, unit) in wanted.iter().filter(|place| !held.iter().any(|(_, held, _)| held == *place)) {
        let unit = unit.map(|unit| unit.to_string());
        let members = json!({"principal_id": user.to_string(), "role_id": role.to_string(), "unit_id": unit, "external_identity_id": identity.to_string()});
        make::<Grant>(writer, members)?;
    }
    let definition = writer.definition::<Grant>()?;
    for (grant, ..) in held.iter().filter(|(_, place, by)| *by == Some(identity) && !wanted.contains(place)) {
        match writer.delete(definition, *grant, &IfMatch::Any) {
            // A house is never left without an administrator, whatever a provider says.
            Err(Error::Problem(problem)) if problem.kind == ProblemKind::Conflict => {
                tracing::warn!(%grant, reason = problem.detail, "a grant stays though its claim is gone");
            }
            outcome => outcome?,
        }
    }
    Ok(())
}

/// The roles that the claims give, and where.
fn wanted(connection: &mut Connection, provider: Id, claims: &Value) -> Result<BTreeSet<(Id, Option<Id>)>> {
    let query = Statement::new("SELECT claim, value, role_id, unit_id FROM claim_mappings WHERE provider_id = ").with(provider, "");
    let rows = query.rows(connection, &[Kind::Text, Kind::Text, Kind::Id, Kind::Id])?;
    let gives = |path: &str, wanted: &str| match claim(claims, path) {
        Some(Value::String(said)) => said == wanted,
        Some(Value::Array(list)) => list.iter().any(|said| said == wanted),
        _ => false,
    };
    let given = rows.iter().filter(|row| row[0].as_text().zip(row[1].as_text()).is_some_and(|(path, value)| gives(path, value)));
    Ok(given.filter_map(|row| Some((row[2].as_id()?, row[3].as_id()))).collect())
}
