//! Networks: prefixes and addresses, and the handing out of what is free.

use super::{alter, count, device, device_type, go, made, refused, told, try_to_make};
use crate::harness::{Answer, TestApp};
use crate::on_both;
use futures_util::future::join_all;
use serde_json::{Value, json};

async fn vrf(app: &TestApp, name: &str, duplicates: bool) -> String {
    made(app, "vrfs", json!({"name": name, "allow_duplicate_addresses": duplicates})).await
}

async fn prefix(app: &TestApp, vrf: &str, prefix: &str, kind: &str) -> String {
    made(app, "prefixes", json!({"vrf_id": vrf, "prefix": prefix, "kind": kind})).await
}

async fn address(app: &TestApp, vrf: &str, address: &str) -> String {
    made(app, "ip-addresses", json!({"vrf_id": vrf, "address": address})).await
}

async fn next_address(app: &TestApp, prefix: &str) -> Answer {
    app.post(&app.admin, &format!("/api/v1/infrastructure/prefixes/{prefix}/available-ips"), &json!({})).await
}

async fn next_prefix(app: &TestApp, prefix: &str, length: u8) -> Answer {
    app.post(&app.admin, &format!("/api/v1/infrastructure/prefixes/{prefix}/available-prefixes"), &json!({"prefix_length": length})).await
}

/// The field of those answers that made something, sorted by length and text.
fn sorted(answers: &[Answer], field: &str) -> Vec<String> {
    let mut texts: Vec<String> = answers.iter().filter(|answer| answer.status == 201).map(|answer| answer.body[field].as_str().unwrap().to_owned()).collect();
    texts.sort_by_key(|text| (text.len(), text.clone()));
    texts
}

on_both! {
    addresses_and_prefixes_are_ordered_and_compared_as_numbers_through_pages_too(app) {
        let vrf = vrf(app, "Global", false).await;
        for text in ["10.1.1.10", "10.1.1.9/24", "10.1.1.100", "2001:db8::10", "2001:db8::9"] {
            address(app, &vrf, text).await;
        }
        for text in ["10.10.0.0/16", "10.9.0.0/16", "9.0.0.0/8", "10.0.0.0/8"] {
            prefix(app, &vrf, text, "container").await;
        }
        let listed = async |collection: &str, field: &str, query: &str| {
            let (mut found, mut path) = (Vec::new(), format!("/api/v1/infrastructure/{collection}?limit=2&{query}"));
            loop {
                let page = app.get(&app.admin, &path).await;
                assert_eq!(page.status, 200, "{}", page.text);
                found.extend(page.body["data"].as_array().unwrap().iter().map(|row| row[field].as_str().unwrap().to_owned()));
                let Some(next) = page.body["next_cursor"].as_str() else { return found };
                path = format!("/api/v1/infrastructure/{collection}?limit=2&{query}&cursor={next}");
            }
        };
        let all = ["10.1.1.9/24", "10.1.1.10", "10.1.1.100", "2001:db8::9", "2001:db8::10"];
        assert_eq!(listed("ip-addresses", "address", "sort=address").await, all);
        assert_eq!(listed("ip-addresses", "address", "sort=-address").await, all.iter().rev().copied().collect::<Vec<_>>());
        assert_eq!(listed("ip-addresses", "address", "sort=address&filter=address%20%3E%3D%20%2210.1.1.10%22").await, all[1..]);
        assert_eq!(listed("ip-addresses", "address", "sort=address&filter=address%20%3C%20%2210.1.1.100%22").await, all[..2]);
        assert_eq!(listed("ip-addresses", "address", "filter=address%20%3D%20%2210.1.1.9%2F24%22").await, all[..1], "equal is letter by letter");
        assert_eq!(listed("prefixes", "prefix", "sort=prefix").await, ["9.0.0.0/8", "10.0.0.0/8", "10.9.0.0/16", "10.10.0.0/16"]);
    }

    the_next_free_address_is_the_lowest_gap_until_all_are_taken(app) {
        let vrf = vrf(app, "Global", false).await;
        let net = prefix(app, &vrf, "192.0.2.0/29", "network").await;
        address(app, &vrf, "192.0.2.1/29").await;
        let third = address(app, &vrf, "192.0.2.3").await;
        // Of eight addresses the first names the network and the last reaches all: .1 to .6 are handed out.
        for expected in ["192.0.2.2/29", "192.0.2.4/29", "192.0.2.5/29", "192.0.2.6/29"] {
            let handed = next_address(app, &net).await;
            assert_eq!((handed.status, &handed.body["address"], &handed.body["vrf_id"]), (201, &json!(expected), &json!(vrf)), "{}", handed.text);
            assert_eq!(handed.header("location"), Some(format!("/api/v1/infrastructure/ip-addresses/{}", handed.id()).as_str()));
            let read = app.get(&app.admin, handed.header("location").unwrap()).await;
            assert_eq!((&read.body, read.etag()), (&handed.body, handed.etag()));
        }
        assert_eq!(told(&next_address(app, &net).await), refused(409, " exhausted"));
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/ip-addresses/{third}"), "*").await.status, 204);
        let wanted = json!({"dns_name": "db.example.org", "kind": "reserved", "description": "For the database."});
        let again = app.post(&app.admin, &format!("/api/v1/infrastructure/prefixes/{net}/available-ips"), &wanted).await;
        assert_eq!((&again.body["address"], &again.body["dns_name"], &again.body["kind"]), (&json!("192.0.2.3/29"), &json!("db.example.org"), &json!("reserved")));
        for state in ["active", "retired"] {
            assert_eq!(go(app, "prefixes", &net, state).await.status, 200);
        }
        assert_eq!(told(&next_address(app, &net).await), refused(409, " state"));
        assert_eq!(told(&next_prefix(app, &net, 30).await), refused(409, " state"));
    }

    what_a_pool_a_pair_and_a_smaller_prefix_leave_free_differs(app) {
        let vrf = vrf(app, "Global", false).await;
        let handed = async |id: &str| {
            let mut found = Vec::new();
            loop {
                let answer = next_address(app, id).await;
                if answer.status != 201 {
                    assert_eq!(told(&answer), refused(409, " exhausted"));
                    return found;
                }
                found.push(answer.body["address"].as_str().unwrap().to_owned());
            }
        };
        let pool = prefix(app, &vrf, "198.51.100.0/30", "pool").await;
        assert_eq!(handed(&pool).await, ["198.51.100.0/30", "198.51.100.1/30", "198.51.100.2/30", "198.51.100.3/30"]);
        let pair = prefix(app, &vrf, "198.51.100.8/31", "network").await;
        assert_eq!(handed(&pair).await, ["198.51.100.8/31", "198.51.100.9/31"]);
        let one = prefix(app, &vrf, "198.51.100.12/32", "network").await;
        assert_eq!(handed(&one).await, ["198.51.100.12/32"]);
        let around = prefix(app, &vrf, "198.51.100.16/29", "network").await;
        prefix(app, &vrf, "198.51.100.16/30", "network").await;
        assert_eq!(handed(&around).await, ["198.51.100.20/29", "198.51.100.21/29", "198.51.100.22/29"]);
    }

    addresses_of_version_six_are_handed_out_the_same_way(app) {
        let vrf = vrf(app, "Global", false).await;
        let small = prefix(app, &vrf, "2001:db8:0:1::/126", "network").await;
        for expected in ["2001:db8:0:1::1/126", "2001:db8:0:1::2/126", "2001:db8:0:1::3/126"] {
            assert_eq!(next_address(app, &small).await.body["address"], json!(expected));
        }
        assert_eq!(told(&next_address(app, &small).await), refused(409, " exhausted"));
        let wide = prefix(app, &vrf, "2001:db8:0:2::/64", "network").await;
        address(app, &vrf, "2001:db8:0:2::1").await;
        assert_eq!(next_address(app, &wide).await.body["address"], json!("2001:db8:0:2::2/64"));
        let site = prefix(app, &vrf, "2001:db8:100::/40", "container").await;
        for expected in ["2001:db8:100::/48", "2001:db8:101::/48"] {
            assert_eq!(next_prefix(app, &site, 48).await.body["prefix"], json!(expected));
        }
        assert_eq!(next_prefix(app, &site, 128).await.body["prefix"], json!("2001:db8:102::/128"));
        assert_eq!(told(&next_prefix(app, &wide, 64).await), refused(422, "/prefix_length range"));
    }

    the_next_free_prefix_is_the_lowest_that_overlaps_none(app) {
        let vrf = vrf(app, "Global", false).await;
        let space = prefix(app, &vrf, "10.20.0.0/22", "container").await;
        for (length, expected) in [(24, "10.20.0.0/24"), (23, "10.20.2.0/23"), (25, "10.20.1.0/25"), (26, "10.20.1.128/26")] {
            let handed = next_prefix(app, &space, length).await;
            assert_eq!((handed.status, &handed.body["prefix"], &handed.body["kind"]), (201, &json!(expected), &json!("network")), "{}", handed.text);
            assert_eq!(handed.header("location"), Some(format!("/api/v1/infrastructure/prefixes/{}", handed.id()).as_str()));
        }
        assert_eq!(told(&next_prefix(app, &space, 25).await), refused(409, "/prefix_length exhausted"));
        assert_eq!(next_prefix(app, &space, 26).await.body["prefix"], json!("10.20.1.192/26"));
        for length in [26, 32] {
            assert_eq!(told(&next_prefix(app, &space, length).await), refused(409, "/prefix_length exhausted"));
        }
        for length in [22, 8, 33, 128] {
            assert_eq!(told(&next_prefix(app, &space, length).await), refused(422, "/prefix_length range"));
        }
        let path = format!("/api/v1/infrastructure/prefixes/{space}/available-prefixes");
        assert_eq!(told(&app.post(&app.admin, &path, &json!({})).await), refused(422, "/prefix_length required"));
        let reader = app.actor("auditor", None).await;
        assert_eq!(app.post(&reader, &path, &json!({"prefix_length": 30})).await.status, 403);
        assert_eq!(app.post(&app.stranger().await, &path, &json!({"prefix_length": 30})).await.status, 404);
    }

    of_many_that_ask_at_once_no_two_get_the_same(app) {
        let vrf = vrf(app, "Global", false).await;
        let net = prefix(app, &vrf, "192.0.2.0/28", "network").await;
        let all = join_all((0..12).map(|_| next_address(app, &net))).await;
        let expected: Vec<String> = (1..=12).map(|host| format!("192.0.2.{host}/28")).collect();
        assert_eq!(sorted(&all, "address"), expected);
        // Two of fourteen are left for twelve.
        let late = join_all((0..12).map(|_| next_address(app, &net))).await;
        assert_eq!((sorted(&late, "address"), count(&late, 409)), (vec!["192.0.2.13/28".to_owned(), "192.0.2.14/28".to_owned()], 10));

        let space = prefix(app, &vrf, "10.0.0.0/24", "container").await;
        let all = join_all((0..12).map(|_| next_prefix(app, &space, 28))).await;
        let expected: Vec<String> = (0..12).map(|number| format!("10.0.0.{}/28", number * 16)).collect();
        assert_eq!(sorted(&all, "prefix"), expected);
        let late = join_all((0..12).map(|_| next_prefix(app, &space, 28))).await;
        assert_eq!((count(&late, 201), count(&late, 409)), (4, 8));
        // Addresses and prefixes of one prefix do not cross either.
        let mixed = prefix(app, &vrf, "10.9.0.0/28", "pool").await;
        let (addresses, prefixes) = futures_util::future::join(join_all((0..6).map(|_| next_address(app, &mixed))), join_all((0..3).map(|_| next_prefix(app, &mixed, 30)))).await;
        assert_eq!((count(&addresses, 201) + count(&addresses, 409), count(&prefixes, 201)), (6, 3));
    }

    a_prefix_is_written_in_cidr_form_and_once_in_a_vrf(app) {
        let (one, other) = (vrf(app, "One", false).await, vrf(app, "Other", true).await);
        let attempt = async |vrf: &str, prefix: Value| try_to_make(app, "prefixes", json!({"vrf_id": vrf, "prefix": prefix})).await;
        for wrong in ["10.20.0.1/16", "10.20.0.0", "10.20.0.0/33", "10.20.0.0/016", "010.0.0.0/8", "2001:db8::1/64", "2001:db8::/129", "network"] {
            assert_eq!(told(&attempt(&one, json!(wrong)).await), refused(422, "/prefix format"), "{wrong}");
        }
        assert_eq!(told(&attempt(&one, json!(10)).await), refused(422, "/prefix type"));
        let first = attempt(&one, json!("2001:DB8:0:0::/32")).await;
        assert_eq!((first.status, &first.body["prefix"]), (201, &json!("2001:db8::/32")));
        let twice = attempt(&one, json!("2001:0db8::/32")).await;
        assert_eq!((twice.status, twice.broken()), (409, vec!["/vrf_id duplicate".to_owned(), "/prefix duplicate".to_owned()]), "{}", twice.text);
        assert_eq!(attempt(&one, json!("2001:db8::/33")).await.status, 201);
        assert_eq!(attempt(&other, json!("2001:db8::/32")).await.status, 201);
        assert_eq!(attempt(&other, json!("2001:db8::/32")).await.status, 409, "that addresses may repeat does not make prefixes do so");
        let racing = join_all((0..12).map(|_| attempt(&one, json!("172.16.0.0/12")))).await;
        assert_eq!((count(&racing, 201), count(&racing, 409)), (1, 11));
    }

    an_address_is_there_once_in_a_vrf_unless_the_vrf_allows_more(app) {
        let (one, free) = (vrf(app, "One", false).await, vrf(app, "Anycast", true).await);
        let attempt = async |vrf: &str, address: &str| try_to_make(app, "ip-addresses", json!({"vrf_id": vrf, "address": address})).await;
        for wrong in ["192.0.2", "192.0.2.256", "192.0.2.1/33", "192.0.2.01", "fe80::1%eth0", "host.example.org", "2001:db8::1/129"] {
            assert_eq!(told(&attempt(&one, wrong).await), refused(422, "/address format"), "{wrong}");
        }
        let first = attempt(&one, "2001:0DB8::10/64").await;
        assert_eq!((first.status, &first.body["address"]), (201, &json!("2001:db8::10/64")));
        for same in ["2001:db8::10/64", "2001:db8::10", "2001:db8:0:0::10/48"] {
            assert_eq!(told(&attempt(&one, same).await), refused(409, "/address duplicate"), "{same}");
        }
        let second = address(app, &one, "2001:db8::11/64").await;
        assert_eq!(told(&alter(app, "ip-addresses", &second, json!({"address": "2001:db8::10"})).await), refused(409, "/address duplicate"));
        assert_eq!(alter(app, "ip-addresses", &second, json!({"address": "2001:db8::11/48"})).await.status, 200);
        for _ in 0..2 {
            assert_eq!(attempt(&free, "2001:db8::10/64").await.status, 201);
        }
        assert_eq!(told(&alter(app, "vrfs", &free, json!({"allow_duplicate_addresses": false})).await), refused(409, "/allow_duplicate_addresses duplicate"));
        assert_eq!(alter(app, "vrfs", &one, json!({"allow_duplicate_addresses": true})).await.status, 200);
        assert_eq!(attempt(&one, "2001:db8::10").await.status, 201);
        let strict = vrf(app, "Strict", false).await;
        let racing = join_all((0..12).map(|_| attempt(&strict, "192.0.2.7"))).await;
        assert_eq!((count(&racing, 201), count(&racing, 409)), (1, 11));
    }

    a_deleted_address_does_not_come_back_where_another_took_its_place(app) {
        let vrf = vrf(app, "Global", false).await;
        let first = address(app, &vrf, "192.0.2.7/24").await;
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/ip-addresses/{first}"), "*").await.status, 204);
        let second = address(app, &vrf, "192.0.2.7/24").await;
        let restore = async || app.post(&app.admin, &format!("/api/v1/platform/resources/{first}/restore"), &json!({})).await;
        assert_eq!(told(&restore().await), refused(409, "/address duplicate"));
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/ip-addresses/{second}"), "*").await.status, 204);
        assert!(matches!(restore().await.status, 200 | 201));
    }

    a_primary_address_belongs_to_an_own_interface(app) {
        let (vrf, model) = (vrf(app, "Global", false).await, device_type(app).await);
        let [one, other] = [device(app, &model, "one").await, device(app, &model, "other").await];
        let interface = async |node: &str| made(app, "interfaces", json!({"node_id": node, "name": "eth0", "kind": "copper"})).await;
        let [own, theirs] = [interface(&one).await, interface(&other).await];
        let assigned = async |text: &str, to: &Value| made(app, "ip-addresses", json!({"vrf_id": vrf, "address": text, "assigned_to_id": to})).await;
        let (mine, foreign, loose) = (assigned("192.0.2.1", &json!(own)).await, assigned("192.0.2.2", &json!(theirs)).await, assigned("192.0.2.3", &Value::Null).await);
        for wrong in [&foreign, &loose] {
            assert_eq!(told(&alter(app, "devices", &one, json!({"primary_address_id": wrong})).await), refused(409, "/primary_address_id other_node"));
        }
        assert_eq!(alter(app, "devices", &one, json!({"primary_address_id": mine})).await.status, 200);
        for elsewhere in [json!(theirs), Value::Null] {
            assert_eq!(told(&alter(app, "ip-addresses", &mine, json!({"assigned_to_id": elsewhere})).await), refused(409, "/assigned_to_id primary"));
        }
        assert_eq!(alter(app, "ip-addresses", &foreign, json!({"assigned_to_id": null})).await.status, 200);
    }

    a_prefix_tells_where_it_stands_and_how_full_it_is(app) {
        let vrf = vrf(app, "Global", false).await;
        let space = prefix(app, &vrf, "10.0.0.0/24", "container").await;
        let half = prefix(app, &vrf, "10.0.0.0/25", "container").await;
        let net = prefix(app, &vrf, "10.0.0.0/29", "network").await;
        for host in ["10.0.0.1", "10.0.0.2", "10.0.0.3"] {
            address(app, &vrf, host).await;
        }
        let figures = async |id: &str| app.get(&app.admin, &format!("/api/v1/infrastructure/prefixes?figures=true&id={id}")).await.body["data"][0]["figures"].clone();
        let told = |parent: Value, depth: u32, prefixes: u32, percent: Value| json!({"parent_id": parent, "depth": depth, "prefix_count": prefixes, "address_count": 3, "utilisation_percent": percent});
        // /25 of /24 is a half; /29 of /25 is a sixteenth; 3 of the 6 that are handed out are a half.
        assert_eq!(figures(&space).await, told(Value::Null, 0, 2, json!(50)));
        assert_eq!(figures(&half).await, told(json!(space), 1, 1, json!(6.25)));
        assert_eq!(figures(&net).await, told(json!(half), 2, 0, json!(50)));
    }

    what_is_used_of_a_prefix_is_what_cannot_be_handed_out(app) {
        let vrf = vrf(app, "Global", false).await;
        let share = async |id: &str| app.get(&app.admin, &format!("/api/v1/infrastructure/prefixes?figures=true&id={id}")).await.body["data"][0]["figures"]["utilisation_percent"].clone();
        let eight = prefix(app, &vrf, "192.0.2.0/29", "network").await;
        for host in 0..8 {
            address(app, &vrf, &format!("192.0.2.{host}")).await;
        }
        assert_eq!(share(&eight).await, json!(100), "the two that name the network do not count");
        let whole = prefix(app, &vrf, "198.51.100.0/24", "network").await;
        for half in ["198.51.100.0/25", "198.51.100.128/25"] {
            prefix(app, &vrf, half, "network").await;
        }
        assert_eq!(share(&whole).await, json!(100), "its halves fill it");
        assert_eq!(told(&next_address(app, &whole).await), refused(409, " exhausted"));
        let container = prefix(app, &vrf, "10.0.0.0/8", "container").await;
        assert_eq!(told(&next_address(app, &container).await), refused(409, " container"));
    }

    a_domain_has_one_form(app) {
        let name = async |name: &str| try_to_make(app, "dns-domains", json!({"name": name})).await;
        let made = name("zone.example.").await;
        assert_eq!((made.status, &made.body["name"]), (201, &json!("zone.example")), "{}", made.text);
        assert_eq!(told(&name("Zone.Example").await), refused(409, "/name duplicate"));
        assert_eq!(told(&name("a..b").await), refused(422, "/name format"));
        assert_eq!(name(&format!("{}ip6.arpa", "0.".repeat(32))).await.status, 201, "a reverse zone of IPv6");
    }
}
