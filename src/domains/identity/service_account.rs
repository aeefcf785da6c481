//! Service accounts: programs that act by themselves.

use super::principal::{locks, require_as_strong, require_everything};
use steward_core::access::secret::{digest, new_secret};
use steward_core::access::{login, person_of};
use steward_core::error::Result;
use steward_core::resource::value::{Digest, Instant, Note, Shown, Title};
use steward_core::resource::{Check, Effect, Id, Lifecycle, Lock, Made, Move, Resource, Scope, StateException};

steward_core::resource! {
    /// Program that acts by itself, such as a monitoring system. It gets access tokens by its `client_id` and `client_secret` (OAuth 2,
    /// `client_credentials`), or uses an API token. Its permissions come from its grants; a disabled one may do nothing. Nobody changes,
    /// disables, enables or renews an account that may do what they may not, and one that has grants or API tokens is disabled instead of
    /// deleted.
    pub struct ServiceAccount {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Purpose of the program, with the place where it runs.
        #[field(search)]
        pub description: Option<Note>,
        /// Accountable owner. Under four-eyes rules the account's actions count as done by this person, so only an administrator names
        /// another person than themself; records private to the person are not open to the account.
        #[field(refers_to(&["teams/people"]))]
        pub owner_id: Id,
        /// `client_id` at the token endpoint: the same as its id.
        #[field(shown_once(client_id))]
        pub client_id: Option<Shown>,
        /// `client_secret` at the token endpoint. Only its digest is stored: write it down now. A lost one is renewed.
        #[field(shown_once(client_secret))]
        pub client_secret: Option<Digest>,
        /// Secret before the last renewal.
        #[field(secret, read_only)]
        pub previous_secret: Option<Digest>,
        /// Time until which the secret before the last renewal is accepted too (UTC).
        #[field(read_only)]
        pub previous_secret_until: Option<Instant>,
    }
}

fn client_id(id: Id) -> Made {
    Made { shown: id.to_string(), kept: None }
}

fn client_secret(_: Id) -> Made {
    let secret = new_secret();
    Made { kept: Some(digest(&secret)), shown: secret }
}

impl Resource for ServiceAccount {
    const PATH: &'static str = "identity/service-accounts";
    type Table = steward_schema::identity::service_accounts::table;
    const SCOPE: Scope = Scope::Shared;
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::deletable(&["disabled"], "An account that nothing needs is disabled first and deleted then; what it did stays in the history.")];
    const DECIDES_ACCESS: bool = true;

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("active:activate↔disabled:disable"))
    }

    fn sample() -> Self {
        ServiceAccount {
            name: "Network monitoring".into(),
            description: Some("Reads devices and reports incidents, from the monitoring server in Rotterdam.".into()),
            owner_id: Id::sample(),
            client_id: None,
            client_secret: None,
            previous_secret: None,
            previous_secret_until: None,
        }
    }

    fn locks(&self) -> Vec<Lock> {
        locks()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let before = check.before::<ServiceAccount>()?.map(|before| before.owner_id);
        if before.is_some() {
            require_as_strong(check, check.id)?;
        }
        if before == Some(self.owner_id) || person_of(check.connection, check.actor)? == Some(self.owner_id) {
            return Ok(());
        }
        require_everything(check, "What the account does counts as done by its owner, so only an administrator names another person than themself. Ask one.")
    }

    /// Its access tokens end at once, and stay ended when it is active again.
    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to == "disabled" {
            login::end_all(check.connection, check.id, None, check.now)?;
        }
        Ok(Vec::new())
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        require_as_strong(check, check.id)?;
        login::end_all(check.connection, check.id, None, check.now)
    }
}
