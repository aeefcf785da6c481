//! Devices by the file: in by names, out as they were, and refused by row and column.
//!
//! `STEWARD_TEST_DEVICES=5000 cargo test --test main -- infrastructure::device_file --nocapture` tells how long so many take.

use super::made;
use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Instant;

const HEADER: &str = "name,device_type,role,site,rack,position,face,serial\n";
/// Height of a rack, in units.
const UNITS: usize = 42;

fn devices() -> usize {
    std::env::var("STEWARD_TEST_DEVICES").ok().and_then(|text| text.parse().ok()).unwrap_or(90)
}

/// File of so many devices, one in each unit of racks of two sites by turns.
fn file(devices: usize) -> String {
    (0..devices).fold(HEADER.to_owned(), |mut text, at| {
        let (rack, unit) = (at / UNITS, at % UNITS + 1);
        let _ = writeln!(text, "srv-{at:05},Acme/S-1,server,{},R-{rack:03},{unit},front,SN{at:07}", ["RTM", "HAM"][rack % 2]);
        text
    })
}

async fn send(app: &TestApp, collection: &str, text: String) -> Answer {
    let path = format!("/api/v1/platform/imports?collection=infrastructure/{collection}");
    app.call(&app.admin, "POST", &path, &[("Content-Type", "text/csv")], Some(text)).await
}

/// Sites, racks for so many devices, and a model.
async fn places(app: &TestApp, devices: usize) {
    for code in ["RTM", "HAM"] {
        made(app, "sites", json!({"code": code, "name": code})).await;
    }
    let racks = (0..=devices / UNITS).map(|rack| format!("{},R-{rack:03},{UNITS}\n", ["RTM", "HAM"][rack % 2])).collect::<String>();
    let answer = send(app, "racks", format!("site,name,height_units\n{racks}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let maker = made(app, "manufacturers", json!({"name": "Acme"})).await;
    made(app, "device-types", json!({"manufacturer_id": maker, "model": "S-1"})).await;
}

async fn total(app: &TestApp) -> Value {
    app.get(&app.admin, "/api/v1/infrastructure/devices?limit=1&include_total=true").await.body["total_count"].clone()
}

fn places_of(answer: &Answer) -> Vec<(u64, String)> {
    let errors = answer.body["errors"].as_array().unwrap_or_else(|| panic!("{}", answer.text));
    errors.iter().map(|error| (error["row"].as_u64().unwrap(), format!("{} {}", error["column"].as_str().unwrap(), error["code"].as_str().unwrap()))).collect()
}

on_both! {
    devices_go_in_by_names_and_come_out_the_same(app) {
        let (many, began) = (devices(), Instant::now());
        places(app, many).await;
        let counts = |created: usize, updated: usize, unchanged: usize| json!({"created": created, "updated": updated, "unchanged": unchanged});
        let mut took = vec![began.elapsed()];
        for expected in [counts(many, 0, 0), counts(0, 0, many)] {
            let began = Instant::now();
            let answer = send(app, "devices", file(many)).await;
            assert_eq!((answer.status, &answer.body), (200, &expected), "{}", answer.text);
            took.push(began.elapsed());
        }
        let began = Instant::now();
        let table = app.call(&app.admin, "GET", "/api/v1/infrastructure/devices", &[("Accept", "text/csv")], None).await;
        took.push(began.elapsed());
        let began = Instant::now();
        let answer = send(app, "devices", table.text.clone()).await;
        assert_eq!((answer.status, &answer.body), (200, &counts(0, 0, many)), "{}", answer.text);
        took.push(began.elapsed());
        // What a row names says where it is: the site may be left out, and one that differs is another device.
        let moved = "name,rack,serial\nSRV-00000,RTM/R-000,SN-NEW\n".to_owned();
        let answer = send(app, "devices", moved).await;
        assert_eq!((answer.status, &answer.body), (200, &counts(0, 1, 0)), "{}", answer.text);
        assert_eq!(total(app).await, json!(many));
        println!("{many} devices: places {:?}, in {:?}, again {:?}, out {:?}, and in again {:?}", took[0], took[1], took[2], took[3], took[4]);
    }

    a_broken_file_of_devices_names_rows_and_columns_and_imports_nothing(app) {
        places(app, 10).await;
        let broken = format!(
            "{HEADER}one,Acme/S-1,server,RTM,R-000,1,front,A\ntwo,Acme/S-2,server,RTM,R-000,2,front,B\nthree,Acme/S-1,server,NONE,R-000,3,front,C\n\
             four,Acme/S-1,cupboard,RTM,R-000,x,front,D\nfive,Acme/S-1,server,RTM,R-000,1,front,E\n"
        );
        let answer = send(app, "devices", broken).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        let expected = [(2, "device_type_id reference"), (3, "site_id reference"), (4, "position format"), (4, "role choice"), (5, "position taken")];
        assert_eq!(places_of(&answer), expected.map(|(row, fault)| (row, fault.to_owned())));
        assert_eq!(total(app).await, json!(0));
    }
}
