//! Collections as files: out and in again.

use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::json;

async fn export(app: &TestApp, actor: &Actor, path: &str, form: &str) -> Answer {
    app.call(actor, "GET", &format!("/api/v1/{path}"), &[("Accept", form)], None).await
}

async fn import(app: &TestApp, actor: &Actor, query: &str, form: &str, text: &str) -> Answer {
    app.call(actor, "POST", &format!("/api/v1/platform/imports?collection={query}"), &[("Content-Type", form)], Some(text.to_owned())).await
}

on_both! {
    importing_an_export_changes_nothing(app) {
        for definition in app.served.store.definitions.all() {
            if definition.operations.create && !definition.anonymous {
                let body = app.sample(definition.path, &definition.table).await;
                app.make(definition.path, &body.into()).await;
            }
        }
        app.make("teams/units", &json!({"code": "-EVIL", "name": "=cmd|' /C calc'!A0, \"quoted\"\nand more"})).await;
        for definition in app.served.store.definitions.all().iter().filter(|definition| definition.path != "identity/roles") {
            // Each export is one more security event.
            if definition.path == "identity/security-events" {
                continue;
            }
            let count = app.get(&app.admin, &format!("/api/v1/{}?include_total=true", definition.path)).await.body["total_count"].clone();
            for form in ["text/csv", "application/x-ndjson"] {
                let file = export(app, &app.admin, definition.path, form).await;
                assert_eq!(file.status, 200, "{}", file.text);
                let answer = import(app, &app.admin, definition.path, form, &file.text).await;
                assert_eq!((answer.status, answer.body), (200, json!({"created": 0, "updated": 0, "unchanged": count})), "{} as {form}:\n{}\n{}", definition.path, file.text, answer.text);
            }
        }
    }

    a_file_is_safe_in_a_spreadsheet(app) {
        app.make("teams/units", &json!({"code": "EVIL", "name": "=1+1"})).await;
        let file = export(app, &app.admin, "teams/units?code=EVIL&fields=code,name", "text/csv").await;
        assert_eq!(file.text, "code,name\r\nEVIL,'=1+1\r\n");
        assert!(file.header("content-disposition").unwrap().starts_with("attachment"));
    }

    a_list_comes_in_the_form_that_is_worth_most_to_the_client(app) {
        for (accept, form) in [
            ("text/csv;q=0.1, application/json", "application/json"),
            ("application/json;q=0.5, text/csv", "text/csv; charset=utf-8"),
            ("text/csv;q=0, */*", "application/json"),
            ("text/csv;q=0.3, application/x-ndjson;q=0.4", "application/x-ndjson"),
            ("application/json, text/csv", "application/json"),
            ("text/csv, application/json", "text/csv; charset=utf-8"),
        ] {
            assert_eq!(export(app, &app.admin, "teams/units", accept).await.header("content-type"), Some(form), "{accept}");
        }
        assert_eq!(export(app, &app.admin, "teams/units", "text/csv;q=0").await.status, 406);
    }

    a_file_holds_the_whole_filtered_collection_in_order(app) {
        let operations: Vec<_> = (0..700).map(|number| json!({"op": "create", "collection": "teams/units", "body": {"code": format!("U{number:04}"), "name": format!("Unit {}", number % 7)}})).collect();
        assert_eq!(app.post(&app.admin, "/api/v1/platform/bulk", &json!({"atomic": true, "operations": operations})).await.status, 200);
        let file = export(app, &app.admin, "teams/units?sort=-name,code&fields=code,name&filter=code%20%3A%20u0", "application/x-ndjson").await;
        let lines: Vec<serde_json::Value> = file.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 700);
        assert_eq!((lines[0]["code"].as_str(), lines[699]["code"].as_str()), (Some("U0006"), Some("U0693")));
        let stranger = app.stranger().await;
        assert_eq!(export(app, &stranger, "teams/units", "application/x-ndjson").await.text, "");
        assert_eq!(export(app, &app.admin, "teams/units?limit=5", "text/csv").await.status, 400);
    }

    rows_are_matched_by_what_is_unique_and_references_by_their_code(app) {
        let csv = "code,name,parent\r\nLAB,Laboratory,ORG\r\nlab2,Second,LAB\r\n";
        let first = import(app, &app.admin, "teams/units", "text/csv", csv).await;
        assert_eq!(first.body, json!({"created": 2, "updated": 0, "unchanged": 0}), "{}", first.text);
        let csv = "code,name\r\nLAB,Laboratory\r\nLAB2,Renamed\r\n";
        assert_eq!(import(app, &app.admin, "teams/units", "text/csv", csv).await.body, json!({"created": 0, "updated": 1, "unchanged": 1}));
        let bytes = "application/octet-stream";
        assert_eq!(import(app, &app.admin, "teams/units", bytes, csv).await.body, json!({"created": 0, "updated": 0, "unchanged": 2}), "it begins with a header");
        let lines = "\u{feff}\n{\"code\":\"BYTES\",\"name\":\"Bytes\"}\n";
        assert_eq!(import(app, &app.admin, "teams/units", bytes, lines).await.body, json!({"created": 1, "updated": 0, "unchanged": 0}), "it begins with a record");
        let person = import(app, &app.admin, "teams/people", "application/x-ndjson", "{\"name\":\"Ann\",\"email\":\"ann@example.org\"}\n").await;
        assert_eq!(person.body["created"], json!(1));
    }

    a_broken_row_is_named_and_nothing_is_imported(app) {
        let csv = "code,name,parent,revision\r\nGOOD,Good,,\r\nbad code,Bad,NOWHERE,\r\nX,,,\r\nY,Why,,7\r\n";
        let answer = import(app, &app.admin, "teams/units", "text/csv", csv).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        let named: Vec<String> = answer.body["errors"].as_array().unwrap().iter().map(|error| format!("{} {} {}", error["row"], error["column"].as_str().unwrap(), error["code"].as_str().unwrap())).collect();
        assert_eq!(named, ["2 parent reference", "2 code format", "3 name required", "4 revision server_field"]);
        assert_eq!(app.get(&app.admin, "/api/v1/teams/units?code=GOOD&include_total=true").await.body["total_count"], json!(0));
        let partial = import(app, &app.admin, "teams/units&partial=true", "text/csv", csv).await;
        assert_eq!((partial.status, &partial.body["created"], &partial.body["count"]), (200, &json!(1), &json!(4)));
        for (form, text) in [("text/csv", "a,\"b"), ("text/csv", "code\r\nA,B\r\n"), ("application/x-ndjson", "[1]\n")] {
            assert!(matches!(import(app, &app.admin, "teams/units", form, text).await.status, 400 | 422));
        }
        assert_eq!(import(app, &app.admin, "teams/nothing", "text/csv", "a\r\n").await.status, 400);
        assert_eq!(import(app, &app.admin, "teams/units", "text/plain", "a\r\n").await.status, 415);
    }

    a_file_is_read_as_spreadsheets_write_it(app) {
        let semicolons = import(app, &app.admin, "teams/units", "text/csv", "Code;NAME ; Parent\r\nLAB;\"a;b\";ORG\r\n").await;
        assert_eq!(semicolons.body, json!({"created": 1, "updated": 0, "unchanged": 0}), "{}", semicolons.text);
        let said = import(app, &app.admin, "teams/units&delimiter=pipe", "text/csv", "code|name\r\nPIPE|a,b;c\r\n").await;
        assert_eq!(said.body["created"], json!(1), "{}", said.text);
        let line = import(app, &app.admin, "teams/units", "text/csv", "sep=;\r\ncode;name\r\nSEP;x\r\n").await;
        assert_eq!(line.body["created"], json!(1), "{}", line.text);
        let marked = import(app, &app.admin, "teams/units", "application/x-ndjson", "\u{feff}{\"code\":\"MARK\",\"name\":\"x\"}\n").await;
        assert_eq!(marked.body["created"], json!(1), "{}", marked.text);
        let truth = import(app, &app.admin, "platform/custom-fields", "text/csv", "collection,code,name,kind,required,is_unique\r\nteams/units,floor,Floor,text,TRUE,False\r\n").await;
        assert_eq!(truth.body["created"], json!(1), "{}", truth.text);
        let form = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"units.CSV\"\r\nContent-Type: application/vnd.ms-excel\r\n\r\ncode,name\r\nFORM,x\r\n\r\n--B--\r\n";
        let sent = import(app, &app.admin, "teams/people", "multipart/form-data; boundary=B", &form.replace("code,name\r\nFORM,x", "email,name\r\nform@example.org,x")).await;
        assert_eq!(sent.body["created"], json!(1), "{}", sent.text);
    }

    a_column_that_the_collection_has_not_is_refused_even_without_rows(app) {
        for (header, broken) in [("code,nothing", "/nothing unknown"), ("code,Code", "/code duplicate"), ("code,,name", " unknown"), ("code,name.amount", "/name.amount unknown")] {
            let answer = import(app, &app.admin, "teams/units&partial=true", "text/csv", &format!("{header}\r\n")).await;
            assert_eq!((answer.status, answer.broken()), (422, vec![broken.to_owned()]), "{header}");
        }
        assert_eq!(import(app, &app.admin, "teams/units", "text/csv", "code,name\r\n").await.body["created"], json!(0));
        for query in ["teams/units&encoding=ebcdic", "teams/units&delimiter=colon"] {
            assert_eq!(import(app, &app.admin, query, "text/csv", "code,name\r\n").await.status, 400);
        }
    }

    an_import_asks_for_create_and_update(app) {
        let member = app.actor("member", None).await;
        assert_eq!(import(app, &member, "teams/units", "text/csv", "code,name\r\nA,A\r\n").await.status, 403);
        assert_eq!(import(app, &app.stranger().await, "teams/units", "text/csv", "code,name\r\nA,A\r\n").await.status, 404);
    }
}
