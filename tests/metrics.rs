//! What the service says of itself to who watches it.

use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::json;
use steward::http::MetricsAccess;

/// The value of a figure with these labels.
async fn figure(app: &TestApp, actor: &Actor, name: &str) -> Option<f64> {
    let answer = app.get(actor, "/metrics").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

on_both! {
    a_request_is_counted_by_the_pattern_of_its_route_and_its_status(app) {
        let nobody = Actor::nobody();
        let unit = app.make("teams/units", &json!({"code": "MX", "name": "Measured"})).await["id"].as_str().unwrap().to_owned();
        for _ in 0..3 {
            app.get(&app.admin, &format!("/api/v1/teams/units/{unit}")).await;
        }
        app.get(&nobody, &format!("/api/v1/teams/units/{unit}")).await;
        app.get(&app.admin, "/api/v1/teams/nothing-there").await;
        let counted = |route: &str, status: u16| format!(r#"steward_http_requests_total{{method="GET",route="{route}",status="{status}"}}"#);
        assert_eq!(figure(app, &nobody, &counted("/api/v1/teams/units/{id}", 200)).await, Some(3.0));
        assert_eq!(figure(app, &nobody, &counted("/api/v1/teams/units/{id}", 401)).await, Some(1.0));
        assert!(figure(app, &nobody, &counted("none", 404)).await.is_some_and(|count| count >= 1.0), "what anybody makes up is one route");
        let timed = r#"steward_http_request_duration_seconds_count{method="GET",route="/api/v1/teams/units/{id}"}"#;
        assert_eq!(figure(app, &nobody, timed).await, Some(4.0));
        let text = app.get(&nobody, "/metrics").await.text;
        assert!(!text.contains(&unit) && !text.contains("nothing-there"), "no figure names a record or what was asked for");
    }

    the_database_its_jobs_and_its_events_have_figures(app) {
        let nobody = Actor::nobody();
        app.make("teams/units", &json!({"code": "MY", "name": "Measured"})).await;
        for check in ["serving", "database", "writer", "queue", "disk"] {
            assert_eq!(figure(app, &nobody, &format!(r#"steward_ready{{check="{check}"}}"#)).await, Some(1.0), "{check}");
        }
        for name in [r#"steward_database_waiting{kind="write"}"#, r#"steward_jobs{state="running"}"#, "steward_event_streams", "steward_jobs_oldest_waiting_seconds"] {
            assert_eq!(figure(app, &nobody, name).await, Some(0.0), "{name}");
        }
        let (numbered, not_yet) = (figure(app, &nobody, "steward_events_last_position").await, figure(app, &nobody, "steward_events_unnumbered").await);
        assert!(numbered.zip(not_yet).is_some_and(|(numbered, not_yet)| numbered + not_yet > 1.0), "{numbered:?} {not_yet:?}");
        assert!(figure(app, &nobody, "process_resident_memory_bytes").await.is_some_and(|bytes| bytes > 1e6));
    }

    who_may_read_the_metrics_is_a_setting(app) {
        let (nobody, auditor, member) = (Actor::nobody(), app.actor("auditor", None).await, app.actor("member", None).await);
        let asked = app.with_metrics(MetricsAccess::Permission).await;
        for (actor, status) in [(&nobody, 401), (&member, 403), (&auditor, 200)] {
            assert_eq!(asked.get(actor, "/metrics").await.status, status);
        }
        assert_eq!(app.with_metrics(MetricsAccess::Off).await.get(&app.admin, "/metrics").await.status, 404);
    }
}
