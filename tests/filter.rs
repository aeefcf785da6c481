//! The filter language over both databases: the same rows, whatever the script, null or not.

use crate::harness::TestApp;
use crate::on_both;
use serde_json::json;

async fn names(app: &TestApp, filter: &str) -> Vec<String> {
    let query: String = filter.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let answer = app.get(&app.admin, &format!("/api/v1/teams/people?filter={query}&sort=name")).await;
    assert_eq!(answer.status, 200, "{filter}: {}", answer.text);
    answer.body["data"].as_array().unwrap().iter().map(|person| person["name"].as_str().unwrap().to_owned()).collect()
}

async fn staff(app: &TestApp) {
    let root = app.root_unit().await;
    let lab = app.unit("LAB", &root).await;
    let boss = app
        .make("teams/people", &json!({"name": "Ägir Ångström", "email": "aegir@example.org", "weekly_hours": 40, "starts_on": "2020-01-01", "unit_id": lab}))
        .await;
    app.make("teams/people", &json!({"name": "Ибрагим", "email": "ib@example.org", "weekly_hours": 20, "manager_id": boss["id"], "location": "100% remote"}))
        .await;
    app.make(
        "teams/people",
        &json!({"name": "zoë", "email": "Zoe@Example.org", "weekly_hours": 36.5, "starts_on": "2024-05-01", "manager_id": boss["id"], "location": "Oslo_1"}),
    )
    .await;
}

on_both! {
    names_are_in_the_order_of_people_on_both_databases_page_by_page(app) {
        let root = app.root_unit().await;
        for (at, name) in ["zz", "Ünder", "under", "rôle", "Role", "role", "roles", "Ångström", "a b", "a-b", "ab", "日本", "Éa", "10", "9"].iter().enumerate() {
            app.make("teams/units", &json!({"code": format!("N{at}"), "name": name, "parent_id": root})).await;
        }
        let expected = ["10", "9", "a b", "a-b", "ab", "Ångström", "Éa", "role", "Role", "rôle", "roles", "under", "Ünder", "zz", "日本"];
        for (sort, descending) in [("name", false), ("-name", true)] {
            let (mut next, mut walked) = (format!("/api/v1/teams/units?limit=4&sort={sort}&parent_id={root}"), Vec::new());
            loop {
                let page = app.get(&app.admin, &next).await;
                assert_eq!(page.status, 200, "{}", page.text);
                walked.extend(page.body["data"].as_array().unwrap().iter().map(|unit| unit["name"].as_str().unwrap().to_owned()));
                let Some(link) = page.header("link") else { break };
                next = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
            }
            if descending {
                walked.reverse();
            }
            assert_eq!(walked, expected, "{sort}");
        }
    }

    comparisons_find_the_same_rows_on_both_databases(app) {
        staff(app).await;
        let all = ["Ägir Ångström", "zoë", "Ибрагим"];
        for (filter, expected) in [
            ("name = \"zoë\"", &["zoë"][..]),
            ("name = \"ZOË\"", &[]),
            ("name : \"ZOË\"", &["zoë"]),
            ("name : ÅNG", &["Ägir Ångström"]),
            ("name : \"ИБРА\"", &["Ибрагим"]),
            ("email : \"@EXAMPLE\"", &all),
            ("location : \"%\"", &["Ибрагим"]),
            ("location : \"o_1\"", &["zoë"]),
            ("location : \"o%1\"", &[]),
            ("location = null", &["Ägir Ångström"]),
            ("location != null", &["zoë", "Ибрагим"]),
            ("location != \"Oslo_1\"", &["Ägir Ångström", "Ибрагим"]),
            ("NOT location = \"Oslo_1\"", &["Ägir Ångström", "Ибрагим"]),
            ("NOT location : oslo", &["Ägir Ångström", "Ибрагим"]),
            ("starts_on < 2024-05-01", &["Ägir Ångström"]),
            ("NOT starts_on < 2024-05-01", &["zoë", "Ибрагим"]),
            ("starts_on >= 2020-01-01 AND starts_on <= 2024-05-01", &["Ägir Ångström", "zoë"]),
            ("weekly_hours > 36", &["Ägir Ångström", "zoë"]),
            ("weekly_hours != 20 AND NOT (location = null OR weekly_hours = 40)", &["zoë"]),
            ("manager.name : \"ägir\"", &["zoë", "Ибрагим"]),
            ("NOT manager.name : \"ägir\"", &["Ägir Ångström"]),
            ("manager_id = null", &["Ägir Ångström"]),
            ("unit.code = LAB", &["Ägir Ångström"]),
            ("state = invited", &all),
            ("name = \"x\" OR name = \"'; DROP TABLE people; --\"", &[]),
        ] {
            assert_eq!(names(app, filter).await, expected, "{filter}");
        }
    }

    a_value_that_no_record_can_have_is_compared_all_the_same(app) {
        staff(app).await;
        let all = ["Ägir Ångström", "zoë", "Ибрагим"];
        for (filter, expected) in [
            ("weekly_hours >= -1", &all[..]),
            ("weekly_hours < 1000", &all),
            ("weekly_hours = 999", &[]),
            ("revision >= 0", &all),
            ("created_at > \"1700-01-01T00:00:00Z\"", &all),
            ("starts_on >= 1800-01-01", &["Ägir Ångström", "zoë"]),
            ("starts_on < 2999-01-01", &["Ägir Ångström", "zoë"]),
            ("name = \"\"", &[]),
            ("email != \"nobody\"", &all),
        ] {
            assert_eq!(names(app, filter).await, expected, "{filter}");
        }
        for query in ["revision=0", "weekly_hours=-1", "starts_on=1800-01-01", "email=nobody"] {
            assert!(found(app, query).await.is_empty(), "{query}");
        }
        for query in ["revision=one", "weekly_hours=nan", "weekly_hours=inf", "starts_on=1800-13-01", "filter=weekly_hours%3Dnan"] {
            assert_eq!(app.get(&app.admin, &format!("/api/v1/teams/people?{query}")).await.status, 400, "{query}");
        }
    }

    money_that_is_not_there_is_asked_for_by_null(app) {
        for (code, budget) in [("WITH", json!({"amount": "10.00", "currency": "EUR"})), ("NONE", json!(null))] {
            let mut project = app.sample("projects/projects", code).await;
            project.insert("code".into(), code.into());
            project.insert("budget".into(), budget);
            app.make("projects/projects", &project.into()).await;
        }
        let codes = async |filter: &str| {
            let answer = app.get(&app.admin, &format!("/api/v1/projects/projects?fields=code&filter={filter}")).await;
            (answer.status, answer.body["data"].as_array().into_iter().flatten().map(|project| project["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>())
        };
        for filter in ["budget%3Dnull", "budget.amount%3Dnull", "NOT%20budget.currency!%3Dnull"] {
            assert_eq!(codes(filter).await, (200, vec!["NONE".to_owned()]), "{filter}");
        }
        assert_eq!(codes("budget!%3Dnull").await.1, ["WITH"]);
        let whole = app.get(&app.admin, "/api/v1/projects/projects?filter=budget%3E5").await;
        assert!(whole.status == 400 && whole.text.contains("such as budget.amount"), "{}", whole.text);
        assert_eq!(codes("budget%3Enull").await.0, 400);
    }

    keys_are_equal_however_they_are_written(app) {
        let root = app.root_unit().await;
        for code in ["A1", "Straße-2", "ＩＮＶ-777"] {
            app.make("teams/units", &json!({"code": code, "name": code, "parent_id": root})).await;
        }
        app.make("teams/people", &json!({"name": "Ada", "email": "Ada@Example.org", "unit_id": app.get(&app.admin, "/api/v1/teams/units?code=a1").await.body["data"][0]["id"]})).await;
        let codes = async |query: &str| {
            let answer = app.get(&app.admin, &format!("/api/v1/teams/units?{query}")).await;
            assert_eq!(answer.status, 200, "{query}: {}", answer.text);
            answer.body["data"].as_array().unwrap().iter().map(|unit| unit["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let then = app.clock.now().to_string();
        for (query, expected) in [
            ("code=a1".to_owned(), &["A1"][..]),
            ("code=STRASSE-2&code=a1".to_owned(), &["A1", "Straße-2"]),
            ("code=inv-777".to_owned(), &["ＩＮＶ-777"]),
            ("filter=code%3D%22a1%22".to_owned(), &["A1"]),
            ("filter=code%3D%22%EF%BC%A11%22".to_owned(), &["A1"]),
            ("filter=code%3A%22inv-7%22".to_owned(), &["ＩＮＶ-777"]),
            (format!("parent_id={root}&filter=code!%3D%22strasse-2%22"), &["A1", "ＩＮＶ-777"]),
            (format!("as_of={then}&code=a1"), &["A1"]),
            (format!("as_of={then}&code=a2"), &[]),
        ] {
            assert_eq!(codes(&query).await, expected, "{query}");
        }
        let clash = app.post(&app.admin, "/api/v1/teams/units", &json!({"code": "inv-777", "name": "Another"})).await;
        assert_eq!((clash.status, clash.broken()), (409, vec!["/code duplicate".to_owned()]));
        assert_eq!(names(app, "email = \"ADA@example.ORG\"").await, ["Ada"]);
        assert_eq!(names(app, "unit.code = \"a1\"").await, ["Ada"]);
    }

    a_domain_is_one_domain_in_letters_and_in_a_labels(app) {
        app.make("infrastructure/dns-domains", &json!({"name": "exämple.org"})).await;
        let again = app.post(&app.admin, "/api/v1/infrastructure/dns-domains", &json!({"name": "xn--exmple-cua.org"})).await;
        assert_eq!((again.status, again.broken()), (409, vec!["/name duplicate".to_owned()]));
        for query in ["name=XN--exmple-cua.org", "filter=name%3D%22xn--exmple-cua.org%22", "name=ex%C3%84mple.org"] {
            let told = app.get(&app.admin, &format!("/api/v1/infrastructure/dns-domains?{query}")).await;
            assert_eq!(told.body["data"][0]["name"], json!("exämple.org"), "{query}: {}", told.text);
        }
    }

    a_filter_that_cannot_be_read_or_names_no_field_is_refused(app) {
        for filter in ["", "name", "name = ", "nothing = 1", "nothing.name = 1", "manager.nothing = 1", "weekly_hours = abc", "weekly_hours : 4", "starts_on < null", "state = flying", "name = \"a", "name = \"a\" name = \"b\""] {
            let query: String = filter.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let answer = app.get(&app.admin, &format!("/api/v1/teams/people?filter={query}")).await;
            assert_eq!(answer.status, 400, "{filter}: {}", answer.text);
        }
    }

    a_secret_field_is_answered_exactly_as_one_that_does_not_exist(app) {
        for parameter in ["filter=FIELD%20%3D%20%22a%22", "filter=FIELD%20%3A%20a", "sort=FIELD", "sort=-FIELD", "FIELD=a"] {
            let told = |field: &str| {
                let path = format!("/api/v1/identity/users?{}", parameter.replace("FIELD", field));
                let field = field.to_owned();
                async move {
                    let answer = app.get(&app.admin, &path).await;
                    (answer.status, answer.body["detail"].as_str().unwrap().replace(&field, "FIELD"))
                }
            };
            let secret = told("password").await;
            assert_eq!(secret.0, 400);
            assert_eq!(secret, told("nonsense").await, "{parameter}");
        }
    }

    a_step_through_a_reference_sees_only_what_the_caller_may_read(app) {
        let root = app.root_unit().await;
        let (mine, other) = (app.unit("MINE", &root).await, app.unit("OTHER", &root).await);
        let hidden = app.make("teams/people", &json!({"name": "Hidden", "email": "hidden@example.org", "unit_id": other})).await;
        app.make("teams/people", &json!({"name": "Seen", "email": "seen@example.org", "unit_id": mine, "manager_id": hidden["id"]})).await;
        let lead = app.actor("team_lead", Some(&mine)).await;
        let found = |filter: &str| {
            let path = format!("/api/v1/teams/people?filter={filter}");
            let lead = lead.clone();
            async move { app.get(&lead, &path).await.body["data"].as_array().unwrap().len() }
        };
        assert_eq!(found("name%3DSeen").await, 1);
        assert_eq!(found("manager.name%3DHidden").await, 0);
        assert_eq!(found("manager.name%3DAnything").await, 0);
    }
}

async fn found(app: &TestApp, query: &str) -> Vec<String> {
    let answer = app.get(&app.admin, &format!("/api/v1/teams/people?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    answer.body["data"].as_array().unwrap().iter().map(|person| person["name"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    full_text_finds_words_by_their_beginning_in_every_script(app) {
        staff(app).await;
        for (query, expected) in [
            ("q=ZO%C3%8B&sort=name", &["zoë"][..]),
            ("q=%C3%A5ng&sort=name", &["Ägir Ångström"]),
            ("q=%D0%98%D0%91%D0%A0&sort=name", &["Ибрагим"]),
            ("q=example+org&sort=name", &["Ägir Ångström", "zoë", "Ибрагим"]),
            ("q=example+zoe&sort=name", &["zoë"]),
            ("q=example+nobody", &[]),
            ("q=gstr", &[]),
            ("q=example&weekly_hours=20", &["Ибрагим"]),
        ] {
            assert_eq!(found(app, query).await, expected, "{query}");
        }
        let first = app.get(&app.admin, "/api/v1/teams/people?q=example&limit=2&include_total=true").await;
        assert_eq!((first.body["data"].as_array().unwrap().len(), &first.body["total_count"]), (2, &json!(3)));
        let next = format!("/api/v1/teams/people?q=example&limit=2&cursor={}", first.body["next_cursor"].as_str().unwrap());
        let rest = app.get(&app.admin, &next).await;
        assert_eq!((rest.body["data"].as_array().unwrap().len(), &rest.body["next_cursor"]), (1, &serde_json::Value::Null));
        for bad in ["q=", "q=%27%3B--", "q=a&cursor=abc"] {
            assert_eq!(app.get(&app.admin, &format!("/api/v1/teams/people?{bad}")).await.status, 400, "{bad}");
        }
        assert_eq!(app.get(&app.admin, "/api/v1/identity/grants?q=a").await.status, 400);
    }

    full_text_follows_what_changes_and_forgets_what_is_deleted(app) {
        let person = app.make("teams/people", &json!({"name": "Ann Lee", "email": "ann@example.org"})).await;
        let path = format!("/api/v1/teams/people/{}", person["id"].as_str().unwrap());
        assert_eq!(found(app, "q=lee").await, ["Ann Lee"]);
        app.patch(&app.admin, &path, "*", &json!({"name": "Ann Moss"})).await;
        assert!(found(app, "q=lee").await.is_empty());
        assert_eq!(found(app, "q=moss").await, ["Ann Moss"]);
        app.delete(&app.admin, &path, "*").await;
        assert!(found(app, "q=moss").await.is_empty());
        app.post(&app.admin, &format!("/api/v1/platform/resources/{}/restore", person["id"].as_str().unwrap()), &json!({})).await;
        assert_eq!(found(app, "q=moss").await, ["Ann Moss"]);
        assert!(app.get(&app.stranger().await, "/api/v1/teams/people?q=moss&include_total=true").await.body["total_count"] == json!(0));
    }
}

on_both! {
    custom_fields_filter_and_sort_by_what_they_hold(app) {
        for (code, kind) in [("floor", "number"), ("badge", "text"), ("remote", "bool"), ("since", "date")] {
            app.make("platform/custom-fields", &json!({"collection": "teams/units", "code": code, "name": code, "kind": kind})).await;
        }
        for (code, custom) in [("A", json!({"floor": 7, "badge": "Äa", "remote": true, "since": "2024-01-31"})), ("B", json!({"floor": 10, "badge": "zb", "remote": false})), ("C", json!({"floor": -1.5, "since": "2025-01-01"}))] {
            app.make("teams/units", &json!({"code": code, "name": code, "custom": custom})).await;
        }
        let found = |query: &'static str| async move {
            let answer = app.get(&app.admin, &format!("/api/v1/teams/units?{query}")).await;
            assert_eq!(answer.status, 200, "{query}: {}", answer.text);
            let codes: Vec<String> = answer.body["data"].as_array().unwrap().iter().map(|unit| unit["code"].as_str().unwrap().to_owned()).collect();
            (codes, answer.body["next_cursor"].as_str().map(str::to_owned))
        };
        for (filter, expected) in [
            ("filter=custom.floor%3D7", &["A"][..]),
            ("filter=custom.floor%3D%227%22", &["A"]),
            ("filter=custom.floor%3E%3D7", &["A", "B"]),
            ("filter=custom.floor%3C0", &["C"]),
            ("filter=custom.badge%20%3A%20%C3%A4", &["A"]),
            ("filter=custom.remote%3Dtrue", &["A"]),
            ("filter=NOT%20custom.remote%3Dtrue%20AND%20custom.floor!%3Dnull", &["B", "C"]),
            ("filter=custom.since%3C2025-01-01", &["A"]),
            ("filter=custom.badge%3Dnull%20AND%20custom.floor!%3Dnull", &["C"]),
        ] {
            assert_eq!(found(filter).await.0, expected, "{filter}");
        }
        assert_eq!(found("sort=-custom.floor&filter=custom.floor!%3Dnull").await.0, ["B", "A", "C"]);
        assert_eq!(found("sort=custom.remote,code&filter=custom.floor!%3Dnull").await.0, ["B", "A", "C"]);
        // Pages go on where the last one ended, nulls at the end.
        let mut path = "/api/v1/teams/units?sort=custom.since&limit=1".to_owned();
        let mut seen = Vec::new();
        loop {
            let page = app.get(&app.admin, &path).await;
            seen.extend(page.body["data"].as_array().unwrap().iter().map(|unit| unit["code"].as_str().unwrap().to_owned()));
            let Some(next) = page.body["next_cursor"].as_str() else { break };
            path = format!("/api/v1/teams/units?sort=custom.since&limit=1&cursor={next}");
        }
        assert_eq!(&seen[..2], ["A", "C"]);
        assert_eq!(seen.len(), 4);
        for bad in ["filter=custom.nothing%3D1", "filter=custom.floor%3Dabc", "filter=custom.floor%20%3A%207", "sort=custom.nothing", "sort=custom", "filter=custom.remote%3Dmaybe"] {
            assert_eq!(app.get(&app.admin, &format!("/api/v1/teams/units?{bad}")).await.status, 400, "{bad}");
        }
    }

    a_choice_that_records_have_stays(app) {
        let body = json!({"collection": "teams/units", "code": "colour", "name": "Colour", "kind": "choice", "choices": ["red", "green", "blue"]});
        let field = app.make("platform/custom-fields", &body).await["id"].as_str().unwrap().to_owned();
        app.make("teams/units", &json!({"code": "A", "name": "A", "custom": {"colour": "green"}})).await;
        let path = format!("/api/v1/platform/custom-fields/{field}");
        let refused = app.patch(&app.admin, &path, "*", &json!({"choices": ["red", "blue"]})).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/choices in_use".to_owned()]), "{}", refused.text);
        let taken = app.patch(&app.admin, &path, "*", &json!({"choices": ["green", "blue", "white"]})).await;
        assert_eq!(taken.status, 200, "{}", taken.text);
    }

    a_unit_that_a_grant_names_is_usable_without_being_read(app) {
        let root = app.root_unit().await;
        let (lab, other) = (app.unit("LAB", &root).await, app.unit("OTHER", &root).await);
        let role = app.make("identity/roles", &json!({"code": "rooms", "name": "Rooms", "permissions": ["infrastructure.*:*"]})).await["id"].clone();
        let keeper = app.stranger().await;
        app.make("identity/grants", &json!({"principal_id": keeper.id.unwrap().to_string(), "role_id": role, "unit_id": lab})).await;
        let made = app.post(&keeper, "/api/v1/infrastructure/sites", &json!({"code": "S1", "name": "Site"})).await;
        assert_eq!((made.status, &made.body["unit_id"]), (201, &json!(lab)), "{}", made.text);
        let elsewhere = app.post(&keeper, "/api/v1/infrastructure/sites", &json!({"code": "S2", "name": "Site", "unit_id": other})).await;
        assert_eq!(elsewhere.broken(), ["/unit_id reference"]);
    }
}
