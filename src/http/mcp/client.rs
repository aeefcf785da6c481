//! How a tool asks the API: by a call that the thread answers that serves the request.

use super::mistake::mistake;
use crate::http::openapi::api::Api;
use actix_web::http::Method;
use bytes::Bytes;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// A call of the API that a tool makes.
pub struct Call {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// Headers beside those of who asks.
    pub headers: Vec<(&'static str, String)>,
    /// The body as JSON; empty for none.
    pub body: Bytes,
    /// Where the answer goes.
    pub reply: oneshot::Sender<Reply>,
}

/// What the API answered.
#[derive(Default)]
pub struct Reply {
    /// The status; 0 if there was no answer.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

/// The API as a tool asks it, in the name of who asks.
#[derive(Clone)]
pub struct Client {
    /// Where calls go.
    pub calls: mpsc::Sender<Call>,
    /// What there is.
    pub api: Arc<Api>,
}

impl Client {
    /// The answer of a call: its body, or the problem that it was refused with.
    pub async fn ask(&self, method: Method, path: String, headers: Vec<(&'static str, String)>, body: Option<&Value>) -> Result<Value, Value> {
        let (reply, answer) = oneshot::channel();
        let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        let sent = self.calls.send(Call { method, path, headers, body, reply }).await;
        let answer = if sent.is_ok() { answer.await.unwrap_or_default() } else { Reply::default() };
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        match answer.status {
            200..=299 => Ok(said),
            _ if said.is_object() => Err(said),
            status => Err(mistake(format!("The API gave no answer that can be read (status {status}). Try again."))),
        }
    }

    /// What stands at an address.
    pub async fn get(&self, path: String) -> Result<Value, Value> {
        self.ask(Method::GET, path, Vec::new(), None).await
    }
}
