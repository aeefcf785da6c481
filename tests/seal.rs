//! Seals over the history: what has happened is sealed, each change has its proof, and what was taken out or moved is named.

use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs;
use std::path::Path;
use steward::access::statement;
use steward::database::{Connection, Statement};
use steward::maintenance::{Audited, audit_roots, unlike_history, verify_history};
use steward::resource::Id;
use steward::resource::value::hex;

const CONTROLS: &str = "/api/v1/governance/controls";
const SEALS: &str = "/api/v1/platform/audit/seals";

/// A control with three revisions.
async fn changed_twice(app: &TestApp, code: &str) -> String {
    let id = app.make("governance/controls", &json!({"code": code, "name": "First", "kind": "preventive", "test_period_days": 30})).await["id"].clone();
    let path = format!("{CONTROLS}/{}", id.as_str().unwrap());
    for name in ["Second", "Third"] {
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({ "name": name })).await.status, 200);
    }
    id.as_str().unwrap().to_owned()
}

/// The ids of the revisions of a record.
async fn history(app: &TestApp, id: &str) -> Vec<String> {
    let told = app.get(&app.admin, &format!("/api/v1/platform/resources/{id}/history")).await;
    told.body["data"].as_array().unwrap().iter().map(|each| each["id"].as_str().unwrap().to_owned()).collect()
}

async fn proof(app: &TestApp, revision: &str) -> Value {
    let answer = app.get(&app.admin, &format!("/api/v1/platform/audit/proofs/{revision}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

/// Lets a minute pass, and what waits be sealed.
async fn sealed(app: &TestApp) {
    app.clock.set(app.clock.now().plus_seconds(61));
    app.worker.work_off().await.unwrap();
}

fn bytes(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}

/// The root to which a proof leads, by the words of RFC 9162, section 2.1.3.2.
fn root_of(proof: &Value) -> String {
    let entry = [proof["position"].as_i64().unwrap().to_be_bytes().as_slice(), proof["hash"].as_str().unwrap().as_bytes()].concat();
    let leaf = Sha256::new().chain_update([0]).chain_update(entry).finalize().to_vec();
    assert_eq!(hex(&leaf), proof["leaf_hash"].as_str().unwrap());
    let join = |left: &[u8], right: &[u8]| Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().to_vec();
    let (mut first, mut second) = (proof["leaf_index"].as_i64().unwrap(), proof["seal"]["leaves"].as_i64().unwrap() - 1);
    let mut node = leaf;
    for beside in proof["audit_path"].as_array().unwrap() {
        let beside = bytes(beside.as_str().unwrap());
        assert_ne!(second, 0, "the path is too long");
        if first & 1 == 1 || first == second {
            node = join(&beside, &node);
            while first & 1 == 0 && first != 0 {
                (first, second) = (first >> 1, second >> 1);
            }
        } else {
            node = join(&node, &beside);
        }
        (first, second) = (first >> 1, second >> 1);
    }
    assert_eq!(second, 0, "the path is too short");
    hex(&node)
}

/// What `audit verify` finds, on a connection of its own.
fn verified(app: &TestApp, roots: Option<&Path>) -> Audited {
    let url = app.database_url.clone();
    std::thread::scope(|scope| scope.spawn(|| verify_history(&url, roots, &mut |_| {}).unwrap()).join().unwrap())
}

async fn tamper(app: &TestApp, work: impl Fn(&mut Connection) -> steward::error::Result<()> + Send + Sync + 'static) {
    app.served.store.by_itself(work).await.unwrap();
}

on_both! {
    a_change_is_sealed_within_a_minute_and_its_proof_leads_to_a_signed_root(app) {
        sealed(app).await;
        let id = changed_twice(app, "SEAL-1").await;
        app.worker.work_off().await.unwrap();
        let revisions = history(app, &id).await;
        let open = proof(app, &revisions[0]).await;
        assert_eq!((&open["seal"], &open["leaf_index"], &open["audit_path"], &open["reason"]), (&Value::Null, &Value::Null, &json!([]), &json!("not_sealed_yet")));
        sealed(app).await;
        let keys = app.get(&Actor::nobody(), "/.well-known/jwks.json").await.body["keys"].clone();
        let known: HashSet<&str> = keys.as_array().unwrap().iter().filter_map(|key| key["kid"].as_str()).collect();
        for revision in &revisions {
            let proof = proof(app, revision).await;
            let seal = &proof["seal"];
            assert_eq!((root_of(&proof), &proof["reason"]), (seal["root"].as_str().unwrap().to_owned(), &Value::Null));
            let (kid, said) = statement::read::<Value>("history-seal+jws", seal["signature"].as_str().unwrap()).unwrap();
            assert!(known.contains(kid.as_str()) && seal["kid"] == json!(kid));
            for name in ["from_position", "to_position", "leaves", "root", "previous_root", "sealed_at"] {
                assert_eq!(said[name], seal[name], "{name}");
            }
        }
        assert_eq!(app.get(&app.stranger().await, &format!("/api/v1/platform/audit/proofs/{}", revisions[0])).await.status, 404);
        assert_eq!(app.get(&app.admin, &format!("/api/v1/platform/audit/proofs/{id}")).await.status, 404, "it is a record and no revision");
        sealed(app).await;
        let seals = app.get(&app.admin, SEALS).await.body["data"].as_array().unwrap().clone();
        assert!(seals.len() >= 2 && seals[0]["from_position"] == json!(1) && seals[0]["previous_root"].is_null(), "{seals:?}");
        for pair in seals.windows(2) {
            assert_eq!((&pair[1]["previous_root"], pair[1]["from_position"].as_i64()), (&pair[0]["root"], pair[0]["to_position"].as_i64().map(|to| to + 1)));
        }
        let later = app.get(&app.admin, &format!("{SEALS}?after={}&limit=1", seals[0]["to_position"])).await;
        assert_eq!(later.body["data"], json!([seals[1]]));
        for query in ["after=-1", "limit=0", "limit=201", "after=x"] {
            assert_eq!(app.get(&app.admin, &format!("{SEALS}?{query}")).await.status, 400, "{query}");
        }
    }

    what_was_moved_or_cut_off_is_named_though_each_chain_fits(app) {
        let moved = changed_twice(app, "SEAL-M").await;
        sealed(app).await;
        let cut = changed_twice(app, "SEAL-C").await;
        sealed(app).await;
        let well = verified(app, None);
        assert!(well.history.broken.is_empty() && well.complaints.is_empty() && well.seals >= 2, "{well:?}");
        // Two revisions that follow each other change places.
        let record = Id::parse(&moved).unwrap();
        tamper(app, move |connection| {
            for (place, revision) in [("-position - 1", 1), ("position - 1", 2), ("-position", 1)] {
                let text = format!("UPDATE revisions SET position = {place} WHERE revision = {revision} AND resource_id = ");
                Statement::new(text).with(record, "").execute(connection)?;
            }
            Ok(())
        }).await;
        let found = verified(app, None);
        assert!(found.history.broken.is_empty(), "{found:?}");
        assert!(found.complaints.iter().any(|each| each.contains("some were altered, exchanged or moved")), "{found:?}");
        // The last revision goes, and the registry with it.
        let record = Id::parse(&cut).unwrap();
        tamper(app, move |connection| {
            Statement::new("DELETE FROM revisions WHERE revision = 3 AND resource_id = ").with(record, "").execute(connection)?;
            let mut back = Statement::new("UPDATE registry SET revision = 2, hash = (SELECT hash FROM revisions WHERE revision = 2 AND resource_id = ");
            back.bind(record).push(") WHERE id = ").bind(record);
            back.execute(connection)?;
            Ok(())
        }).await;
        let found = verified(app, None);
        assert!(found.history.broken.is_empty(), "{found:?}");
        assert!(found.complaints.iter().any(|each| each.starts_with("No revision has position ")), "{found:?}");
        assert!(found.complaints.iter().any(|each| each.contains("3 were, and 2 are there")), "{found:?}");
    }

    a_seal_that_was_altered_taken_out_or_cut_off_is_named(app) {
        for code in ["SEAL-A", "SEAL-B", "SEAL-C"] {
            changed_twice(app, code).await;
            sealed(app).await;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("roots");
        let url = app.database_url.clone();
        let kept = std::thread::scope(|scope| scope.spawn(|| audit_roots(&url).unwrap()).join().unwrap());
        fs::write(&file, kept.join("\n")).unwrap();
        assert_eq!(verified(app, Some(&file)).complaints, Vec::<String>::new());
        tamper(app, |connection| {
            Statement::new("DELETE FROM history_seals WHERE to_position = (SELECT MAX(to_position) FROM history_seals)").execute(connection)?;
            Ok(())
        }).await;
        assert_eq!(verified(app, None).complaints, Vec::<String>::new(), "what is cut off at the end is known to who has kept it");
        let found = verified(app, Some(&file)).complaints;
        assert!(found.len() == 1 && found[0].contains("that was kept is not in the database"), "{found:?}");
        tamper(app, |connection| {
            Statement::new("UPDATE history_seals SET sealed_at = (SELECT MAX(sealed_at) FROM history_seals) WHERE from_position = 1").execute(connection)?;
            Ok(())
        }).await;
        let found = verified(app, None).complaints;
        assert!(found.len() == 1 && found[0].contains("is not signed by the key that it names"), "{found:?}");
        tamper(app, |connection| {
            Statement::new("DELETE FROM history_seals WHERE from_position = 1").execute(connection)?;
            Ok(())
        }).await;
        let found = verified(app, None).complaints;
        assert!(found.iter().any(|each| each.contains("does not follow the one before it")), "{found:?}");
        fs::write(&file, "no seal").unwrap();
        let refused = std::thread::scope(|scope| scope.spawn(|| verify_history(&url, Some(&file), &mut |_| {}).map(drop).unwrap_err()).join().unwrap());
        assert!(refused.contains("Line 1 of"), "{refused}");
    }

    a_row_that_was_changed_past_the_service_differs_from_its_history(app) {
        let (well, altered, gone) = (changed_twice(app, "ROW-W").await, changed_twice(app, "ROW-A").await, changed_twice(app, "ROW-G").await);
        let ours = async || -> Vec<String> {
            let found = unlike_history(&app.served.store).await.unwrap();
            found.into_iter().filter(|each| [&well, &altered, &gone].iter().any(|id| each.contains(id.as_str()))).collect()
        };
        assert_eq!(ours().await, Vec::<String>::new());
        let (one, other) = (Id::parse(&altered).unwrap(), Id::parse(&gone).unwrap());
        tamper(app, move |connection| {
            Statement::new("UPDATE controls SET name = 'Another' WHERE id = ").with(one, "").execute(connection)?;
            Statement::new("DELETE FROM controls WHERE id = ").with(other, "").execute(connection)?;
            Ok(())
        }).await;
        let mut found = ours().await;
        found.sort();
        let mut expected =
            vec![format!("governance/controls {altered} differs from its last revision in name."), format!("governance/controls {gone} was not deleted, and stands in no table.")];
        expected.sort();
        assert_eq!(found, expected);
    }
}
