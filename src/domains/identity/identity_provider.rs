//! Identity providers: OpenID providers whose users may log in here.

use super::algorithm::SignatureAlgorithm;
use super::external_login::end_logins_through;
use super::principal::require_everything;
use serde_json::json;
use steward_core::error::Result;
use steward_core::outgoing::why_no_address;
use steward_core::resource::value::{Code, Text, Title, Url, ValidationErrors};
use steward_core::resource::{Check, Effect, Lifecycle, Move, Resource, Scope, StateException, Unique};

/// Why not everybody says which keys are believed.
const BELIEVED: &str =
    "Whoever holds the keys of an identity provider can be anybody who logs in through it, so only an administrator decides on one. Ask one.";

/// The name of a claim, or the JSON Pointer to one that lies deeper.
pub type ClaimPath = Text<1, 200>;

steward_core::resource! {
    /// OpenID provider (OpenID Connect Core 1.0) whose users may log in to this service. A client exchanges an ID token of the provider at
    /// `/api/v1/auth/token` for tokens of this service (RFC 7523). An external identity maps the token's subject to a user; a provider
    /// never reaches an account by its e-mail address. A disabled provider lets nobody in, and logins that began through it end with it.
    /// The owner of a trusted key can impersonate any linked user, so only an administrator creates, changes, disables, enables or deletes
    /// a provider.
    pub struct IdentityProvider {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Issuer exactly as in `iss` of its tokens, unique: an `https` URL (`http` on this machine only) without query and fragment.
        #[field(unique, fixed)]
        pub issuer: Url,
        /// Client ids of this service's clients at the provider, at least one. `aud` of a token must name one of them; `azp` too, where it
        /// is present or where `aud` names several.
        pub audiences: Vec<Text<1, 255>>,
        /// Address of its public keys (a JWK set, RFC 7517). Left out, it is taken from the discovery document
        /// `{issuer}/.well-known/openid-configuration`.
        pub jwks_url: Option<Url>,
        /// Accepted signature algorithms, at least one.
        #[field(default(|| json!(["RS256"])))]
        pub algorithms: Vec<SignatureAlgorithm>,
        /// Claim that identifies the user at the provider for good. It must never be given to another person and not be chosen by its
        /// owner: `sub`, or `oid` of Microsoft Entra ID. The name of a claim, or a JSON Pointer (RFC 6901) to it.
        #[field(fixed, default(|| json!("sub")))]
        pub subject_claim: ClaimPath,
        /// Claim with the e-mail address of a new account. It counts only where `email_verified` is true beside it.
        #[field(default(|| json!("email")))]
        pub email_claim: ClaimPath,
        /// Claim with the name of a new account.
        #[field(default(|| json!("name")))]
        pub name_claim: ClaimPath,
        /// True if a user without an external identity gets an account at the first login. The account holds what the claim mappings give,
        /// which may be nothing.
        #[field(default(|| json!(false)))]
        pub accounts_on_first_sight: bool,
        /// Domains of the e-mail addresses that new accounts may have, in lower case; a domain does not include its subdomains. At least
        /// one where accounts are created at the first login.
        #[field(default(|| json!([])))]
        pub email_domains: Vec<Text<1, 253>>,
    }
}

impl Resource for IdentityProvider {
    const PATH: &'static str = "identity/identity-providers";
    type Table = steward_schema::identity::identity_providers::table;
    const SCOPE: Scope = Scope::Shared;
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::deletable(&["disabled"], "A provider that nobody logs in by any more is disabled first and deleted then.")];
    const DECIDES_ACCESS: bool = true;
    const UNIQUE: &'static [Unique] =
        &[Unique { index: "identity_providers_code_key", fields: &["code"] }, Unique { index: "identity_providers_issuer_key", fields: &["issuer"] }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("active:activate↔disabled:disable"))
    }

    fn sample() -> Self {
        IdentityProvider {
            code: "company_login".into(),
            name: "Company login".into(),
            issuer: Url("https://id.example.org/it".into()),
            audiences: vec!["steward".into()],
            jwks_url: Some(Url("https://id.example.org/it/keys".into())),
            algorithms: vec![SignatureAlgorithm::Rs256, SignatureAlgorithm::Es256],
            subject_claim: "sub".into(),
            email_claim: "email".into(),
            name_claim: "name".into(),
            accounts_on_first_sight: true,
            email_domains: vec!["example.org".into()],
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        if let Some(why) = why_no_address(&self.issuer.0).or(self.issuer.0.contains('?').then_some("Expected an issuer without a query.")) {
            faults.at("issuer", "address", why);
        }
        if let Some(why) = self.jwks_url.as_ref().and_then(|url| why_no_address(&url.0)) {
            faults.at("jwks_url", "address", why);
        }
        faults.require(!self.audiences.is_empty(), "audiences", "required", "Name at least one client id.");
        faults.require(!self.algorithms.is_empty(), "algorithms", "required", "Name at least one algorithm.");
        for (at, domain) in self.email_domains.iter().enumerate() {
            let plain = |c: char| c == '.' || c == '-' || (c.is_alphanumeric() && !c.is_uppercase());
            if !domain.chars().all(plain) || domain.starts_with('.') || domain.ends_with('.') {
                faults.within("email_domains", |faults| faults.at(&at.to_string(), "format", "Expected a domain in lower case, such as example.org."));
            }
        }
        let closed = !self.accounts_on_first_sight || !self.email_domains.is_empty();
        faults.require(closed, "email_domains", "required", "Say which domains new accounts may have, or anybody whom the provider knows gets one.");
    }

    /// Who decides which keys are believed can be anybody who logs in through them, whatever that one comes to hold later.
    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_everything(check, BELIEVED)
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        require_everything(check, BELIEVED)
    }

    /// Who came through it is logged out, and stays so when it is active again.
    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to == "disabled" {
            end_logins_through(check.connection, check.id, check.now)?;
        }
        Ok(Vec::new())
    }
}
