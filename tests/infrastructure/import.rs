//! What infrastructure takes in from elsewhere: bills of materials, device types, samples.

use super::{made, service};
use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

async fn send(app: &TestApp, path: &str, form: &str, body: String) -> Answer {
    app.call(&app.admin, "POST", &format!("/api/v1/infrastructure/{path}"), &[("Content-Type", form)], Some(body)).await
}

async fn sbom(app: &TestApp, target: Option<&str>, document: &Value) -> Answer {
    let target = target.map(|target| format!("&target_id={target}")).unwrap_or_default();
    send(app, &format!("software-products/import?format=cyclonedx{target}"), "application/json", document.to_string()).await
}

/// A file of the sample data, or nothing, loudly.
fn published(file: &str) -> Option<String> {
    let Ok(folder) = std::env::var("STEWARD_SAMPLE_DATA") else {
        eprintln!("SKIPPED: STEWARD_SAMPLE_DATA is unset, so {file} is not imported");
        return None;
    };
    Some(std::fs::read_to_string(std::path::Path::new(&folder).join(file)).unwrap())
}

async fn total(app: &TestApp, collection: &str) -> Value {
    app.get(&app.admin, &format!("/api/v1/infrastructure/{collection}?limit=1&include_total=true")).await.body["total_count"].clone()
}

on_both! {
    components_become_products_releases_and_installations_once(app) {
        let host = made(app, "virtual-machines", json!({"name": "host"})).await;
        let document = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
            {"type": "library", "group": "org.example", "name": "core", "version": "1.4.2", "purl": "pkg:maven/org.example/core@1.4.2"},
            {"type": "library", "group": "org.example", "name": "core", "version": "1.4.3", "purl": "pkg:maven/org.example/core@1.4.3"},
            {"type": "application", "name": "shop", "components": [{"type": "framework", "name": "frame", "version": "2"}]},
        ]});
        let first = sbom(app, Some(&host), &document).await;
        assert_eq!((first.status, &first.body["components"]), (200, &json!(4)), "{}", first.text);
        let made = |created: u32, unchanged: u32| json!({"created": created, "unchanged": unchanged});
        assert_eq!([&first.body["products"], &first.body["releases"], &first.body["installations"]], [&made(3, 1), &made(4, 0), &made(4, 0)]);
        let again = sbom(app, Some(&host), &document).await;
        assert_eq!([&again.body["products"], &again.body["releases"], &again.body["installations"]], [&made(0, 4), &made(0, 4), &made(0, 4)]);
        assert_eq!([total(app, "software-products").await, total(app, "installations").await], [json!(3), json!(4)]);
        let broken = sbom(app, None, &json!({"bomFormat": "CycloneDX", "components": [{"type": "library", "name": "new"}, {"name": "x"}]})).await;
        assert_eq!((broken.status, broken.broken()), (422, vec!["/components/1/type required".to_owned()]));
        assert_eq!(total(app, "software-products").await, json!(3), "nothing of it is kept");
        assert_eq!(sbom(app, Some("01890a5d-ac96-774b-bcce-b302099a8057"), &document).await.status, 422);
    }

    packages_of_one_name_in_two_ecosystems_are_two_products(app) {
        let document = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
            {"type": "library", "name": "requests", "version": "2", "purl": "pkg:pypi/requests@2"},
            {"type": "library", "name": "requests", "version": "3", "purl": "pkg:npm/requests@3"},
            {"type": "library", "name": "requests", "version": "4"},
        ]});
        assert_eq!(sbom(app, None, &document).await.body["products"], json!({"created": 2, "unchanged": 1}));
        assert_eq!(sbom(app, None, &document).await.body["products"], json!({"created": 0, "unchanged": 3}));
        let products = app.get(&app.admin, "/api/v1/infrastructure/software-products?sort=name").await.body["data"].clone();
        let names: Vec<(&Value, &Value)> = products.as_array().unwrap().iter().map(|product| (&product["name"], &product["purl"])).collect();
        assert_eq!(names, [(&json!("requests"), &json!("pkg:pypi/requests")), (&json!("requests (npm)"), &json!("pkg:npm/requests"))]);
        let shop = service(app, "SHOP").await;
        let refused = sbom(app, Some(&shop), &document).await;
        assert_eq!((refused.status, refused.broken()), (422, vec!["/target_id reference".to_owned()]), "{}", refused.text);
    }

    the_bill_of_materials_of_dropwizard_has_167_components(app) {
        let Some(text) = published("cyclonedx/dropwizard-1.3.15/bom.json") else { return };
        let document: Value = serde_json::from_str(&text).unwrap();
        let host = made(app, "virtual-machines", json!({"name": "host"})).await;
        let first = sbom(app, Some(&host), &document).await;
        assert_eq!((first.status, &first.body["components"], &first.body["installations"]["created"]), (200, &json!(167), &json!(167)), "{}", first.text);
        let again = sbom(app, Some(&host), &document).await;
        assert_eq!((&again.body["products"]["created"], &again.body["installations"]), (&json!(0), &json!({"created": 0, "unchanged": 167})));
    }

    device_types_come_from_the_library_of_netbox(app) {
        let send = async |text: &str| send(app, "device-types/import?format=netbox-yaml", "application/yaml", text.to_owned()).await;
        let text = "manufacturer: Example\nmodel: R-200\nslug: example-r-200\nu_height: 2\nweight: 40\nweight_unit: lb\npower-ports:\n  - name: PS1\n    maximum_draw: 750\n";
        let first = send(text).await;
        assert_eq!((first.status, &first.body["created"], &first.body["manufacturers_created"]), (200, &json!(1), &json!(1)), "{}", first.text);
        let path = format!("/api/v1/infrastructure/device-types/{}", first.body["device_type_ids"][0].as_str().unwrap());
        let kind = app.get(&app.admin, &path).await.body;
        assert_eq!([&kind["height_units"], &kind["full_depth"], &kind["weight_kg"], &kind["power_draw_w"]], [&json!(2), &json!(true), &json!(18.144), &json!(750)]);
        assert_eq!(send(text).await.body["unchanged"], json!(1));
        let changed = send(&text.replace("750", "800").replace("Example", "EXAMPLE")).await;
        assert_eq!((&changed.body["updated"], &changed.body["manufacturers_created"]), (&json!(1), &json!(0)));
        let broken = send("manufacturer: Example\nmodel: R-300\nu_height: 0.3\n").await;
        assert_eq!((broken.status, broken.broken()), (422, vec!["/0/u_height range".to_owned()]));
        assert_eq!(total(app, "device-types").await, json!(1));
    }

    published_device_types_are_imported_twice_without_change(app) {
        for (file, height) in [("Networking_S4048-ON.yaml", 1), ("PowerEdge-C6420.yaml", 0), ("PowerEdge-MX7000.yaml", 7)] {
            let Some(text) = published(&format!("netbox-devicetypes/{file}")) else { return };
            for outcome in ["created", "unchanged"] {
                let answer = send(app, "device-types/import?format=netbox-yaml", "application/yaml", text.clone()).await;
                assert_eq!((answer.status, &answer.body[outcome]), (200, &json!(1)), "{file}: {}", answer.text);
                let kind = app.get(&app.admin, &format!("/api/v1/infrastructure/device-types/{}", answer.body["device_type_ids"][0].as_str().unwrap())).await;
                assert_eq!(kind.body["height_units"], json!(height), "{file}");
            }
        }
    }

    samples_are_taken_in_all_or_none_and_sending_them_again_is_safe(app) {
        let shop = service(app, "SHOP").await;
        let series = made(app, "metric-series", json!({"subject_id": shop, "name": "Used", "measured_in": "GiB"})).await;
        let sample = |minute: u32, value: u32| json!({"series_id": series, "measured_at": format!("2026-06-01T{:02}:{:02}:00Z", minute / 60, minute % 60), "value": value});
        let ingest = async |samples: Vec<Value>| app.post(&app.admin, "/api/v1/infrastructure/metric-samples/ingest", &json!({"samples": samples})).await;
        let many: Vec<Value> = (0..600).map(|minute| sample(minute, minute)).collect();
        let first = ingest(many.clone()).await;
        assert_eq!((first.status, &first.body), (200, &json!({"created": 600, "unchanged": 0})), "{}", first.text);
        assert_eq!(ingest(many).await.body, json!({"created": 0, "unchanged": 600}));
        let other = ingest(vec![sample(700, 1), sample(5, 6)]).await;
        assert_eq!((other.status, other.broken()), (409, vec!["/samples/1/value recorded".to_owned()]));
        let unknown = ingest(vec![sample(700, 1), json!({"series_id": shop, "measured_at": "2026-06-01T00:00:00Z", "value": 1})]).await;
        assert_eq!((unknown.status, unknown.broken()), (422, vec!["/samples/1/series_id reference".to_owned()]));
        assert_eq!(total(app, "metric-samples").await, json!(600));
        assert_eq!(ingest(Vec::new()).await.status, 422);
        // More than a list in a record may have, and as many as the document says.
        let day = |at: u32| json!({"series_id": series, "measured_at": format!("2026-05-{:02}T{:02}:{:02}:00Z", 1 + at / 1440, at / 60 % 24, at % 60), "value": at});
        let more = ingest((0..1_200).map(day).collect()).await;
        assert_eq!((more.status, &more.body), (200, &json!({"created": 1_200, "unchanged": 0})), "{}", more.text);
        let beyond = ingest((0..10_001).map(day).collect()).await;
        assert_eq!((beyond.status, beyond.broken()), (422, vec!["/samples too_many".to_owned()]));
    }
}
