//! API tokens: keys that act for a user or a service account, as far as their scopes go.

use super::principal::{locks, require_as_strong, require_known};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::access::api_token::PREFIX;
use steward_core::access::secret::{digest, new_secret};
use steward_core::access::{Pattern, account_of, authority, implied};
use steward_core::error::{FieldError, Kind as ProblemKind, Problem, Result};
use steward_core::resource::value::{Digest, FieldType, Instant, Text, Title};
use steward_core::resource::{Check, Id, Lifecycle, Lock, Made, Resource, Scope, StateException, ValidationErrors};
use steward_schema::identity::service_accounts;

/// How long a token lives that does not say.
const USUAL_SECONDS: i64 = 90 * 24 * 3600;
/// How long a token lives at most: a year and a day, so that a yearly change is in time.
const MOST_SECONDS: i64 = 366 * 24 * 3600;

steward_core::resource! {
    /// Key for programs, sent as `Authorization: Bearer stw_…`. It may do what its owner may do, now, and only as far as its scopes name
    /// it. It ends when it expires, when it is revoked, and while its owner is disabled. An API token creates no other API token.
    pub struct ApiToken {
        /// Purpose of the token.
        #[field(search)]
        pub name: Title,
        /// User or service account that the token acts for; left out, it is you. A token for a service account needs the permission to
        /// change that account, and all that it may do; there is none for another user.
        #[field(refers_to(&["identity/users", "identity/service-accounts"]), fixed, assumed(|who, _| who.to_json()))]
        pub principal_id: Option<Id>,
        /// Permissions of the token, as `domain.collection:verb`, with `*` for any word in its place: at least one, each held by its owner
        /// somewhere.
        #[field(fixed)]
        pub scopes: Vec<Text<5, 200>>,
        /// Time of expiry (UTC), at most 366 days from now; left out, after 90 days.
        #[field(fixed, assumed(|_, now| now.plus_seconds(USUAL_SECONDS).to_json()), deadline)]
        pub expires_at: Option<Instant>,
        /// Time of the last use (UTC), to the minute. It changes without a new revision, and is in no history.
        #[field(unversioned, happened)]
        pub last_used_at: Option<Instant>,
        /// Token itself. Only its digest is stored: write it down now. A lost one is revoked and another one created.
        #[field(shown_once(token))]
        pub token: Option<Digest>,
    }
}

fn token(_: Id) -> Made {
    let token = format!("{PREFIX}{}", new_secret());
    Made { kept: Some(digest(&token)), shown: token }
}

impl Resource for ApiToken {
    const PATH: &'static str = "identity/api-tokens";
    type Table = steward_schema::identity::api_tokens::table;
    const DECIDES_ACCESS: bool = true;
    const SCOPE: Scope = Scope::Own;
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::deletable(&["revoked"], "A revoked token opens nothing; its owner clears it away, and its history stays.")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("active→revoked:revoke").given_up(&["revoked"]))
    }

    fn sample() -> Self {
        ApiToken {
            name: "Dashboard on the wall".into(),
            principal_id: None,
            scopes: vec!["teams.units:read".into()],
            expires_at: None,
            last_used_at: None,
            token: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(!self.scopes.is_empty(), "scopes", "required", "Name at least one permission that the token is for.");
        for (at, scope) in self.scopes.iter().enumerate().filter(|(_, scope)| Pattern::parse(scope).is_none()) {
            let detail = format!("Expected a permission such as governance.controls:read, or with * for a part, not {}.", &**scope);
            faults.within("scopes", |faults| faults.at(&at.to_string(), "permission", detail));
        }
    }

    fn locks(&self) -> Vec<Lock> {
        locks()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_some() || check.actor == Id::system() {
            return Ok(());
        }
        if check.token.is_some() {
            return Err(forbidden("An API token makes no other API token. Log in, or use the credentials of the service account.".into()));
        }
        self.require_life(check)?;
        require_known(check, "scopes", &self.scopes, &[])?;
        let owner = self.principal_id.unwrap_or(check.actor);
        if owner != check.actor {
            require_service_account(check, owner)?;
        }
        self.require_scopes(check, owner)
    }
}

impl ApiToken {
    fn require_life(&self, check: &Check<'_>) -> Result<()> {
        let lives = self.expires_at.is_some_and(|end| check.now < end && end <= check.now.plus_seconds(MOST_SECONDS));
        let broken = || FieldError::new("/expires_at", "range", "Expected a time in the future, at most 366 days from now.");
        if lives { Ok(()) } else { Err(Problem::invalid(vec![broken()]).into()) }
    }

    /// A token is for nothing that its owner does not hold. What belongs to who made it needs no permission to be held.
    fn require_scopes(&self, check: &mut Check<'_>, owner: Id) -> Result<()> {
        let held = authority::held(check.connection, owner)?;
        let own: Vec<Pattern> = check
            .definitions
            .all()
            .iter()
            .filter(|definition| check.definitions.root_of(definition).scope == Scope::Own)
            .filter_map(|definition| Pattern::parse(&definition.permission("*")))
            .collect();
        // Whoever is a person's account has more without a grant.
        let of_person = if account_of(check.connection, owner)?.is_some() { implied() } else { &[] };
        for scope in &self.scopes {
            let known = Pattern::parse(scope)
                .is_some_and(|wanted| held.iter().map(|(pattern, _)| pattern).chain(&own).chain(of_person).any(|each| each.covers(&wanted)));
            if !known {
                return Err(forbidden(format!(
                    "The owner of the token does not hold {} itself. Name only what it holds; /api/v1/auth/me tells you yours.",
                    &**scope
                )));
            }
        }
        Ok(())
    }
}

/// Who makes a token for a service account could have all that it may do.
fn require_service_account(check: &mut Check<'_>, owner: Id) -> Result<()> {
    let is_service_account: bool = select(exists(service_accounts::table.find(owner))).get_result(check.connection)?;
    if !is_service_account {
        return Err(forbidden("A token acts for who makes it, or for a service account: nobody makes one for another user.".into()));
    }
    let (holds, permission) = (check.holds, "identity.service_accounts:update");
    if !holds(check.connection, permission, None)? {
        return Err(Problem::forbidden(permission).into());
    }
    require_as_strong(check, owner)
}

fn forbidden(detail: String) -> steward_core::error::Error {
    Problem::new(ProblemKind::Forbidden, detail).into()
}
