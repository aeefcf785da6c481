//! A login: it gets access tokens and renews them before they expire.

use crate::problem::{Failure, refused};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::Deserialize;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// An access token that expires within this time is renewed first.
const MARGIN: Duration = Duration::from_secs(30);

/// A login that its clones share. The clients of all domains may use one.
#[derive(Debug, Clone)]
pub struct Login(Arc<Held>);

struct Held {
    url: String,
    http: reqwest::Client,
    grant: Vec<(&'static str, String)>,
    tokens: Mutex<Option<Tokens>>,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Held({})", self.url)
    }
}

struct Tokens {
    access: String,
    refresh: Option<String>,
    until: Instant,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: u64,
}

impl Login {
    /// A login with an address and a password, at the service with this URL.
    pub fn password(url: &str, username: &str, password: &str) -> Login {
        Login::by(url, &[("grant_type", "password"), ("username", username), ("password", password)])
    }

    /// A login of a service account.
    pub fn client_credentials(url: &str, client_id: &str, client_secret: &str) -> Login {
        Login::by(url, &[("grant_type", "client_credentials"), ("client_id", client_id), ("client_secret", client_secret)])
    }

    fn by(url: &str, grant: &[(&'static str, &str)]) -> Login {
        let grant = grant.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Login(Arc::new(Held { url: url.trim_end_matches('/').to_owned(), http: reqwest::Client::new(), grant, tokens: Mutex::new(None) }))
    }

    /// An access token that is good for half a minute at least; one task at a time asks for it.
    pub async fn token(&self) -> Result<String, Failure> {
        let mut held = self.0.tokens.lock().await;
        if let Some(tokens) = held.as_ref().filter(|tokens| tokens.until > Instant::now() + MARGIN) {
            return Ok(tokens.access.clone());
        }
        let refresh = held.take().and_then(|tokens| tokens.refresh);
        let renewed = match &refresh {
            Some(token) => self.granted(&[("grant_type", "refresh_token".to_owned()), ("refresh_token", token.clone())]).await.ok(),
            None => None,
        };
        let tokens = match renewed {
            Some(tokens) => tokens,
            None => self.granted(&self.0.grant).await?,
        };
        Ok(held.insert(tokens).access.clone())
    }

    async fn granted(&self, form: &[(&'static str, String)]) -> Result<Tokens, Failure> {
        let asked = Instant::now();
        let answer = self.0.http.post(format!("{}/api/v1/auth/token", self.0.url)).form(form).send().await?;
        if !answer.status().is_success() {
            return Err(refused(answer.status().as_u16(), &answer.bytes().await?));
        }
        let granted: Granted = answer.json().await?;
        Ok(Tokens { access: granted.access_token, refresh: granted.refresh_token, until: asked + Duration::from_secs(granted.expires_in) })
    }
}

/// Puts the token of a login into a request of a generated client; what the login itself is refused comes as its text.
pub async fn authorize(login: &Login, request: &mut reqwest::Request) -> Result<(), String> {
    let token = login.token().await.map_err(|failure| failure.to_string())?;
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|error| error.to_string())?;
    value.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(())
}
