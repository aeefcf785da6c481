//! What stands in `deploy/`: it names what the service has.

use crate::harness::Actor;
use crate::on_both;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

/// What the two files that name figures ask Prometheus: each expression in them.
fn expressions() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&read("grafana/steward.json")).unwrap();
    let mut found = Vec::new();
    let mut left = vec![&dashboard];
    while let Some(value) = left.pop() {
        match value {
            Value::Array(items) => left.extend(items),
            Value::Object(members) => {
                found.extend(members.get("expr").and_then(Value::as_str).map(str::to_owned));
                left.extend(members.values());
            }
            _ => {}
        }
    }
    assert!(found.len() > 20, "{found:?}");
    // Of a rule: from its `expr:` to its next key, over as many lines as it takes.
    let rules = read("prometheus/steward.rules.yml");
    for rule in rules.split("- alert: ").skip(1) {
        let expression = rule.split("expr:").nth(1).unwrap().split("\n        for:").next().unwrap();
        found.push(expression.replace(">-", ""));
    }
    found
}

/// The figures of an expression, and the labels that it asks of each.
fn figures(expression: &str) -> Vec<(String, Vec<String>)> {
    let part = |c: char| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit();
    let mut found = Vec::new();
    for start in ["steward_", "process_"] {
        for (at, _) in expression.match_indices(start).filter(|(at, _)| !expression[..*at].ends_with(part)) {
            let name: String = expression[at..].chars().take_while(|c| part(*c)).collect();
            let rest = &expression[at + name.len()..];
            let inside = rest.strip_prefix('{').and_then(|rest| rest.split('}').next()).unwrap_or_default();
            // Every label stands before `=`, `=~` or `!~`, and behind a comma or the bracket.
            let labels = inside.split('"').step_by(2).filter_map(|piece| {
                let label: String = piece.trim_start_matches([',', ' ']).chars().take_while(|c| part(*c)).collect();
                (!label.is_empty()).then_some(label)
            });
            found.push((name, labels.collect()));
        }
    }
    found
}

#[test]
fn figures_and_their_labels_are_found_in_an_expression() {
    let expression = r#"sum by (le) (rate(steward_a_bucket{instance=~"$instance", status!~"4..|{id}"}[5m])) / process_open_fds"#;
    let found = figures(&expression.replace("|{id}", ""));
    assert_eq!(found, [("steward_a_bucket".to_owned(), vec!["instance".to_owned(), "status".to_owned()]), ("process_open_fds".to_owned(), vec![])]);
}

on_both! {
    every_figure_of_the_dashboard_and_the_rules_is_one_that_the_service_shows(app) {
        app.get(&app.admin, "/api/v1/teams/units").await;
        let text = app.get(&Actor::nobody(), "/metrics").await.text;
        let shown: BTreeSet<&str> = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(['{', ' ']).next()).collect();
        // Added by who scrapes, and only where there is a server.
        let labels_of_prometheus = ["instance", "job"];
        let on_a_server_only = ["steward_database_connections"];
        let mut missing = Vec::new();
        for expression in expressions() {
            for (name, labels) in figures(&expression) {
                if on_a_server_only.contains(&name.as_str()) && app.served.store.database.has_one_writer() {
                    continue;
                }
                if !shown.contains(name.as_str()) {
                    missing.push(format!("{name} of {expression}"));
                }
                let has = |label: &String| text.lines().any(|line| line.starts_with(&format!("{name}{{")) && line.contains(&format!("{label}=\"")));
                missing.extend(labels.iter().filter(|label| !labels_of_prometheus.contains(&label.as_str()) && !has(label)).map(|label| format!("{name}{{{label}}}")));
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }
}

#[test]
fn every_setting_that_is_named_there_is_one_of_the_service() {
    let known = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config.rs")).unwrap();
    // Variables of the compose file itself.
    let of_compose = ["STEWARD_HOST", "STEWARD_DATABASE_PASSWORD"];
    for name in ["systemd/steward.service", "systemd/steward.env", "systemd/steward-backup.service", "compose/docker-compose.yml", "compose/Caddyfile"] {
        let text = read(name);
        let settings = text.match_indices("STEWARD_").map(|(at, _)| text[at..].chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect::<String>());
        for setting in settings.filter(|setting| !of_compose.contains(&setting.as_str())) {
            assert!(known.contains(&format!("env = \"{setting}\"")), "{name} names {setting}");
        }
    }
}
