//! The forms that clients of OAuth 2 send, and how a client says who it is.

use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE};
use actix_web::web::{Payload, Query};
use actix_web::{HttpRequest, web::Bytes};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::collections::HashMap;
use steward_core::error::{Kind as ProblemKind, Result};

/// The greatest form that is read.
const MOST: usize = 16 * 1024;

/// The parameters of a request: text, each once. Names that nobody asks for are ignored (RFC 6749, section 3.2).
#[derive(Debug, Default)]
pub struct Form(HashMap<String, String>);

impl Form {
    /// Reads the body of a request; none if it is no form, or a name stands twice in it.
    pub async fn read(request: &HttpRequest, payload: &mut Payload) -> Result<Option<Form>> {
        let body: Bytes = steward_core::http::read_body(payload, MOST).await?;
        let sent = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_form = sent.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded");
        Ok(if is_form { Form::parse(&body) } else { None })
    }

    fn parse(body: &[u8]) -> Option<Form> {
        let pairs = Query::<Vec<(String, String)>>::from_query(std::str::from_utf8(body).ok()?).ok()?.into_inner();
        let mut form = HashMap::new();
        for (name, value) in pairs {
            if value.contains('\0') || form.insert(name, value).is_some() {
                return None;
            }
        }
        Some(Form(form))
    }

    /// A parameter.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All parameters.
    pub fn all(&self) -> &HashMap<String, String> {
        &self.0
    }

    /// A parameter that is not empty.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.value(name).filter(|value| !value.is_empty())
    }
}

/// How an endpoint refuses that anybody may send a form to, beside what its RFC says.
pub const PROBLEMS: &[ProblemKind] = &[
    ProblemKind::BadRequest,
    ProblemKind::MethodNotAllowed,
    ProblemKind::TooLarge,
    ProblemKind::TooManyRequests,
    ProblemKind::Internal,
    ProblemKind::Unavailable,
];

/// A client as it names itself (RFC 6749, section 2.3.1): it is not known yet whether that is true.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// Its secret, if it has sent one.
    pub secret: Option<String>,
    /// True if it came in the header `Authorization`, whose refusal is a 401 with a challenge.
    pub in_header: bool,
}

impl Client {
    /// The client of a request, if it names one: in the header, else in the form.
    pub fn of(request: &HttpRequest, form: &Form) -> Option<Client> {
        header(request).and_then(Client::basic).or_else(|| {
            let secret = form.filled("client_secret").map(str::to_owned);
            Some(Client { id: form.filled("client_id")?.to_owned(), secret, in_header: false })
        })
    }

    /// `Basic`, with both parts encoded as in a form.
    fn basic(header: &str) -> Option<Client> {
        let text = String::from_utf8(BASE64.decode(after_basic(header)?.trim()).ok()?).ok()?;
        let (id, secret) = text.split_once(':')?;
        let plain = |part: &str| Query::<Vec<(String, String)>>::from_query(&format!("x={part}")).ok()?.into_inner().pop().map(|(_, value)| value);
        let (id, secret) = (plain(id)?, plain(secret)?);
        // A public client has no secret, and what names nobody is no client.
        (!id.is_empty()).then(|| Client { id, secret: Some(secret).filter(|secret| !secret.is_empty()), in_header: true })
    }
}

/// True if a request authenticates by `Basic`, whether or not it can be read. An empty name with an empty secret, which dialogs send that
/// were not filled in, is nobody who authenticates.
pub fn is_basic(request: &HttpRequest) -> bool {
    header(request).and_then(after_basic).is_some_and(|sent| BASE64.decode(sent.trim()).ok().as_deref() != Some(b":"))
}

fn header(request: &HttpRequest) -> Option<&str> {
    request.headers().get(AUTHORIZATION)?.to_str().ok()
}

/// What follows the scheme `Basic`; none of another scheme.
fn after_basic(header: &str) -> Option<&str> {
    let (scheme, sent) = header.split_once(' ').unwrap_or((header, ""));
    scheme.eq_ignore_ascii_case("basic").then_some(sent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_each_name_once() {
        let form = Form::parse(b"a=1&b=two+words&c=").unwrap();
        assert_eq!((form.value("a"), form.value("b"), form.value("c"), form.filled("c")), (Some("1"), Some("two words"), Some(""), None));
        assert!(Form::parse(b"a=1&a=1").is_none());
        assert!(Form::parse(b"a=%00").is_none());
        assert!(Form::parse(b"a=\xff").is_none());
    }

    #[test]
    fn an_empty_client_is_none_and_one_without_a_secret_is_public() {
        assert!(Client::basic("Basic Og==").is_none());
        let public = Client::basic(&format!("Basic {}", BASE64.encode("docs:"))).unwrap();
        assert_eq!((public.id.as_str(), public.secret), ("docs", None));
    }

    #[test]
    fn a_client_names_itself_in_the_header_with_both_parts_encoded() {
        let sent = BASE64.encode("a%3Ab:s%20e+c:ret");
        let client = Client::basic(&format!("basic {sent}")).unwrap();
        assert_eq!((client.id.as_str(), client.secret.as_deref()), ("a:b", Some("s e c:ret")));
        for odd in ["Basic", "Basic !", "Basic YQ==", "Bearer YTpi"] {
            assert!(Client::basic(odd).is_none(), "{odd}");
        }
    }
}
