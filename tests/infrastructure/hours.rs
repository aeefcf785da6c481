//! Service hours: what availability and the clock of incidents count by. It is 15 June 2026, 09:00 UTC, a Monday.

use super::{alter, figure, go, made, service};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};
use steward::resource::value::Instant;

/// A service that is to be there for ten hours on working days, from 08:00 in Amsterdam, and not on 10 June.
async fn office(app: &TestApp) -> String {
    let week = json!({"monday": 10, "tuesday": 10, "wednesday": 10, "thursday": 10, "friday": 10, "saturday": 0, "sunday": 0});
    let calendar = json!({"code": "OFFICE", "name": "Office", "time_zone": "Europe/Amsterdam", "week": week, "exceptions": [{"on": "2026-06-10", "hours": 0}]});
    let calendar = app.make("platform/calendars", &calendar).await["id"].clone();
    let shop = service(app, "SHOP").await;
    let targets = json!([{"priority": 1, "minutes": 240}, {"priority": 3, "minutes": 1200}]);
    let set = alter(app, "services", &shop, json!({"calendar_id": calendar, "opens_at_minute": 480, "resolution_targets": targets})).await;
    assert_eq!(set.status, 200, "{}", set.text);
    assert_eq!(go(app, "services", &shop, "live").await.status, 200);
    shop
}

async fn outage(app: &TestApp, service: &str, from: &str, to: &str) {
    made(app, "outages", json!({"service_id": service, "started_at": from, "ended_at": to})).await;
}

on_both! {
    a_service_is_held_to_its_service_hours(app) {
        let shop = office(app).await;
        // From Monday 8 to Friday 12 June ten hours on four days, 06:00 to 16:00 UTC. Down on Monday from 15:00 to Tuesday 07:00: two of them.
        outage(app, &shop, "2026-06-08T15:00:00Z", "2026-06-09T07:00:00Z").await;
        // At night, and on the day that is none.
        outage(app, &shop, "2026-06-11T18:00:00Z", "2026-06-11T23:00:00Z").await;
        outage(app, &shop, "2026-06-10T08:00:00Z", "2026-06-10T12:00:00Z").await;
        let told = figure(app, &format!("services/{shop}/availability?from=2026-06-08&to=2026-06-13")).await;
        assert_eq!((&told["availability_percent"], &told["agreed_seconds"], &told["downtime_seconds"]), (&json!(95), &json!(144_000), &json!(7200)));
        assert_eq!((&told["failures"], &told["mtbf_seconds"], &told["mtrs_seconds"]), (&json!(1), &json!(136_800), &json!(7200)));
        let free = figure(app, &format!("services/{shop}/availability?from=2026-06-13&to=2026-06-15")).await;
        assert_eq!((&free["availability_percent"], &free["agreed_seconds"]), (&Value::Null, &json!(0)));
        assert!(free["reason"].as_str().unwrap().contains("calendar"), "{free}");
        let slo = made(app, "slos", json!({"service_id": shop, "name": "There", "target_percent": 99, "window_days": 7})).await;
        // The seven days until now: Monday from 09:00 on 7 hours, 30 more, and 3 today; down 2 of these 40.
        let status = figure(app, &format!("slos/{slo}/status")).await;
        assert_eq!((&status["attained_percent"], &status["burn_rate"]), (&json!(95), &json!(5)), "{status}");
    }

    an_incident_is_due_on_the_clock_of_its_service(app) {
        let shop = office(app).await;
        let incident = async |detected: &str, level: &str| {
            made(app, "incidents", json!({"title": "Slow", "service_id": shop, "impact": level, "urgency": level, "detected_at": detected})).await
        };
        let due = async |id: &str| figure(app, &format!("incidents/{id}")).await["due_at"].clone();
        // Four hours from Friday 15:00 UTC: one is left, three more from Monday 06:00.
        let high = incident("2026-06-12T15:00:00Z", "high").await;
        assert_eq!(due(&high).await, "2026-06-15T09:00:00.000000Z");
        // Twenty hours for the third priority; none is agreed for the second.
        let medium = incident("2026-06-12T15:00:00Z", "medium").await;
        assert_eq!(due(&medium).await, "2026-06-16T15:00:00.000000Z");
        assert_eq!(alter(app, "incidents", &medium, json!({"impact": "high"})).await.status, 200);
        assert!(due(&medium).await.is_null());
        // On hold from Monday 09:00 to Tuesday 07:00 UTC: seven hours of Monday and one of Tuesday.
        assert_eq!(alter(app, "incidents", &high, json!({"hold_reason": "Waits for a part."})).await.status, 200);
        for state in ["acknowledged", "on_hold"] {
            assert_eq!(go(app, "incidents", &high, state).await.status, 200);
        }
        assert_eq!(figure(app, &format!("incidents/{high}")).await["held_at"], "2026-06-15T09:00:00.000000Z");
        app.clock.set(Instant::parse("2026-06-16T07:00:00Z").unwrap());
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let path = format!("/api/v1/infrastructure/incidents/{high}");
        assert_eq!(app.transition(&admin, &path, "acknowledged").await.status, 200);
        let told = app.get(&admin, &path).await.body;
        assert_eq!((&told["held_seconds"], &told["held_at"], &told["due_at"]), (&json!(28_800), &Value::Null, &json!("2026-06-16T07:00:00.000000Z")));
        // Without a calendar the clock never stops.
        assert_eq!(app.patch(&admin, &format!("/api/v1/infrastructure/services/{shop}"), "*", &json!({"calendar_id": null})).await.status, 200);
        let body = json!({"title": "Slow", "service_id": shop, "impact": "high", "urgency": "high", "detected_at": "2026-06-12T15:00:00Z"});
        let always = app.post(&admin, "/api/v1/infrastructure/incidents", &body).await;
        assert_eq!((always.status, &always.body["due_at"]), (201, &json!("2026-06-12T19:00:00.000000Z")), "{}", always.text);
    }
}
