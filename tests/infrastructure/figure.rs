//! Figures of infrastructure, with numbers that are worked out by hand or published. It is 15 June 2026, 09:00 UTC.

use super::{depend, go, made, made_in, service};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn figure(app: &TestApp, path: &str) -> Value {
    let answer = app.get(&app.admin, &format!("/api/v1/{path}")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.body
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

async fn outage(app: &TestApp, service: &str, from: &str, to: &str, more: Value) {
    let mut body = json!({"service_id": service, "started_at": from, "ended_at": to});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    made(app, "outages", body).await;
}

async fn live(app: &TestApp, code: &str) -> String {
    let service = service(app, code).await;
    assert_eq!(go(app, "services", &service, "live").await.status, 200);
    service
}

async fn slo(app: &TestApp, service: &str, percent: f64) -> String {
    made(app, "slos", json!({"service_id": service, "name": "There", "target_percent": percent})).await
}

on_both! {
    an_asset_is_worth_its_cost_less_what_is_written_off(app) {
        // IRS Publication 946, Table A-1, 5-year property: 20, 32, 19.20, 11.52, 11.52 and 5.76 percent.
        let press = json!({"tag": "P-1", "name": "Press", "cost": euros("10000.00"), "in_service_on": "2021-03-15", "life_months": 60,
            "depreciation_method": "double_declining", "depreciation_convention": "half_year"});
        let press = made_in(app, "assets", press, &["received"]).await;
        let schedule = figure(app, &format!("infrastructure/assets/{press}/depreciation-schedule")).await;
        let amounts: Vec<&str> = schedule["data"].as_array().unwrap().iter().map(|year| year["depreciation"]["amount"].as_str().unwrap()).collect();
        assert_eq!(amounts, ["2000.00", "3200.00", "1920.00", "1152.00", "1152.00", "576.00"]);
        let worth = figure(app, &format!("infrastructure/assets/{press}/book-value?as_of=2022-12-31")).await;
        assert_eq!((&worth["accumulated_depreciation"], &worth["book_value"], &worth["method"]), (&euros("5200.00"), &euros("4800.00"), &json!("double_declining")));
        let months = figure(app, &format!("infrastructure/assets/{press}/depreciation-schedule?interval=month")).await;
        let cents = |row: &Value| row["depreciation"]["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        assert_eq!(months["data"].as_array().unwrap().iter().map(cents).sum::<i64>(), 1_000_000);
        // By days, what a schedule says of a month is what the asset is worth at its last day's end.
        let tool = json!({"tag": "D-1", "name": "Tool", "cost": euros("3650.00"), "in_service_on": "2025-01-01", "life_months": 12, "depreciation_method": "straight_line", "depreciation_convention": "daily"});
        let tool = made_in(app, "assets", tool, &["received"]).await;
        let month = figure(app, &format!("infrastructure/assets/{tool}/depreciation-schedule?interval=month")).await["data"][0].clone();
        let worth = figure(app, &format!("infrastructure/assets/{tool}/book-value?as_of=2025-01-31")).await;
        assert_eq!((&month["ends_on"], &month["book_value"], &worth["book_value"]), (&json!("2025-01-31"), &euros("3340.00"), &euros("3340.00")));
        // Without a cost nothing can be told, and it says what to do.
        let bare = made_in(app, "assets", json!({"tag": "B-1", "name": "Bare"}), &["received"]).await;
        let worth = figure(app, &format!("infrastructure/assets/{bare}/book-value")).await;
        assert_eq!((&worth["book_value"], &worth["reason"]), (&Value::Null, &json!("Say what it cost.")));
        let all = figure(app, "infrastructure/book-values?as_of=2022-12-31").await;
        assert_eq!((&all["data"][0]["book_value"], &all["data"][0]["assets"], &all["unknown"]), (&euros("8450.00"), &json!(2), &json!(1)), "the tool counts at its cost until it is in service");
    }

    a_service_was_there_for_the_agreed_time_less_its_outages(app) {
        let shop = live(app, "SHOP").await;
        // Ten hours, two of them twice, and four at half: 10 + 2 of 240 hours; two failures.
        outage(app, &shop, "2026-06-01T00:00:00Z", "2026-06-01T08:00:00Z", json!({})).await;
        outage(app, &shop, "2026-06-01T06:00:00Z", "2026-06-01T10:00:00Z", json!({})).await;
        outage(app, &shop, "2026-06-05T00:00:00Z", "2026-06-05T04:00:00Z", json!({"degraded_percent": 50})).await;
        let told = figure(app, &format!("infrastructure/services/{shop}/availability?from=2026-06-01&to=2026-06-11")).await;
        assert_eq!((&told["availability_percent"], &told["agreed_seconds"], &told["downtime_seconds"]), (&json!(95), &json!(864_000), &json!(43_200)));
        assert_eq!((&told["failures"], &told["mtbf_seconds"], &told["mtrs_seconds"]), (&json!(2), &json!(410_400), &json!(25_200)));
        let calm = figure(app, &format!("infrastructure/services/{shop}/availability?from=2026-06-11&to=2026-06-13")).await;
        assert_eq!((&calm["availability_percent"], &calm["mtbf_seconds"]), (&json!(100), &Value::Null));
        assert_eq!(app.get(&app.admin, &format!("/api/v1/infrastructure/services/{shop}/availability?from=2026-06-11&to=2026-06-11")).await.status, 400);
    }

    an_error_budget_is_used_by_outages(app) {
        let shop = live(app, "SHOP").await;
        let slo = slo(app, &shop, 99.9).await;
        // 43 minutes and 12 seconds of 30 days; 21 minutes and 36 seconds are half of them.
        outage(app, &shop, "2026-06-10T00:00:00Z", "2026-06-10T00:21:36Z", json!({})).await;
        let status = figure(app, &format!("infrastructure/slos/{slo}/status")).await;
        assert_eq!((&status["attained_percent"], &status["error_budget_seconds"]), (&json!(99.95), &json!(2592)));
        assert_eq!((&status["error_budget_left_seconds"], &status["burn_rate"]), (&json!(1296), &json!(0.5)));
    }

    nothing_is_told_of_a_service_that_was_not_live_and_of_days_ahead(app) {
        let shop = service(app, "SHOP").await;
        let slo = slo(app, &shop, 99.9).await;
        let availability = async |query: &str| figure(app, &format!("infrastructure/services/{shop}/availability?{query}")).await;
        let status = async |query: &str| figure(app, &format!("infrastructure/slos/{slo}/status{query}")).await;
        let planned = availability("from=2026-06-01&to=2026-06-11").await;
        assert_eq!((&planned["availability_percent"], &planned["agreed_seconds"], &planned["reason"]), (&Value::Null, &Value::Null, &json!("The service has not been live yet.")));
        assert_eq!((&status("").await["attained_percent"], &status("").await["reason"]), (&Value::Null, &json!("The service has not been live yet.")));
        assert_eq!(go(app, "services", &shop, "live").await.status, 200);
        let ahead = availability("from=2026-06-20&to=2026-06-22").await;
        assert_eq!((&ahead["availability_percent"], &ahead["reason"]), (&Value::Null, &json!("None of these days has begun.")));
        let ahead = status("?as_of=2026-07-01").await;
        assert_eq!((&ahead["attained_percent"], &ahead["error_budget_left_seconds"], ahead["reason"].is_string()), (&Value::Null, &Value::Null, true));
        let now = status("?as_of=2026-06-15").await;
        assert_eq!((&now["attained_percent"], &now["reason"]), (&Value::Null, &json!("The service was not live in the window.")));
        let before = availability("from=2026-06-01&to=2026-06-11").await;
        assert_eq!((&before["availability_percent"], &before["reason"]), (&Value::Null, &json!("The service was not live on these days.")));
        // It counts from when it went live, and until it is retired: an hour each.
        app.wait(3600);
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let path = format!("/api/v1/infrastructure/services/{shop}");
        let agreed = async |admin: &crate::harness::Actor| app.get(admin, &format!("{path}/availability?from=2026-06-15&to=2026-06-17")).await.body["agreed_seconds"].clone();
        assert_eq!(agreed(&admin).await, json!(3600));
        for state in ["retiring", "retired"] {
            assert_eq!(app.transition(&admin, &path, state).await.status, 200);
        }
        app.wait(3600);
        assert_eq!(agreed(&app.log_in_as(&app.admin.id.unwrap().to_string())).await, json!(3600));
    }

    only_maintenance_of_the_service_that_was_agreed_excuses_an_outage(app) {
        let [shop, database, mail] = [live(app, "SHOP").await, live(app, "DB").await, live(app, "MAIL").await];
        depend(app, &shop, "requires", &database, None).await;
        made(app, "slos", json!({"service_id": shop, "name": "There", "target_percent": 99, "excludes_maintenance": true})).await;
        // An hour each on one of the days ahead. It is 09:00 on 15 June.
        let window = async |target: &str, day: u32, expects: bool, approved: bool| {
            let body = json!({"name": "Work", "target_id": target, "expects_outage": expects, "starts_at": format!("2026-06-{day}T10:00:00Z"), "ends_at": format!("2026-06-{day}T11:00:00Z")});
            let id = made(app, "maintenance-windows", body).await;
            if approved {
                assert_eq!(app.transition(&app.second_admin().await, &format!("/api/v1/infrastructure/maintenance-windows/{id}"), "approved").await.status, 200);
            }
            id
        };
        let windows = [
            window(&shop, 16, true, true).await, window(&database, 17, true, true).await, window(&mail, 18, true, true).await,
            window(&shop, 19, false, true).await, window(&shop, 20, true, false).await,
        ];
        app.wait(7 * 86_400);
        // Tokens have aged.
        let second = app.second_admin().await.id.unwrap().to_string();
        let (admin, second) = (app.log_in_as(&app.admin.id.unwrap().to_string()), app.log_in_as(&second));
        let late = app.transition(&second, &format!("/api/v1/infrastructure/maintenance-windows/{}", windows[4]), "approved").await;
        assert_eq!((late.status, &late.body["approved_at"]), (200, &json!("2026-06-22T09:00:00.000000Z")), "{}", late.text);
        for (day, id) in (16..).zip(&windows) {
            let (from, to) = (format!("2026-06-{day}T10:00:00Z"), format!("2026-06-{day}T11:00:00Z"));
            let body = json!({"service_id": shop, "started_at": from, "ended_at": to, "maintenance_window_id": id, "planned": true});
            let made = app.post(&admin, "/api/v1/infrastructure/outages", &body).await;
            assert_eq!(made.status, 201, "{}", made.text);
        }
        let told = app.get(&admin, &format!("/api/v1/infrastructure/services/{shop}/availability?from=2026-06-16&to=2026-06-21")).await.body;
        // Of 120 hours two are maintenance: one of the shop, and one of the database that it rests on. What was approved afterwards is none.
        assert_eq!((&told["agreed_seconds"], &told["downtime_seconds"], &told["failures"]), (&json!(118 * 3600), &json!(3 * 3600), &json!(3)));
    }

    maintenance_is_cut_out_of_what_was_agreed_and_out_of_outages(app) {
        let shop = live(app, "SHOP").await;
        made(app, "slos", json!({"service_id": shop, "name": "There", "target_percent": 99, "excludes_maintenance": true})).await;
        let window = async |day: u32| {
            let body = json!({"name": "Work", "target_id": shop, "starts_at": format!("2026-06-{day}T10:00:00Z"), "ends_at": format!("2026-06-{day}T11:00:00Z")});
            let id = made(app, "maintenance-windows", body).await;
            assert_eq!(app.transition(&app.second_admin().await, &format!("/api/v1/infrastructure/maintenance-windows/{id}"), "approved").await.status, 200);
            id
        };
        let named = window(17).await;
        for day in [19, 20] {
            window(day).await;
        }
        app.wait(7 * 86_400);
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        // Two days with the window that it names in them, and a planned outage in a window that it does not name; in the third nothing fell.
        for (from, to, window) in [("2026-06-16T12:00:00Z", "2026-06-18T12:00:00Z", json!(named)), ("2026-06-19T10:10:00Z", "2026-06-19T10:50:00Z", Value::Null)] {
            let body = json!({"service_id": shop, "started_at": from, "ended_at": to, "maintenance_window_id": window, "planned": true});
            assert_eq!(app.post(&admin, "/api/v1/infrastructure/outages", &body).await.status, 201);
        }
        let told = app.get(&admin, &format!("/api/v1/infrastructure/services/{shop}/availability?from=2026-06-16&to=2026-06-21")).await.body;
        assert_eq!((&told["agreed_seconds"], &told["downtime_seconds"]), (&json!(117 * 3600), &json!(47 * 3600)), "{told}");
        assert_eq!((&told["failures"], &told["mtrs_seconds"]), (&json!(1), &json!(47 * 3600)));
    }

    what_alternatives_share_fails_for_all_of_them(app) {
        let [shop, first, second, shared] = [service(app, "SHOP").await, service(app, "X").await, service(app, "Y").await, service(app, "Z").await];
        for of in [&first, &second, &shared] {
            slo(app, of, 90.0).await;
        }
        for member in [&first, &second] {
            depend(app, &shop, "requires", member, Some(("nodes", 1))).await;
            depend(app, member, "requires", &shared, None).await;
        }
        let composed = figure(app, &format!("infrastructure/services/{shop}/composed-availability")).await;
        // 0.9 · (1 − 0.1 · 0.1)
        assert_eq!(composed["availability_percent"], json!(89.1));
    }

    samples_keep_an_objective_that_outages_say_nothing_of(app) {
        let shop = service(app, "SHOP").await;
        let series = made(app, "metric-series", json!({"subject_id": shop, "name": "Answer time", "measured_in": "ms"})).await;
        for (day, value) in [(10, 200), (11, 250), (12, 400), (13, 300)] {
            made(app, "metric-samples", json!({"series_id": series, "measured_at": format!("2026-06-{day}T00:00:00Z"), "value": value})).await;
        }
        let body = json!({"service_id": shop, "name": "Fast", "indicator": "latency", "target_percent": 90, "threshold": 300, "series_id": series});
        let slo = made(app, "slos", body).await;
        let status = figure(app, &format!("infrastructure/slos/{slo}/status")).await;
        assert_eq!((&status["attained_percent"], &status["samples"], &status["burn_rate"]), (&json!(75), &json!(4), &json!(2.5)));
        let unmeasured = made(app, "slos", json!({"service_id": shop, "name": "Right", "indicator": "correctness", "target_percent": 90})).await;
        assert!(figure(app, &format!("infrastructure/slos/{unmeasured}/status")).await["attained_percent"].is_null());
    }

    what_a_service_needs_multiplies_and_alternatives_help(app) {
        let [shop, database, first, second, report] =
            [service(app, "SHOP").await, service(app, "DB").await, service(app, "N1").await, service(app, "N2").await, service(app, "REPORT").await];
        for (of, percent) in [(&shop, 99.9), (&database, 99.0), (&first, 95.0), (&second, 90.0), (&report, 50.0)] {
            slo(app, of, percent).await;
        }
        depend(app, &shop, "requires", &database, None).await;
        depend(app, &shop, "requires", &first, Some(("nodes", 1))).await;
        depend(app, &shop, "requires", &second, Some(("nodes", 1))).await;
        depend(app, &shop, "uses", &report, None).await;
        let composed = figure(app, &format!("infrastructure/services/{shop}/composed-availability")).await;
        // 0.999 · 0.99 · (1 − 0.05 · 0.10)
        assert_eq!((&composed["availability_percent"], &composed["agreed_percent"]), (&json!(98.406_495), &json!(99.9)));
        assert_eq!((&composed["nodes"], &composed["without_objective"]), (&json!(4), &json!(0)));
        let points = figure(app, &format!("infrastructure/services/{shop}/single-points-of-failure")).await;
        assert_eq!((points["data"].as_array().unwrap().len(), &points["data"][0]["id"]), (1, &json!(database)));
        assert_eq!(points["data"][0]["path"], json!([database, shop]));
        assert_eq!(figure(app, "infrastructure/requires-cycles").await["data"], json!([]));
        depend(app, &database, "requires", &shop, None).await;
        let circles = figure(app, "infrastructure/requires-cycles").await;
        assert_eq!((circles["data"].as_array().unwrap().len(), circles["data"][0]["nodes"].as_array().unwrap().len()), (1, 2));
    }

    what_all_alternatives_run_on_is_a_single_point_of_failure(app) {
        let shop = service(app, "SHOP").await;
        let cluster = made(app, "clusters", json!({"name": "C", "kind": "virtualisation"})).await;
        let mut machines = Vec::new();
        for name in ["one", "two"] {
            machines.push(made(app, "virtual-machines", json!({"name": name, "cluster_id": cluster})).await);
            depend(app, &shop, "requires", machines.last().unwrap(), Some(("machines", 1))).await;
        }
        let points = figure(app, &format!("infrastructure/services/{shop}/single-points-of-failure")).await;
        assert_eq!((points["data"].as_array().unwrap().len(), &points["data"][0]["id"], &points["nodes"]), (1, &json!(cluster), &json!(3)));
    }

    a_capacity_is_full_when_its_line_meets_the_threshold(app) {
        let pool = service(app, "STORE").await;
        let series = made(app, "metric-series", json!({"subject_id": pool, "name": "Used", "measured_in": "GiB"})).await;
        let target = json!({"series_id": series, "name": "Space", "capacity": 2000, "threshold": 1600, "lead_time_days": 10,
            "planned_demand": [{"starts_on": "2026-06-20", "amount": 300}]});
        let target = made(app, "capacity-targets", target).await;
        let forecast = format!("infrastructure/capacity-targets/{target}/forecast?as_of=2026-06-14");
        assert!(figure(app, &forecast).await["days_to_threshold"].is_null());
        // 1,000 GiB on 5 June and 20 a day: 1,180 on the 14th, 1,200 at its end; 400 more take 20 days, and with 300 more on the 20th 5.
        for day in 5..=14 {
            made(app, "metric-samples", json!({"series_id": series, "measured_at": format!("2026-06-{day:02}T00:00:00Z"), "value": 1000 + 20 * (day - 5)})).await;
        }
        assert_eq!(figure(app, &format!("{forecast}&days=4")).await["samples"], json!(3));
        let told = figure(app, &forecast).await;
        assert_eq!([&told["used"], &told["slope_per_day"], &told["r_squared"], &told["fitted"]], [&json!(1180), &json!(20), &json!(1), &json!(1200)]);
        assert_eq!([&told["days_to_threshold"], &told["days_to_threshold_planned"]], [&json!(20), &json!(5)]);
        assert_eq!([&told["threshold_on"], &told["threshold_planned_on"], &told["samples"]], [&json!("2026-07-05"), &json!("2026-06-20"), &json!(10)]);
        assert_eq!(told["order_by"], json!("2026-06-10"), "ten days before the demand that is planned");
        // Now it is nine in the morning: 1,207.5, and the same day. No day counts before it has gone by.
        let now = figure(app, &forecast.replace("2026-06-14", "2026-06-30")).await;
        assert_eq!([&now["fitted"], &now["days_to_threshold"], &now["threshold_on"]], [&json!(1207.5), &json!(19.625), &json!("2026-07-05")]);
    }

    a_licence_position_is_what_is_entitled_less_what_is_in_use(app) {
        let product = made(app, "software-products", json!({"name": "Agent", "kind": "tool"})).await;
        let body = json!({"name": "Agents", "software_product_id": product, "metric": "device", "quantity": 2, "over_assignment": "allow"});
        let license = made(app, "licenses", body).await;
        let release = made(app, "software-releases", json!({"software_product_id": product, "version": "1"})).await;
        for (name, assigned, installed) in [("one", true, Some(&license)), ("two", true, None), ("three", false, Some(&license)), ("four", false, None)] {
            let machine = made(app, "virtual-machines", json!({"name": name})).await;
            if assigned {
                made(app, "license-assignments", json!({"license_id": license, "target_id": machine, "starts_on": "2026-01-01"})).await;
            }
            made(app, "installations", json!({"software_release_id": release, "host_id": machine, "license_id": installed})).await;
        }
        // Two assigned, and one found installed without; what names no licence is told apart where none is assigned to its host.
        let position = figure(app, &format!("infrastructure/licenses/{license}/position")).await;
        assert_eq!([&position["entitled"], &position["consumed"], &position["available"], &position["over_used"]], [&json!(2), &json!(3), &json!(-1), &json!(1)]);
        let all = figure(app, "infrastructure/license-positions").await;
        assert_eq!((&all["data"][0]["over_used"], &all["data"][0]["software_product"]), (&json!(1), &json!("Agent")));
        assert_eq!((&all["unlicensed"][0]["installations"], all["unlicensed"].as_array().unwrap().len()), (&json!(1), 1));
    }

    a_rack_shows_what_stands_where_and_how_full_it_is(app) {
        let site = made(app, "sites", json!({"code": "RTM", "name": "Rotterdam"})).await;
        let rack = json!({"site_id": site, "name": "A-03", "height_units": 10, "weight_limit_kg": 400, "power_limit_w": 2000});
        let rack = made(app, "racks", rack).await;
        assert_eq!(go(app, "racks", &rack, "active").await.status, 200);
        let maker = made(app, "manufacturers", json!({"name": "Example"})).await;
        let kind = async |model: &str, height: f64, full: bool| {
            let body = json!({"manufacturer_id": maker, "model": model, "height_units": height, "full_depth": full, "weight_kg": 20, "power_draw_w": 250});
            made(app, "device-types", body).await
        };
        let (server, shelf) = (kind("R2", 2.0, true).await, kind("S1", 1.0, false).await);
        let mount = async |name: &str, kind: &str, position: u32, face: &str| {
            let body = json!({"name": name, "device_type_id": kind, "role": "server", "site_id": site, "rack_id": rack, "position": position, "face": face});
            made(app, "devices", body).await
        };
        let (low, front, rear) = (mount("low", &server, 1, "front").await, mount("front", &shelf, 10, "front").await, mount("rear", &shelf, 10, "rear").await);
        let used = figure(app, &format!("infrastructure/racks/{rack}/utilization")).await;
        // 2 + 1 of 10 units, 3 · 250 of 2,000 W, 3 · 20 of 400 kg.
        assert_eq!([&used["space_percent"], &used["power_percent"], &used["weight_percent"]], [&json!(30), &json!(37.5), &json!(15)]);
        let elevation = figure(app, &format!("infrastructure/racks/{rack}/elevation")).await;
        assert_eq!(elevation["units"][0], json!({"unit": 10, "front_device_id": front, "rear_device_id": rear}));
        assert_eq!(elevation["units"][8], json!({"unit": 2, "front_device_id": low, "rear_device_id": low}));
        assert_eq!((&elevation["units_free"], elevation["devices"].as_array().unwrap().len()), (&json!(7), 3));
    }

    changes_are_measured_by_what_came_of_them(app) {
        let shop = service(app, "SHOP").await;
        let mut changes = Vec::new();
        for (number, last) in ["implemented", "implemented", "failed", "rolled_back"].into_iter().enumerate() {
            let body = json!({"title": format!("Deploy {number}"), "service_id": shop, "risk": "low", "impact": "low", "is_deployment": true, "rollback_plan": "Back.",
                "starts_at": "2026-06-15T10:00:00Z", "ends_at": "2026-06-15T11:00:00Z", "committed_at": format!("2026-06-15T0{number}:00:00Z"),
                "implementation_starts_at": "2026-06-15T08:00:00Z", "implementation_ends_at": "2026-06-15T08:30:00Z"});
            let change = made(app, "changes", body).await;
            for state in ["submitted", "assessed"] {
                assert_eq!(go(app, "changes", &change, state).await.status, 200);
            }
            let (second, path) = (app.second_admin().await, format!("/api/v1/infrastructure/changes/{change}"));
            let approved = app.transition(&second, &path, "approved").await;
            assert_eq!(approved.status, 200, "{}", approved.text);
            let ends: &[&str] = if last == "rolled_back" { &["failed", "rolled_back"] } else { &[last] };
            for state in ["scheduled", "implementing"].iter().chain(ends) {
                let moved = go(app, "changes", &change, state).await;
                assert_eq!(moved.status, 200, "{state}: {}", moved.text);
            }
            changes.push(change);
        }
        let incident = json!({"title": "Slow", "is_major": true, "causing_change_id": changes[0], "started_at": "2026-06-15T08:30:00Z", "restored_at": "2026-06-15T08:50:00Z"});
        made(app, "incidents", incident).await;
        assert_eq!(figure(app, &format!("infrastructure/changes/{}", changes[3])).await["outcome"], "rolled_back");
        let told = figure(app, "infrastructure/change-performance?from=2026-06-14&to=2026-06-16").await;
        assert_eq!([&told["changes"], &told["successful"], &told["failed"], &told["rolled_back"], &told["caused_incidents"]].map(|count| count.as_i64().unwrap()), [4, 1, 1, 1, 1]);
        assert_eq!([&told["success_percent"], &told["deployments"], &told["deployment_frequency_per_day"]], [&json!(25), &json!(2), &json!(1.454_545)], "2 in the 33 hours that have gone by");
        assert_eq!(told["caused_major_incidents"], json!(1));
        assert_eq!(figure(app, "infrastructure/change-performance?from=2026-06-20&to=2026-06-22").await["deployment_frequency_per_day"], Value::Null);
        // Committed at 0:00 and 1:00, done at 8:30: 8 hours in the middle. Three of four failed, and the incident took 20 minutes.
        assert_eq!([&told["lead_time_seconds"], &told["change_failure_percent"], &told["time_to_restore_seconds"]], [&json!(28_800), &json!(75), &json!(1200)]);
    }

    software_is_compliant_where_its_release_is_approved_and_supported(app) {
        let product = made(app, "software-products", json!({"name": "Server", "kind": "application"})).await;
        for (version, approval, ends, hosts) in [("1", "approved", "2026-06-14", 1), ("2", "approved", "2026-06-15", 2), ("3", "forbidden", "2030-01-01", 1)] {
            let release = json!({"software_product_id": product, "version": version, "approval": approval, "end_of_support_on": ends});
            let release = made(app, "software-releases", release).await;
            for host in 0..hosts {
                let machine = made(app, "virtual-machines", json!({"name": format!("{version}-{host}")})).await;
                made(app, "installations", json!({"software_release_id": release, "host_id": machine})).await;
            }
        }
        let told = figure(app, "infrastructure/patch-compliance").await;
        assert_eq!([&told["installations"], &told["compliant"], &told["compliance_percent"]], [&json!(4), &json!(2), &json!(50)]);
        assert_eq!([&told["forbidden"], &told["unsupported"], &told["data"][0]["software_product"]], [&json!(1), &json!(1), &json!("Server")]);
        assert_eq!(figure(app, "infrastructure/patch-compliance?as_of=2026-06-14").await["compliant"], json!(3));
    }

    what_is_backed_up_has_a_policy_a_recent_copy_and_a_tested_restore(app) {
        let mut machines = Vec::new();
        for name in ["safe", "untested", "stale", "bare"] {
            machines.push(made(app, "virtual-machines", json!({"name": name})).await);
        }
        let policy = json!({"name": "Daily", "frequency": "daily", "retention_days": 30, "restore_test_days": 90, "target_ids": &machines[..3]});
        let policy = made(app, "backup-policies", policy).await;
        assert_eq!(go(app, "backup-policies", &policy, "active").await.status, 200);
        let runs = [(0, "backup", "2026-06-14T22:00:00Z"), (0, "restore_test", "2026-05-01T10:00:00Z"), (1, "backup", "2026-06-14T22:00:00Z"), (2, "backup", "2026-06-10T22:00:00Z"), (2, "restore_test", "2026-01-01T10:00:00Z")];
        for (machine, kind, at) in runs {
            made(app, "backup-runs", json!({"policy_id": policy, "target_id": machines[machine], "kind": kind, "result": "succeeded", "started_at": at})).await;
        }
        let told = figure(app, "infrastructure/backup-coverage").await;
        assert_eq!([&told["targets"], &told["with_policy"], &told["with_recent_run"], &told["with_tested_restore"]], [&json!(4), &json!(3), &json!(2), &json!(1)]);
        assert_eq!(told["coverage_percent"], json!(25));
        let gaps: Vec<(&str, &Value)> = told["data"].as_array().unwrap().iter().map(|target| (target["title"].as_str().unwrap(), &target["gaps"])).collect();
        assert_eq!(gaps, [("bare", &json!(["no_policy", "no_recent_run", "no_tested_restore"])), ("stale", &json!(["no_recent_run", "no_tested_restore"])), ("untested", &json!(["no_tested_restore"]))]);
    }

    a_prefix_tells_how_full_it_is(app) {
        let vrf = made(app, "vrfs", json!({"name": "red"})).await;
        let prefix = made(app, "prefixes", json!({"vrf_id": vrf, "prefix": "192.0.2.0/29", "kind": "network"})).await;
        for host in [1, 2, 3] {
            made(app, "ip-addresses", json!({"vrf_id": vrf, "address": format!("192.0.2.{host}/29")})).await;
        }
        let told = figure(app, &format!("infrastructure/prefixes/{prefix}/utilization")).await;
        assert_eq!((&told["utilisation_percent"], &told["address_count"], &told["prefix"]["title"]), (&json!(50), &json!(3), &json!("192.0.2.0/29")));
    }

    the_path_of_an_interface_leads_through_a_circuit_to_the_other_end(app) {
        let mut interfaces = Vec::new();
        for name in ["left", "right"] {
            let site = made(app, "sites", json!({"code": name, "name": name})).await;
            let maker = made(app, "manufacturers", json!({"name": name})).await;
            let kind = made(app, "device-types", json!({"manufacturer_id": maker, "model": "S"})).await;
            let device = made(app, "devices", json!({"name": name, "device_type_id": kind, "role": "switch", "site_id": site})).await;
            interfaces.push((site, made(app, "interfaces", json!({"node_id": device, "name": "eth0", "kind": "fibre"})).await));
        }
        let [(left, one), (right, two)] = interfaces.try_into().unwrap();
        let vendor = app.make("vendors/vendors", &json!({"code": "TEL", "name": "Telecom"})).await["id"].clone();
        let circuit = json!({"provider_id": vendor, "number": "C-1", "kind": "internet", "a_site_id": left, "z_site_id": right});
        let circuit = made(app, "circuits", circuit).await;
        assert_eq!(figure(app, &format!("infrastructure/interfaces/{one}/path")).await["data"], json!([]));
        made(app, "cables", json!({"from_id": one, "to_id": circuit, "to_end": "a", "label": "L-1"})).await;
        let half = figure(app, &format!("infrastructure/interfaces/{one}/path")).await;
        assert_eq!((&half["complete"], &half["data"][0]["end"], &half["data"][0]["cable_label"]), (&json!(false), &json!("a"), &json!("L-1")));
        made(app, "cables", json!({"from_id": two, "to_id": circuit, "to_end": "z"})).await;
        let whole = figure(app, &format!("infrastructure/interfaces/{one}/path")).await;
        assert_eq!((&whole["far_interface_id"], whole["data"].as_array().unwrap().len(), &whole["complete"]), (&json!(two), 2, &json!(true)));
        let back = figure(app, &format!("infrastructure/interfaces/{two}/path")).await;
        assert_eq!(back["far_interface_id"], json!(one));
    }

    a_licence_of_cores_counts_the_cores_of_the_hosts_in_use(app) {
        let product = made(app, "software-products", json!({"name": "Database", "kind": "database"})).await;
        let license = made(app, "licenses", json!({"name": "Cores", "software_product_id": product, "metric": "core", "quantity": 20, "over_assignment": "allow"})).await;
        let release = made(app, "software-releases", json!({"software_product_id": product, "version": "1"})).await;
        let maker = made(app, "manufacturers", json!({"name": "Acme"})).await;
        let model = made(app, "device-types", json!({"manufacturer_id": maker, "model": "S-1", "physical_cores": 16})).await;
        let server = made(app, "devices", json!({"name": "srv", "device_type_id": model, "role": "server"})).await;
        let machine = made(app, "virtual-machines", json!({"name": "vm", "vcpus": 6})).await;
        let gone = made(app, "virtual-machines", json!({"name": "gone", "vcpus": 64})).await;
        let install = async |host: &str, found: Value| {
            made(app, "installations", json!({"software_release_id": release, "host_id": host, "license_id": license, "discovered_at": found})).await
        };
        install(&gone, json!("2026-06-01T00:00:00Z")).await;
        for state in ["decommissioning", "retired"] {
            assert_eq!(go(app, "virtual-machines", &gone, state).await.status, 200);
        }
        install(&server, json!("2026-06-01T00:00:00Z")).await;
        install(&machine, json!("2026-06-10T00:00:00Z")).await;
        let position = async |day: &str| figure(app, &format!("infrastructure/licenses/{license}/position?as_of={day}")).await;
        let told = position("2026-06-05").await;
        assert_eq!([&told["found"], &told["over_used"]], [&json!(16), &json!(0)], "the machine was found later: {told}");
        let told = position("2026-06-15").await;
        assert_eq!([&told["found"], &told["over_used"], &told["reason"]], [&json!(22), &json!(2), &Value::Null]);
        let conflicts = figure(app, &format!("platform/conflicts?subject_id={license}&state=open")).await;
        assert!(conflicts["data"][0]["detail"].as_str().is_some_and(|told| told.contains("22 found installed")), "{conflicts}");
        let bare = made(app, "virtual-machines", json!({"name": "bare"})).await;
        install(&bare, Value::Null).await;
        let told = position("2026-06-15").await;
        assert_eq!([&told["found"], &told["consumed"], &told["over_used"]], [&Value::Null; 3]);
        assert!(told["reason"].as_str().unwrap().contains("vcpus"), "{told}");
        assert_eq!(figure(app, "infrastructure/license-positions").await["data"][0]["over_used"], Value::Null);
        assert_eq!(figure(app, "infrastructure/patch-compliance").await["installations"], json!(3), "the retired host runs nothing");
    }

    what_is_to_be_replaced_says_why_and_when(app) {
        let site = made(app, "sites", json!({"code": "S", "name": "S"})).await;
        let maker = made(app, "manufacturers", json!({"name": "Example"})).await;
        let kind = async |model: &str, ends: &str| made(app, "device-types", json!({"manufacturer_id": maker, "model": model, "end_of_support_on": ends})).await;
        let (old, new) = (kind("Old", "2026-12-31").await, kind("New", "2031-12-31").await);
        let device = async |name: &str, kind: &str| {
            made_in(app, "devices", json!({"name": name, "device_type_id": kind, "role": "server", "site_id": site}), &["staged", "active"]).await
        };
        made(app, "devices", json!({"name": "planned", "device_type_id": old, "role": "server", "site_id": site})).await;
        let leaving = device("leaving", &old).await;
        assert_eq!(go(app, "devices", &leaving, "decommissioning").await.status, 200);
        let (ends, breaks, _) = (device("ends", &old).await, device("breaks", &new).await, device("stays", &new).await);
        let asset = json!({"tag": "A-1", "name": "ends", "item_id": ends, "cost": euros("3600.00"), "in_service_on": "2023-10-01", "life_months": 36,
            "depreciation_method": "straight_line", "depreciation_convention": "full_month", "warranty_ends_on": "2026-09-30"});
        let asset = made_in(app, "assets", asset, &["received"]).await;
        for title in ["one", "two", "three"] {
            made(app, "incidents", json!({"title": title, "target_id": breaks})).await;
        }
        let told = figure(app, "infrastructure/refresh-candidates?before=2027-01-01").await;
        let found: Vec<&str> = told["data"].as_array().unwrap().iter().map(|each| each["device"]["title"].as_str().unwrap()).collect();
        assert_eq!(found, ["ends", "breaks"]);
        let first = &told["data"][0];
        assert_eq!((&first["due_on"], &first["asset_id"], &first["book_value"]), (&json!("2026-09-30"), &json!(asset), &euros("0.00")));
        let reasons: Vec<&str> = first["reasons"].as_array().unwrap().iter().map(|each| each["reason"].as_str().unwrap()).collect();
        assert_eq!(reasons, ["warranty_end", "written_off", "end_of_support"]);
        assert_eq!((&told["data"][1]["failures"], &told["data"][1]["due_on"]), (&json!(3), &Value::Null));
        assert!(figure(app, "infrastructure/refresh-candidates?before=2026-09-30").await["data"].as_array().unwrap().len() == 1);
    }

    maintenance_waits_for_people_milestones_and_a_copy_to_go_back_to(app) {
        let ann = app.make("teams/people", &json!({"name": "Ann", "email": "ann@example.org"})).await["id"].clone();
        let shop = made(app, "services", json!({"code": "SHOP", "name": "Shop", "kind": "technical"})).await;
        let machine = made(app, "virtual-machines", json!({"name": "vm", "owner_id": ann})).await;
        depend(app, &shop, "requires", &machine, None).await;
        let find = async || figure(app, &format!("infrastructure/maintenance-windows/find?target_id={machine}&minutes=60&from=2026-06-16&to=2026-06-19")).await;
        let told = |answer: &Value| -> Vec<String> {
            let row = |row: &Value| ["title", "starts_at", "ends_at"].map(|name| row[name].as_str().unwrap()[..10.min(row[name].as_str().unwrap().len())].to_owned()).join(" ");
            answer["obstacles"].as_array().unwrap().iter().map(row).collect()
        };
        assert_eq!(told(&find().await), Vec::<String>::new());
        // A milestone of the project for the service, a day on which its only owner is away, and a policy that has copied nothing yet.
        let project = app.make("projects/projects", &json!({"code": "P", "name": "P", "service_id": shop})).await["id"].clone();
        app.make("projects/work-items", &json!({"project_id": project, "wbs_code": "1", "name": "Go live", "kind": "milestone", "duration_hours": 0, "starts_on": "2026-06-18", "ends_on": "2026-06-18"})).await;
        let absence = json!({"person_id": ann, "kind": "holiday", "starts_on": "2026-06-16", "ends_on": "2026-06-16"});
        let absence = app.make("teams/absences", &absence).await["id"].as_str().unwrap().to_owned();
        app.bring(app.served.store.definitions.get("teams/absences").unwrap(), &absence, &["approved"]).await;
        let waiting = find().await;
        assert_eq!(told(&waiting), ["Ann 2026-06-16 2026-06-17", "Go live 2026-06-18 2026-06-19"], "{waiting}");
        assert_eq!(waiting["data"], json!([{"starts_at": "2026-06-17T00:00:00.000000Z", "ends_at": "2026-06-18T00:00:00.000000Z"}]));
        let policy = made(app, "backup-policies", json!({"name": "Nightly", "frequency": "daily", "retention_days": 30, "target_ids": [machine]})).await;
        assert_eq!(go(app, "backup-policies", &policy, "active").await.status, 200);
        let bare = find().await;
        assert_eq!((bare["data"].as_array().unwrap().len(), told(&bare).contains(&"Nightly 2026-06-16 2026-06-19".to_owned())), (0, true), "{bare}");
        made(app, "backup-runs", json!({"policy_id": policy, "target_id": machine, "kind": "backup", "result": "succeeded", "started_at": "2026-06-14T22:00:00Z"})).await;
        assert_eq!(find().await["data"], waiting["data"]);
    }

    maintenance_is_not_offered_in_a_freeze_in_which_it_would_be_refused(app) {
        let root = app.root_unit().await;
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let shop = service(app, "SHOP").await;
        let mut machines = Vec::new();
        for name in ["one", "two"] {
            let machine = made_in(app, "virtual-machines", json!({"name": name, "unit_id": ours}), &["staged", "active"]).await;
            depend(app, &shop, "requires", &machine, Some(("machines", 1))).await;
            machines.push(machine);
        }
        let freeze = async |name: &str, unit: &str, day: u32, service: Option<&str>| {
            let body = json!({"name": name, "unit_id": unit, "starts_at": format!("2026-06-{day}T00:00:00Z"), "ends_at": format!("2026-06-{}T00:00:00Z", day + 1), "service_id": service});
            made(app, "freeze-periods", body).await;
        };
        // One of the shop, that the machine carries in a group; one of another unit, and one of all.
        freeze("Sale", &root, 16, Some(&shop)).await;
        freeze("Theirs", &theirs, 17, None).await;
        freeze("All", &root, 18, None).await;
        let find = async || figure(app, &format!("infrastructure/maintenance-windows/find?target_id={}&minutes=60&from=2026-06-16&to=2026-06-20", machines[0])).await;
        let told = find().await;
        let titles: Vec<&str> = told["obstacles"].as_array().unwrap().iter().map(|each| each["title"].as_str().unwrap()).collect();
        assert_eq!((titles, &told["services_down"]), (vec!["Sale", "All"], &json!([])), "{told}");
        // Once its twin has failed, the service goes down with it.
        assert_eq!(go(app, "virtual-machines", &machines[1], "failed").await.status, 200);
        let told = find().await;
        assert_eq!((&told["services_down"], &told["alternative_ids"]), (&json!([shop]), &json!([])), "{told}");
        let narrow = ["services", "virtual_machines", "maintenance_windows"].map(|name| format!("infrastructure.{name}:read"));
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": narrow})).await;
        let path = format!("/api/v1/infrastructure/maintenance-windows/find?target_id={}&minutes=60", machines[0]);
        let partial = app.get(&app.actor("narrow", None).await, &path).await;
        for collection in ["freeze-periods", "changes", "dependencies", "assets", "backup-policies", "backup-runs"] {
            assert!(partial.body["partial"].as_array().unwrap().contains(&json!(format!("infrastructure/{collection}"))), "{collection}: {}", partial.text);
        }
    }

    maintenance_finds_the_times_that_nothing_stands_against(app) {
        let shop = service(app, "SHOP").await;
        let [one, two] = [made(app, "virtual-machines", json!({"name": "one"})).await, made(app, "virtual-machines", json!({"name": "two"})).await];
        for machine in [&one, &two] {
            depend(app, &shop, "requires", machine, Some(("machines", 1))).await;
        }
        made(app, "freeze-periods", json!({"name": "Fair", "starts_at": "2026-06-17T00:00:00Z", "ends_at": "2026-06-18T00:00:00Z"})).await;
        // The other machine is away meanwhile: one of the two must stand.
        made(app, "maintenance-windows", json!({"name": "Other", "target_id": two, "starts_at": "2026-06-16T10:00:00Z", "ends_at": "2026-06-16T12:00:00Z"})).await;
        let told = figure(app, &format!("infrastructure/maintenance-windows/find?target_id={one}&minutes=240&from=2026-06-16&to=2026-06-19")).await;
        assert_eq!((&told["services_down"], &told["alternative_ids"]), (&json!([]), &json!([two])));
        let slots: Vec<(&str, &str)> = told["data"].as_array().unwrap().iter().map(|slot| (slot["starts_at"].as_str().unwrap(), slot["ends_at"].as_str().unwrap())).collect();
        let day = |text: &str| format!("2026-06-{text}:00:00.000000Z");
        let expected = [("16T00", "16T10"), ("16T12", "17T00"), ("18T00", "19T00")].map(|(from, to)| (day(from), day(to)));
        assert_eq!(slots, expected.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect::<Vec<_>>());
        assert_eq!(told["obstacles"].as_array().unwrap().iter().map(|each| each["title"].as_str().unwrap()).collect::<Vec<_>>(), ["Other", "Fair"]);
    }
}
