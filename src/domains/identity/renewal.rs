//! A new secret for a service account, without a gap for the programs that still have the old one.

use super::service_account::ServiceAccount;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use steward_core::error::{Error, FieldError, Problem, Result};
use steward_core::resource::Id;
use steward_core::resource::value::{FieldType, Instant, Text, Whole};
use steward_core::store::{Outcome, Writer};
use steward_core::view::{Action, Call, NoQuery};
use utoipa::ToSchema;

/// The longest time that two secrets are accepted.
const MOST_SECONDS: i64 = 7 * 24 * 3600;

steward_core::value! {
    /// Renewal of a secret.
    pub struct SecretRenewal {
        /// Time in seconds for which the old secret is accepted beside the new one: 0 to end it at once, as after a leak; at most 604,800
        /// (seven days).
        #[field(default(|| json!(0)))]
        pub keep_old_seconds: Whole<0, MOST_SECONDS>,
    }
}

/// Credentials of a service account after a renewal.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RenewedSecret {
    /// `client_id` of the account: the same as its id.
    pub client_id: Id,
    /// New secret, shown this once; null in a replayed answer.
    pub client_secret: Option<Text<1, 100>>,
    /// Time until which the old secret is accepted too (UTC); null if it is not.
    pub previous_secret_until: Option<Instant>,
}

/// `POST identity/service-accounts/{id}/renew-secret`.
#[derive(Debug)]
pub struct RenewServiceAccountSecret;

impl Action for RenewServiceAccountSecret {
    const PATH: &'static str = "identity/service-accounts/{id}/renew-secret";
    const OPERATION_ID: &'static str = "renew_service_account_secret";
    const SUMMARY: &'static str = "Renew the secret of a service account";
    const DESCRIPTION: &'static str = "Creates a new `client_secret` and shows it once. The old one ends at once, or is accepted for a while longer so that programs can be \
        changed over one by one; a second renewal ends it. Access tokens that were issued already are valid to their end, for at most 15 minutes: disable the account to end them.";
    const PERMISSIONS: &'static [&'static str] = &["identity.service_accounts:update"];
    type Query = NoQuery;
    type Body = SecretRenewal;
    type Prepared = SecretRenewal;
    type Answer = RenewedSecret;

    fn example(_: &str) -> Value {
        json!({"keep_old_seconds": 86_400})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, renewal: &SecretRenewal) -> Result<Outcome> {
        let definition = writer.definition::<ServiceAccount>()?;
        let id = call.id()?;
        let until = Some(writer.now.plus_seconds(renewal.keep_old_seconds.0)).filter(|_| renewal.keep_old_seconds.0 > 0);
        let stored = writer.renew(definition, id, "renew_secret", |before| {
            let old = before.get("client_secret").filter(|_| until.is_some()).cloned().unwrap_or_default();
            let until = if old.is_null() { Value::Null } else { until.to_json() };
            Map::from_iter([("previous_secret".to_owned(), old), ("previous_secret_until".to_owned(), until)])
        })?;
        let (document, _) = writer.document_made(definition, &stored);
        let member = |name: &str| document.get(name).cloned().unwrap_or_default();
        let answer: RenewedSecret = serde_json::from_value(json!({
            "client_id": member("client_id"),
            "client_secret": member("client_secret"),
            "previous_secret_until": member("previous_secret_until"),
        }))
        .map_err(|error| Error::broken(format!("a renewed secret that cannot be read: {error}")))?;
        if answer.client_secret.is_none() {
            return Err(Problem::invalid(vec![FieldError::new("", "secret", "The secret could not be made. Try again.")]).into());
        }
        Ok(Outcome::of(200, &answer)?.at(stored.meta.revision).showing_once(["/client_secret".to_owned()]))
    }
}
