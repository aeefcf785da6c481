//! Earned value of a project, worked by hand. Today is Monday, 15 June 2026.

use super::{alter, euros, made, picked, project, walk, work};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};
use steward::resource::value::Instant;

/// Two pieces of work of ten working days and 1000 euros each, agreed in a baseline, and 500 euros booked in each of the first weeks.
struct Books {
    project: String,
    first: String,
}

impl Books {
    async fn of(app: &TestApp) -> Books {
        let project = project(app, "EV").await;
        let span =
            |starts: &str, ends: &str| json!({"starts_on": starts, "ends_on": ends, "budget_at_completion": euros("1000.00"), "progress_method": "percent"});
        let first = work(app, &project, "1", None, span("2026-06-01", "2026-06-12")).await;
        work(app, &project, "2", None, span("2026-06-15", "2026-06-26")).await;
        let baseline = made(app, "baselines", json!({"project_id": project, "name": "Agreed"})).await;
        let taken = app.post(&app.admin, &format!("/api/v1/projects/baselines/{baseline}/snapshot"), &json!({"baselined_on": "2026-05-29"})).await;
        assert_eq!(taken.status, 200, "{}", taken.text);
        walk(app, "baselines", &baseline, &["approved", "current"]).await;
        for (on, percent) in [("2026-06-05", 40), ("2026-06-12", 80)] {
            made(app, "progress-records", json!({"work_item_id": first, "recorded_on": on, "progress_percent": percent})).await;
        }
        Books::spend(app, &project).await;
        Books { project, first }
    }

    async fn spend(app: &TestApp, project: &str) {
        let id = |made: Value| made["id"].as_str().unwrap().to_owned();
        let year = id(app.make("finance/fiscal-years", &json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await);
        let period = json!({"fiscal_year_id": year, "number": 1, "name": "All", "starts_on": "2026-01-01", "ends_on": "2026-12-31"});
        let period = id(app.make("finance/fiscal-periods", &period).await);
        let center = id(app.make("finance/cost-centers", &json!({"code": "CC", "name": "Projects"})).await);
        let category = id(app.make("finance/cost-categories", &json!({"code": "OPEX", "name": "Hosting", "kind": "opex"})).await);
        let budget = id(app.make("finance/budgets", &json!({"name": "B", "scope_id": center, "fiscal_year_id": year, "currency": "EUR", "version": 1})).await);
        let line = json!({"budget_id": budget, "name": "Project", "cost_category_id": category, "amount": euros("9000.00"), "project_id": project});
        let line = id(app.make("finance/budget-lines", &line).await);
        for (document, on) in [("INV-1", "2026-06-04"), ("INV-2", "2026-06-11")] {
            let entry = json!({
                "posted_on": on, "fiscal_period_id": period, "budget_line_id": line, "net": euros("500.00"), "gross": euros("500.00"),
                "base_amount": euros("500.00"), "source": "manual", "document": document
            });
            app.make("finance/cost-entries", &entry).await;
        }
    }

    async fn at(&self, app: &TestApp, as_of: &str) -> Value {
        let answer = app.get(&app.admin, &format!("/api/v1/projects/projects/{}/earned-value?as_of={as_of}", self.project)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.body
    }
}

on_both! {
    earned_value_comes_from_the_baseline_the_records_and_the_ledger(app) {
        let books = Books::of(app).await;
        let then = books.at(app, "2026-06-12").await;
        let amounts = ["1000.00", "800.00", "1000.00", "-200.00", "-200.00", "1500.00", "-500.00"].map(euros);
        assert_eq!(picked(&then, &["pv", "ev", "ac", "cv", "sv", "etc", "vac"]), amounts, "{then}");
        assert_eq!(then["bac"], euros("2000.00"));
        // 1200 / 1000; 1200 / (2500 − 1000); eight of ten days are earned.
        let ratios = ["cpi", "spi", "tcpi_bac", "tcpi_eac", "earned_schedule", "actual_time", "spi_t"];
        assert_eq!(picked(&then, &ratios), [0.8, 0.8, 1.2, 0.8, 8.0, 10.0, 0.8].map(|ratio: f64| if ratio.fract() == 0.0 { json!(ratio as i64) } else { json!(ratio) }));
        // 2000 / 0.8; 1000 + 1200; 1000 + 1200 / 0.64.
        assert_eq!(picked(&then["eac"], &["typical", "atypical", "cpi_spi"]), ["2500.00", "2200.00", "2875.00"].map(euros));
        assert_eq!(picked(&then["eac"], &["floor", "floor_applied"]), [Value::Null, json!(false)]);
        assert_eq!(picked(&then, &["reason", "partial"]), [Value::Null, json!(false)]);
        assert!(then["baseline_id"].is_string());
        assert_eq!(picked(&books.at(app, "2026-06-05").await, &["pv", "ev", "ac"]), ["500.00", "400.00", "500.00"].map(euros));
    }

    what_has_no_denominator_is_null(app) {
        let books = Books::of(app).await;
        let before = books.at(app, "2026-05-29").await;
        assert_eq!(picked(&before, &["pv", "ev", "ac"]), ["0.00", "0.00", "0.00"].map(euros));
        assert_eq!(picked(&before, &["cpi", "spi", "spi_t", "etc", "vac", "tcpi_eac"]), vec![Value::Null; 6]);
        assert_eq!((&before["eac"]["typical"], &before["eac"]["cpi_spi"], &before["eac"]["atypical"], &before["tcpi_bac"]), (&Value::Null, &Value::Null, &euros("2000.00"), &json!(1)));
        let empty = project(app, "EMPTY").await;
        let nothing = app.get(&app.admin, &format!("/api/v1/projects/projects/{empty}/earned-value")).await.body;
        assert_eq!(picked(&nothing, &["bac", "pv", "ev", "cpi", "earned_schedule"]), vec![Value::Null; 5], "{nothing}");
    }

    the_past_stays_as_it_was_when_work_goes_on(app) {
        let books = Books::of(app).await;
        let item = app.get(&app.admin, &format!("/api/v1/projects/work-items/{}", books.first)).await.body;
        assert_eq!(item["progress_percent"], json!(80), "the latest record is the progress of the item");
        let then = books.at(app, "2026-06-12").await;
        alter(app, "work-items", &books.first, json!({"progress_percent": 90})).await;
        walk(app, "work-items", &books.first, &["ready", "in_progress"]).await;
        assert_eq!(books.at(app, "2026-06-15").await["ev"], euros("900.00"));
        let (today, path) = (app.clock.now(), format!("/api/v1/projects/work-items/{}", books.first));
        app.clock.set(Instant::parse("2026-06-17T09:00:00Z").unwrap());
        let later = app.log_in_as(&app.admin.id.unwrap().to_string());
        assert_eq!(app.transition(&later, &path, "done").await.status, 200);
        app.clock.set(today);
        assert_eq!(books.at(app, "2026-06-17").await["ev"], euros("1000.00"));
        assert_eq!(books.at(app, "2026-06-16").await["ev"], euros("900.00"));
        assert_eq!(books.at(app, "2026-06-12").await, then);
        let records = app.get(&app.admin, &format!("/api/v1/projects/progress-records?work_item_id={}", books.first)).await.body;
        let percents: Vec<&Value> = records["data"].as_array().unwrap().iter().map(|record| &record["progress_percent"]).collect();
        assert_eq!(percents, [&json!(40), &json!(80), &json!(90), &json!(100)]);
    }

    the_past_stays_as_it_was_when_work_is_planned_anew(app) {
        let books = Books::of(app).await;
        let (days, item) = (["2026-06-05", "2026-06-12"], books.first.clone());
        let then = [books.at(app, days[0]).await, books.at(app, days[1]).await];
        let same = async |why: &str| {
            for (day, then) in days.iter().zip(&then) {
                assert_eq!(&books.at(app, day).await, then, "{why}");
            }
        };
        alter(app, "work-items", &item, json!({"ends_on": "2026-07-31"})).await;
        same("another last day").await;
        alter(app, "work-items", &item, json!({"progress_method": "zero_hundred"})).await;
        same("another method").await;
        assert_eq!(books.at(app, "2026-06-15").await["ev"], euros("0.00"), "from today on nothing is told until it is finished");
        alter(app, "work-items", &item, json!({"progress_method": "percent", "budget_at_completion": euros("9000.00")})).await;
        same("another budget").await;
        // From now on what lies in it tells its progress: (30 · 50 + 10 · 0) / 40.
        let child = async |code: &str, more: Value| work(app, &books.project, code, Some(&item), more).await;
        child("1.1", json!({"effort_hours": 10})).await;
        child("1.2", json!({"effort_hours": 30, "progress_percent": 50})).await;
        same("work in it").await;
        assert_eq!(books.at(app, "2026-06-15").await["ev"], euros("375.00"));
        let refused = app.delete(&app.admin, &format!("/api/v1/projects/work-items/{item}"), "*").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" baseline".to_owned()]), "{}", refused.text);
        let second = app.get(&app.admin, &format!("/api/v1/projects/work-items?project_id={}&wbs_code=2", books.project)).await.body["data"][0]["id"].clone();
        let refused = app.delete(&app.admin, &format!("/api/v1/projects/work-items/{}", second.as_str().unwrap()), "*").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" baseline".to_owned()]), "{}", refused.text);
        walk(app, "work-items", second.as_str().unwrap(), &["cancelled"]).await;
        same("work cancelled").await;
    }

    estimates_are_their_formulas_and_the_floor_stands_beside_them(app) {
        let books = Books::of(app).await;
        let first = async |collection: &str| app.get(&app.admin, &format!("/api/v1/finance/{collection}")).await.body["data"][0]["id"].clone();
        let (budget, line, period) = (first("budgets").await, first("budget-lines").await, first("fiscal-periods").await);
        app.bring(app.served.store.definitions.get("finance/budgets").unwrap(), budget.as_str().unwrap(), &["active"]).await;
        let vendor = app.make("vendors/vendors", &json!({"code": "V", "name": "V"})).await["id"].clone();
        app.bring(app.served.store.definitions.get("vendors/vendors").unwrap(), vendor.as_str().unwrap(), &["qualified"]).await;
        let order = app.make("vendors/purchase-orders", &json!({"code": "PO", "title": "PO", "vendor_id": vendor, "currency": "EUR"})).await["id"].clone();
        let ordered = json!({
            "purchase_order_id": order, "position": 1, "title": "Rack", "quantity": "1", "unit": "piece", "unit_price": {"amount": "1700", "currency": "EUR"},
            "budget_line_id": line, "fiscal_period_id": period
        });
        app.make("vendors/purchase-order-lines", &ordered).await;
        let path = format!("/api/v1/vendors/purchase-orders/{}", order.as_str().unwrap());
        for (actor, state) in [(app.admin.clone(), "submitted"), (app.second_admin().await, "approved")] {
            let moved = app.transition(&actor, &path, state).await;
            assert_eq!(moved.status, 200, "{}", moved.text);
        }
        let now = books.at(app, "2026-06-15").await;
        // 2000 / 0.8 and 1000 + 1200, and 1000 spent with 1700 ordered beside them.
        assert_eq!(picked(&now["eac"], &["typical", "atypical", "floor"]), ["2500.00", "2200.00", "2700.00"].map(euros), "{now}");
        assert_eq!(now["eac"]["floor_applied"], json!(true));
        // What follows rests on the higher one: 2700 − 1000, 2000 − 2700, 1200 / 1700.
        assert_eq!((picked(&now, &["etc", "vac"]), &now["tcpi_eac"]), (["1700.00", "-700.00"].map(euros).to_vec(), &json!(0.705882)));
    }

    before_its_first_baseline_a_project_has_none(app) {
        let books = Books::of(app).await;
        let before = books.at(app, "2026-05-28").await;
        assert_eq!((&before["baseline_id"], before["reason"].as_str().unwrap().starts_with("No baseline")), (&Value::Null, true), "{before}");
        assert!(books.at(app, "2026-05-29").await["baseline_id"].is_string());
    }

    starting_and_finishing_are_stamped_with_their_day(app) {
        let project = project(app, "P").await;
        let half = work(app, &project, "1", None, json!({"progress_method": "fifty_fifty"})).await;
        alter(app, "work-items", &half, json!({"actual_starts_on": "2026-06-08"})).await;
        walk(app, "work-items", &half, &["ready", "in_progress"]).await;
        alter(app, "work-items", &half, json!({"actual_ends_on": "2026-06-11"})).await;
        walk(app, "work-items", &half, &["done"]).await;
        let begun = work(app, &project, "2", None, json!({"progress_method": "fifty_fifty"})).await;
        walk(app, "work-items", &begun, &["ready", "in_progress"]).await;
        let records = async |item: &str| -> Vec<(Value, Value)> {
            let page = app.get(&app.admin, &format!("/api/v1/projects/progress-records?work_item_id={item}&sort=id")).await.body;
            page["data"].as_array().unwrap().iter().map(|record| (record["recorded_on"].clone(), record["progress_percent"].clone())).collect()
        };
        assert_eq!(records(&half).await, [(json!("2026-06-08"), json!(50)), (json!("2026-06-11"), json!(100))]);
        assert_eq!(records(&begun).await, [(json!("2026-06-15"), json!(50))]);
    }

    a_series_has_the_values_of_each_week_and_none_of_the_future(app) {
        let books = Books::of(app).await;
        let path = format!("/api/v1/projects/projects/{}/earned-value/series", books.project);
        let answer = app.get(&app.admin, &format!("{path}?interval=week")).await;
        let points: Vec<Vec<Value>> = answer.body["data"].as_array().unwrap().iter().map(|point| picked(point, &["ends_on", "pv", "ev", "ac"])).collect();
        let point = |on: &str, pv: &str, known: Option<(&str, &str)>| vec![json!(on), euros(pv), known.map_or(Value::Null, |(ev, _)| euros(ev)), known.map_or(Value::Null, |(_, ac)| euros(ac))];
        let expected = [
            point("2026-06-07", "500.00", Some(("400.00", "500.00"))),
            point("2026-06-14", "1000.00", Some(("800.00", "1000.00"))),
            point("2026-06-21", "1500.00", Some(("800.00", "1000.00"))),
            point("2026-06-28", "2000.00", None),
        ];
        assert_eq!(points, expected, "{}", answer.text);
        assert_eq!(app.get(&app.admin, &format!("{path}?interval=month")).await.body["data"].as_array().unwrap().len(), 1);
        assert_eq!(app.get(&app.admin, &format!("{path}?interval=day")).await.status, 400);
        assert_eq!(answer.body["partial"], json!(false));
        let narrow = ["projects.projects:read", "projects.work_items:read", "projects.progress_records:read"];
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": narrow})).await;
        let told = app.get(&app.actor("narrow", None).await, &path).await.body;
        assert_eq!((&told["data"][0]["ac"], &told["partial"]), (&Value::Null, &json!(true)), "{told}");
        assert!(told["reason"].as_str().unwrap().contains("you may not read cost entries"), "{told}");
    }

    actual_cost_is_told_to_those_who_may_read_the_ledger(app) {
        let books = Books::of(app).await;
        let narrow = ["projects.projects:read", "projects.work_items:read", "projects.progress_records:read"];
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": narrow})).await;
        let path = format!("/api/v1/projects/projects/{}/earned-value?as_of=2026-06-12", books.project);
        let told = app.get(&app.actor("narrow", None).await, &path).await.body;
        // No baseline is in sight either: the plan, which is the same, stands for it.
        assert_eq!(picked(&told, &["pv", "ev", "ac", "cpi", "partial", "baseline_id"]), [euros("1000.00"), euros("800.00"), Value::Null, Value::Null, json!(true), Value::Null]);
        assert_eq!(app.get(&app.stranger().await, &path).await.status, 404);
    }
}
