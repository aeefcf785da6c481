//! The identity providers that are active: whether their settings make sense here, and whether their keys can be fetched.

use super::finding::{Finding, good, wrong};
use crate::clock::Clock;
use crate::config::Serve;
use crate::database::Connection;
use crate::maintenance::refusal::explain;
use crate::outgoing::Outgoing;
use diesel::prelude::*;
use steward_schema::identity::identity_providers;

/// An active provider: code, issuer, where its keys are.
type Known = (String, String, Option<String>);

/// Looks at each.
pub async fn check(connection: &mut Connection, settings: &Serve, clock: Clock) -> Vec<Finding> {
    let active = identity_providers::table.filter(identity_providers::state.eq("active")).order(identity_providers::code_key);
    let read = active.select((identity_providers::code, identity_providers::issuer, identity_providers::jwks_url)).load::<Known>(connection);
    let providers = match read {
        Ok(providers) => providers,
        Err(error) => return vec![wrong("identity providers", explain(error.into()))],
    };
    // What is wrong with these settings is told where they are looked at.
    let Ok(outgoing) = Outgoing::new(&settings.allow_private_addresses, settings.ca_file.as_deref(), clock) else { return Vec::new() };
    let mut findings = Vec::new();
    for provider in &providers {
        findings.push(fetched(provider, &outgoing).await);
    }
    let unknown = !matches!(settings.public_address(), Ok(Some(_)));
    if unknown && !providers.is_empty() {
        let text = "They send browsers back to the public URL, and none is set. Set STEWARD_PUBLIC_URL, and tell them {public URL}/api/v1/auth/callback.";
        findings.push(wrong("identity providers", text));
    }
    findings
}

/// Whether the keys of a provider come as those of a JWK set.
async fn fetched((code, issuer, keys): &Known, outgoing: &Outgoing) -> Finding {
    const SUBJECT: &str = "identity provider";
    let failed = |what: &str, why: &dyn std::fmt::Display| {
        wrong(
            SUBJECT,
            format!(
                "{code}: {what} cannot be fetched: {why}. Mend the provider's addresses, or name its network in STEWARD_ALLOW_PRIVATE_ADDRESSES and its authority in STEWARD_CA_FILE."
            ),
        )
    };
    let url = match keys {
        Some(url) => url.clone(),
        None => {
            let discovery = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
            match outgoing.documents.get(&discovery).await {
                Err(failure) => return failed("its discovery document", &failure),
                Ok(document) if document["issuer"] != issuer.as_str() => {
                    return wrong(SUBJECT, format!("{code}: its discovery document names another issuer. Set the issuer exactly as it stands there."));
                }
                Ok(document) => match document["jwks_uri"].as_str() {
                    Some(url) => url.to_owned(),
                    None => return wrong(SUBJECT, format!("{code}: its discovery document names no keys. Set jwks_url.")),
                },
            }
        }
    };
    match outgoing.documents.get(&url).await {
        Err(failure) => failed("the set of its keys", &failure),
        Ok(set) if set["keys"].as_array().is_none_or(Vec::is_empty) => wrong(SUBJECT, format!("{code}: there are no keys at its address. Mend jwks_url.")),
        Ok(set) => good(SUBJECT, format!("{code}: {} keys were fetched.", set["keys"].as_array().map_or(0, Vec::len))),
    }
}
