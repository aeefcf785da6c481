//! Who sees a part of a project is told no figures of the whole. Today is Monday, 15 June 2026.

use super::{Plan, made, picked, status};
use crate::harness::Actor;
use crate::on_both;
use serde_json::{Value, json};

on_both! {
    figures_of_a_project_are_not_counted_over_ones_own_work(app) {
        let plan = Plan::of(app).await;
        plan.baseline(app).await;
        let member = app.actor("employee", None).await;
        let person = app.person_of(member.id.unwrap()).await;
        made(app, "project-roles", json!({"project_id": plan.project, "person_id": person, "role": "member", "starts_on": "2026-06-01"})).await;
        let counted = ["progress_percent", "item_count", "done_count", "overdue_count", "ends_on", "slip_days", "items_added", "scope_change_percent", "colour"];
        let quality = async |actor: &Actor| app.get(actor, &format!("/api/v1/projects/projects/{}/quality", plan.project)).await.body;
        // Without any work of their own, and with some.
        for with_work in [false, true] {
            if with_work {
                made(app, "assignments", json!({"work_item_id": plan.a, "person_id": person, "starts_on": "2026-06-08"})).await;
                let own = app.get(&member, &format!("/api/v1/projects/work-items?project_id={}", plan.project)).await.body;
                assert_eq!(own["data"].as_array().unwrap().len(), 1, "{own}");
            }
            let told = status(app, &member, &plan.project, "").await;
            assert_eq!(picked(&told, &counted), vec![Value::Null; counted.len()], "{told}");
            assert_eq!(told["partial"], json!(true), "{told}");
            assert!(told["time"]["reason"].as_str().unwrap().starts_with("You may not see all work of the project."), "{told}");
            let told = quality(&member).await;
            assert_eq!(picked(&told, &["done_hours", "defects", "deliverables_judged", "checks_judged", "partial"]), [Value::Null, Value::Null, Value::Null, Value::Null, json!(true)], "{told}");
        }
        let all = status(app, &app.admin, &plan.project, "").await;
        assert_eq!(picked(&all, &["item_count", "done_count", "partial"]), [json!(5), json!(1), json!(false)], "{all}");
        let all = quality(&app.admin).await;
        assert_eq!(picked(&all, &["done_hours", "defects", "partial"]), [json!(10), json!(0), json!(false)], "{all}");
    }
}
