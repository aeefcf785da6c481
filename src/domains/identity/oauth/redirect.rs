//! The addresses to which a login leads back: which may be registered, and which of them a request means.

use url::{Host, Url};

/// The client of the service's own documentation page.
pub const DOCS: &str = "docs";
/// Where that page takes a code.
const DOCS_PATH: &str = "/docs/oauth2-redirect.html";

/// Schemes that run something in a page, or are none of an app's own.
const UNSAFE: &[&str] = &["javascript", "data", "vbscript", "file", "blob", "about", "ws", "wss", "ftp", "mailto"];

/// Why an address cannot be registered; none if it can.
pub fn fault(address: &str) -> Option<&'static str> {
    let Ok(url) = Url::parse(address) else { return Some("Expected an absolute URL.") };
    if url.fragment().is_some() || address.contains('#') {
        return Some("Expected a URL without a fragment.");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("Expected a URL without a name or password in it.");
    }
    if address.contains(|letter: char| letter.is_whitespace() || letter.is_control() || matches!(letter, '<' | '>' | '"' | '\\' | '*')) {
        return Some("Expected a URL without blanks, quotes and wildcards.");
    }
    match url.scheme() {
        "https" => None,
        "http" if is_loopback(&url) => None,
        "http" => Some("Expected https; http is for 127.0.0.1, [::1] and localhost only."),
        scheme if UNSAFE.contains(&scheme) || !scheme.contains('.') => {
            Some("Expected https, or a scheme of the app's own with a dot in it, such as org.example.app.")
        }
        _ => None,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether a request names a registered address: exactly, or on this machine with another port (RFC 8252, section 7.3).
pub fn is_registered(registered: &str, asked: &str) -> bool {
    if registered == asked {
        return true;
    }
    let (Ok(mut known), Ok(mut asked_url)) = (Url::parse(registered), Url::parse(asked)) else { return false };
    if fault(asked).is_some() || known.scheme() != "http" || !is_loopback(&known) || known.host() != asked_url.host() {
        return false;
    }
    known.set_port(None).is_ok() && asked_url.set_port(None).is_ok() && known == asked_url
}

/// The addresses of the documentation page, by the address of the service; on this machine by any of its names.
pub fn of_docs(issuer: &str) -> Vec<String> {
    let mut addresses = vec![format!("{issuer}{DOCS_PATH}")];
    if Url::parse(issuer).is_ok_and(|url| url.scheme() == "http" && is_loopback(&url)) {
        addresses.extend(["127.0.0.1", "localhost", "[::1]"].map(|host| format!("http://{host}{DOCS_PATH}")));
    }
    addresses
}

/// An address with parameters added to its query.
pub fn with_parameters(address: &str, parameters: &[(&str, &str)]) -> Option<String> {
    let mut url = Url::parse(address).ok()?;
    url.query_pairs_mut().extend_pairs(parameters);
    Some(url.into())
}

/// The source of `form-action` (CSP 3) that an address is; none where the policy has no word for it.
pub fn policy_source(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    match (url.scheme(), url.host()) {
        (_, Some(Host::Ipv6(_))) => None,
        ("http" | "https", Some(_)) => Some(url.origin().ascii_serialization()),
        (scheme, _) => Some(format!("{scheme}:")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_or_on_this_machine_or_of_an_apps_own_scheme() {
        for good in [
            "https://a.example.org/cb",
            "https://a.example.org/cb?x=1",
            "http://127.0.0.1/cb",
            "http://[::1]:9000/cb",
            "http://localhost:5173/",
            "org.example.app:/cb",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "/cb",
            "http://a.example.org/cb",
            "https://a/cb#x",
            "https://u:p@a/cb",
            "https://*.example.org/cb",
            "javascript:alert(1)",
            "app:/cb",
            "data:text/html,x",
            "https://a/ b",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn addresses_match_exactly_but_for_the_port_on_this_machine() {
        assert!(is_registered("https://a/cb", "https://a/cb"));
        for (registered, asked) in [
            ("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb"),
            ("http://[::1]:1/cb", "http://[::1]:2/cb"),
            ("http://localhost/cb", "http://localhost:5173/cb"),
        ] {
            assert!(is_registered(registered, asked), "{asked}");
        }
        for (registered, asked) in [
            ("https://a/cb", "https://a/cb/"),
            ("https://a/cb", "https://a:444/cb"),
            ("https://a/cb", "https://a/cb?x=1"),
            ("https://a/cb", "https://A/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:5000/other"),
            ("http://127.0.0.1/cb", "http://localhost:5000/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb"),
            ("http://127.0.0.1/cb", "http://x@127.0.0.1:5000/cb"),
        ] {
            assert!(!is_registered(registered, asked), "{asked}");
        }
    }
}
