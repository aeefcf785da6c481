//! What the settings name in the network: whether it answers.

use super::finding::{Finding, good, wrong};
use crate::config::Serve;
use crate::outgoing::Mailer;
use crate::telemetry;

/// Calls each. What is wrong with the settings themselves is told where they are looked at.
pub async fn check(settings: &Serve) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Ok(Some(mailer)) = Mailer::of(&settings.mail, settings.ca_file.as_deref()) {
        findings.push(match mailer.reach().await {
            Ok(()) => good("mail", "The mail server answers."),
            Err(failure) => wrong(
                "mail",
                format!("{failure} Mend STEWARD_SMTP_URL (host, port, user and password), name the server's authority in STEWARD_CA_FILE, or let this machine reach it."),
            ),
        });
    }
    if let Some(collector) = settings.traces.clone().filter(|collector| telemetry::why_not_sent(collector, settings.traces_share).is_none()) {
        let answered = tokio::task::spawn_blocking(move || telemetry::why_not_taken(&collector)).await;
        let why = answered.unwrap_or_else(|error| Some(format!("The collector could not be asked: {error}.")));
        findings.push(match why {
            None => good("traces", "The collector takes traces."),
            Some(why) => {
                wrong("traces", format!("{why} Mend STEWARD_TRACES, let this machine reach it, or start it: it takes OTLP over HTTP, usually on port 4318."))
            }
        });
    }
    findings
}
