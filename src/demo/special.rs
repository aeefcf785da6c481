//! What a kind needs beside what it declares.

use super::author::{Author, parsed};
use crate::error::Result;
use crate::resource::ResourceType;
use serde_json::{Map, Value, json};

/// Fields that a record needs beside its sample.
pub fn fields(hand: &mut Author<'_, '_>, definition: &'static ResourceType, members: &mut Map<String, Value>) -> Result<()> {
    if definition.path == "governance/exceptions" {
        members.insert("starts_on".into(), hand.book.day(-20).into());
        members.insert("expires_on".into(), hand.book.day(60).into());
    }
    if definition.path == "projects/baselines" {
        let code = format!("90.{}", hand.book.throw(9_000) + 1);
        let item = hand.make("projects/work-items", json!({"project_id": members.get("project_id"), "wbs_code": code, "name": "Keep it running"}))?;
        members.insert("items".into(), json!([{"work_item_id": item, "name": "Keep it running"}]));
    }
    let (first, second) = (hand.book.first.person, hand.book.second.person);
    let mut set = |name: &str, person: Option<crate::resource::Id>| {
        if let Some(person) = person {
            members.insert(name.into(), person.to_string().into());
        }
    };
    if let Some(private) = definition.private_to.first().filter(|name| definition.field(name).is_some_and(|field| !field.read_only)) {
        set(private, first);
    }
    match definition.path {
        "governance/delegations" => set("holder_id", first),
        "teams/development-plans" => set("person_id", first),
        "teams/performance-reviews" => {
            set("reviewer_id", second);
            members.insert("self_review".into(), "The move went well; I asked for help too late.".into());
        }
        _ => {}
    }
    match members.get("policy_version_id").and_then(Value::as_str) {
        Some(version) if definition.path == "security/attestations" => published(hand, version),
        _ => Ok(()),
    }
}

/// Publishes a version of a policy, as what is attested must be.
fn published(hand: &mut Author<'_, '_>, version: &str) -> Result<()> {
    const WAY: &[&str] = &["draft", "in_review", "approved", "published"];
    let versions = hand.definition("security/policy-versions")?;
    let state = hand.stored(versions, parsed(version)?)?.meta.state.unwrap_or_default();
    let at = WAY.iter().position(|each| *each == state).unwrap_or_default();
    hand.go(versions.path, version, WAY.get(at + 1..).unwrap_or_default())
}

/// Records that must stand beside one.
pub fn surroundings(hand: &mut Author<'_, '_>, definition: &'static ResourceType, id: &str) -> Result<()> {
    if definition.path == "projects/status-reports"
        && let Some(facts) = (definition.sample)().shift_remove("facts")
    {
        hand.writer.update_as_service(definition, parsed(id)?, "update", serde_json::Map::from_iter([("facts".to_owned(), facts)]))?;
    }
    if definition.path == "teams/development-plans" {
        let agreed = ["person_agreed_on", "lead_agreed_on"].map(|name| (name.to_owned(), Value::from(hand.book.day(-1))));
        hand.writer.update_as_service(definition, parsed(id)?, "update", Map::from_iter(agreed))?;
    }
    if definition.path == "governance/controls" {
        let yesterday = hand.book.day(-1);
        hand.make("governance/control-tests", json!({"control_id": id, "kind": "operating", "tested_on": yesterday, "result": "passed"}))?;
    }
    Ok(())
}
