//! Failures: a refusal of the service, which says what to do next, or a call that did not arrive.

use futures_util::TryStreamExt;
use progenitor_client::{ByteStream, Error};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::fmt;

/// Cause of a call that failed.
#[derive(Debug)]
pub enum Failure {
    /// The service refused it.
    Problem(Box<Problem>),
    /// The service was not reached, or its answer did not arrive.
    Connection(reqwest::Error),
    /// The request could not be made, or the answer is not what the document says.
    Other(String),
}

/// A problem document (RFC 9457).
#[derive(Debug, Clone, Deserialize)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// Kind of problem.
    pub title: String,
    /// Cause, with the next step.
    #[serde(default)]
    pub detail: String,
    /// All broken fields.
    #[serde(default)]
    pub errors: Vec<BrokenField>,
    /// Further members, such as `allowed` after a refused transition.
    #[serde(flatten)]
    pub members: Map<String, Value>,
}

/// A field that is refused.
#[derive(Debug, Clone, Deserialize)]
pub struct BrokenField {
    /// JSON pointer into the body (RFC 6901).
    pub pointer: String,
    /// The rule that it breaks.
    pub code: String,
    /// Correction to make.
    pub detail: String,
    /// The limits of that rule.
    #[serde(default)]
    pub params: Map<String, Value>,
}

impl Problem {
    /// True if the record was changed since it was read (412).
    pub fn is_stale(&self) -> bool {
        self.status == 412
    }

    /// Faults of a field, by its pointer or its name.
    pub fn at<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a BrokenField> {
        self.errors.iter().filter(move |broken| broken.pointer == field || broken.pointer.strip_prefix('/') == Some(field))
    }
}

impl Failure {
    /// Failure behind an error of a generated operation; reads the body of a refusal.
    pub async fn of(error: Error<ByteStream>) -> Failure {
        match error {
            Error::ErrorResponse(answer) => {
                let status = answer.status().as_u16();
                match answer.into_inner_stream().try_fold(Vec::new(), |all, some| async move { Ok([all, some.to_vec()].concat()) }).await {
                    Ok(body) => refused(status, &body),
                    Err(error) => Failure::Connection(error),
                }
            }
            Error::UnexpectedResponse(answer) => {
                let status = answer.status().as_u16();
                answer.bytes().await.map_or_else(Failure::Connection, |body| refused(status, &body))
            }
            Error::CommunicationError(error) | Error::InvalidUpgrade(error) | Error::ResponseBodyError(error) => Failure::Connection(error),
            Error::InvalidRequest(text) | Error::Custom(text) => Failure::Other(text),
            Error::InvalidResponsePayload(_, error) => Failure::Other(error.to_string()),
        }
    }

    /// The refusal, where it is one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Failure::Problem(problem) => Some(problem),
            _ => None,
        }
    }
}

/// A refusal with this body; the token endpoint words it as RFC 6749 does.
pub(crate) fn refused(status: u16, body: &[u8]) -> Failure {
    let text = || String::from_utf8_lossy(body).into_owned();
    let Ok(mut members) = serde_json::from_slice::<Map<String, Value>>(body) else { return Failure::Other(format!("{status}: {}", text())) };
    members.insert("status".into(), status.into());
    for (ours, theirs) in [("title", "error"), ("detail", "error_description")] {
        if let Some(value) = members.remove(theirs) {
            members.entry(ours).or_insert(value);
        }
    }
    serde_json::from_value(members.into()).map_or_else(|_| Failure::Other(format!("{status}: {}", text())), Failure::Problem)
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Failure::Connection(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Problem(problem) => write!(to, "{} {}: {}", problem.status, problem.title, problem.detail),
            Failure::Connection(error) => write!(to, "{error}"),
            Failure::Other(text) => write!(to, "{text}"),
        }
    }
}

impl std::error::Error for Failure {}
