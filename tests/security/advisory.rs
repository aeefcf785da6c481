//! Advisories come in, meet the software that is installed, and open and end vulnerabilities.

use super::made;
use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

async fn import(app: &TestApp, format: &str, document: &Value) -> Answer {
    app.post(&app.admin, &format!("/api/v1/security/advisories/import?format={format}"), document).await
}

/// A document of the sample data, or nothing, loudly.
fn published(file: &str) -> Option<Value> {
    let Ok(folder) = std::env::var("STEWARD_SAMPLE_DATA") else {
        eprintln!("SKIPPED: STEWARD_SAMPLE_DATA is unset, so {file} is not imported");
        return None;
    };
    Some(serde_json::from_str(&std::fs::read_to_string(std::path::Path::new(&folder).join(file)).unwrap()).unwrap())
}

/// A release of a product on a device of its own; the id of the installation.
async fn installed(app: &TestApp, product: &str, version: &str, purl: Option<&str>) -> String {
    let mut device = app.sample("infrastructure/devices", version).await;
    device.insert("name".into(), format!("srv-{version}").into());
    let device = made(app, "infrastructure/devices", device.into()).await;
    let products = app.get(&app.admin, &format!("/api/v1/infrastructure/software-products?name={}", product.replace(' ', "%20"))).await.body;
    let product = match products["data"][0]["id"].as_str() {
        Some(id) => id.to_owned(),
        None => made(app, "infrastructure/software-products", json!({"name": product, "kind": "application", "purl": purl})).await,
    };
    let release = made(app, "infrastructure/software-releases", json!({"software_product_id": product, "version": version})).await;
    made(app, "infrastructure/installations", json!({"software_release_id": release, "host_id": device})).await
}

async fn vulnerabilities(app: &TestApp) -> Vec<(String, String, Value)> {
    let page = app.get(&app.admin, "/api/v1/security/vulnerabilities?limit=200").await.body;
    let row = |row: &Value| (row["subject_id"].as_str().unwrap().to_owned(), row["state"].as_str().unwrap().to_owned(), row["justification"].clone());
    page["data"].as_array().unwrap().iter().map(row).collect()
}

fn csaf(status: &str, flags: Value) -> Value {
    let branch = json!([{"category": "vendor", "name": "Rapid Software LLC", "branches": [{"category": "product_name", "name": "Rapid SCADA", "branches": [
        {"category": "product_version_range", "name": "<=5.8.4", "product": {"name": "Rapid SCADA <=5.8.4", "product_id": "P1"}}]}]}]);
    json!({"document": {"title": "An advisory", "tracking": {"id": "A-1", "initial_release_date": "2024-01-11T07:00:00Z", "current_release_date": "2024-01-11T07:00:00Z"}},
        "product_tree": {"branches": branch},
        "vulnerabilities": [{"cve": "CVE-2024-21852", "notes": [{"category": "summary", "text": "A path leads out."}], "product_status": {status: ["P1"]}, "flags": flags,
            "scores": [{"cvss_v3": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"}, "products": ["P1"]}]}]})
}

on_both! {
    an_advisory_opens_a_vulnerability_where_an_affected_version_is_installed_and_once(app) {
        let (old, new) = (installed(app, "Rapid SCADA", "5.8.4", None).await, installed(app, "Rapid SCADA", "5.8.5", None).await);
        let first = import(app, "csaf", &csaf("known_affected", json!([]))).await;
        assert_eq!(first.status, 200, "{}", first.text);
        assert_eq!(first.body, json!({"created": 1, "updated": 0, "unchanged": 0, "ignored": 0, "vulnerabilities_opened": 1, "vulnerabilities_not_affected": 0, "vulnerabilities_reopened": 0}));
        assert_eq!(vulnerabilities(app).await, [(old.clone(), "open".to_owned(), Value::Null)]);
        assert_ne!(old, new);
        let again = import(app, "csaf", &csaf("known_affected", json!([]))).await.body;
        assert_eq!((&again["unchanged"], &again["vulnerabilities_opened"]), (&json!(1), &json!(0)));
        let advisory = app.get(&app.admin, "/api/v1/security/advisories").await.body["data"][0].clone();
        assert_eq!((&advisory["severity"], &advisory["published_on"], &advisory["products"][0]["until"]), (&json!("high"), &json!("2024-01-11"), &json!("5.8.4")));

        // What the maker says of the same versions ends it, with its justification.
        let vex = csaf("known_not_affected", json!([{"label": "vulnerable_code_not_in_execute_path", "product_ids": ["P1"]}]));
        let told = import(app, "csaf", &vex).await.body;
        assert_eq!((&told["updated"], &told["vulnerabilities_not_affected"]), (&json!(1), &json!(1)), "{told}");
        assert_eq!(vulnerabilities(app).await, [(old, "not_affected".to_owned(), json!("vulnerable_code_not_in_execute_path"))]);
        assert_eq!(import(app, "csaf", &vex).await.body["unchanged"], json!(1));
    }

    vex_in_cyclonedx_meets_the_versions_that_it_names_and_is_withdrawn(app) {
        let mut at = Vec::new();
        for version in ["3.1", "3.2", "4.0"] {
            at.push(installed(app, "Portal", version, None).await);
        }
        let vex = |state: &str, justification: Value, versions: Value| json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"bom-ref": "p", "type": "application", "name": "Portal"}],
            "vulnerabilities": [{"id": "CVE-2026-1000", "analysis": {"state": state, "justification": justification}, "affects": [{"ref": "p", "versions": versions}]}]});
        let first = import(app, "cyclonedx-vex", &vex("exploitable", Value::Null, json!([{"range": "vers:generic/<4.0", "status": "affected"}]))).await;
        assert_eq!((first.status, &first.body["vulnerabilities_opened"]), (200, &json!(2)), "{}", first.text);
        let states = async || {
            let found = vulnerabilities(app).await;
            let of = |id: &String| found.iter().find(|row| row.0 == *id).map(|row| row.1.clone());
            at.iter().map(of).collect::<Vec<_>>()
        };
        let told = |words: [Option<&str>; 3]| words.map(|word| word.map(str::to_owned)).to_vec();
        assert_eq!(states().await, told([Some("open"), Some("open"), None]));
        // The maker says that the code is not reached in one of them, and then that it is.
        let cleared = import(app, "cyclonedx-vex", &vex("not_affected", json!("code_not_reachable"), json!([{"version": "3.2"}]))).await.body;
        assert_eq!((&cleared["vulnerabilities_opened"], &cleared["vulnerabilities_not_affected"]), (&json!(0), &json!(1)), "{cleared}");
        assert_eq!(states().await, told([Some("open"), Some("not_affected"), None]));
        let withdrawn = vex("exploitable", Value::Null, json!([{"version": "3.2", "status": "affected"}]));
        let back = import(app, "cyclonedx-vex", &withdrawn).await.body;
        assert_eq!((&back["vulnerabilities_reopened"], &back["vulnerabilities_not_affected"], &back["vulnerabilities_opened"]), (&json!(1), &json!(0), &json!(0)), "{back}");
        assert_eq!(states().await, told([Some("open"), Some("reopened"), None]));
        assert_eq!(import(app, "cyclonedx-vex", &withdrawn).await.body["unchanged"], json!(1));
        // The same by a range, which covers what was cleared.
        import(app, "cyclonedx-vex", &vex("not_affected", json!("code_not_reachable"), json!([{"version": "3.1"}]))).await;
        assert_eq!(states().await[0].as_deref(), Some("not_affected"));
        import(app, "cyclonedx-vex", &vex("exploitable", Value::Null, json!([{"range": "vers:generic/<4.0", "status": "affected"}]))).await;
        assert_eq!(states().await, told([Some("reopened"), Some("reopened"), None]));
        let wrong = import(app, "cyclonedx-vex", &vex("exploitable", Value::Null, json!([{"range": "vers:generic/>="}]))).await;
        assert_eq!((wrong.status, wrong.broken()), (422, vec!["/vulnerabilities/0/affects/0/versions/0/range format".to_owned()]));
    }

    what_somebody_found_to_be_not_affected_stays_so(app) {
        let id = installed(app, "Rapid SCADA", "5.8.4", None).await;
        import(app, "csaf", &csaf("known_affected", json!([]))).await;
        let hole = app.get(&app.admin, "/api/v1/security/vulnerabilities").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/security/vulnerabilities/{hole}");
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"justification": "requires_configuration"})).await.status, 200);
        for state in ["triaged", "not_affected"] {
            assert_eq!(app.transition(&app.admin, &path, state).await.status, 200);
        }
        let mut anew = csaf("known_affected", json!([]));
        anew["product_tree"]["branches"][0]["branches"][0]["branches"][0]["name"] = "<=5.9".into();
        assert_eq!(import(app, "csaf", &anew).await.body["updated"], json!(1));
        assert_eq!(vulnerabilities(app).await, [(id, "not_affected".to_owned(), json!("requires_configuration"))]);
    }

    the_same_weakness_at_the_same_place_is_recorded_once(app) {
        let subject = installed(app, "Portal", "1.0", None).await;
        let advisory = made(app, "security/advisories", json!({"code": "CVE-2026-2000", "title": "A hole"})).await;
        let hole = |location: &str| json!({"title": "A hole", "subject_id": subject, "advisory_id": advisory, "location": location, "detected_on": "2026-06-10"});
        let post = async |location: &str| app.post(&app.admin, "/api/v1/security/vulnerabilities", &hole(location)).await;
        // Of several at once one is recorded.
        let answers = futures_util::future::join_all((0..4).map(|_| post("/a"))).await;
        let created: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert_eq!(created.len(), 1);
        let refused = answers.iter().find(|answer| answer.status != 201).unwrap();
        assert_eq!((refused.status, refused.broken()), (409, vec!["/advisory_id duplicate".to_owned()]), "{}", refused.text);
        assert!(refused.text.contains("A hole"), "{}", refused.text);
        assert_eq!(post("/b").await.status, 201, "another place");
        let bulk = app.post(&app.admin, "/api/v1/platform/bulk", &json!({"operations": [{"op": "create", "collection": "security/vulnerabilities", "body": hole("/a")}]})).await;
        assert!(bulk.text.contains("duplicate"), "{}", bulk.text);
        // Once it is fixed and comes again, it is reopened.
        let path = format!("/api/v1/security/vulnerabilities/{}", created[0].id());
        for state in ["triaged", "in_remediation", "fixed"] {
            assert_eq!(app.transition(&app.admin, &path, state).await.status, 200);
        }
        let again = post("/a").await;
        assert!(again.status == 409 && again.text.contains("eopen"), "{}", again.text);
        assert_eq!(app.transition(&app.admin, &path, "reopened").await.status, 200);
    }

    whoever_runs_the_servers_remediates_and_is_told_which_permission_a_move_needs(app) {
        let subject = installed(app, "Portal", "1.0", None).await;
        let hole = made(app, "security/vulnerabilities", json!({"title": "A hole", "subject_id": subject, "detected_on": "2026-06-10"})).await;
        let path = format!("/api/v1/security/vulnerabilities/{hole}");
        let (manager, officer) = (app.actor("infrastructure_manager", None).await, app.actor("security_officer", None).await);
        let verifier = app.actor("security_officer", None).await;
        let refused = app.transition(&manager, &path, "triaged").await;
        assert!(refused.status == 403 && refused.text.contains("security.vulnerabilities:triage"), "{}", refused.text);
        assert_eq!(app.transition(&officer, &path, "triaged").await.status, 200);
        for state in ["in_remediation", "fixed"] {
            assert_eq!(app.transition(&manager, &path, state).await.status, 200, "{state}");
        }
        let refused = app.transition(&manager, &path, "verified").await;
        assert!(refused.status == 403 && refused.text.contains("security.vulnerabilities:verify"), "{}", refused.text);
        assert_eq!(app.transition(&verifier, &path, "verified").await.status, 200);
    }

    an_older_file_of_scores_changes_nothing(app) {
        let id = made(app, "security/advisories", json!({"code": "CVE-2017-5638", "title": "Struts", "epss": 0.94, "epss_on": "2026-03-28"})).await;
        let scored = async |day: &str, score: &str| {
            let text = format!("#model_version:v2025.03.14,score_date:{day}T12:55:00Z\ncve,epss,percentile\nCVE-2017-5638,{score},0.99\n");
            let path = "/api/v1/security/advisories/import?format=epss";
            app.call(&app.admin, "POST", path, &[("Content-Type", "text/csv")], Some(text)).await.body
        };
        assert_eq!(scored("2026-03-27", "0.10").await["unchanged"], json!(1));
        assert_eq!(app.get(&app.admin, &format!("/api/v1/security/advisories/{id}")).await.body["epss"], json!(0.94));
        assert_eq!(scored("2026-03-29", "0.95").await["updated"], json!(1));
    }

    a_statement_without_justification_ends_nothing_and_work_goes_on(app) {
        installed(app, "Rapid SCADA", "5.8.4", None).await;
        import(app, "csaf", &csaf("known_affected", json!([]))).await;
        assert_eq!(import(app, "csaf", &csaf("known_not_affected", json!([]))).await.body["vulnerabilities_not_affected"], json!(0));
        assert_eq!(vulnerabilities(app).await[0].1, "open");
    }

    a_broken_document_names_its_entries_and_imports_nothing(app) {
        let entry = |code: &str, on: &str| json!({"cveID": code, "vendorProject": "V", "product": "P", "vulnerabilityName": "N", "dateAdded": on, "shortDescription": "S",
            "requiredAction": "A", "dueDate": "2025-01-31"});
        let broken = json!({"vulnerabilities": [entry("CVE-1", "2025-01-01"), {"cveID": "CVE-2"}, entry("CVE-3", "soon")]});
        let refused = import(app, "kev", &broken).await;
        assert_eq!((refused.status, refused.broken()), (422, vec!["/vulnerabilities/1 format".to_owned(), "/vulnerabilities/2 format".to_owned()]));
        // A day that is none is found by the rules of the record.
        let refused = import(app, "kev", &json!({"vulnerabilities": [entry("CVE-1", "2025-01-01"), entry("CVE-4", "2025-02-31")]})).await;
        assert_eq!((refused.status, refused.broken()[0].starts_with("/vulnerabilities/1/known_exploited_on")), (422, true), "{}", refused.text);
        assert_eq!(app.get(&app.admin, "/api/v1/security/advisories").await.body["data"], json!([]));
        assert_eq!(import(app, "nonsense", &json!({})).await.status, 400);
        let reader = app.actor("auditor", None).await;
        assert_eq!(app.post(&reader, "/api/v1/security/advisories/import?format=kev", &json!({"vulnerabilities": []})).await.status, 403);
    }

    each_source_decides_on_its_own_subject(app) {
        let body = json!({"code": "CVE-2017-5638", "title": "Struts", "description": "Ours.", "remedy": "Take it away."});
        let id = made(app, "security/advisories", body).await;
        let kev = json!({"count": 1, "vulnerabilities": [{"cveID": "CVE-2017-5638", "vendorProject": "Apache", "product": "Struts", "vulnerabilityName": "Apache Struts Remote Code Execution",
            "dateAdded": "2021-11-03", "shortDescription": "Theirs.", "requiredAction": "Update.", "dueDate": "2022-05-03"}]});
        assert_eq!(import(app, "kev", &kev).await.body["updated"], json!(1));
        let cve = json!({"cve": {"id": "CVE-2017-5638", "published": "2017-03-11T02:59:00.150", "lastModified": "2021-02-24T12:15:16.283", "descriptions": [{"lang": "en", "value": "Of the NVD."}],
            "metrics": {"cvssMetricV30": [{"type": "Primary", "cvssData": {"vectorString": "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"}}]}}});
        assert_eq!(import(app, "nvd", &cve).await.body["updated"], json!(1));
        let epss = "#model_version:v2025.03.14,score_date:2026-03-28T12:55:00Z\ncve,epss,percentile\nCVE-2017-5638,0.94,0.99\nCVE-1999-0001,0.01,0.77\n";
        let path = "/api/v1/security/advisories/import?format=epss";
        let scored = app.call(&app.admin, "POST", path, &[("Content-Type", "text/csv")], Some(epss.to_owned())).await;
        assert_eq!((scored.status, &scored.body["updated"], &scored.body["ignored"]), (200, &json!(1), &json!(1)), "{}", scored.text);
        let advisory = app.get(&app.admin, &format!("/api/v1/security/advisories/{id}")).await.body;
        let told = ["title", "description", "remedy", "known_exploited_due_on", "severity", "epss", "epss_on", "modified_on"].map(|name| advisory[name].clone());
        assert_eq!(told, [json!("Struts"), json!("Of the NVD."), json!("Take it away."), json!("2022-05-03"), json!("critical"), json!(0.94), json!("2026-03-28"), json!("2021-02-24")]);
    }

    what_is_known_to_be_exploited_is_fixed_first_then_what_is_likely_and_severe(app) {
        let service = app.sample("infrastructure/services", "s").await;
        let advisory = async |code: &str, exploited: bool, epss: Option<f64>| {
            let on = epss.map(|_| "2026-06-01");
            let body = json!({"code": code, "title": code, "known_exploited": exploited, "epss": epss, "epss_on": on, "cvss3_vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"});
            made(app, "security/advisories", body).await
        };
        for (code, exploited, epss, tier) in [("UNKNOWN", false, None, 1), ("LIKELY", false, Some(0.9), 4), ("CRITICAL", false, Some(0.5), 1), ("EXPLOITED", true, Some(0.1), 3)] {
            let mut body = service.clone();
            body.insert("code".into(), code.into());
            body.insert("criticality_tier".into(), tier.into());
            let subject = made(app, "infrastructure/services", body.into()).await;
            let advisory = advisory(code, exploited, epss).await;
            made(app, "security/vulnerabilities", json!({"title": code, "subject_id": subject, "advisory_id": advisory, "detected_on": "2026-06-01"})).await;
        }
        let queue = async |query: &str| app.get(&app.admin, &format!("/api/v1/security/vulnerabilities/priorities?{query}")).await.body;
        let told = queue("").await;
        let column = |name: &str| told["data"].as_array().unwrap().iter().map(|row| row[name].clone()).collect::<Vec<_>>();
        // 0.1 · 9.8 · 0.5; 0.5 · 9.8 · 1; 0.9 · 9.8 · 0.25.
        assert_eq!(column("advisory_code"), ["EXPLOITED", "CRITICAL", "LIKELY", "UNKNOWN"].map(Value::from));
        assert_eq!(column("score"), [json!(0.49), json!(4.9), json!(2.205), Value::Null]);
        // Detected 1 June: critical, 15 days; known to be exploited, 14.
        assert_eq!(column("due_on")[..2], [json!("2026-06-15"), json!("2026-06-16")]);
        assert_eq!(queue("sort=epss&limit=1").await["data"][0]["advisory_code"], json!("LIKELY"));
        assert_eq!(queue("known_exploited=true").await["total_count"], json!(1));
    }

    the_published_catalogues_and_advisories_come_in_twice_without_a_change(app) {
        let Some(kev) = published("kev/known_exploited_vulnerabilities.json") else { return };
        assert_eq!(import(app, "kev", &kev).await.body["created"], json!(1404));
        assert_eq!(import(app, "kev", &kev).await.body["unchanged"], json!(1404));
        let vex = ["cyclonedx/vex/vex.json", "cyclonedx/vex/cisa-case-2/vex.json"].map(|file| ("cyclonedx-vex", file));
        let nvd = ["nvd/cve.json", "nvd/CVE-2017-5638-cvssv3-rating.json", "nvd/CVE-2022-31022-all-versions-vulnerable.json", "nvd/cve-2024-23113.json"].map(|file| ("nvd", file));
        let csaf = ["csaf/icsa-24-011-03.json", "csaf/icsa-24-030-07.json", "csaf/icsa-24-046-11.json", "csaf/icsma-24-200-01.json"].map(|file| ("csaf", file));
        for (format, file) in vex.into_iter().chain(nvd).chain(csaf) {
            let document = published(file).unwrap();
            let first = import(app, format, &document).await;
            assert_eq!(first.status, 200, "{file}: {}", first.text);
            let again = import(app, format, &document).await.body;
            assert_eq!((&again["created"], &again["updated"], &again["vulnerabilities_opened"]), (&json!(0), &json!(0), &json!(0)), "{file}");
        }
        // Scores come as text; those of what is known are taken once.
        let folder = std::env::var("STEWARD_SAMPLE_DATA").unwrap();
        let scores = std::fs::read_to_string(std::path::Path::new(&folder).join("epss/epss_sample.csv")).unwrap();
        let score = async || app.call(&app.admin, "POST", "/api/v1/security/advisories/import?format=epss", &[("Content-Type", "text/csv")], Some(scores.clone())).await;
        let first = score().await;
        assert_eq!(first.status, 200, "{}", first.text);
        let again = score().await.body;
        assert_eq!((&again["created"], &again["updated"]), (&json!(0), &json!(0)), "{again}");
        let (known, listed) = (app.get(&app.admin, "/api/v1/security/advisories?known_exploited=true&include_total=true&limit=1").await.body, json!(1404));
        assert_eq!(known["total_count"], listed, "each once");
    }
}
