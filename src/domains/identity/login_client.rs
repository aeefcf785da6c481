//! Login clients: programs in browsers and on devices that log users in by the authorization code grant.

use super::oauth::redirect;
use steward_core::resource::value::{Code, Note, Text, Title, ValidationErrors};
use steward_core::resource::{Lifecycle, Resource, Scope, StateException, Unique};

/// Greatest number of addresses of a client.
const ADDRESSES: usize = 20;

steward_core::resource! {
    /// Program that logs users in on the login page of the service (`/api/v1/auth/authorize`): a page in a browser, or an app on a device.
    /// It has no secret; PKCE proves that the redeemer of a code has asked for it. A disabled client logs nobody in, and its refresh tokens
    /// bring no new ones.
    pub struct LoginClient {
        /// `client_id` of the program, unique.
        #[field(unique, fixed, search)]
        pub code: Code,
        /// Name that the login page shows.
        #[field(search)]
        pub name: Title,
        /// Addresses to which a login may lead back, 1 to 20, compared exactly. `https`, or `http` on `127.0.0.1`, `[::1]` or `localhost`,
        /// where any port matches (RFC 8252), or a scheme of the app's own such as `org.example.app:/login`; without a fragment.
        pub redirect_uris: Vec<Text<1, 2000>>,
        /// Free-text description.
        pub description: Option<Note>,
    }
}

impl Resource for LoginClient {
    const PATH: &'static str = "identity/login-clients";
    type Table = steward_schema::identity::login_clients::table;
    const SCOPE: Scope = Scope::Shared;
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::deletable(&["disabled"], "A client that nobody logs in with any more is disabled first and deleted then.")];
    const UNIQUE: &'static [Unique] = &[Unique { index: "login_clients_code_key", fields: &["code"] }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("active:activate↔disabled:disable"))
    }

    fn sample() -> Self {
        LoginClient {
            code: "portal".into(),
            name: "IT portal".into(),
            redirect_uris: vec!["https://portal.example.org/login/callback".into(), "http://127.0.0.1/callback".into()],
            description: Some("The self-service pages of the IT department.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require((1..=ADDRESSES).contains(&self.redirect_uris.len()), "redirect_uris", "range", "Name 1 to 20 addresses.");
        faults.require(&*self.code != redirect::DOCS, "code", "reserved", "That is the client of the documentation. Choose another code.");
        for (at, address) in self.redirect_uris.iter().enumerate() {
            if let Some(why) = redirect::fault(address) {
                faults.within("redirect_uris", |faults| faults.at(&at.to_string(), "address", why));
            }
        }
    }
}
