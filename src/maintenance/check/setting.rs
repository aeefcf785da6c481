//! The settings: each by itself, and those that contradict one another.

use super::finding::{Finding, good, note, or_good, wrong};
use crate::config::{Limits, Serve};
use crate::http::{Header, Network, Origins, Rule};
use crate::outgoing::Mailer;
use crate::telemetry;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use url::{Host, Url};

/// What the settings say without the database.
pub fn check(settings: &Serve) -> Vec<Finding> {
    let addresses: Vec<SocketAddr> = settings.listen.to_socket_addrs().map(Iterator::collect).unwrap_or_default();
    let beyond = addresses.iter().any(|address| !address.ip().is_loopback());
    let mut findings = listen(settings, &addresses);
    findings.extend(public_url(settings, &addresses));
    findings.extend(origins(&settings.cors_origins));
    findings.extend(limits(&settings.limits));
    findings.extend(mail(settings));
    findings.extend(traces(settings));
    if settings.metrics == "public" && beyond {
        findings.push(note("metrics", "Everybody who reaches the service may read /metrics. Set STEWARD_METRICS=permission, or let the proxy keep it inside."));
    }
    findings
}

fn listen(settings: &Serve, addresses: &[SocketAddr]) -> Vec<Finding> {
    let listen = &settings.listen;
    let Some(first) = addresses.first() else {
        return vec![wrong("listen", format!("{listen} is no address and port. Set STEWARD_LISTEN to one such as 127.0.0.1:8080."))];
    };
    vec![match TcpListener::bind(first) {
        Ok(_) => good("listen", format!("{listen} is free.")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            note("listen", format!("Something listens on {listen}: the service itself if it runs, else stop what does or set STEWARD_LISTEN to another port."))
        }
        Err(error) => {
            wrong("listen", format!("{listen} cannot be listened on ({error}). Set STEWARD_LISTEN to an address of this machine and a port above 1023."))
        }
    }]
}

/// Whether a URL leads to this machine itself.
fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn public_url(settings: &Serve, addresses: &[SocketAddr]) -> Vec<Finding> {
    const SUBJECT: &str = "public URL";
    let given = match settings.public_address() {
        Ok(given) => given,
        Err(why) => return vec![wrong(SUBJECT, why)],
    };
    let Some(url) = given else {
        return match addresses.iter().any(|address| address.ip().is_unspecified()) {
            true => vec![wrong(
                SUBJECT,
                format!(
                    "The service listens on every address ({}), and no client knows it by that. Set STEWARD_PUBLIC_URL to what clients call, such as https://steward.example.org.",
                    settings.listen
                ),
            )],
            false => vec![good(SUBJECT, format!("{}, as it listens.", settings.issuer()))],
        };
    };
    let mut complaints = Vec::new();
    if url.scheme() == "http" && !is_local(&url) {
        complaints.push(wrong(
            SUBJECT,
            "Tokens and passwords go to it unencrypted. Put a proxy with TLS before the service, and set STEWARD_PUBLIC_URL to its https address.",
        ));
    }
    if url.scheme() == "https" && settings.limits.trusted_proxies.iter().all(|text| text.trim().is_empty()) {
        let text = "It is https, which a proxy answers to, and no proxy is trusted: everybody is one address, and limits hold for all together. Set STEWARD_TRUSTED_PROXIES to the proxy's address.";
        complaints.push(wrong("proxies", text));
    }
    or_good(complaints, SUBJECT, format!("{}.", settings.issuer()))
}

fn origins(texts: &[String]) -> Vec<Finding> {
    const SUBJECT: &str = "CORS origins";
    match Origins::read(texts) {
        Err(expected) => vec![wrong(SUBJECT, format!("{expected}. Mend STEWARD_CORS_ORIGINS."))],
        Ok(origins) if !origins.is_open() => vec![good(SUBJECT, "No page on another origin may call the API.")],
        Ok(_) => {
            let mut complaints = Vec::new();
            if texts.iter().any(|text| text.trim() == "*") {
                let idle = if texts.len() > 1 { ", and the origins beside it say nothing" } else { "" };
                complaints.push(note(SUBJECT, format!("Every page may call the API (*){idle}. Name the origins of your pages.")));
            }
            let plain = |text: &&String| Url::parse(text.trim()).is_ok_and(|url| url.scheme() == "http" && !is_local(&url));
            complaints.extend(
                texts
                    .iter()
                    .find(plain)
                    .map(|text| note(SUBJECT, format!("{} is not encrypted: whoever is on the way can change its pages. Use https.", text.trim()))),
            );
            or_good(complaints, SUBJECT, texts.join(", "))
        }
    }
}

fn limits(settings: &Limits) -> Vec<Finding> {
    let rules = [
        ("STEWARD_LIMIT_AUTH", &settings.limit_auth),
        ("STEWARD_LIMIT_PRINCIPAL", &settings.limit_principal),
        ("STEWARD_LIMIT_READ", &settings.limit_read),
        ("STEWARD_LIMIT_WRITE", &settings.limit_write),
        ("STEWARD_LIMIT_BULK", &settings.limit_bulk),
    ];
    let mut complaints: Vec<Finding> =
        rules.iter().filter_map(|(name, text)| text.parse::<Rule>().err().map(|expected| wrong("limits", format!("{name}: {expected}.")))).collect();
    let proxies = settings.trusted_proxies.iter().filter(|text| !text.trim().is_empty());
    complaints
        .extend(proxies.filter_map(|text| text.parse::<Network>().err()).map(|expected| wrong("proxies", format!("STEWARD_TRUSTED_PROXIES: {expected}."))));
    complaints.extend(settings.proxy_header.parse::<Header>().err().map(|expected| wrong("proxies", format!("STEWARD_PROXY_HEADER: {expected}."))));
    if settings.limit_auth.trim() == "0" {
        complaints.push(note("limits", "Logins are not limited by address. Remove STEWARD_LIMIT_AUTH=0."));
    }
    or_good(complaints, "limits", "They can be read.")
}

/// Why no mail can be sent by these settings: read by what sends them.
fn mail(settings: &Serve) -> Vec<Finding> {
    const SUBJECT: &str = "mail";
    match Mailer::of(&settings.mail, settings.ca_file.as_deref()) {
        Err(why) => vec![wrong(SUBJECT, why)],
        Ok(None) if settings.mail.smtp_from.as_deref().is_some_and(|from| !from.is_empty()) => {
            vec![note(SUBJECT, "A sender is named and no mail server, so no mail is sent. Set STEWARD_SMTP_URL, or remove STEWARD_SMTP_FROM.")]
        }
        Ok(_) => Vec::new(),
    }
}

/// Why no traces can be sent by these settings: read by what sends them.
fn traces(settings: &Serve) -> Option<Finding> {
    let why = telemetry::why_not_sent(settings.traces.as_ref()?, settings.traces_share)?;
    Some(wrong("traces", why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Command;
    use crate::maintenance::check::finding::Severity;
    use clap::Parser;

    fn settings(arguments: &[&str]) -> Serve {
        let usual: &[&str] = if arguments.contains(&"--listen") { &["steward"] } else { &["steward", "--listen", "127.0.0.1:0"] };
        Command::try_parse_from(usual.iter().chain(arguments)).unwrap().serve
    }

    fn found(arguments: &[&str]) -> Vec<(Severity, &'static str)> {
        check(&settings(arguments))
            .into_iter()
            .filter(|finding| finding.severity != Severity::Good)
            .map(|finding| (finding.severity, finding.subject))
            .collect()
    }

    #[test]
    fn what_is_set_by_itself_is_good() {
        assert_eq!(found(&[]), []);
        assert_eq!(found(&["--public-url", "https://steward.example.org", "--trusted-proxies", "10.0.0.0/8", "--cors-origins", "https://app.example.org"]), []);
    }

    #[test]
    fn what_cannot_be_or_contradicts_is_wrong() {
        let (wrong, note) = (Severity::Wrong, Severity::Note);
        for (arguments, expected) in [
            (&["--public-url", "steward.example.org"][..], vec![(wrong, "public URL")]),
            (&["--public-url", "http://steward.example.org"], vec![(wrong, "public URL")]),
            (&["--public-url", "https://me@steward.example.org", "--trusted-proxies", "10.0.0.1"], vec![(wrong, "public URL")]),
            (&["--public-url", "https://steward.example.org"], vec![(wrong, "proxies")]),
            (&["--cors-origins", "app.example.org"], vec![(wrong, "CORS origins")]),
            (&["--cors-origins", "*,https://app.example.org"], vec![(note, "CORS origins")]),
            (&["--cors-origins", "http://app.example.org"], vec![(note, "CORS origins")]),
            (&["--limit-auth", "ten"], vec![(wrong, "limits")]),
            (&["--limit-auth", "0"], vec![(note, "limits")]),
            (&["--trusted-proxies", "proxy"], vec![(wrong, "proxies")]),
            (&["--proxy-header", "x-real-ip"], vec![(wrong, "proxies")]),
            (&["--public-url", "foo"], vec![(wrong, "public URL")]),
            (&["--smtp-url", "smtps://mail.example.org"], vec![(wrong, "mail")]),
            (&["--smtp-url", "bogus", "--smtp-from", "steward@example.org"], vec![(wrong, "mail")]),
            (&["--smtp-url", "smtp://me:sesame@mail.example.org", "--smtp-from", "steward@example.org"], vec![(wrong, "mail")]),
            (&["--smtp-url", "smtps://mail.example.org", "--smtp-from", "steward@example.org"], vec![]),
            (&["--smtp-from", "steward@example.org"], vec![(note, "mail")]),
            (&["--traces", "bogus"], vec![(wrong, "traces")]),
            (&["--traces", "http://127.0.0.1:4318", "--traces-share", "2"], vec![(wrong, "traces")]),
            (&["--traces", "http://127.0.0.1:4318"], vec![]),
            (&["--listen", "nowhere"], vec![(wrong, "listen")]),
            (&["--listen", "0.0.0.0:0"], vec![(wrong, "public URL"), (note, "metrics")]),
            (&["--listen", "192.0.2.1:8080", "--metrics", "off"], vec![(wrong, "listen")]),
        ] {
            assert_eq!(found(arguments), expected, "{arguments:?}");
        }
    }
}
