//! The formats by examples.

use super::*;
use serde_json::{Value, json};

fn document(results: Value) -> Value {
    let rules = json!([
        {"id": "CVE-2021-44228", "shortDescription": {"text": "Log4j2 runs what it looks up"}, "properties": {"security-severity": "10.0"}, "help": {"text": "Take 2.17.1."}},
        {"id": "js/sql-injection", "name": "SqlInjection", "defaultConfiguration": {"level": "error"}, "properties": {"tags": ["external/cwe/cwe-089"]}},
    ]);
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Example", "rules": rules}}, "invocations": [{"endTimeUtc": "2026-06-10T12:00:00Z"}], "results": results}]})
}

fn at(uri: &str, line: u32) -> Value {
    json!([{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}])
}

fn summary(finding: &Finding) -> (Vec<&str>, Option<&str>, &str, Option<Rating>, Option<&str>) {
    (finding.codes.iter().map(String::as_str).collect(), finding.reference.as_deref(), &finding.title, finding.rating, finding.location.as_deref())
}

#[test]
fn results_are_findings_with_their_rule_place_and_rating() {
    let results = json!([
        {"ruleId": "CVE-2021-44228", "message": {"text": "log4j-core 2.14.1"}, "locations": at("lib/log4j-core.jar", 1)},
        {"ruleIndex": 1, "message": {"text": "Query built from user input.\nMore."}, "locations": at("src/app.js", 42)},
        {"ruleId": "unknown", "level": "note", "message": {"text": "Something"}},
    ]);
    let scan = sarif(&document(results)).unwrap();
    let told: Vec<_> = scan.findings.iter().map(summary).collect();
    assert_eq!(told[0], (vec!["CVE-2021-44228"], Some("CVE-2021-44228"), "Log4j2 runs what it looks up", Some(Rating::Critical), Some("lib/log4j-core.jar:1")));
    assert_eq!(told[1], (vec![], Some("js/sql-injection"), "Query built from user input.", Some(Rating::High), Some("src/app.js:42")));
    assert_eq!(told[2], (vec![], Some("unknown"), "Something", Some(Rating::Low), None));
    assert_eq!((scan.findings[0].last_seen, scan.findings[0].remedy.as_deref()), (NaiveDate::from_ymd_opt(2026, 6, 10), Some("Take 2.17.1.")));
}

#[test]
fn a_fingerprint_of_the_whole_result_comes_before_a_partial_one() {
    let print = |more: Value| {
        let mut result = json!({"ruleId": "r", "message": {"text": "m"}});
        result.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        sarif(&document(json!([result]))).unwrap().findings.remove(0).fingerprint
    };
    let partial = json!({"partialFingerprints": {"primaryLocationStartColumnFingerprint": "4", "primaryLocationLineHash": "39fa:1"}});
    assert_eq!(print(partial).as_deref(), Some("primaryLocationLineHash: 39fa:1"), "the first by name");
    assert_eq!(print(json!({"fingerprints": {"v1": "a"}, "partialFingerprints": {"h": "b"}})).as_deref(), Some("v1: a"));
    assert_eq!(print(json!({"partialFingerprints": {"h": ""}})), None);
}

#[test]
fn results_of_nothing_wrong_are_left_out() {
    let rule = |more: Value| {
        let mut result = json!({"ruleId": "r", "message": {"text": "m"}});
        result.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        result
    };
    let harmless = [
        json!({"kind": "pass"}),
        json!({"kind": "notApplicable"}),
        json!({"baselineState": "absent"}),
        json!({"suppressions": [{"kind": "inSource"}]}),
        json!({"suppressions": [{"kind": "external", "status": "accepted"}]}),
    ];
    let wrong = [json!({"kind": "fail"}), json!({"suppressions": [{"kind": "external", "status": "rejected"}]}), json!({"suppressions": []})];
    let scan = sarif(&document(harmless.into_iter().chain(wrong).map(rule).collect())).unwrap();
    assert_eq!((scan.ignored, scan.findings.len()), (5, 3));
}

#[test]
fn a_document_that_is_no_sarif_is_refused_by_its_place() {
    let place = |document: &Value| sarif(document).unwrap_err().into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect::<Vec<_>>();
    assert_eq!(place(&json!({"version": "2.0.0"})), ["/version format"]);
    assert_eq!(place(&json!({"version": "2.1.0"})), ["/runs required"]);
    assert_eq!(place(&json!({"version": "2.1.0", "runs": [{"results": []}]})), ["/runs/0/tool/driver/name required"]);
    assert_eq!(place(&document(json!([{"message": {"text": "m"}}]))), ["/runs/0/results/0/ruleId required"]);
}

#[test]
fn the_tables_of_three_scanners_are_read_by_their_own_headers() {
    let nessus = "Plugin ID,CVE,CVSS v2.0 Base Score,Risk,Host,Protocol,Port,Name,Synopsis,Description,Solution,See Also,Plugin Output\n\
        156032,CVE-2021-44228,9.3,Critical,srv-1,tcp,8080,Apache Log4Shell RCE,s,\"d\nd\",Update.,u,o\n\
        10287,,,None,srv-1,udp,0,Traceroute Information,s,d,,,\n";
    let scan = table(nessus).unwrap();
    assert_eq!((scan.findings.len(), scan.ignored), (1, 1));
    assert_eq!(summary(&scan.findings[0]), (vec!["CVE-2021-44228"], Some("156032"), "Apache Log4Shell RCE", Some(Rating::Critical), Some("8080/tcp")));
    assert_eq!((scan.findings[0].hosts.clone(), scan.findings[0].scanner.as_str()), (vec!["srv-1".to_owned()], "Nessus"));

    let openvas = "IP,Hostname,Port,Port Protocol,CVSS,Severity,QoD,Solution Type,NVT Name,Summary,Specific Result,NVT OID,CVEs,Task ID,Task Name,Timestamp\n\
        192.0.2.7,srv-2.example.org,443,tcp,7.5,High,80,VendorFix,Weak cipher,s,r,1.3.6.1.4.1.25623.1.0.103440,\"CVE-2016-2183,CVE-2016-6329\",t,n,2026-06-09T10:00:00Z\n";
    let finding = table(openvas).unwrap().findings.remove(0);
    assert_eq!(summary(&finding).0, ["CVE-2016-2183", "CVE-2016-6329"]);
    assert_eq!((finding.hosts, finding.last_seen), (vec!["srv-2.example.org".to_owned(), "192.0.2.7".to_owned()], NaiveDate::from_ymd_opt(2026, 6, 9)));

    let qualys = "\"Scan Report\"\n\"Example Ltd\",\"06/10/2026\"\n\"IP\",\"DNS\",\"NetBIOS\",\"QID\",\"Title\",\"Vuln Status\",\"Type\",\"Severity\",\"Port\",\"Protocol\",\"First Detected\",\"Last Detected\",\"CVE ID\",\"Solution\"\n\
        \"192.0.2.8\",\"srv-3\",,\"38173\",\"Certificate\",\"Active\",\"Vuln\",\"2\",\"443\",\"TCP\",\"05/01/2026 10:00:00\",\"06/10/2026 10:00:00\",,\"Renew.\"\n\
        \"192.0.2.8\",\"srv-3\",,\"1\",\"Gone\",\"Fixed\",\"Vuln\",\"5\",,,,,,\n\"192.0.2.8\",\"srv-3\",,\"45038\",\"Host Scan Time\",\"Active\",\"Ig\",\"1\",,,,,,\n";
    let scan = table(qualys).unwrap();
    assert_eq!((scan.findings.len(), scan.ignored), (1, 2));
    let finding = &scan.findings[0];
    assert_eq!(summary(finding), (vec![], Some("38173"), "Certificate", Some(Rating::Low), Some("443/tcp")));
    assert_eq!((finding.first_seen, finding.place.as_str()), (NaiveDate::from_ymd_opt(2026, 5, 1), "/4"));
}

#[test]
fn severities_are_words_numbers_of_the_scanner_or_scores() {
    let rated = |column: &str, said: &str| {
        table(&format!("Host,{column},Severity\nh,CVE-2021-1234,{said}\n")).map(|scan| scan.findings.first().and_then(|finding| finding.rating))
    };
    assert_eq!(
        [rated("QID", "4"), rated("Plugin ID", "4"), rated("Plugin ID", "3")],
        [Ok(Some(Rating::High)), Ok(Some(Rating::Critical)), Ok(Some(Rating::High))]
    );
    assert_eq!(
        [rated("CVE", "9.8"), rated("CVE", "6.9"), rated("CVE", "0.0"), rated("CVE", "medium")],
        [Ok(Some(Rating::Critical)), Ok(Some(Rating::Medium)), Ok(None), Ok(Some(Rating::Medium))]
    );
    assert_eq!(rated("QID", "awful").unwrap_err()[0].pointer, "/2/Severity");
}

#[test]
fn a_broken_table_names_the_row_and_the_column() {
    let place = |text: &str| table(text).unwrap_err().into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect::<Vec<_>>();
    assert_eq!(place("a,b\n1,2\n"), [" header"]);
    assert_eq!(place("Host,CVE,First Seen\n,CVE-2021-1234,\nh,CVE-2021-1234,soon\nh,,\n"), ["/2/Host required", "/3/First Seen format", "/4/ required"]);
    assert_eq!(place("Host,CVE\nh,\"x\n"), ["/2 csv"]);
}

#[test]
fn identifiers_are_found_within_texts() {
    assert_eq!(
        codes_in(["cve-2021-44228-log4j", "x CVE-2016-2183, CVE-2016-2183; CVE-99-1", "GHSA-JFH8-C2JP-5V3Q"]),
        ["CVE-2021-44228", "CVE-2016-2183", "GHSA-jfh8-c2jp-5v3q"]
    );
}
