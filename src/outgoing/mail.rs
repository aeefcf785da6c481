//! Mail: one server, which the operator names.

use super::client::Failure;
use crate::config;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::{Error, SmtpTransport};
use lettre::{Address, Transport};
use percent_encoding::percent_decode_str;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use url::Url;

/// How long the server may take for each step.
const STEP: Duration = Duration::from_secs(10);
/// Ports of a server: encrypted from the beginning, encrypted on demand, and not at all.
const PORTS: [u16; 3] = [465, 587, 25];

/// A mail as it is written.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Id that it keeps in every attempt, so that servers and programs know it again.
    pub id: String,
    /// Address of who gets it.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// When it was written.
    pub date: SystemTime,
}

/// Sends mails by the server of the operator.
#[derive(Clone)]
pub struct Mailer {
    transport: Arc<SmtpTransport>,
    from: Mailbox,
}

impl Mailer {
    /// The mailer of the settings; none where they name no server.
    pub fn of(settings: &config::Mail, authorities: Option<&Path>) -> Result<Option<Self>, String> {
        let url = settings.smtp_url.as_deref().filter(|url| !url.is_empty());
        url.map(|url| Mailer::new(url, settings.smtp_from.as_deref(), authorities)).transpose()
    }

    /// By the URL of a server (`smtps://user:password@host`, `smtp://host:587?tls=required`, or `smtp://host` in clear and without a password),
    /// the sender, and the file of the authorities that sign its certificate. What is wrong is said without the URL: it holds a password.
    pub fn new(url: &str, from: Option<&str>, authorities: Option<&Path>) -> Result<Self, String> {
        let wrong = || "STEWARD_SMTP_URL is no URL of a mail server. Expected smtps://user:password@host or smtp://host:587?tls=required.".to_owned();
        let url = Url::parse(url).map_err(|_| wrong())?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(wrong)?;
        let is_required = match (url.scheme(), url.query()) {
            ("smtps" | "smtp", None) => false,
            ("smtp", Some("tls=required")) => true,
            _ => return Err(wrong()),
        };
        let from = from.ok_or("STEWARD_SMTP_FROM is missing: the address that mails come from, such as Steward <steward@example.org>.")?;
        let from =
            from.parse::<Mailbox>().map_err(|_| format!("STEWARD_SMTP_FROM is no address: {from:?}. Expected one such as Steward <steward@example.org>."))?;
        let [encrypted, on_demand, clear] = PORTS;
        let (tls, port) = match url.scheme() {
            "smtps" => (Tls::Wrapper(parameters(host, authorities)?), encrypted),
            _ if is_required => (Tls::Required(parameters(host, authorities)?), on_demand),
            _ => (Tls::None, clear),
        };
        let mut builder = SmtpTransport::builder_dangerous(host).port(url.port().unwrap_or(port)).timeout(Some(STEP));
        if let Some(password) = url.password() {
            if matches!(tls, Tls::None) {
                return Err("STEWARD_SMTP_URL would send a password in clear. Write smtps://, or ?tls=required behind the address.".into());
            }
            let decoded = |text: &str| percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| wrong());
            builder = builder.credentials(Credentials::new(decoded(url.username())?, decoded(password)?));
        }
        Ok(Mailer { transport: Arc::new(builder.tls(tls).build()), from })
    }

    /// Sends a mail, off the serving threads.
    pub async fn send(&self, mail: Mail) -> Result<(), Failure> {
        let mailer = self.clone();
        tokio::task::spawn_blocking(move || mailer.send_now(&mail)).await.map_err(|error| Failure(error.to_string())).and_then(|sent| sent)
    }

    /// Whether the server can be reached and takes the account, off the serving threads.
    pub async fn reach(&self) -> Result<(), Failure> {
        let transport = self.transport.clone();
        let tested = tokio::task::spawn_blocking(move || transport.test_connection()).await.map_err(|error| Failure(error.to_string()))?;
        match tested {
            Ok(true) => Ok(()),
            Ok(false) => Err(Failure("The mail server closed the connection.".into())),
            Err(error) => Err(said(&error)),
        }
    }

    fn send_now(&self, mail: &Mail) -> Result<(), Failure> {
        let to: Address = mail.to.parse().map_err(|_| Failure("the address of the account is none that mail is sent to".into()))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.as_str())
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .date(mail.date)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.clone())
            .map_err(|error| Failure(error.to_string()))?;
        self.transport.send(&message).map(drop).map_err(|error| said(&error))
    }
}

/// What a server did, without what it said.
fn said(error: &Error) -> Failure {
    tracing::debug!(%error, "a mail was not sent");
    Failure(match error.status() {
        Some(code) => format!("The mail server answered {code}."),
        None if error.is_timeout() => "The mail server did not answer in time.".into(),
        None if error.is_tls() => "The mail server could not be reached safely (TLS).".into(),
        None => "The mail server could not be reached.".into(),
    })
}

fn parameters(host: &str, authorities: Option<&Path>) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = authorities {
        let wrong = |what: String| format!("The authorities cannot be read from {}: {what}", path.display());
        let text = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        builder = builder.certificate_store(CertificateStore::None);
        builder = builder.add_root_certificate(Certificate::from_pem(&text).map_err(|error| wrong(error.to_string()))?);
    }
    builder.build().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_by_its_url_and_a_password_is_neither_sent_in_clear_nor_told() {
        let from = Some("Steward <steward@example.org>");
        for url in
            ["smtps://mail.example.org", "smtps://ada:sesame@mail.example.org:465", "smtp://ada:s%40same@mail.example.org?tls=required", "smtp://127.0.0.1:25"]
        {
            assert!(Mailer::new(url, from, None).is_ok(), "{url}");
        }
        for url in
            ["mail.example.org", "https://mail.example.org", "smtp://ada:sesame@mail.example.org", "smtp://ada:sesame@host?tls=opportunistic", "smtp:///", ""]
        {
            let complaint = Mailer::new(url, from, None).map(drop).unwrap_err();
            assert!(!complaint.contains("sesame"), "{complaint}");
        }
        assert!(Mailer::new("smtps://mail.example.org", None, None).is_err() && Mailer::new("smtps://mail.example.org", Some("nobody"), None).is_err());
    }
}
