//! Cables: one for each termination.

use super::{count, device, device_type, made, refused, told, try_to_make};
use crate::harness::TestApp;
use crate::on_both;
use futures_util::future::join_all;
use serde_json::json;

async fn interfaces(app: &TestApp, names: &[&str]) -> Vec<String> {
    let model = device_type(app).await;
    let mut made_here = Vec::new();
    for name in names {
        let node = device(app, &model, name).await;
        made_here.push(made(app, "interfaces", json!({"node_id": node, "name": name, "kind": "copper"})).await);
    }
    made_here
}

on_both! {
    a_termination_has_one_cable_whichever_end_it_is(app) {
        let ports = interfaces(app, &["p1", "p2", "p3"]).await;
        let plug = async |from: usize, to: usize| try_to_make(app, "cables", json!({"from_id": ports[from], "to_id": ports[to]})).await;
        assert_eq!(told(&plug(0, 0).await), refused(422, "/to_id same"));
        let first = plug(0, 1).await;
        assert_eq!(first.status, 201, "{}", first.text);
        assert_eq!(told(&plug(0, 2).await), refused(409, "/from_id taken"));
        assert_eq!(told(&plug(1, 2).await), refused(409, "/from_id taken"));
        assert_eq!(told(&plug(2, 0).await), refused(409, "/to_id taken"));
        assert_eq!(told(&plug(2, 1).await), refused(409, "/to_id taken"));
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/cables/{}", first.id()), "*").await.status, 204);
        assert_eq!(plug(2, 1).await.status, 201);
        let restored = app.post(&app.admin, &format!("/api/v1/platform/resources/{}/restore", first.id()), &json!({})).await;
        assert_eq!(told(&restored), refused(409, "/to_id taken"));
    }

    each_end_of_a_circuit_has_a_cable_of_its_own(app) {
        let ports = interfaces(app, &["p1", "p2", "p3"]).await;
        let vendor = app.make("vendors/vendors", &json!({"code": "TEL", "name": "Telecom"})).await["id"].clone();
        let circuit = made(app, "circuits", json!({"provider_id": vendor, "number": "C-1", "kind": "internet"})).await;
        let plug = async |end: Option<&str>, port: usize| try_to_make(app, "cables", json!({"from_id": circuit, "from_end": end, "to_id": ports[port]})).await;
        assert_eq!(told(&plug(None, 0).await), refused(409, "/from_end required"));
        assert_eq!(plug(Some("a"), 0).await.status, 201);
        assert_eq!(told(&plug(Some("a"), 1).await), refused(409, "/from_id taken"));
        assert_eq!(plug(Some("z"), 1).await.status, 201);
        let [p1, p3] = [&ports[0], &ports[2]];
        let on_port = try_to_make(app, "cables", json!({"from_id": p3, "from_end": "a", "to_id": p1})).await;
        assert_eq!(told(&on_port), refused(409, "/from_end no_circuit"));
    }

    of_many_cables_that_race_for_a_port_one_is_plugged_in(app) {
        let names: Vec<String> = (0..13).map(|number| format!("p{number}")).collect();
        let ports = interfaces(app, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let (hub, spokes) = ports.split_first().unwrap();
        // From both sides, so that the locks are asked for in either order.
        let plugs = spokes.iter().enumerate().map(|(number, spoke)| {
            let (from, to) = if number % 2 == 0 { (hub, spoke) } else { (spoke, hub) };
            try_to_make(app, "cables", json!({"from_id": from, "to_id": to}))
        });
        let answers = join_all(plugs).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 11));
    }
}
