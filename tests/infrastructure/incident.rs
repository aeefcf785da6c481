//! Incidents: how soon they are dealt with, and what they say when.

use super::{alter, go, made, refused, told, try_to_make};
use crate::on_both;
use serde_json::json;

on_both! {
    impact_and_urgency_give_the_priority(app) {
        let words = ["high", "medium", "low"];
        let matrix = [[1, 2, 3], [2, 3, 4], [3, 4, 5]];
        for (row, impact) in words.iter().enumerate() {
            for (column, urgency) in words.iter().enumerate() {
                let right = matrix[row][column];
                let made = try_to_make(app, "incidents", json!({"title": "It broke", "impact": impact, "urgency": urgency})).await;
                assert_eq!((made.status, &made.body["priority"]), (201, &json!(right)), "{impact} {urgency}");
            }
        }
        let typed = json!({"title": "It broke", "impact": "high", "urgency": "high", "priority": 5});
        assert_eq!(told(&try_to_make(app, "incidents", typed).await), refused(422, "/priority server_field"));
        let id = made(app, "incidents", json!({"title": "It broke", "impact": "high", "urgency": "high"})).await;
        let changed = alter(app, "incidents", &id, json!({"urgency": "low"})).await;
        assert_eq!((changed.status, &changed.body["priority"]), (200, &json!(3)), "{}", changed.text);
    }

    the_times_of_an_incident_are_those_of_its_moves_where_nobody_says_better(app) {
        let start = app.clock.now();
        let id = made(app, "incidents", json!({"title": "It broke", "resolution": "Restarted."})).await;
        let minutes = |after: i64| json!(start.plus_seconds(60 * after).to_string());
        let moved = async |to: &str| {
            app.wait(60);
            let moved = go(app, "incidents", &id, to).await;
            assert_eq!(moved.status, 200, "{}", moved.text);
            (moved.body["detected_at"].clone(), moved.body["restored_at"].clone())
        };
        assert_eq!(moved("acknowledged").await, (minutes(0), json!(null)));
        assert_eq!(moved("mitigated").await, (minutes(0), minutes(2)));
        assert_eq!(moved("resolved").await, (minutes(0), minutes(2)), "it worked again before it was solved");
        assert_eq!(moved("acknowledged").await, (minutes(0), json!(null)), "what is reopened does not work");
        assert_eq!(moved("mitigated").await, (minutes(0), minutes(5)));
        let known = json!({"title": "It broke", "started_at": "2026-06-14T08:00:00.000000Z", "detected_at": "2026-06-14T08:05:00.000000Z", "restored_at": "2026-06-14T09:00:00.000000Z"});
        let told = try_to_make(app, "incidents", known.clone()).await;
        assert_eq!(["detected_at", "restored_at"].map(|name| told.body[name].clone()), ["detected_at", "restored_at"].map(|name| known[name].clone()), "{}", told.text);
    }

    an_incident_says_why_it_waits_and_how_it_was_solved_and_comes_back(app) {
        let id = made(app, "incidents", json!({"title": "It broke"})).await;
        assert_eq!(told(&go(app, "incidents", &id, "on_hold").await), refused(409, "/hold_reason required"));
        assert_eq!(alter(app, "incidents", &id, json!({"hold_reason": "A part is on its way."})).await.status, 200);
        for state in ["on_hold", "acknowledged", "mitigated"] {
            assert_eq!(go(app, "incidents", &id, state).await.status, 200, "{state}");
        }
        assert_eq!(told(&go(app, "incidents", &id, "resolved").await), refused(409, "/resolution required"));
        assert_eq!(alter(app, "incidents", &id, json!({"resolution": "The part was replaced."})).await.status, 200);
        for state in ["resolved", "acknowledged", "mitigated", "resolved", "closed"] {
            assert_eq!(go(app, "incidents", &id, state).await.status, 200, "{state}");
        }
        assert_eq!(go(app, "incidents", &id, "acknowledged").await.status, 409);
    }
}
