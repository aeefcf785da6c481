//! The login page: plain HTML without scripts, read by screen readers and password managers alike.

use super::redirect;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};
use steward_core::access::secret::new_secret;
use steward_core::http::AppState;

/// How the page looks, in light and dark.
const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;margin:0;color:#1b1b1b;background:#f4f4f4}main{max-width:24rem;margin:10vh auto;padding:2rem;background:#fff;border:1px solid #ccc;border-radius:.5rem}h1{font-size:1.4rem;margin:0 0 1rem}label{display:block;margin:1rem 0 .25rem;font-weight:600}input{box-sizing:border-box;width:100%;padding:.6rem;font:inherit;border:1px solid #767676;border-radius:.25rem}button{margin-top:1.5rem;width:100%;padding:.7rem;font:inherit;font-weight:600;color:#fff;background:#0b57d0;border:0;border-radius:.25rem}:focus-visible{outline:3px solid #0b57d0;outline-offset:2px}ul{list-style:none;margin:1.5rem 0 0;padding:0}li a{display:block;margin:.5rem 0;padding:.6rem;text-align:center;border:1px solid #767676;border-radius:.25rem;color:inherit}[role=alert]{padding:.75rem;border-left:4px solid #b3261e;background:#fceeee;color:#1b1b1b}@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}main{background:#222;border-color:#444}input{background:#161616;color:#eee}}";

/// Lifetime of the page's cookie.
const COOKIE_SECONDS: u32 = 600;

/// What the page of a login shows.
pub struct LoginPage<'a> {
    /// The name of the client.
    pub client: &'a str,
    /// What the form sends beside the address and the password.
    pub hidden: &'a [(&'static str, String)],
    /// The address that is filled in already.
    pub username: &'a str,
    /// Why the last try did not succeed.
    pub error: Option<&'a str>,
    /// Identity providers: where a login through each begins, and its name.
    pub providers: &'a [(String, String)],
    /// The address to which the login leads back.
    pub redirect_uri: &'a str,
}

impl LoginPage<'_> {
    /// The page as an answer.
    pub fn answer(&self, status: u16, token: &FormToken) -> HttpResponse {
        let mut response = html(status, Some(self.redirect_uri));
        response.insert_header((SET_COOKIE, token.cookie()));
        response.body(document("Log in", &self.body(token)))
    }

    fn body(&self, token: &FormToken) -> String {
        let mut body = format!("<h1>Log in to {}</h1>", escaped(self.client));
        if let Some(error) = self.error {
            body.push_str(&format!("<p role=\"alert\" id=\"error\">{}</p>", escaped(error)));
        }
        body.push_str("<form method=\"post\" action=\"authorize\">");
        for (name, value) in self.hidden.iter().map(|(name, value)| (*name, value.as_str())).chain([("csrf", token.0.as_str())]) {
            body.push_str(&format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value)));
        }
        let described = if self.error.is_some() { " aria-describedby=\"error\" aria-invalid=\"true\"" } else { "" };
        body.push_str(&format!(
            "<label for=\"username\">E-mail address</label><input id=\"username\" name=\"username\" type=\"email\" autocomplete=\"username\" required maxlength=\"320\" value=\"{}\"{described}>\
             <label for=\"password\">Password</label><input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" required maxlength=\"1000\"{described}>\
             <button type=\"submit\">Log in</button></form>",
            escaped(self.username)
        ));
        if !self.providers.is_empty() {
            body.push_str("<nav aria-label=\"Other ways to log in\"><ul>");
            for (address, name) in self.providers {
                body.push_str(&format!("<li><a href=\"{}\">Log in with {}</a></li>", escaped(address), escaped(name)));
            }
            body.push_str("</ul></nav>");
        }
        body
    }
}

/// A page that says why there is no login, and leads nowhere.
pub fn refusal(status: u16, detail: &str) -> HttpResponse {
    html(status, None).body(document("Login is not possible", &format!("<h1>Login is not possible</h1><p role=\"alert\">{}</p>", escaped(detail))))
}

/// An answer in which nothing but the page's own style is allowed, that is kept by nobody, framed by nobody, and named to nobody.
pub fn html(status: u16, redirect_uri: Option<&str>) -> HttpResponseBuilder {
    let style = BASE64.encode(Sha256::digest(STYLE.as_bytes()));
    // A form may send to the page only, and its answer may lead to the client only. The policy has no word for IPv6 addresses.
    let action = match redirect_uri.map(redirect::policy_source) {
        Some(Some(source)) => format!("; form-action 'self' {source}"),
        Some(None) => String::new(),
        None => "; form-action 'none'".to_owned(),
    };
    let policy = format!("default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'; base-uri 'none'{action}");
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST));
    response
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((X_FRAME_OPTIONS, "DENY"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    response
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
}

/// Text as HTML, in an element or in an attribute.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            letter => html.push(letter),
        }
    }
    html
}

/// What ties the form to the browser that got it: the same secret in a cookie and in the form.
pub struct FormToken(String, bool);

impl FormToken {
    /// That of the browser, or a new one.
    pub fn of(request: &HttpRequest, state: &AppState) -> FormToken {
        let secure = is_secure(state);
        FormToken(sent(request, secure).unwrap_or_else(new_secret), secure)
    }

    /// Whether a form came from a page that this browser got, and from no other site.
    pub fn is_that_of(request: &HttpRequest, state: &AppState, sent_in_form: Option<&str>) -> bool {
        let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
        let own = site.is_none_or(|site| matches!(site, "same-origin" | "none"));
        own && sent(request, is_secure(state)).is_some_and(|cookie| Some(cookie.as_str()) == sent_in_form)
    }

    fn cookie(&self) -> String {
        let secure = if self.1 { "; Secure" } else { "" };
        format!("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={COOKIE_SECONDS}{secure}", cookie_name(self.1), self.0)
    }
}

fn is_secure(state: &AppState) -> bool {
    state.keys.issuer().starts_with("https://")
}

fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-steward-login" } else { "steward-login" }
}

/// The secret in the cookie of a request, if it looks like one of ours.
fn sent(request: &HttpRequest, secure: bool) -> Option<String> {
    let cookies = request.headers().get_all(COOKIE).filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    let mut named = cookies.filter_map(|cookie| cookie.trim().split_once('=')).filter(|(name, _)| *name == cookie_name(secure)).map(|(_, value)| value);
    let value = named.next()?;
    let ours = value.len() == 43 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    (ours && named.next().is_none()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_that_is_shown_becomes_markup() {
        assert_eq!(escaped("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    }
}
