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
                for priority in 1..=5 {
                    let body = json!({"title": "It broke", "impact": impact, "urgency": urgency, "priority": priority});
                    let answer = try_to_make(app, "incidents", body).await;
                    let expected = if priority == right { (201, vec![]) } else { refused(422, "/priority matrix") };
                    assert_eq!(told(&answer), expected, "{impact} {urgency} {priority}");
                }
            }
        }
        let id = made(app, "incidents", json!({"title": "It broke", "impact": "high", "urgency": "high", "priority": 1})).await;
        assert_eq!(told(&alter(app, "incidents", &id, json!({"impact": "low"})).await), refused(422, "/priority matrix"));
        assert_eq!(alter(app, "incidents", &id, json!({"impact": "low", "priority": 3})).await.status, 200);
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
