//! The drafts of a refresh plan: budget lines, a requisition with its lines, and tasks, made as the caller may make them.

use super::refresh_row::{RefreshPlanRequest, RefreshRow};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use steward_core::error::{Error, Problem, Result};
use steward_core::ports::work;
use steward_core::resource::Id;
use steward_core::resource::value::{FieldType, Money, Text};
use steward_core::store::Writer;
use utoipa::ToSchema;

/// Drafts made from a plan.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct RefreshDrafts {
    /// Budget lines, one for each device type.
    pub budget_line_ids: Vec<Id>,
    /// Purchase requisition; null where none was requested, or nothing was selected.
    pub requisition_id: Option<Text<1, 36>>,
    /// Requisition lines, one for each device type and price.
    pub requisition_line_ids: Vec<Id>,
    /// Tasks: the summary task, then one for each device.
    pub work_item_ids: Vec<Id>,
}

/// Devices of one type at one price.
struct Lot<'r> {
    device_type: Id,
    model: &'r str,
    price: Money,
    devices: Vec<&'r str>,
}

/// Makes the drafts that are asked for; none where nothing is selected.
pub fn draft(writer: &mut Writer<'_>, request: &RefreshPlanRequest, selected: &[RefreshRow]) -> Result<RefreshDrafts> {
    let mut drafts = RefreshDrafts::default();
    let lots = lots(selected);
    if lots.is_empty() {
        return Ok(drafts);
    }
    if let Some(budget) = request.budget_id {
        drafts.budget_line_ids = budget_lines(writer, request, budget, &lots)?;
    }
    if let Some(code) = &request.requisition_code {
        let requisition = json!({
            "code": code.0, "name": format!("Refresh before {}", request.horizon), "needed_on": request.horizon.to_json(),
            "justification": "Replaces devices whose support, warranty or life ends, by the plan for refreshes."
        });
        let id = make(writer, "/requisition_code", "vendors/requisitions", requisition)?;
        drafts.requisition_id = Some(Text::cut(&id.to_string()));
        drafts.requisition_line_ids = requisition_lines(writer, request, id, &lots)?;
    }
    if let Some(project) = request.project_id {
        drafts.work_item_ids = tasks(writer, request, project, selected)?;
    }
    Ok(drafts)
}

/// The devices that are bought alike, in order of models and prices.
fn lots(selected: &[RefreshRow]) -> Vec<Lot<'_>> {
    let mut lots: BTreeMap<(&str, Id, i64), Lot<'_>> = BTreeMap::new();
    for row in selected {
        let Some(price) = row.price else { continue };
        let new = || Lot { device_type: row.device_type_id.id, model: &row.model.0, price, devices: Vec::new() };
        lots.entry((&row.model.0, row.device_type_id.id, price.minor)).or_insert_with(new).devices.push(&row.device.title.0);
    }
    lots.into_values().collect()
}

fn budget_lines(writer: &mut Writer<'_>, request: &RefreshPlanRequest, budget: Id, lots: &[Lot<'_>]) -> Result<Vec<Id>> {
    let mut by_type: BTreeMap<(&str, Id), (i64, Vec<&str>)> = BTreeMap::new();
    for lot in lots {
        let (sum, devices) = by_type.entry((lot.model, lot.device_type)).or_default();
        *sum = sum.saturating_add(lot.price.minor.saturating_mul(lot.devices.len() as i64));
        devices.extend(&lot.devices);
    }
    let mut made = Vec::new();
    for ((model, _), (sum, devices)) in by_type {
        let line = json!({
            "budget_id": budget.to_string(), "name": Text::<1, 200>::cut(&format!("Refresh of {model}")).0, "cost_category_id": told(request.cost_category_id),
            "amount": Money::new(sum, request.budget.currency).to_json(), "description": listed(&devices)
        });
        made.push(make(writer, "/budget_id", "finance/budget-lines", line)?);
    }
    Ok(made)
}

fn requisition_lines(writer: &mut Writer<'_>, request: &RefreshPlanRequest, requisition: Id, lots: &[Lot<'_>]) -> Result<Vec<Id>> {
    let mut made = Vec::new();
    for (number, lot) in (1_i64..).zip(lots) {
        let line = json!({
            "requisition_id": requisition.to_string(), "line_number": number, "description": Text::<1, 200>::cut(&format!("Replacement of {}", lot.model)).0,
            "kind": "hardware", "device_type_id": lot.device_type.to_string(), "quantity": lot.devices.len().to_string(), "unit_of_measure": "piece",
            "unit_price": lot.price.to_json(), "cost_category_id": told(request.cost_category_id), "specification": listed(&lot.devices)
        });
        made.push(make(writer, "/requisition_code", "vendors/requisition-lines", line)?);
    }
    Ok(made)
}

fn tasks(writer: &mut Writer<'_>, request: &RefreshPlanRequest, project: Id, selected: &[RefreshRow]) -> Result<Vec<Id>> {
    let number = writer.reader().ask(|check| work::next_outline(check, project))?;
    let item = |code: String, parent: Option<Id>, name: &str| json!({"project_id": project.to_string(), "wbs_code": code, "parent_id": told(parent), "name": Text::<1, 200>::cut(name).0});
    let above = make(writer, "/project_id", "projects/work-items", item(number.to_string(), None, &format!("Refresh before {}", request.horizon)))?;
    let mut made = vec![above];
    for (place, row) in (1_i64..).zip(selected) {
        let mut task = item(format!("{number}.{place}"), Some(above), &format!("Replace {}", row.device.title.0));
        task["deadline_on"] = row.due_on.filter(|due| *due > writer.reader().today()).unwrap_or(request.horizon).to_json();
        made.push(make(writer, "/project_id", "projects/work-items", task)?);
    }
    Ok(made)
}

/// The names of devices, as far as a text takes them.
fn listed(devices: &[&str]) -> String {
    Text::<1, 1000>::cut(&format!("Replaces {}.", devices.join(", "))).0
}

fn told(id: Option<Id>) -> Option<String> {
    id.map(|id| id.to_string())
}

/// Makes a record of another domain, as far as the caller may; what is wrong with it is told at the member of the request that asked for it.
fn make(writer: &mut Writer<'_>, asked_by: &str, collection: &str, members: Value) -> Result<Id> {
    let definition = writer.store.definitions.get(collection).ok_or_else(Problem::not_found)?;
    let Value::Object(mut members) = members else { return Err(Problem::not_found().into()) };
    members.retain(|_, value| !value.is_null());
    let members: Map<String, Value> = members;
    match writer.create(definition, members) {
        Ok(stored) => Ok(stored.meta.id),
        Err(Error::Problem(mut problem)) => {
            problem.errors.iter_mut().for_each(|error| error.pointer = asked_by.to_owned());
            Err(Error::Problem(problem))
        }
        Err(other) => Err(other),
    }
}
