//! Scans come in as vulnerabilities, each once. Today is Monday, 15 June 2026.

use super::made;
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use steward::resource::value::Instant;

async fn sarif(app: &TestApp, actor: &Actor, subject: &str, results: Value) -> Answer {
    let rules = json!([
        {"id": "js/sql-injection", "shortDescription": {"text": "Query built from user input"}, "properties": {"security-severity": "8.8"}},
        {"id": "CVE-2021-44228", "shortDescription": {"text": "Log4j2 runs what it looks up"}, "help": {"text": "Take 2.17.1."}},
    ]);
    let run = json!({"tool": {"driver": {"name": "Example", "rules": rules}}, "invocations": [{"endTimeUtc": "2026-06-10T12:00:00Z"}], "results": results});
    let path = format!("/api/v1/security/vulnerabilities/import?format=sarif&subject_id={subject}");
    app.post(actor, &path, &json!({"version": "2.1.0", "runs": [run]})).await
}

async fn table(app: &TestApp, text: &str) -> Answer {
    let path = "/api/v1/security/vulnerabilities/import?format=csv-scanner";
    app.call(&app.admin, "POST", path, &[("Content-Type", "text/csv")], Some(text.to_owned())).await
}

fn at(line: u32) -> Value {
    json!([{"physicalLocation": {"artifactLocation": {"uri": "src/app.js"}, "region": {"startLine": line}}}])
}

fn counts(answer: &Answer) -> [u64; 4] {
    assert_eq!(answer.status, 200, "{}", answer.text);
    ["created", "reopened", "updated", "unchanged"].map(|name| answer.body[name].as_u64().unwrap())
}

async fn found(app: &TestApp) -> Vec<Value> {
    app.get(&app.admin, "/api/v1/security/vulnerabilities?sort=location,title&limit=200").await.body["data"].as_array().unwrap().clone()
}

async fn service(app: &TestApp) -> String {
    made(app, "infrastructure/services", app.sample("infrastructure/services", "s").await.into()).await
}

async fn host(app: &TestApp, name: &str) -> String {
    made(app, "infrastructure/virtual-machines", json!({"name": name})).await
}

on_both! {
    a_sarif_file_makes_each_vulnerability_once_whatever_is_scanned_again(app) {
        let shop = service(app).await;
        let results = json!([
            {"ruleId": "js/sql-injection", "message": {"text": "m"}, "locations": at(42)},
            {"ruleId": "js/sql-injection", "message": {"text": "m"}, "locations": at(42)},
            {"ruleId": "js/sql-injection", "message": {"text": "m"}, "locations": at(99)},
            {"ruleId": "CVE-2021-44228", "message": {"text": "m"}},
            {"ruleId": "js/sql-injection", "kind": "pass", "message": {"text": "m"}, "locations": at(7)},
        ]);
        let first = sarif(app, &app.admin, &shop, results.clone()).await;
        assert_eq!((counts(&first), &first.body["ignored"], &first.body["advisories_created"]), ([3, 0, 0, 0], &json!(1), &json!(1)));
        assert_eq!(counts(&sarif(app, &app.admin, &shop, results).await), [0, 0, 0, 3]);
        let found = found(app).await;
        let injection = found.iter().find(|each| each["location"] == "src/app.js:42").unwrap();
        let told = ["title", "severity", "detected_on", "last_seen_on", "detected_with", "reference", "advisory_id"].map(|name| injection[name].clone());
        assert_eq!(told, [json!("Query built from user input"), json!("high"), json!("2026-06-10"), json!("2026-06-10"), json!("Example"), json!("js/sql-injection"), Value::Null]);
        let known = found.iter().find(|each| each["advisory_id"].is_string()).unwrap();
        assert_eq!((&known["severity"], &known["remediation"]), (&json!("medium"), &json!("Take 2.17.1.")), "no vector tells more than the level of the result");
        let advisory = app.get(&app.admin, "/api/v1/security/advisories?code=CVE-2021-44228").await.body["data"][0].clone();
        assert_eq!(advisory["id"], known["advisory_id"]);
        assert_eq!(found.len(), 3);
    }

    what_was_fixed_and_is_found_by_a_later_scan_is_reopened(app) {
        let shop = service(app).await;
        let result = json!([{"ruleId": "js/sql-injection", "message": {"text": "m"}, "locations": at(42)}]);
        sarif(app, &app.admin, &shop, result.clone()).await;
        let path = format!("/api/v1/security/vulnerabilities/{}", found(app).await[0]["id"].as_str().unwrap());
        for state in ["triaged", "in_remediation", "fixed"] {
            assert_eq!(app.transition(&app.admin, &path, state).await.status, 200);
        }
        // The scan of the 10th is older than the fix of the 15th.
        assert_eq!(counts(&sarif(app, &app.admin, &shop, result.clone()).await), [0, 0, 0, 1]);
        app.clock.set(Instant::parse("2026-06-18T08:00:00Z").unwrap());
        // Tokens have aged.
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let later = json!([{"ruleId": "js/sql-injection", "message": {"text": "m"}, "locations": at(42), "provenance": {"lastDetectionTimeUtc": "2026-06-17T08:00:00Z"}}]);
        assert_eq!(counts(&sarif(app, &admin, &shop, later.clone()).await), [0, 1, 0, 0]);
        let again = app.get(&admin, &path).await.body;
        assert_eq!(["state", "fixed_on", "detected_on", "last_seen_on"].map(|name| again[name].clone()), [json!("reopened"), Value::Null, json!("2026-06-10"), json!("2026-06-17")]);
        assert_eq!(counts(&sarif(app, &admin, &shop, later).await), [0, 0, 0, 1]);
        // The new round is due from the day on which it was reopened: 18 June and 30 days, for high.
        let queue = app.get(&admin, "/api/v1/security/vulnerabilities/priorities").await.body;
        assert_eq!(queue["data"][0]["due_on"], "2026-07-18", "{queue}");
    }

    a_table_finds_its_hosts_by_name_or_address_and_tells_which_it_does_not_know(app) {
        let (one, two) = (host(app, "srv-1").await, host(app, "srv-2").await);
        let interface = made(app, "infrastructure/interfaces", json!({"node_id": two, "name": "eth0", "kind": "virtual"})).await;
        let vrf = made(app, "infrastructure/vrfs", json!({"name": "Office"})).await;
        made(app, "infrastructure/ip-addresses", json!({"vrf_id": vrf, "address": "192.0.2.7/24", "assigned_to_id": interface})).await;
        let advisory = made(app, "security/advisories", json!({"code": "CVE-2021-44228", "title": "Log4Shell", "cvss3_vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"})).await;
        let text = "Plugin ID,CVE,Risk,Host,Protocol,Port,Name,Solution,First Seen,Last Seen\n\
            156032,CVE-2021-44228,High,SRV-1.example.org,tcp,8080,Apache Log4Shell,Update.,2026-05-18,2026-06-10\n\
            156032,CVE-2021-44228,High,192.0.2.7,tcp,8080,Apache Log4Shell,Update.,2026-05-18,2026-06-10\n\
            51192,,Medium,srv-1,tcp,443,Certificate cannot be trusted,,,\n\
            19506,,None,srv-1,tcp,0,Scan information,,,\n\
            51192,,Medium,printer,tcp,443,Certificate cannot be trusted,,,\n";
        let first = table(app, text).await;
        assert_eq!((counts(&first), &first.body["ignored"], &first.body["unmatched"], &first.body["unmatched_hosts"]), ([3, 0, 0, 0], &json!(1), &json!(1), &json!(["printer"])));
        assert_eq!(counts(&table(app, text).await), [0, 0, 0, 3]);
        let rows = found(app).await;
        let mut told: Vec<Vec<Value>> = rows.iter().map(|row| ["subject_id", "location", "severity", "detected_on", "detected_with"].map(|name| row[name].clone()).to_vec()).collect();
        let mut expected = vec![
            vec![json!(one), json!("443/tcp"), json!("medium"), json!("2026-06-15"), json!("Nessus")],
            vec![json!(one), json!("8080/tcp"), Value::Null, json!("2026-05-18"), json!("Nessus")],
            vec![json!(two), json!("8080/tcp"), Value::Null, json!("2026-05-18"), json!("Nessus")],
        ];
        told.sort_by_key(|row| format!("{row:?}"));
        expected.sort_by_key(|row| format!("{row:?}"));
        assert_eq!(told, expected, "as bad as the advisory says, where it says so");
        assert!(rows.iter().any(|row| row["advisory_id"] == json!(advisory)));
    }

    a_broken_scan_names_its_place_and_leaves_nothing_behind(app) {
        let shop = service(app).await;
        host(app, "srv-1").await;
        let broken = table(app, "Host,CVE,Severity\nsrv-1,CVE-2021-44228,High\nsrv-1,CVE-2021-44229,awful\n").await;
        assert_eq!((broken.status, broken.broken()), (422, vec!["/3/Severity format".to_owned()]), "{}", broken.text);
        assert_eq!(table(app, "a,b\n1,2\n").await.broken(), [" header"]);
        let broken = sarif(app, &app.admin, &shop, json!([{"ruleId": "r", "message": {"text": "m"}}, {"message": {"text": "m"}}])).await;
        assert_eq!((broken.status, broken.broken()), (422, vec!["/runs/0/results/1/ruleId required".to_owned()]));
        assert!(found(app).await.is_empty());
        let nameless = app.post(&app.admin, "/api/v1/security/vulnerabilities/import?format=sarif", &json!({"version": "2.1.0", "runs": []})).await;
        assert_eq!((nameless.status, nameless.text.contains("subject_id")), (400, true));
        let other = app.actor("auditor", None).await;
        assert_eq!(sarif(app, &other, &shop, json!([])).await.status, 403);
    }

    software_that_is_installed_after_its_advisory_has_the_vulnerability_too(app) {
        let affected = json!([{"status": "affected", "product": "Rapid SCADA", "until": "5.8.4"}]);
        made(app, "security/advisories", json!({"code": "CVE-2024-21852", "title": "A path leads out", "products": affected})).await;
        made(app, "security/advisories", json!({"code": "CVE-2024-0001", "title": "Another", "products": [{"status": "affected", "product": "Other"}]})).await;
        let product = made(app, "infrastructure/software-products", json!({"name": "Rapid_SCADA", "kind": "application"})).await;
        let release = async |version: &str| made(app, "infrastructure/software-releases", json!({"software_product_id": product, "version": version})).await;
        let (old, new) = (release("5.8.4").await, release("5.8.5").await);
        let (first, second) = (host(app, "first").await, host(app, "second").await);
        let manager = app.actor("infrastructure_manager", None).await;
        let install = app.post(&manager, "/api/v1/infrastructure/installations", &json!({"software_release_id": old, "host_id": first})).await;
        assert_eq!(install.status, 201, "{}", install.text);
        let fresh = made(app, "infrastructure/installations", json!({"software_release_id": new, "host_id": second})).await;
        let subjects = async || found(app).await.into_iter().map(|row| row["subject_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(subjects().await, [install.body["id"].as_str().unwrap()]);
        assert_eq!(found(app).await[0]["title"], "CVE-2024-21852 in Rapid_SCADA 5.8.4 on first");
        // Brought back to the old release, then a release whose version was wrong, then a product that turns out to be the other one.
        let alter = async |path: String, body: Value| assert_eq!(app.patch(&app.admin, &format!("/api/v1/infrastructure/{path}"), "*", &body).await.status, 200);
        alter(format!("installations/{fresh}"), json!({"software_release_id": old})).await;
        assert_eq!(subjects().await.len(), 2);
        let third = made(app, "infrastructure/installations", json!({"software_release_id": new, "host_id": first})).await;
        assert_eq!(subjects().await.len(), 2);
        alter(format!("software-releases/{new}"), json!({"version": "5.8.3"})).await;
        assert!(subjects().await.contains(&third));
        alter(format!("software-products/{product}"), json!({"name": "Other"})).await;
        assert_eq!(subjects().await.len(), 6, "three of them have the other weakness as well");
    }
}
