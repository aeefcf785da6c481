//! FOCUS files: cost and usage in, restated by batch, assigned by rules, and summed exactly.

use super::*;
use crate::on_both;
use std::collections::BTreeMap;

const HEADER: &str = "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodEnd,BillingPeriodStart,ChargeCategory,ChargePeriodEnd,ChargePeriodStart,ContractedCost,EffectiveCost,ListCost,ProviderName,ServiceCategory,ServiceName,SubAccountId,CommitmentDiscountId,CommitmentDiscountStatus,Tags,Id";

/// A row of a day of September 2024.
fn row(id: &str, day: u32, service: &str, costs: [&str; 4], commitment: &str, tag: &str) -> String {
    let [billed, effective, list, contracted] = costs;
    let tags = if tag.is_empty() { "NULL".to_owned() } else { format!("\"{{\"\"app\"\": \"\"{tag}\"\"}}\"") };
    let (discount, status) = commitment.split_once(':').unwrap_or(("NULL", "NULL"));
    format!(
        "{billed},77,USD,2024-10-01 00:00:00,2024-09-01 00:00:00,Usage,2024-09-{day:02} 02:00:00,2024-09-{day:02} 01:00:00,{contracted},{effective},{list},AWS,Compute,{service},sub-1,{discount},{status},{tags},{id}"
    )
}

async fn import(app: &TestApp, query: &str, form: &str, body: String) -> Answer {
    app.call(&app.admin, "POST", &format!("/api/v1/finance/cloud-charges/import{query}"), &[("Content-Type", form)], Some(body)).await
}

fn file(rows: &[String]) -> String {
    std::iter::once(HEADER.to_owned()).chain(rows.iter().cloned()).collect::<Vec<_>>().join("\n")
}

fn counts(answer: &Answer) -> [i64; 4] {
    assert_eq!(answer.status, 200, "{}", answer.text);
    ["created", "updated", "unchanged", "removed"].map(|name| answer.body[name].as_i64().unwrap())
}

async fn costs(app: &TestApp, query: &str) -> BTreeMap<String, String> {
    let answer = app.get(&app.admin, &format!("/api/v1/finance/cloud-costs?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let key = |row: &Value| row["key"].as_str().unwrap_or("null").to_owned();
    answer.body["data"].as_array().unwrap().iter().map(|row| (key(row), row["cost"]["amount"].as_str().unwrap().to_owned())).collect()
}

fn map(rows: &[(&str, &str)]) -> BTreeMap<String, String> {
    rows.iter().map(|(key, cost)| ((*key).to_owned(), (*cost).to_owned())).collect()
}

on_both! {
    a_file_is_imported_once_and_restated_by_batch(app) {
        let first = [row("1", 1, "EC2", ["0.000000000001", "1.5", "2", "1.8"], "", "shop"), row("2", 2, "S3", ["3", "3", "3", "3"], "", "")];
        assert_eq!(counts(&import(app, "", "text/csv", file(&first)).await), [2, 0, 0, 0]);
        let again = import(app, "", "text/csv", file(&[first[1].clone(), first[0].clone()])).await;
        assert_eq!((counts(&again), &again.body["batches"][0]["unchanged"]), ([0, 0, 2, 0], &json!(true)), "in whatever order");
        assert_eq!(costs(app, "group_by=service_name&metric=billed").await, map(&[("EC2", "0.000000000001"), ("S3", "3")]));
        // The provider restates the month: one row changes, one goes and one comes.
        let second = [row("1", 1, "EC2", ["2", "1.6", "2", "1.8"], "", "shop"), row("3", 3, "SQS", ["4", "4", "4", "4"], "", "")];
        let restated = import(app, "", "text/csv", file(&second)).await;
        assert_eq!(counts(&restated), [1, 1, 0, 1]);
        assert_eq!(costs(app, "group_by=service_name&metric=billed").await, map(&[("EC2", "2"), ("SQS", "4")]));
        let loads = app.get(&app.admin, "/api/v1/finance/cloud-loads").await.body["data"].clone();
        assert_eq!((&loads[0]["state"], &loads[1]["state"], &loads[1]["replaces_id"]), (&json!("replaced"), &json!("loaded"), &loads[0]["id"]));
        assert_eq!((&loads[0]["batch"], &loads[1]["row_count"]), (&json!("AWS 77 2024-09"), &json!(2)));
        // Another batch may not bring what is there.
        let other = import(app, "?batch=credits", "text/csv", file(&[second[0].clone()])).await;
        assert_eq!((other.status, &other.body["errors"][0]["code"], &other.body["errors"][0]["row"]), (422, &json!("other_batch"), &json!(1)), "{}", other.text);
        assert_eq!(counts(&import(app, "?batch=credits", "text/csv", file(&[row("9", 4, "EC2", ["-1", "-1", "0", "0"], "", "")])).await), [1, 0, 0, 0]);
        assert_eq!(costs(app, "group_by=month&metric=billed").await, map(&[("2024-09", "5")]));
        assert_eq!(costs(app, "group_by=day&metric=billed&from=2024-09-02&to=2024-09-04").await, map(&[("2024-09-03", "4")]), "the end is not included");
        assert_eq!(app.get(&app.admin, "/api/v1/finance/cloud-costs?group_by=color").await.status, 400);
    }

    a_broken_file_names_its_rows_and_imports_nothing(app) {
        let rows = [row("1", 1, "EC2", ["1", "1", "1", "1"], "", ""), row("2", 2, "EC2", ["one", "1", "1", "1"], "", ""), row("1", 3, "", ["1", "1", "1", "1"], "", "")];
        let refused = import(app, "", "text/csv", file(&rows)).await;
        let named: Vec<(i64, &str, &str)> = refused.body["errors"].as_array().unwrap().iter().map(|each| (each["row"].as_i64().unwrap(), each["column"].as_str().unwrap(), each["code"].as_str().unwrap())).collect();
        assert_eq!((refused.status, named), (422, vec![(2, "BilledCost", "format"), (3, "ServiceName", "required"), (3, "Id", "duplicate")]), "{}", refused.text);
        let long = row("1", 1, &"x".repeat(201), ["1", "1", "1", "1"], "", "");
        let refused = import(app, "", "text/csv", file(&[row("2", 1, "EC2", ["1", "1", "1", "1"], "", ""), long])).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["row"]), (422, &json!(2)), "{}", refused.text);
        assert_eq!(app.get(&app.admin, "/api/v1/finance/cloud-charges?include_total=true").await.body["total_count"], json!(0));
        assert_eq!(import(app, "", "text/csv", "a,b\n1,2\n".into()).await.status, 422);
    }

    rules_assign_charges_that_are_there_already(app) {
        let books = Books::open(app).await;
        let service = app.make("infrastructure/services", &json!({"code": "SHOP", "name": "Shop", "kind": "business"})).await["id"].as_str().unwrap().to_owned();
        let rows = [row("1", 1, "EC2", ["1", "1.25", "1", "1"], "", "shop"), row("2", 2, "S3", ["3", "3", "3", "3"], "", "shop"), row("3", 3, "S3", ["4", "4", "4", "4"], "", "")];
        assert_eq!(counts(&import(app, "", "text/csv", file(&rows)).await), [3, 0, 0, 0]);
        assert_eq!(costs(app, "group_by=service").await, map(&[("null", "8.25")]));
        made(app, "cloud-assignment-rules", json!({"code": "R1", "position": 10, "tag_key": "app", "tag_value": "shop", "service_id": service})).await;
        made(app, "cloud-assignment-rules", json!({"code": "R2", "position": 20, "service_name": "S3", "cost_center_id": books.center})).await;
        assert_eq!(costs(app, "group_by=service").await, map(&[(service.as_str(), "4.25"), ("null", "4")]));
        assert_eq!(costs(app, "group_by=cost_center").await, map(&[(books.center.as_str(), "7"), ("null", "1.25")]));
        assert_eq!(costs(app, "group_by=tag:app").await, map(&[("shop", "4.25"), ("null", "4")]));
        let titled = app.get(&app.admin, "/api/v1/finance/cloud-costs?group_by=service").await.body;
        assert_eq!((&titled["data"][0]["title"], &titled["total"][0]["rows"]), (&json!("Shop"), &json!(3)));
    }

    commitments_save_what_their_use_is_worth(app) {
        // On demand 10 at list and 8 as agreed. Under the commitment 10 at list and 9 as agreed cost 6, and 2 more are not used: 6 ÷ 8.
        let rows = [row("1", 1, "EC2", ["8", "8", "10", "8"], "", ""), row("2", 2, "EC2", ["0", "6", "10", "9"], "sp-1:Used", ""), row("3", 2, "EC2", ["0", "2", "0", "0"], "sp-1:Unused", "")];
        assert_eq!(counts(&import(app, "", "text/csv", file(&rows)).await), [3, 0, 0, 0]);
        let told = app.get(&app.admin, "/api/v1/finance/cloud-savings?from=2024-09-01&to=2024-10-01").await.body;
        let amount = |of: &Value| of["amount"].as_str().unwrap().to_owned();
        let row = &told["data"][0];
        // List 20, agreed 17, effective 16.
        assert_eq!([&row["negotiated_savings"], &row["commitment_savings"], &row["savings"]].map(amount), ["3", "1", "4"], "{told}");
        assert_eq!(row["effective_savings_rate_percent"], json!(20));
        let used = &told["commitments"][0];
        assert_eq!((&used["commitment_discount"], &used["utilization_percent"], amount(&used["savings"]).as_str()), (&json!("sp-1"), &json!(75), "1"));
    }

    the_sample_of_the_finops_foundation_is_imported_completely(app) {
        let Ok(folder) = std::env::var("STEWARD_SAMPLE_DATA") else { return };
        let Ok(text) = std::fs::read_to_string(format!("{folder}/focus/focus_sample_600.csv")) else { return };
        assert_eq!(counts(&import(app, "", "text/csv", text.clone()).await), [600, 0, 0, 0]);
        assert_eq!(counts(&import(app, "", "text/csv", text.clone()).await), [0, 0, 600, 0]);
        // Summed here from the cells themselves, in 10⁻¹² dollars.
        let mut expected: BTreeMap<&str, BTreeMap<String, i128>> = BTreeMap::new();
        let rows = steward::formats::csv::parse(&text).unwrap();
        let cell = |row: &[steward::formats::csv::Cell], name: &str| {
            let at = rows[0].iter().position(|head| *head == steward::formats::csv::Cell::Text(name.into())).unwrap();
            if let steward::formats::csv::Cell::Text(text) = &row[at] { text.clone() } else { String::new() }
        };
        let pico = |text: &str| {
            let (whole, fraction) = text.trim_start_matches('-').split_once('.').unwrap_or((text.trim_start_matches('-'), ""));
            let all: i128 = format!("{whole}{fraction:0<12}").parse().unwrap();
            if text.starts_with('-') { -all } else { all }
        };
        let dimensions = [("service_name", "ServiceName"), ("sub_account", "SubAccountId"), ("invoice_issuer", "InvoiceIssuerName"), ("day", "ChargePeriodStart")];
        for row in &rows[1..] {
            for (name, column) in dimensions {
                let key: String = if name == "day" { cell(row, column).chars().take(10).collect() } else { cell(row, column) };
                let key = if key == "NULL" { "null".to_owned() } else { key };
                *expected.entry(name).or_default().entry(key).or_default() += pico(&cell(row, "BilledCost"));
            }
        }
        for (name, _) in dimensions {
            let told: BTreeMap<String, i128> = costs(app, &format!("group_by={name}&metric=billed")).await.into_iter().map(|(key, cost)| (key, pico(&cost))).collect();
            assert_eq!(told, expected[name], "{name}");
        }
    }
}
