//! Small documents in the formats, and the published ones where they lie.

use super::*;
use serde_json::json;

fn sample(name: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("STEWARD_SAMPLE_DATA") else {
        eprintln!("SKIPPED: set STEWARD_SAMPLE_DATA to the folder of the sample data to read {name}");
        return None;
    };
    Some(std::fs::read_to_string(std::path::Path::new(&folder).join(name)).unwrap())
}

fn document(name: &str) -> Option<Value> {
    sample(name).map(|text| serde_json::from_str(&text).unwrap())
}

#[test]
fn the_catalogue_of_exploited_vulnerabilities_is_read_whole() {
    let Some(catalogue) = document("kev/known_exploited_vulnerabilities.json") else { return };
    let entries = kev(&catalogue).unwrap();
    assert_eq!(entries.len(), 1404);
    assert_eq!((entries[0].code.as_str(), entries[0].exploited.clone()), ("CVE-2025-48384", Some(("2025-08-25".into(), Some("2025-09-15".into())))));
}

#[test]
fn a_catalogue_that_broke_off_and_broken_entries_are_named() {
    let entry = |code: &str, on: &str| json!({"cveID": code, "vendorProject": "V", "product": "P", "vulnerabilityName": "N", "dateAdded": on, "shortDescription": "S", "requiredAction": "A", "dueDate": "2025-01-31"});
    let named = |document: Value| kev(&document).unwrap_err().into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect::<Vec<_>>();
    assert_eq!(named(json!({"count": 3, "vulnerabilities": [entry("CVE-1", "2025-01-01")]})), ["/count format"]);
    assert_eq!(
        named(json!({"vulnerabilities": [entry("CVE-1", "yesterday"), {"cveID": "CVE-2"}, entry("CVE-3", "2025-01-01"), entry("CVE-3", "2025-01-01")]})),
        ["/vulnerabilities/1 format", "/vulnerabilities/0 format", "/vulnerabilities/3 duplicate"]
    );
    assert_eq!(named(json!({})), ["/vulnerabilities required"]);
}

#[test]
fn records_of_the_nvd_tell_vectors_products_and_ranges() {
    let Some(record) = document("nvd/cve-2024-23113.json") else { return };
    let entry = nvd(&record).unwrap().remove(0);
    assert_eq!((entry.code.as_str(), entry.exploited), ("CVE-2024-23113", Some(("2024-10-09".into(), Some("2024-10-30".into())))));
    assert_eq!(entry.vectors[0], "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
    let os = entry.statements.iter().find(|each| each.product.as_deref() == Some("fortios") && each.from.as_deref() == Some("7.4.0")).unwrap();
    assert_eq!((os.vendor.as_deref(), os.until.as_deref(), os.until_excluded), (Some("fortinet"), Some("7.4.2"), false));
    for name in ["cve", "CVE-2017-5638-cvssv3-rating", "CVE-2022-31022-all-versions-vulnerable"] {
        let entries = nvd(&document(&format!("nvd/{name}.json")).unwrap()).unwrap();
        assert!(entries.len() == 1 && !entries[0].statements.is_empty() && entries[0].title.is_some(), "{name}");
    }
    let exact = nvd(&document("nvd/cve.json").unwrap()).unwrap().remove(0).statements.remove(0);
    assert_eq!((exact.from.as_deref(), exact.until.as_deref(), exact.until_excluded), (Some("6.0.7"), Some("6.0.7"), false));
}

#[test]
fn advisories_in_csaf_are_read_with_their_product_trees() {
    for (name, count) in [("icsa-24-011-03", 7), ("icsa-24-030-07", 15), ("icsa-24-046-11", 160), ("icsma-24-200-01", 13)] {
        let Some(advisory) = document(&format!("csaf/{name}.json")) else { return };
        let entries = csaf(&advisory).unwrap();
        assert_eq!(entries.len(), count, "{name}");
        assert!(entries.iter().all(|entry| !entry.statements.is_empty() && entry.statements.iter().all(|each| each.product.is_some())), "{name}");
    }
    let scada = csaf(&document("csaf/icsa-24-011-03.json").unwrap()).unwrap().remove(0);
    let said = &scada.statements[0];
    assert_eq!(
        (said.vendor.as_deref(), said.product.as_deref(), said.until.as_deref(), said.until_excluded),
        (Some("Rapid Software LLC"), Some("Rapid SCADA"), Some("5.8.4"), false)
    );
    assert_eq!(scada.vectors, ["CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"]);
    let siemens = csaf(&document("csaf/icsa-24-046-11.json").unwrap()).unwrap().remove(0);
    assert_eq!((siemens.code.as_str(), siemens.statements[0].until.as_deref(), siemens.statements[0].until_excluded), ("CVE-2006-20001", Some("2.4"), true));
}

#[test]
fn a_csaf_vex_says_why_a_product_is_not_affected() {
    let product = |id: &str, name: &str| json!({"name": name, "product_id": id, "product_identification_helper": {"purl": format!("pkg:generic/{name}@1.0")}});
    let document = json!({"document": {"title": "T", "tracking": {"id": "X-1"}}, "product_tree": {"full_product_names": [product("P1", "one"), product("P2", "two")]},
        "vulnerabilities": [{"cve": "CVE-1", "product_status": {"known_not_affected": ["P1"], "fixed": ["P2"]}, "flags": [{"label": "component_not_present", "product_ids": ["P1"]}],
            "threats": [{"category": "impact", "details": "It is not there."}]}]});
    let statements = csaf(&document).unwrap().remove(0).statements;
    assert_eq!(statements.iter().map(|each| each.status).collect::<Vec<_>>(), [Status::Fixed, Status::NotAffected]);
    assert_eq!(
        (statements[1].justification.as_deref(), statements[1].detail.as_deref(), statements[1].until.as_deref()),
        (Some("component_not_present"), Some("It is not there."), Some("1.0"))
    );
    let mut broken = document;
    broken["vulnerabilities"][0]["product_status"]["fixed"] = json!(["P9"]);
    assert_eq!(csaf(&broken).unwrap_err()[0].pointer, "/vulnerabilities/0/product_status");
}

#[test]
fn ranges_are_understood_in_the_forms_that_are_in_use() {
    let bounds = |range: &str| {
        let of = ranged_of(range);
        (of.from, of.from_excluded, of.until, of.until_excluded)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(bounds("<V2.4"), (None, false, some("2.4"), true));
    assert_eq!(bounds(">=1.0|<2.0"), (some("1.0"), false, some("2.0"), true));
    assert_eq!(bounds("vers:generic/<=5"), (None, false, some("5"), false));
    assert_eq!(bounds("All versions"), (None, false, None, false));
    assert_eq!(bounds("7.1"), (some("7.1"), false, some("7.1"), false));
}

fn ranged_of(range: &str) -> ProductStatement {
    let tree = json!({"branches": [{"category": "product_name", "name": "P", "branches": [{"category": "product_version_range", "name": range, "product": {"name": "P", "product_id": "1"}}]}]});
    let document = json!({"document": {"tracking": {"id": "SA-1"}}, "product_tree": tree, "vulnerabilities": [{"cve": "CVE-1", "product_status": {"known_affected": ["1"]}}]});
    csaf(&document).unwrap().remove(0).statements.remove(0)
}

#[test]
fn vex_in_cyclonedx_names_products_by_reference_or_package() {
    let Some(vex) = document("cyclonedx/vex/vex.json") else { return };
    let entry = cyclonedx(&vex).unwrap().remove(0);
    let said = &entry.statements[0];
    assert_eq!((entry.code.as_str(), said.status, said.justification.as_deref()), ("CVE-2020-25649", Status::NotAffected, Some("code_not_reachable")));
    assert_eq!((said.product.as_deref(), said.until.as_deref()), (Some("jackson-databind"), Some("2.10.0")));
    assert_eq!(entry.vectors[0], "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N");
    let entries = cyclonedx(&document("cyclonedx/vex/cisa-case-2/vex.json").unwrap()).unwrap();
    assert_eq!(entries.len(), 19);
    assert!(entries.iter().all(|entry| entry.statements[0].product.as_deref() == Some("ABC") && entry.statements[0].until.as_deref() == Some("4.2")));
}

#[test]
fn a_csaf_document_has_an_identifier_and_does_not_contradict_itself() {
    let document = json!({"document": {"title": "T", "tracking": {"id": "X-1"}}, "product_tree": {"full_product_names": [{"name": "one", "product_id": "P1"}]},
        "vulnerabilities": [{"product_status": {"known_affected": ["P1"]}}]});
    assert_eq!(csaf(&document).unwrap()[0].code, "X-1-1");
    let mut unnamed = document.clone();
    unnamed["document"]["tracking"] = json!({"id": " "});
    assert_eq!(csaf(&unnamed).unwrap_err()[0].pointer, "/document/tracking/id");
    let mut both = document;
    both["vulnerabilities"][0]["product_status"]["known_not_affected"] = json!(["P1"]);
    let fault = csaf(&both).unwrap_err().remove(0);
    assert_eq!((fault.pointer.as_str(), fault.code), ("/vulnerabilities/0/product_status", "contradiction"));
}

#[test]
fn a_justification_of_cyclonedx_is_one_of_its_list() {
    let document =
        |word: &str| json!({"specVersion": "1.6", "vulnerabilities": [{"id": "CVE-2026-1000", "analysis": {"state": "not_affected", "justification": word}}]});
    assert!(cyclonedx(&document("protected_at_runtime")).is_ok());
    assert_eq!(cyclonedx(&document("we_like_it")).unwrap_err()[0].pointer, "/vulnerabilities/0/analysis/justification");
}

#[test]
fn vex_in_cyclonedx_speaks_of_the_versions_that_it_names() {
    let document = |state: &str, versions: serde_json::Value| {
        json!({"specVersion": "1.6", "components": [{"bom-ref": "p", "name": "Portal", "version": "3.0"}],
            "vulnerabilities": [{"id": "CVE-2026-1000", "analysis": {"state": state, "justification": "code_not_reachable"}, "affects": [{"ref": "p", "versions": versions}]}]})
    };
    let told = |state: &str, versions| {
        let said = cyclonedx(&document(state, versions)).unwrap().remove(0).statements;
        said.into_iter().map(|said| (said.status, said.from, said.until, said.until_excluded, said.justification.is_some())).collect::<Vec<_>>()
    };
    let some = |text: &str| Some(text.to_owned());
    let both = json!([{"range": "vers:generic/<4.0", "status": "affected"}, {"version": "3.2", "status": "unaffected"}, {"version": "5", "status": "unknown"}]);
    assert_eq!(
        told("exploitable", both),
        [
            (Status::Affected, None, some("4.0"), true, false),
            (Status::NotAffected, some("3.2"), some("3.2"), false, true),
            (Status::UnderInvestigation, some("5"), some("5"), false, false)
        ]
    );
    assert_eq!(told("not_affected", json!([{"version": "3.1"}])), [(Status::NotAffected, some("3.1"), some("3.1"), false, true)]);
    // What was resolved later is still in the versions that have it.
    let later = json!([{"range": "vers:generic/<4.0", "status": "affected"}, {"range": "vers:generic/>=4.0", "status": "unaffected"}]);
    assert_eq!(told("resolved", later).iter().map(|said| said.0).collect::<Vec<_>>(), [Status::Affected, Status::NotAffected]);
    assert_eq!(told("exploitable", json!([])), [(Status::Affected, some("3.0"), some("3.0"), false, false)]);
    let wrong = cyclonedx(&document("exploitable", json!([{"range": "newest"}, {"range": "vers:npm/>="}, {"version": "1", "range": "*"}, {}]))).unwrap_err();
    let places: Vec<&str> = wrong.iter().map(|fault| fault.pointer.strip_prefix("/vulnerabilities/0/affects/0/versions/").unwrap()).collect();
    assert_eq!(places, ["1/range", "2", "3"]);
    for (standard, sound) in [("1.1", false), ("1.2", true), ("1.7", true), ("2.0", false)] {
        assert_eq!(cyclonedx(&json!({"specVersion": standard, "vulnerabilities": []})).is_ok(), sound, "{standard}");
    }
}

#[test]
fn records_of_the_nvd_have_their_identifier_and_rejected_ones_say_nothing_of_products() {
    let record = |id: &str, status: &str| {
        let matched = json!({"vulnerable": true, "criteria": "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*"});
        json!({"cve": {"id": id, "vulnStatus": status, "configurations": [{"nodes": [{"cpeMatch": [matched]}]}]}})
    };
    assert_eq!(nvd(&record("CVE-2024-3094", "Analyzed")).unwrap()[0].statements.len(), 1);
    assert_eq!(nvd(&record("CVE-2024-3094", "Rejected")).unwrap()[0].statements, []);
    for wrong in ["CVE-24-3094", "CVE-2024-309", "GHSA-2024-3094", "CVE-2024-30x4"] {
        assert_eq!(nvd(&record(wrong, "Analyzed")).unwrap_err()[0].pointer, "/cve/id", "{wrong}");
    }
    let detail = |record: serde_json::Value| nvd(&json!({"cve": record})).unwrap_err()[0].detail.clone();
    assert_eq!(detail(json!({})), "The record cannot be read: its member `id` is missing.");
    assert_eq!(detail(json!({"id": 7})), "The record cannot be read. Expected a string where it has another value.");
    let page = json!({"vulnerabilities": [record("CVE-2024-3094", "Analyzed"), record("nonsense", "Analyzed")]});
    assert_eq!(nvd(&page).unwrap_err()[0].pointer, "/vulnerabilities/1/cve/id");
}

#[test]
fn scores_of_epss_have_the_day_of_their_file() {
    let text = "#model_version:v2025.03.14,score_date:2026-03-28T12:55:00Z\ncve,epss,percentile\nCVE-1999-0001,0.01025,0.77197\n";
    assert_eq!(epss(text).unwrap()[0].epss, Some((0.01025, "2026-03-28".to_owned())));
    let fault = |text: &str| epss(text).unwrap_err()[0].pointer.clone();
    assert_eq!(fault("cve,epss,percentile\n"), "/1");
    assert_eq!(fault(&text.replace("0.01025", "1.5")), "/3/epss");
    if let Some(text) = sample("epss/epss_sample.csv") {
        assert_eq!(epss(&text).unwrap().len(), 4);
    }
}

#[test]
fn names_of_products_are_taken_apart() {
    let parts = |cpe: &str| cpe_parts(cpe).map(|parts| parts.map(Option::unwrap_or_default));
    assert_eq!(parts("cpe:2.3:a:thinkcmf:thinkcmf:6.0.7:*:*:*:*:*:*:*"), Some(["thinkcmf".into(), "thinkcmf".into(), "6.0.7".into()]));
    assert_eq!(parts("cpe:2.3:o:v:a\\:b:*:*:*:*:*:*:*:*"), Some(["v".into(), "a:b".into(), String::new()]));
    assert_eq!(parts("cpe:/a:v:p"), None);
    assert_eq!(
        purl_parts("pkg:maven/com.fasterxml.jackson.core/jackson-databind@2.10.0?type=jar"),
        ("pkg:maven/com.fasterxml.jackson.core/jackson-databind".into(), Some("2.10.0".into()))
    );
    assert_eq!(purl_parts("pkg:npm/@angular/core"), ("pkg:npm/@angular/core".into(), None));
}
