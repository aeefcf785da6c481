//! Devices by the file: in by names, out as they were, and refused by row and column.
//!
//! `STEWARD_TEST_DEVICES=5000 cargo test --test domains -- infrastructure::device_file --nocapture` tells how long so many take.

use super::{made, try_to_make};
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
        let expected = [(2, "device_type reference"), (3, "site reference"), (4, "position format"), (4, "role choice"), (5, "position taken")];
        assert_eq!(places_of(&answer), expected.map(|(row, fault)| (row, fault.to_owned())));
        assert_eq!(total(app).await, json!(0));
    }

    devices_without_a_site_are_told_apart_by_their_names(app) {
        places(app, 1).await;
        let counts = |created: usize, updated: usize, unchanged: usize| json!({"created": created, "updated": updated, "unchanged": unchanged});
        let text = |serial: &str| format!("name,device_type,role,serial\nspare-1,S-1,server,{serial}\nspare-2,S-1,server,B\n");
        for (serial, expected) in [("A", counts(2, 0, 0)), ("A", counts(0, 0, 2)), ("NEW", counts(0, 1, 1))] {
            let answer = send(app, "devices", text(serial)).await;
            assert_eq!((answer.status, &answer.body), (200, &expected), "{}", answer.text);
        }
        let kind = app.get(&app.admin, "/api/v1/infrastructure/device-types?model=S-1").await.body["data"][0]["id"].clone();
        let twice = try_to_make(app, "devices", json!({"name": "SPARE-1", "device_type_id": kind, "role": "server"})).await;
        assert_eq!((twice.status, twice.broken()), (409, vec!["/name duplicate".to_owned()]), "{}", twice.text);
    }

    addresses_are_imported_again_without_change_where_each_is_there_once(app) {
        for (name, duplicates) in [("Global", false), ("Lab", true)] {
            made(app, "vrfs", json!({"name": name, "allow_duplicate_addresses": duplicates})).await;
        }
        let text = |vrf: &str| format!("vrf,address,dns_name\n{vrf},192.0.2.10/24,a.example.org\n{vrf},2001:DB8::1,b.example.org\n");
        for (vrf, created, unchanged) in [("Global", 2, 0), ("Global", 0, 2), ("Lab", 2, 0), ("Lab", 2, 0)] {
            let answer = send(app, "ip-addresses", text(vrf)).await;
            assert_eq!((&answer.body["created"], &answer.body["unchanged"]), (&json!(created), &json!(unchanged)), "{vrf}: {}", answer.text);
        }
    }

    a_broken_row_tells_all_that_is_wrong_with_it_by_the_columns_of_the_file(app) {
        places(app, 1).await;
        let answer = send(app, "devices", "Name,Device Type,Role,Site,Serial\none,Acme/S-9,cupboard,NONE,A\n".to_owned()).await;
        let mut told = places_of(&answer);
        told.sort();
        assert_eq!(told, [(1, "Device Type reference"), (1, "Role choice"), (1, "Site reference")].map(|(row, fault)| (row, fault.to_owned())), "{}", answer.text);
        let priced = send(app, "device-types", "manufacturer,model,replacement_cost.amount,replacement_cost.currency\nAcme,S-2,many,EUR\n".to_owned()).await;
        assert_eq!(places_of(&priced).len(), 1, "{}", priced.text);
        assert!(places_of(&priced)[0].1.starts_with("replacement_cost.amount "), "{}", priced.text);
    }

    an_interface_is_named_by_the_site_and_the_device_that_it_is_of(app) {
        places(app, 1).await;
        for site in ["RTM", "HAM"] {
            let devices = format!("name,device_type,role,site\nsw-1,Acme/S-1,switch,{site}\n");
            assert_eq!(send(app, "devices", devices).await.status, 200, "{site}");
        }
        let devices = app.get(&app.admin, "/api/v1/infrastructure/devices?sort=id").await.body["data"].clone();
        for device in devices.as_array().unwrap() {
            made(app, "interfaces", json!({"node_id": device["id"], "name": "ge-0/0/1", "kind": "copper"})).await;
        }
        let cable = send(app, "cables", "from,to,label\nRTM/sw-1/ge-0/0/1,HAM/sw-1/ge-0/0/1,L-1\n".to_owned()).await;
        assert_eq!((cable.status, &cable.body["created"]), (200, &json!(1)), "{}", cable.text);
        made(app, "vrfs", json!({"name": "Global"})).await;
        let address = send(app, "ip-addresses", "vrf,address,assigned_to\nGlobal,192.0.2.1/24,RTM/sw-1/ge-0/0/1\n".to_owned()).await;
        assert_eq!((address.status, &address.body["created"]), (200, &json!(1)), "{}", address.text);
    }
}
