//! Deadlines: until when a contract can be ended, and which ones are due.

use super::{active, alter, contract, made, merge, prospect, qualified, read, refused, told, walk};
use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

async fn deadlines(app: &TestApp, contract: &str, as_of: &str) -> Value {
    let answer = app.get(&app.admin, &format!("/api/v1/vendors/contracts/{contract}/deadlines?as_of={as_of}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

/// The deadline for notice, whether it has passed, the next end, the next renewal, the earliest exit and the notice for that.
fn days(told: &Value) -> [Value; 6] {
    ["notice_deadline_on", "overdue", "next_end_on", "next_renewal_on", "earliest_exit_on", "earliest_exit_notice_on"].map(|name| told[name].clone())
}

fn notice(value: u32, unit: &str, to: &str) -> Value {
    json!({"notice_period": {"value": value, "unit": unit}, "notice_to": to})
}

fn tacit(mut terms: Value, starts_on: &str, ends_on: &str) -> Value {
    merge(&mut terms, json!({"starts_on": starts_on, "ends_on": ends_on, "renewal": "tacit", "renewal_months": 12}));
    terms
}

fn due(answer: &Answer) -> Vec<(&str, &str, i64, bool, &str)> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let rows = answer.body["data"].as_array().unwrap().iter();
    rows.map(|due| {
        let text = |name: &str| due[name].as_str().unwrap();
        (text("code"), text("notice_deadline_on"), due["days_left"].as_i64().unwrap(), due["overdue"].as_bool().unwrap(), text("ends_on"))
    })
    .collect()
}

on_both! {
    three_months_to_the_end_of_a_quarter_reach_the_first_end_that_is_far_enough(app) {
        let id = contract(app, "Q", &prospect(app, "V").await, notice(3, "months", "quarter_end")).await;
        // 30 June less three months is Tuesday 31 March 2026: the end of a month stays the end of a month.
        assert_eq!(days(&deadlines(app, &id, "2026-03-31").await), [json!("2026-03-31"), json!(false), Value::Null, Value::Null, json!("2026-06-30"), json!("2026-03-31")]);
        // A day later it is 30 September, less three months Tuesday 30 June.
        for as_of in ["2026-04-01", "2026-06-15", "2026-06-30"] {
            assert_eq!(days(&deadlines(app, &id, as_of).await), [json!("2026-06-30"), json!(false), Value::Null, Value::Null, json!("2026-09-30"), json!("2026-06-30")], "{as_of}");
        }
        // And then 31 December, less three months Wednesday 30 September.
        assert_eq!(days(&deadlines(app, &id, "2026-07-01").await)[4], json!("2026-12-31"));
        assert_eq!(deadlines(app, &id, "2026-07-01").await["notice_deadline_on"], json!("2026-09-30"));
        let reason = deadlines(app, &id, "2026-06-15").await["notice_deadline_reason"].clone();
        assert_eq!(reason, json!("A notice that ends it on 2026-09-30 must be received by the vendor by 2026-06-30: 3 months before, to the end of a quarter."));
    }

    thirty_days_before_the_end_of_a_term_are_counted_on_the_calendar(app) {
        let vendor = prospect(app, "V").await;
        // 31 July less 30 days is Wednesday 1 July; 30 August less 30 days is Friday 31 July; 31 August less 30 days is Saturday 1 August, so Friday 31 July.
        for (code, ends_on, deadline) in [("A", "2026-07-31", "2026-07-01"), ("B", "2026-08-30", "2026-07-31"), ("C", "2026-08-31", "2026-07-31")] {
            let mut terms = notice(30, "days", "end_of_term");
            merge(&mut terms, json!({"ends_on": ends_on}));
            let id = contract(app, code, &vendor, terms).await;
            let told = deadlines(app, &id, "2026-06-15").await;
            // It ends by itself then: no notice is needed and no term follows.
            assert_eq!(days(&told), [json!(deadline), json!(false), json!(ends_on), Value::Null, json!(ends_on), Value::Null], "{code}");
        }
    }

    six_months_before_the_end_of_august_are_the_end_of_february(app) {
        let vendor = prospect(app, "V").await;
        let id = contract(app, "A", &vendor, tacit(notice(6, "months", "end_of_term"), "2024-09-01", "2026-08-31")).await;
        // 28 February 2026 is a Saturday, so Friday 27 February.
        let told = deadlines(app, &id, "2026-02-27").await;
        assert_eq!(days(&told), [json!("2026-02-27"), json!(false), json!("2026-08-31"), json!("2026-09-01"), json!("2026-08-31"), json!("2026-02-27")]);
        assert!(told["notice_deadline_reason"].as_str().unwrap().ends_with("since 2026-02-28 is a Saturday."), "{told}");
        // Missed: another year follows, whose end is left by notice until Friday 26 February 2027, the 28th being a Sunday.
        let late = deadlines(app, &id, "2026-06-15").await;
        assert_eq!(days(&late), [json!("2026-02-27"), json!(true), json!("2026-08-31"), json!("2026-09-01"), json!("2027-08-31"), json!("2027-02-26")]);
        // In a leap year it is Tuesday 29 February, in the term that ends on 31 August 2028.
        let leap = deadlines(app, &id, "2027-09-01").await;
        assert_eq!(days(&leap), [json!("2028-02-29"), json!(false), json!("2028-08-31"), json!("2028-09-01"), json!("2028-08-31"), json!("2028-02-29")]);
    }

    an_evergreen_contract_that_ends_on_any_day_has_no_deadline(app) {
        let vendor = prospect(app, "V").await;
        let id = contract(app, "E", &vendor, notice(3, "months", "any_time")).await;
        let told = deadlines(app, &id, "2026-06-15").await;
        assert_eq!(days(&told)[..5], [Value::Null, json!(false), Value::Null, Value::Null, json!("2026-09-15")]);
        let mut bound = notice(1, "months", "any_time");
        merge(&mut bound, json!({"minimum_ends_on": "2026-12-31"}));
        let id = contract(app, "M", &vendor, bound).await;
        // 31 December less a month is Monday 30 November.
        assert_eq!(days(&deadlines(app, &id, "2026-06-15").await)[4..], [json!("2026-12-31"), json!("2026-11-30")]);
        let unknown = contract(app, "U", &vendor, json!({})).await;
        assert_eq!(days(&deadlines(app, &unknown, "2026-06-15").await), [Value::Null, json!(false), Value::Null, Value::Null, Value::Null, Value::Null]);
        for query in ["as_of=yesterday", "as_of=2026-02-30", "nonsense=1"] {
            assert_eq!(app.get(&app.admin, &format!("/api/v1/vendors/contracts/{id}/deadlines?{query}")).await.status, 400, "{query}");
        }
        assert_eq!(app.get(&app.stranger().await, &format!("/api/v1/vendors/contracts/{id}/deadlines")).await.status, 404);
    }

    what_is_over_has_no_deadline(app) {
        let id = active(app, "A", &qualified(app, "V").await, tacit(notice(3, "months", "end_of_term"), "2026-01-01", "2026-12-31")).await;
        assert_eq!(deadlines(app, &id, "2026-06-15").await["notice_deadline_on"], json!("2026-09-30"));
        walk(app, "contracts", &id, &["terminated"]).await;
        let told = deadlines(app, &id, "2026-06-15").await;
        assert_eq!(days(&told), [Value::Null, json!(false), Value::Null, Value::Null, Value::Null, Value::Null]);
        assert_eq!(told["next_end_reason"], json!("The contract is terminated and no longer in force."));
    }

    the_renewals_that_are_due_come_the_earliest_first_and_only_those_in_sight(app) {
        let root = app.root_unit().await;
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let vendor = qualified(app, "V").await;
        let in_force = async |code: &str, unit: &str, mut terms: Value| {
            merge(&mut terms, json!({"unit_id": unit}));
            active(app, code, &vendor, terms).await
        };
        in_force("YEAR", &ours, tacit(notice(3, "months", "end_of_term"), "2026-01-01", "2026-12-31")).await;
        in_force("QUARTER", &ours, notice(3, "months", "quarter_end")).await;
        in_force("MISSED", &theirs, tacit(notice(6, "months", "end_of_term"), "2024-09-01", "2026-08-31")).await;
        let held = in_force("DAYS", &theirs, tacit(notice(30, "days", "end_of_term"), "2025-08-01", "2026-07-31")).await;
        in_force("ANY", &ours, notice(1, "months", "any_time")).await;
        in_force("SILENT", &ours, json!({"ends_on": "2026-07-31"})).await;
        contract(app, "DRAFT", &vendor, notice(3, "months", "quarter_end")).await;
        let gone = in_force("GONE", &ours, notice(3, "months", "quarter_end")).await;
        walk(app, "contracts", &gone, &["terminated"]).await;
        walk(app, "contracts", &held, &["suspended"]).await;

        let before = async |actor, query: &str| app.get(actor, &format!("/api/v1/vendors/renewals-due?{query}")).await;
        // Counted from 15 June: 27 February is 108 days ago, 30 June 15 days ahead, 1 July 16, 30 September 107.
        let missed = ("MISSED", "2026-02-27", -108, true, "2026-08-31");
        let quarter = ("QUARTER", "2026-06-30", 15, false, "2026-09-30");
        let thirty = ("DAYS", "2026-07-01", 16, false, "2026-07-31");
        let year = ("YEAR", "2026-09-30", 107, false, "2026-12-31");
        assert_eq!(due(&before(&app.admin, "before=2026-07-01").await), [missed, quarter]);
        assert_eq!(due(&before(&app.admin, "before=2026-09-30").await), [missed, quarter, thirty]);
        assert_eq!(due(&before(&app.admin, "before=2026-10-01").await), [missed, quarter, thirty, year]);
        // On 1 July the quarter's deadline is that for the end of the year: 30 September, behind which stands the year.
        let later = before(&app.admin, "before=2026-10-01&as_of=2026-07-02").await;
        assert_eq!(due(&later).iter().map(|due| (due.0, due.1)).collect::<Vec<_>>()[..2], [("MISSED", "2026-02-27"), ("DAYS", "2026-07-01")]);
        assert_eq!(due(&later)[1].2, -1);
        let manager = app.actor("vendor_manager", Some(&ours)).await;
        assert_eq!(due(&before(&manager, "before=2026-10-01").await), [quarter, year]);
        for query in ["", "before=soon", "before=2026-10-01&as_of=soon"] {
            assert_eq!(before(&app.admin, query).await.status, 400, "{query}");
        }
        assert!(matches!(before(&app.stranger().await, "before=2026-10-01").await.status, 403 | 404));
    }

    a_decision_and_a_notice_count(app) {
        let vendor = qualified(app, "V").await;
        let mut terms = tacit(notice(3, "months", "end_of_term"), "2024-09-01", "2026-08-31");
        merge(&mut terms, json!({"renewal_months": 12}));
        let of = async |code: &str, more: Value, states: &[&str]| {
            let id = active(app, code, &vendor, terms.clone()).await;
            let mut body = json!({"contract_id": id, "title": "After the term", "decision_due_on": "2026-05-29", "term_ends_on": "2026-08-31", "analysis": "Done.", "rationale": "So."});
            merge(&mut body, more);
            let renewal = made(app, "renewals", body).await;
            walk(app, "renewals", &renewal, states).await;
            id
        };
        let sent = |received_on: &str| json!({"notice_sent_on": "2026-05-20", "notice_received_on": received_on});
        let exit = of("EXIT", sent("2026-05-22"), &["analysed", "decided_exit"]).await;
        let late = of("LATE", sent("2026-06-10"), &["analysed", "decided_exit"]).await;
        let goes_on = of("ON", json!({}), &["analysed", "decided_renew"]).await;
        let open = of("OPEN", sent("2026-05-22"), &["analysed"]).await;
        // 31 August less three months is Sunday 31 May. Notice was there in time: it ends, and nothing is overdue.
        assert_eq!(days(&deadlines(app, &exit, "2026-06-15").await), [Value::Null, json!(false), json!("2026-08-31"), Value::Null, json!("2026-08-31"), Value::Null]);
        // Too late for that term: it ends with the next one.
        assert_eq!(days(&deadlines(app, &late, "2026-06-15").await), [Value::Null, json!(false), json!("2027-08-31"), Value::Null, json!("2027-08-31"), Value::Null]);
        let told = deadlines(app, &goes_on, "2026-06-15").await;
        assert_eq!((&told["overdue"], &told["next_renewal_on"]), (&json!(false), &json!("2026-09-01")));
        assert_eq!(deadlines(app, &open, "2026-06-15").await["overdue"], json!(true), "nothing is decided");
        let listed = app.get(&app.admin, "/api/v1/vendors/renewals-due?before=2027-12-31&as_of=2026-06-15").await;
        assert_eq!(due(&listed), [("OPEN", "2026-05-29", -17, true, "2026-08-31")]);
    }

    who_decides_on_a_renewal_is_written_by_the_decision_and_the_wish_stays(app) {
        let me = app.person_of_admin().await;
        let other = app.person_of_second().await;
        let id = active(app, "C", &qualified(app, "V").await, json!({"ends_on": "2026-12-31"})).await;
        let body = json!({"contract_id": id, "title": "On", "decision_due_on": "2026-09-30", "term_ends_on": "2026-12-31", "analysis": "Good.", "rationale": "Cheap.", "approver_id": other});
        let renewal = made(app, "renewals", body).await;
        assert_eq!(alter(app, "renewals", &renewal, json!({"approver_id": me})).await.status, 200);
        assert_eq!(alter(app, "renewals", &renewal, json!({"decider_id": me})).await.status, 422, "the decision says who decides");
        walk(app, "renewals", &renewal, &["analysed"]).await;
        assert_eq!(told(&alter(app, "renewals", &renewal, json!({"approver_id": other})).await), refused(409, "/approver_id immutable"));
        assert_eq!(alter(app, "renewals", &renewal, json!({"rationale": "Cheap and good."})).await.status, 200);
        walk(app, "renewals", &renewal, &["decided_renew"]).await;
        let decided = read(app, "renewals", &renewal).await;
        assert_eq!((&decided["approver_id"], &decided["decider_id"], &decided["decided_on"]), (&json!(me), &json!(me), &json!("2026-06-15")));
        for (field, value) in [("approver_id", json!(other)), ("rationale", json!("Another."))] {
            assert_eq!(told(&alter(app, "renewals", &renewal, json!({ field: value })).await), refused(409, &format!("/{field} immutable")));
        }
    }

    a_notice_in_time_counts_once_its_end_has_passed(app) {
        let vendor = qualified(app, "V").await;
        let id = active(app, "C", &vendor, tacit(notice(1, "months", "end_of_term"), "2025-07-01", "2026-06-30")).await;
        let body = json!({"contract_id": id, "title": "Out", "decision_due_on": "2026-05-29", "term_ends_on": "2026-06-30", "analysis": "Bad.", "rationale": "Dear.", "notice_received_on": "2026-05-20"});
        let renewal = made(app, "renewals", body).await;
        walk(app, "renewals", &renewal, &["analysed", "decided_exit"]).await;
        for as_of in ["2026-06-15", "2026-07-15", "2027-05-01"] {
            assert_eq!(days(&deadlines(app, &id, as_of).await)[..4], [Value::Null, json!(false), json!("2026-06-30"), Value::Null], "{as_of}");
            let listed = app.get(&app.admin, &format!("/api/v1/vendors/renewals-due?before=2028-01-01&as_of={as_of}")).await;
            assert_eq!(due(&listed), [], "{as_of}");
        }
        // What both sides agree about the end afterwards takes the place of the notice.
        let longer = json!({"contract_id": id, "number": 1, "title": "On", "effective_on": "2026-06-15", "new_ends_on": "2027-06-30"});
        let longer = made(app, "amendments", longer).await;
        walk(app, "amendments", &longer, &["approved", "signed"]).await;
        assert_eq!(read(app, "contracts", &id).await["exit_on"], Value::Null);
        assert_eq!(deadlines(app, &id, "2026-06-15").await["next_renewal_on"], json!("2027-07-01"));
    }

    notice_on_a_saturday_is_in_time_and_nothing_renews_after_the_last_day(app) {
        let vendor = prospect(app, "V").await;
        let id = contract(app, "M", &vendor, notice(1, "months", "month_end")).await;
        // BGB §§ 187-193: a month after Saturday 31 January 2026 is 28 February.
        let told = deadlines(app, &id, "2026-01-31").await;
        assert_eq!((&told["earliest_exit_on"], &told["overdue"]), (&json!("2026-02-28"), &json!(false)));
        assert_eq!(deadlines(app, &id, "2026-02-01").await["earliest_exit_on"], json!("2026-03-31"));
        let last = contract(app, "L", &vendor, tacit(notice(3, "months", "end_of_term"), "2026-01-01", "2200-12-31")).await;
        let told = deadlines(app, &last, "2026-06-15").await;
        assert_eq!((&told["next_end_on"], &told["next_renewal_on"]), (&json!("2200-12-31"), &Value::Null));
    }
}
