//! Who can repair what is lost: people by what they answer for, can do and are called for, and vendors by contract.

use super::node::{ImpactNode, NodeReference, Partial, of, owner_of};
use crate::asset::asset::Asset;
use crate::network::circuit::Circuit;
use crate::operation::{
    dependency::{CONTRACTS, PEOPLE, VENDORS},
    it_service::Service,
};
use serde_json::Value;
use std::collections::HashSet;
use steward_core::choice;
use steward_core::ports::people;
use steward_core::resource::value::{Text, Title};
use steward_core::view::prelude::*;

const SHIFTS: &str = "teams/on-call-shifts";
const ASSESSMENTS: &str = "teams/skill-assessments";
/// The states of a contract in which it is in force.
const IN_FORCE: [&str; 3] = ["signed", "active", "suspended"];

choice! {
    /// Reason why a person can repair a node.
    pub enum RepairRole {
        /// Accountable owner of it.
        Owner = "owner",
        /// Custodian of the asset that it is.
        Custodian = "custodian",
        /// On call for a service now.
        OnCall = "on_call",
        /// Qualified in a skill that a service needs.
        Qualified = "qualified",
    }
}

/// Person who can repair what is lost.
#[derive(Debug, Serialize, ToSchema)]
pub struct Repairer {
    /// Person for the repair.
    pub person_id: Id,
    /// Name of the person.
    pub title: Title,
    /// Reason why the person can repair it.
    pub role: RepairRole,
    /// Node that the reason refers to.
    #[schema(value_type = NodeReference)]
    pub node_id: Id,
}

/// Contract under which a vendor repairs what is lost.
#[derive(Debug, Serialize, ToSchema)]
pub struct RepairContract {
    /// Contract for the repair.
    pub contract_id: Id,
    /// Title of the contract.
    pub title: Title,
    /// Vendor of the contract.
    pub vendor_id: Option<Text<1, 36>>,
    /// Subject of the contract, such as maintenance.
    pub kind: Option<Text<1, 40>>,
    /// Last day of its first term; null without one.
    pub ends_on: Option<Date>,
}

/// People and contracts for the repair of what is lost.
#[derive(Debug, Serialize, ToSchema)]
pub struct Repair {
    /// People: owner and custodian of what is lost, and people on call or qualified for the services that are down.
    pub people: Vec<Repairer>,
    /// Contracts in force for the lost asset, circuit or vendor.
    pub contracts: Vec<RepairContract>,
    /// Time to restore that the provider of the lost circuit promises, in hours; null for other nodes, or where none is recorded.
    pub restore_hours: Figure,
}

/// A person, why, and the node that it is about.
type Reason = (RepairRole, Id, Id);

/// Those who can repair what is lost, which comes first of what has fallen.
pub fn repair(cx: &mut Context<'_, '_>, fallen: &[ImpactNode], partial: &mut Partial) -> Result<Repair> {
    let Some(lost) = fallen.first() else { return Ok(Repair { people: Vec::new(), contracts: Vec::new(), restore_hours: Figure(None) }) };
    let assets = assets_of(cx, &[lost.id])?;
    let people = if partial.readable(cx, PEOPLE) { people(cx, lost, &assets, &of(fallen, Service::PATH), partial)? } else { Vec::new() };
    let contracts = if partial.readable(cx, CONTRACTS) { contracts(cx, lost, &assets)? } else { Vec::new() };
    Ok(Repair { people, contracts, restore_hours: Figure(restore_hours(cx, lost)?) })
}

/// The time to restore that the provider of a circuit in sight promises, in hours.
fn restore_hours(cx: &mut Context<'_, '_>, lost: &ImpactNode) -> Result<Option<f64>> {
    if lost.collection != Circuit::PATH {
        return Ok(None);
    }
    let definition = cx.definition::<Circuit>()?;
    let Some(stored) = cx.find(definition, lost.id)? else { return Ok(None) };
    Ok(cx.document(definition, &stored).get("restore_hours").and_then(Value::as_f64))
}

/// The assets in sight that represent some nodes: a disposed one does so no more.
pub fn assets_of(cx: &mut Context<'_, '_>, nodes: &[Id]) -> Result<Vec<Id>> {
    let holders = cx.references(&[(Asset::PATH, "item_id")], nodes, false)?;
    Ok(holders.into_iter().filter(|each| each.state.as_deref() != Some("disposed")).map(|each| each.holder).collect())
}

/// The custodians of some assets.
pub fn custodians(cx: &mut Context<'_, '_>, assets: &[Id]) -> Result<Vec<Id>> {
    Ok(cx.references(&[(Asset::PATH, "custodian_id")], assets, true)?.into_iter().map(|each| each.named).collect())
}

/// The contracts that some assets and circuits in sight name.
pub fn contracts_named(cx: &mut Context<'_, '_>, holders: &[Id]) -> Result<Vec<Id>> {
    let named = cx.references(&[(Asset::PATH, "contract_id"), (Circuit::PATH, "contract_id")], holders, true)?;
    Ok(named.into_iter().map(|each| each.named).collect())
}

fn people(cx: &mut Context<'_, '_>, lost: &ImpactNode, assets: &[Id], services: &[Id], partial: &mut Partial) -> Result<Vec<Repairer>> {
    let mut reasons: Vec<Reason> = owner_of(cx, lost)?.map(|owner| (RepairRole::Owner, owner, lost.id)).into_iter().collect();
    reasons.extend(custodians(cx, assets)?.into_iter().map(|person| (RepairRole::Custodian, person, lost.id)));
    if partial.readable(cx, SHIFTS) {
        let called = cx.ask(|check| people::on_call(check, services))?;
        let seen = cx.titles(SHIFTS, &called.iter().map(|each| each.shift).collect::<Vec<Id>>())?;
        reasons.extend(called.into_iter().filter(|each| seen.contains_key(&each.shift)).map(|each| (RepairRole::OnCall, each.person, each.service)));
    }
    if partial.readable(cx, ASSESSMENTS) {
        let able = cx.ask(|check| people::qualified(check, services))?;
        let seen = cx.titles(ASSESSMENTS, &able.iter().map(|each| each.assessment).collect::<Vec<Id>>())?;
        reasons.extend(able.into_iter().filter(|each| seen.contains_key(&each.assessment)).map(|each| (RepairRole::Qualified, each.person, each.subject)));
    }
    // Who is lost repairs nothing.
    reasons.retain(|(_, person, _)| *person != lost.id);
    let all: Vec<Id> = reasons.iter().map(|(_, person, _)| *person).collect();
    // Nor does who has left.
    let left: HashSet<Id> = cx.records(&all)?.into_iter().filter(|record| record.state.as_deref() == Some("left")).map(|record| record.id).collect();
    reasons.retain(|(_, person, _)| !left.contains(person));
    let names = cx.titles(PEOPLE, &all)?;
    let mut told = HashSet::new();
    let row = |(role, person, node): Reason| Some(Repairer { person_id: person, title: names.get(&person)?.clone(), role, node_id: node });
    Ok(reasons.into_iter().filter(|reason| told.insert(*reason)).filter_map(row).collect())
}

fn contracts(cx: &mut Context<'_, '_>, lost: &ImpactNode, assets: &[Id]) -> Result<Vec<RepairContract>> {
    let holders: Vec<Id> = assets.iter().copied().chain([lost.id]).collect();
    let mut ids = contracts_named(cx, &holders)?;
    match lost.collection {
        CONTRACTS => ids.push(lost.id),
        VENDORS => ids.extend(cx.references(&[(CONTRACTS, "vendor_id")], &[lost.id], false)?.into_iter().map(|each| each.holder)),
        _ => {}
    }
    ids.sort_unstable();
    ids.dedup();
    let Some(definition) = cx.store.definitions.get(CONTRACTS) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for stored in cx.find_all(definition, &ids)?.into_iter().filter(|stored| stored.meta.state.as_deref().is_some_and(|state| IN_FORCE.contains(&state))) {
        let document = cx.document(definition, &stored);
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        found.push(RepairContract {
            contract_id: stored.meta.id,
            title: Title::cut(text("title").unwrap_or_default()),
            vendor_id: text("vendor_id").map(Text::cut),
            kind: text("kind").map(Text::cut),
            ends_on: text("ends_on").and_then(Date::parse),
        });
    }
    found.sort_by_key(|contract| contract.contract_id);
    Ok(found)
}
