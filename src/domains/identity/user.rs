//! Users: who may log in.

use crate::access::login;
use crate::error::Result;
use crate::resource::value::{Email, Password, Title};
use crate::resource::{Check, Effect, Id, Lifecycle, Move, Resource, Scope, Unique};

crate::resource! {
    /// An account that can log in. What it may do comes from its grants; a disabled one may do nothing.
    pub struct User {
        /// The address with which the user logs in, unique.
        #[field(unique, search)]
        pub email: Email,
        /// Name as others see it.
        #[field(search)]
        pub name: Title,
        /// The password: 12 to 200 characters, any. It is kept as an Argon2id hash and never shown.
        #[field(secret)]
        pub password: Option<Password>,
        /// The person whose account it is; approvals are compared by person.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Option<Id>,
    }
}

impl Resource for User {
    const PATH: &'static str = "identity/users";
    const SCOPE: Scope = Scope::Shared;
    const DECIDES_ACCESS: bool = true;
    const UNIQUE: &'static [Unique] = &[Unique { index: "users_email_key", fields: &["email"] }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("active↔disabled"))
    }

    /// Who is disabled is logged out, and stays so when the account is active again.
    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to == "disabled" {
            login::end_all(check.connection, check.id, None, check.now)?;
        }
        Ok(Vec::new())
    }

    /// Who is deleted likewise: nothing speaks against it, and an account that is restored has no login.
    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        login::end_all(check.connection, check.id, None, check.now)
    }

    fn sample() -> Self {
        User { email: "ada@example.org".into(), name: "Ada Okafor".into(), password: Some(Password("correct horse battery staple".into())), person_id: None }
    }
}
