//! Users: who may log in.

use super::principal::{keep_last_administrator, last_administrator, locks, require_as_strong, require_everything};
use steward_core::access::authority::Pillar;
use steward_core::access::{has_left, login};
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Email, Password, Title};
use steward_core::resource::{Check, Effect, Id, Lifecycle, Lock, Move, Resource, Scope, StateException, Unique, UnmetGuard, ValidationErrors};

steward_core::resource! {
    /// Account that can log in. Its permissions come from its grants; a disabled one may do nothing. Nobody changes, disables or enables an
    /// account that may do what they may not, the last administrator remains, and one that has grants or API tokens is disabled instead of
    /// deleted.
    pub struct User {
        /// E-mail address with which the user logs in, unique.
        #[field(unique, search)]
        pub email: Email,
        /// Name as others see it.
        #[field(search)]
        pub name: Title,
        /// Password: 12 to 200 characters, any; no common one, no repetition, nothing like the address or the name. It is stored as an
        /// Argon2id hash and never shown. A change of it ends the user's sessions.
        #[field(secret)]
        pub password: Option<Password>,
        /// Person whose account it is; approvals are compared by person. Records private to that person are open to the account, so only an
        /// administrator sets it, or the password or address of an account that has it and is not their own.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Option<Id>,
    }
}

/// Why not everybody sets what a person logs in with.
const TAKEN_OVER: &str = "Whoever sets the password or address of a person's account could read what is private to that person, so only an administrator sets them for somebody else. Ask one.";
/// Why not everybody says whose account it is.
const WHOSE: &str = "An account opens what is private to its person, so only an administrator says whose it is. Ask one.";

/// Why somebody who has left has no account.
const LEFT: &str = "The person has left, and whoever leaves logs in no more. Let them rejoin first.";

impl Resource for User {
    const PATH: &'static str = "identity/users";
    type Table = steward_schema::identity::users::table;
    const SCOPE: Scope = Scope::Shared;
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::deletable(&["disabled"], "An account that nobody needs is disabled first and deleted then; what its user did stays in the history.")];
    const DECIDES_ACCESS: bool = true;
    const UNIQUE: &'static [Unique] = &[Unique { index: "users_email_key", fields: &["email"] }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("active:activate↔disabled:disable"))
    }

    /// Who is disabled is logged out, and stays so when the account is active again.
    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to == "disabled" {
            login::end_all(check.connection, check.id, None, check.now)?;
        }
        Ok(Vec::new())
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let own = [&*self.email, self.email.split('@').next().unwrap_or_default(), &*self.name, "steward"];
        let about = self.password.as_ref().is_some_and(|password| password.is_about(&own));
        faults.require(
            !about,
            "password",
            "personal",
            "It is the address, the name or the service's. Choose one that nobody guesses, such as four words at random.",
        );
    }

    fn sample() -> Self {
        User { email: "ada@example.org".into(), name: "Ada Okafor".into(), password: Some(Password("correct horse battery staple".into())), person_id: None }
    }

    fn locks(&self) -> Vec<Lock> {
        locks()
    }

    /// Who changes a password ends what was begun with the old one: all logins, but the one by which somebody changes their own.
    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let before = check.before::<User>()?;
        if let Some(before) = before {
            require_as_strong(check, check.id)?;
            self.require_own(before, check)?;
            if before.password.is_some() && self.password.is_none() {
                keep_last_administrator(check, Pillar::Password(check.id))?;
            }
            if before.hash() != self.hash() {
                let own = check.login.filter(|_| check.actor == check.id);
                login::end_all(check.connection, check.id, own, check.now)?;
            }
        }
        let linked = before.and_then(|before| before.person_id);
        if linked != self.person_id && self.person_has_left(check)? {
            return Err(Problem::conflict("/person_id", "left", LEFT).into());
        }
        if linked != self.person_id { require_everything(check, WHOSE) } else { Ok(()) }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to == "disabled" {
            return Ok(last_administrator(check, Pillar::User(check.id))?.into_iter().collect());
        }
        let gone = self.person_has_left(check)?;
        Ok(if gone { vec![UnmetGuard::new("/person_id", "left", LEFT)] } else { Vec::new() })
    }

    /// Who is deleted is logged out too, and an account that is restored has no login.
    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        require_as_strong(check, check.id)?;
        keep_last_administrator(check, Pillar::User(check.id))?;
        login::end_all(check.connection, check.id, None, check.now)
    }
}

impl User {
    fn person_has_left(&self, check: &mut Check<'_>) -> Result<bool> {
        self.person_id.map_or(Ok(false), |person| has_left(check.connection, person))
    }

    /// Refuses to set what somebody else logs in with where that opens a person's private records (403).
    fn require_own(&self, before: &User, check: &mut Check<'_>) -> Result<()> {
        let comes_in_otherwise = before.hash() != self.hash() || before.email != self.email;
        if before.person_id.is_some() && comes_in_otherwise && check.actor != check.id { require_everything(check, TAKEN_OVER) } else { Ok(()) }
    }

    fn hash(&self) -> Option<&str> {
        self.password.as_ref().map(Password::hash)
    }
}
