//! What a domain does beside the usual operations: a `POST` that hands something out, imports, restores.

use super::Call;
use crate::access::Session;
use crate::error::Result;
use crate::resource::Model;
use crate::store::{Outcome, Store, Writer};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// The media type of most bodies.
pub const JSON: &[&str] = &["application/json"];

/// An operation that writes. Its body is read before the transaction begins, off the threads that serve.
pub trait Action: 'static {
    /// Its address under `/api/v1/`.
    const PATH: &'static str;
    /// Its operation id.
    const OPERATION_ID: &'static str;
    /// A noun phrase with a verb in front.
    const SUMMARY: &'static str;
    /// Effect, limits, and refusals.
    const DESCRIPTION: &'static str;
    /// The permissions that it needs, all of them.
    const PERMISSIONS: &'static [&'static str];
    /// The media types of body that it reads.
    const FORMS: &'static [&'static str] = JSON;
    /// The greatest size of the body, in bytes.
    const LIMIT: usize = 1 << 20;
    /// True if it can take so long that a client may have it done later (202).
    const LONG: bool = false;
    /// True if it only rehearses: whatever it writes is taken back, as with `dry_run=true`, and its answer is all that is left of it.
    const REHEARSED: bool = false;
    /// Its parameters.
    type Query: DeserializeOwned + IntoParams;
    /// Its body, as the document describes it.
    type Body: ToSchema;
    /// Its body, as it was read: the value type of the body itself, or what is made of it.
    type Prepared: Prepare;
    /// Its answer, as the document describes it.
    type Answer: ToSchema;

    /// An example of the body in a media type.
    fn example(form: &str) -> Value;

    /// Writes; may run more than once.
    fn apply(writer: &mut Writer<'_>, call: &Call, prepared: &Self::Prepared) -> Result<Outcome>;
}

/// What an operation has read of its call before the transaction begins. A value type is its body as it is.
pub trait Prepare: Send + Sync + Sized + 'static {
    /// Reads the body (400, 422).
    fn prepare(store: &Store, session: &Session, call: &Call) -> Result<Self>;
}

impl<B: Model> Prepare for B {
    fn prepare(_: &Store, _: &Session, call: &Call) -> Result<Self> {
        call.body()
    }
}

/// No body at all.
impl Prepare for () {
    fn prepare(_: &Store, _: &Session, call: &Call) -> Result<Self> {
        call.no_body()
    }
}

/// An empty body: an object without members.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}
