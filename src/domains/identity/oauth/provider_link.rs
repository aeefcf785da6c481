//! The links of the login page to identity providers.

use diesel::prelude::*;
use steward_core::database::Connection;
use steward_core::error::Result;
use steward_core::http::AppState;
use steward_schema::identity::identity_providers;

/// Greatest number of providers on the page.
const OFFERED: i64 = 20;

/// The ways to log in through a provider: where each begins, and its name.
pub async fn ways(state: &AppState, parameters: &[(&'static str, String)]) -> Result<Vec<(String, String)>> {
    let find = |connection: &mut Connection| {
        let active = identity_providers::table.filter(identity_providers::state.eq("active")).order((identity_providers::name, identity_providers::id));
        Ok(active.select((identity_providers::code, identity_providers::name)).limit(OFFERED).load::<(String, String)>(connection)?)
    };
    let known = state.store.unauthenticated(find).await?;
    let address = |code: &str| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("provider", code).extend_pairs(parameters);
        format!("provider?{}", query.finish())
    };
    Ok(known.into_iter().map(|(code, name)| (address(&code), name)).collect())
}
