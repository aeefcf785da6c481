//! Taking out of service: not while something is still left.

use super::{alter, device, device_type, go, made, service, try_to_make};
use crate::on_both;
use serde_json::json;

on_both! {
    a_device_stays_while_dependents_addresses_or_assignments_remain(app) {
        let model = device_type(app).await;
        let node = device(app, &model, "node").await;
        let shop = service(app, "SHOP").await;
        let edge = made(app, "dependencies", json!({"from_id": shop, "to_id": node, "kind": "requires"})).await;
        let copy = made(app, "dependencies", json!({"from_id": node, "to_id": service(app, "COPY").await, "kind": "replicates"})).await;
        let machine = made(app, "virtual-machines", json!({"name": "vm-1", "device_id": node})).await;
        let port = made(app, "interfaces", json!({"node_id": node, "name": "eth0", "kind": "copper"})).await;
        let vrf = made(app, "vrfs", json!({"name": "Global"})).await;
        let address = made(app, "ip-addresses", json!({"vrf_id": vrf, "address": "192.0.2.1", "assigned_to_id": port})).await;
        let product = made(app, "software-products", json!({"name": "Agent", "kind": "tool"})).await;
        let license = made(app, "licenses", json!({"name": "Agents", "software_product_id": product, "metric": "device", "quantity": 5})).await;
        let assigned = made(app, "license-assignments", json!({"license_id": license, "target_id": node, "starts_on": "2026-01-01"})).await;
        let past = made(app, "license-assignments", json!({"license_id": license, "target_id": node, "starts_on": "2025-01-01", "ends_on": "2025-12-31"})).await;
        let asset = made(app, "assets", json!({"tag": "A-1", "name": "Node", "item_id": node})).await;
        let person = app.person_of_admin().await;
        let lent = made(app, "asset-assignments", json!({"asset_id": asset, "assignee_id": person, "starts_on": "2026-02-01"})).await;

        let refused = go(app, "devices", &node, "decommissioning").await;
        let mut codes = refused.broken();
        codes.sort();
        assert_eq!((refused.status, codes), (409, [" addresses", " assignments", " assignments", " dependents", " dependents", " dependents"].map(str::to_owned).to_vec()), "{}", refused.text);
        for named in ["infrastructure/services/", "infrastructure/virtual-machines/", "infrastructure/ip-addresses/", "infrastructure/license-assignments/", "infrastructure/asset-assignments/"] {
            assert!(refused.text.contains(named), "{named} is not in {}", refused.text);
        }
        assert!(refused.text.contains(&shop) && refused.text.contains(&machine) && refused.text.contains(&address) && !refused.text.contains(&past));

        for edge in [&edge, &copy] {
            assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/dependencies/{edge}"), "*").await.status, 204);
        }
        assert_eq!(go(app, "virtual-machines", &machine, "decommissioning").await.status, 200);
        assert_eq!(alter(app, "ip-addresses", &address, json!({"assigned_to_id": null})).await.status, 200);
        assert_eq!(alter(app, "license-assignments", &assigned, json!({"ends_on": "2026-06-14"})).await.status, 200);
        assert_eq!(go(app, "devices", &node, "decommissioning").await.broken(), [" assignments"], "the loan is left");
        assert_eq!(go(app, "asset-assignments", &lent, "accepted").await.status, 200);
        assert_eq!(alter(app, "asset-assignments", &lent, json!({"ends_on": "2026-06-14"})).await.status, 200);
        assert_eq!(go(app, "asset-assignments", &lent, "returned").await.status, 200);
        assert_eq!(go(app, "devices", &node, "decommissioning").await.status, 200);
        // What comes in between is found again before it is retired.
        let late = made(app, "dependencies", json!({"from_id": shop, "to_id": node, "kind": "uses"})).await;
        assert_eq!(go(app, "devices", &node, "retired").await.broken(), [" dependents"]);
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/dependencies/{late}"), "*").await.status, 204);
        assert_eq!(go(app, "devices", &node, "retired").await.status, 200);
    }

    cables_backups_certificates_and_open_incidents_hold_a_device_back(app) {
        let model = device_type(app).await;
        let (node, other) = (device(app, &model, "node").await, device(app, &model, "other").await);
        let port = async |node: &str| made(app, "interfaces", json!({"node_id": node, "name": "eth0", "kind": "copper"})).await;
        let (here, there) = (port(&node).await, port(&other).await);
        let cable = made(app, "cables", json!({"from_id": here, "to_id": there, "label": "C-1"})).await;
        let policy = json!({"name": "Nightly", "frequency": "daily", "retention_days": 30, "target_ids": [node]});
        let policy = made(app, "backup-policies", policy).await;
        let certificate = app.sample("infrastructure/certificates", "c").await;
        let mut certificate = serde_json::Value::from(certificate);
        certificate["target_id"] = node.clone().into();
        let certificate = made(app, "certificates", certificate).await;
        let incident = made(app, "incidents", json!({"title": "Noise", "target_id": node})).await;
        let refused = go(app, "devices", &node, "decommissioning").await;
        assert_eq!((refused.status, refused.broken()), (409, [" cables", " backup_policies", " certificates", " incidents"].map(str::to_owned).to_vec()), "{}", refused.text);
        for collection in ["cables", "certificates"] {
            let id = if collection == "cables" { &cable } else { &certificate };
            assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/{collection}/{id}"), "*").await.status, 204);
        }
        assert_eq!(alter(app, "backup-policies", &policy, json!({"target_ids": []})).await.status, 200);
        assert_eq!(alter(app, "incidents", &incident, json!({"resolution": "A fan."})).await.status, 200);
        for state in ["acknowledged", "mitigated", "resolved"] {
            assert_eq!(go(app, "incidents", &incident, state).await.status, 200);
        }
        assert_eq!(go(app, "devices", &node, "decommissioning").await.status, 200);
    }

    who_may_not_see_a_dependent_learns_only_that_there_is_one(app) {
        let root = app.root_unit().await;
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let model = device_type(app).await;
        let node = made(app, "devices", json!({"name": "node", "device_type_id": model, "role": "server", "unit_id": ours})).await;
        let hidden = made(app, "services", json!({"code": "HIDDEN", "name": "Secret plan", "kind": "technical", "unit_id": theirs})).await;
        made(app, "dependencies", json!({"from_id": hidden, "to_id": node, "kind": "requires", "unit_id": theirs})).await;
        let manager = app.actor("infrastructure_manager", Some(&ours)).await;
        let refused = app.transition(&manager, &format!("/api/v1/infrastructure/devices/{node}"), "decommissioning").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" dependents".to_owned()]));
        assert!(!refused.text.contains("Secret plan") && !refused.text.contains(&hidden), "{}", refused.text);
    }

    what_is_deployed_in_a_pool_or_cluster_keeps_it(app) {
        let pool = made(app, "storage-pools", json!({"name": "fast", "kind": "block"})).await;
        let volume = made(app, "volumes", json!({"name": "orders", "storage_pool_id": pool})).await;
        assert_eq!(go(app, "storage-pools", &pool, "active").await.status, 200);
        assert_eq!(go(app, "storage-pools", &pool, "retired").await.broken(), [" dependents"]);
        for state in ["active", "retired"] {
            assert_eq!(go(app, "volumes", &volume, state).await.status, 200);
        }
        assert_eq!(go(app, "storage-pools", &pool, "retired").await.status, 200);
    }

    an_incident_of_several_nodes_keeps_each_of_them(app) {
        let model = device_type(app).await;
        let [one, other] = [device(app, &model, "one").await, device(app, &model, "other").await];
        let incident = made(app, "incidents", json!({"title": "Slow", "target_id": one, "target_ids": [other], "resolution": "Restarted."})).await;
        for node in [&one, &other] {
            let kept = go(app, "devices", node, "decommissioning").await;
            assert_eq!((kept.status, kept.broken()), (409, vec![" incidents".to_owned()]), "{}", kept.text);
        }
        for state in ["acknowledged", "mitigated", "resolved"] {
            assert_eq!(go(app, "incidents", &incident, state).await.status, 200);
        }
        assert_eq!(go(app, "devices", &other, "decommissioning").await.status, 200);
    }

    what_is_on_its_way_out_takes_on_nothing_new(app) {
        let model = device_type(app).await;
        let [gone, there] = [device(app, &model, "gone").await, device(app, &model, "there").await];
        let port = async |node: &str, kind: &str| made(app, "interfaces", json!({"node_id": node, "name": kind, "kind": kind})).await;
        let (old, plug) = (port(&gone, "copper").await, port(&there, "copper").await);
        let vrf = made(app, "vrfs", json!({"name": "Global"})).await;
        let address = made(app, "ip-addresses", json!({"vrf_id": vrf, "address": "192.0.2.1"})).await;
        let machine = made(app, "virtual-machines", json!({"name": "vm"})).await;
        let volume = made(app, "volumes", json!({"name": "data"})).await;
        let pool = made(app, "storage-pools", json!({"name": "pool", "kind": "block"})).await;
        let certificate = made(app, "certificates", json!({"name": "c", "expires_on": "2027-01-01"})).await;
        assert_eq!(go(app, "devices", &gone, "decommissioning").await.status, 200);
        for state in ["decommissioning", "retired"] {
            for (collection, id, field, value) in [
                ("ip-addresses", &address, "assigned_to_id", &old),
                ("virtual-machines", &machine, "device_id", &gone),
                ("volumes", &volume, "attached_to_id", &gone),
                ("storage-pools", &pool, "node_id", &gone),
                ("certificates", &certificate, "target_id", &gone),
            ] {
                let refused = alter(app, collection, id, json!({field: value})).await;
                assert_eq!((refused.status, refused.broken()), (409, vec![format!("/{field} leaving")]), "{collection}: {}", refused.text);
                assert!(refused.text.contains(&format!("is {state}")), "{}", refused.text);
            }
            for (collection, body) in [
                ("cables", json!({"from_id": plug, "to_id": old})),
                ("interfaces", json!({"node_id": gone, "name": "eth9", "kind": "copper"})),
            ] {
                let refused = try_to_make(app, collection, body).await;
                assert!(refused.status == 409 && refused.broken()[0].ends_with(" leaving"), "{collection}: {}", refused.text);
            }
            if state == "decommissioning" {
                assert_eq!(go(app, "devices", &gone, "retired").await.status, 200);
            }
        }
        assert_eq!(alter(app, "virtual-machines", &machine, json!({"device_id": there})).await.status, 200);
    }

    an_interface_with_a_cable_does_not_become_software(app) {
        let model = device_type(app).await;
        let mut ports = Vec::new();
        for name in ["one", "other"] {
            let node = device(app, &model, name).await;
            ports.push(made(app, "interfaces", json!({"node_id": node, "name": "eth0", "kind": "copper"})).await);
        }
        let cable = made(app, "cables", json!({"from_id": ports[0], "to_id": ports[1], "label": "L-1"})).await;
        let refused = alter(app, "interfaces", &ports[1], json!({"kind": "virtual"})).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/kind cabled".to_owned()]), "{}", refused.text);
        assert_eq!(alter(app, "interfaces", &ports[1], json!({"kind": "fibre"})).await.status, 200);
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/cables/{cable}"), "*").await.status, 204);
        assert_eq!(alter(app, "interfaces", &ports[1], json!({"kind": "virtual"})).await.status, 200);
    }
}
