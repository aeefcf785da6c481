//! What can go wrong, told so that a client knows what to do next (RFC 9457), and the errors that only the service sees.

use serde_json::{Map, Value, json};

/// The result of everything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure on its way to the edge of the service.
#[derive(Debug)]
pub enum Error {
    /// Something to tell the client.
    Problem(Box<Problem>),
    /// The database refused or went away. The client sees a 503 or 500 without its text.
    Database(diesel::result::Error),
    /// A rehearsal came to its end: what it did is taken back.
    Rehearsed,
}

/// How many broken fields an answer names; of more it tells the count.
pub const NAMED: usize = 1_000;

/// One broken field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the request body.
    pub pointer: String,
    /// A stable word for the rule, e.g. `required`, `too_long`, `reference`.
    pub code: String,
    /// What is expected instead.
    pub detail: String,
    /// The limits of the rule, so that a page can say them in its own words: `min` and `max`, `allowed`, `pattern`.
    pub params: Map<String, Value>,
}

/// A name as a segment of a JSON pointer (RFC 6901).
pub fn pointer_segment(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

impl FieldError {
    /// A broken field.
    pub fn new(pointer: impl Into<String>, code: impl Into<String>, detail: impl Into<String>) -> Self {
        FieldError { pointer: pointer.into(), code: code.into(), detail: detail.into(), params: Map::new() }
    }

    /// With the limits of the rule.
    pub fn with_params(mut self, params: Value) -> Self {
        if let Value::Object(params) = params {
            self.params = params;
        }
        self
    }

    /// A field that does not exist here, or not for the caller.
    pub fn unknown(name: &str) -> Self {
        FieldError::new(format!("/{}", pointer_segment(name)), "unknown", "There is no such field here. Remove it.")
    }

    /// The same as a JSON object.
    pub fn to_json(&self) -> Value {
        let mut error = json!({"pointer": self.pointer, "code": self.code, "detail": self.detail});
        if !self.params.is_empty() {
            error["params"] = self.params.clone().into();
        }
        error
    }
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $Variant:ident = $status:literal $slug:literal $title:literal;)*) => {
        /// Every kind of problem: its status, its path under `/problems/` and what it means.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind { $($(#[doc = $doc])* $Variant),* }
        impl Kind {
            /// All kinds, in order of status.
            pub const ALL: &[Kind] = &[$(Kind::$Variant),*];
            /// The HTTP status.
            pub fn status(self) -> u16 { match self { $(Kind::$Variant => $status),* } }
            /// The last segment of `type`.
            pub fn slug(self) -> &'static str { match self { $(Kind::$Variant => $slug),* } }
            /// A short title that never changes.
            pub fn title(self) -> &'static str { match self { $(Kind::$Variant => $title),* } }
            /// What it means and what to do next.
            pub fn meaning(self) -> &'static str { match self { $(Kind::$Variant => concat!($($doc),*)),* } }
        }
    };
}

kinds! {
    /// The request cannot be read: its JSON does not parse, a query parameter is unknown, or a cursor or filter is malformed. Correct the request; sending it again unchanged will fail again.
    BadRequest = 400 "bad-request" "The request cannot be read";
    /// No token, or one that is malformed, expired or revoked. Get a new one at `/api/v1/auth/token`.
    Unauthorized = 401 "unauthorized" "A valid access token is needed";
    /// You may see this, but not do that. Ask for a role with the permission that the detail names.
    Forbidden = 403 "forbidden" "Permission denied";
    /// Nothing with that address exists, or it is not visible to you.
    NotFound = 404 "not-found" "Not found";
    /// The address exists but does not answer to this method. `Allow` lists those it answers to.
    MethodNotAllowed = 405 "method-not-allowed" "Method not allowed";
    /// The answer cannot be sent in a media type that `Accept` admits. Accept `application/json`.
    NotAcceptable = 406 "not-acceptable" "No acceptable form of the answer";
    /// The request is sound, but conflicts with existing data: a duplicate, an illegal transition, a record still in use. `errors` names the fields and rules.
    Conflict = 409 "conflict" "Conflict with existing data";
    /// The resource changed since you read it. Read it again, apply your change to what it is now, and send its new ETag.
    Stale = 412 "stale" "The resource has changed since you read it";
    /// The body is larger than this operation takes. Send less at once.
    TooLarge = 413 "too-large" "The body is too large";
    /// The body has a media type that this operation does not read. The detail names those that it reads.
    UnsupportedMediaType = 415 "unsupported-media-type" "Unsupported media type";
    /// The body was read, but what it says is not valid. `errors` names every broken field.
    Invalid = 422 "invalid" "Some fields are not valid";
    /// The operation would have succeeded, but another one that it depends on, or another one of the same atomic request, failed. Correct that and send all of it again.
    FailedDependency = 424 "failed-dependency" "Failed dependency";
    /// The request must say which version it changes. Send `If-Match` with the ETag you read, or `*`.
    PreconditionRequired = 428 "precondition-required" "If-Match is missing";
    /// Too many requests. Wait as `Retry-After` says.
    TooManyRequests = 429 "too-many-requests" "Too many requests";
    /// Internal error of the service. It is logged under the request id in `instance`; report that id to the operator.
    Internal = 500 "internal" "Internal error";
    /// The service or its database is busy or not reachable. Nothing was changed, unless `outcome` is `unknown`: then look for the change first. Try again as `Retry-After` says.
    Unavailable = 503 "unavailable" "Temporarily unavailable";
}

/// A problem document (RFC 9457).
#[derive(Debug, Clone)]
pub struct Problem {
    /// Which kind of problem; it fixes type, title and status.
    pub kind: Kind,
    /// What happened here and what to do next.
    pub detail: String,
    /// Every broken field.
    pub errors: Vec<FieldError>,
    /// Further members, such as `allowed`.
    pub extra: Map<String, Value>,
    /// Headers the answer must carry, such as `Allow`.
    pub headers: Vec<(&'static str, String)>,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Problem { kind, detail: detail.into(), errors: Vec::new(), extra: Map::new(), headers: Vec::new() }
    }

    /// FieldError fields of a body that could be read (422).
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] if one.pointer.is_empty() => one.detail.clone(),
            [one] => format!("{}: {}", one.pointer, one.detail),
            many => format!("{} fields are not valid; see errors.", many.len()),
        };
        Problem { errors, ..Problem::new(Kind::Invalid, detail) }
    }

    /// A rule broken by other data (409).
    pub fn conflict(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Problem { errors: vec![FieldError::new(pointer, code, detail.clone())], ..Problem::new(Kind::Conflict, detail) }
    }

    /// Absent or not visible: the answer is the same.
    pub fn not_found() -> Self {
        Problem::new(Kind::NotFound, "There is no such resource, or it is not visible to you. Check the address and your roles.")
    }

    /// May be seen but not done.
    pub fn forbidden(permission: &str) -> Self {
        Problem::new(Kind::Forbidden, format!("This needs the permission {permission} here. Ask an administrator for a role that holds it."))
    }

    /// The request cannot be read.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Problem::new(Kind::BadRequest, detail)
    }

    /// With a further member.
    pub fn with(mut self, member: &str, value: Value) -> Self {
        self.extra.insert(member.into(), value);
        self
    }

    /// With a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The document, naming the request that met the problem.
    pub fn to_json(&self, request_id: &str) -> Value {
        let mut body = Map::new();
        body.insert("type".into(), format!("/problems/{}", self.kind.slug()).into());
        body.insert("title".into(), self.kind.title().into());
        body.insert("status".into(), self.kind.status().into());
        body.insert("detail".into(), self.detail.clone().into());
        body.insert("instance".into(), format!("urn:uuid:{request_id}").into());
        body.insert("errors".into(), self.errors.iter().take(NAMED).map(FieldError::to_json).collect());
        if self.errors.len() > NAMED {
            body.insert("count".into(), self.errors.len().into());
        }
        body.extend(self.extra.clone());
        Value::Object(body)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Error::Problem(Box::new(problem))
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Error::Database(error)
    }
}

impl Error {
    /// An answer that cannot be written as JSON.
    pub fn unwritable(error: serde_json::Error) -> Error {
        Error::broken(format!("an answer that is no JSON: {error}"))
    }

    /// Something that cannot be unless the service itself is at fault: told in the log, and to the client as an internal error.
    pub fn broken(what: impl Into<String>) -> Error {
        Error::Database(diesel::result::Error::DeserializationError(what.into().into()))
    }

    /// What the client is told: database errors keep their text inside the service.
    pub fn into_problem(self) -> Problem {
        match self {
            Error::Problem(problem) => *problem,
            Error::Rehearsed => Problem::new(Kind::Internal, "Nothing was changed. Report the request id."),
            Error::Database(error) => {
                tracing::error!(%error, "database error");
                Problem::new(Kind::Internal, "The change could not be made and nothing was changed. Report the request id.")
            }
        }
    }
}
