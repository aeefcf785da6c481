//! Requests for a scenario: the operations of the decision, and the figures to compare.

use super::figure::{Figures, at_made, of_figure};
use crate::batch::{Batch, BulkOperation};
use serde::Deserialize;
use serde_json::Value;
use steward_core::access::Session;
use steward_core::error::{Error, FieldError, Problem, Result};
use steward_core::resource::Id;
use steward_core::store::Store;
use steward_core::view::{Call, Prepare};
use utoipa::ToSchema;

/// Most operations of a scenario.
const MOST_OPERATIONS: usize = 100;
/// Most figures that are asked for.
const MOST_FIGURES: usize = 10;

/// Request to rehearse a decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioRequest {
    /// Writes of the decision, in order. All of them must succeed.
    #[schema(min_items = 1, max_items = 100)]
    pub operations: Vec<BulkOperation>,
    /// Addresses of figures to compare, without /api/v1/ and with their parameters, such as infrastructure/license-positions. "$0" in the path is the record
    /// of the first operation.
    #[schema(required = false, max_items = 10)]
    pub figures: Vec<String>,
}

/// A request as it was read.
pub struct Scenario {
    /// Operations of the decision.
    pub operations: Batch,
    /// Addresses of the figures to compare.
    pub figures: Vec<String>,
}

impl Prepare for Scenario {
    fn prepare(store: &Store, session: &Session, call: &Call) -> Result<Scenario> {
        let Value::Object(mut members) = call.json()? else {
            return Err(Problem::invalid(vec![FieldError::new("", "type", "Expected a JSON object.")]).into());
        };
        let mut broken = Vec::new();
        let operations = Batch::read((store, session), members.shift_remove("operations"), MOST_OPERATIONS, &mut broken);
        let figures = read_addresses(members.shift_remove("figures"), &mut broken);
        broken.extend(members.keys().map(|name| FieldError::unknown(name)));
        let refused = refused_figures(Figures::of_service(store)?, session, &figures, operations.len(), &mut broken)?;
        match (broken.is_empty(), refused) {
            (false, _) => Err(Problem::invalid(broken).into()),
            (true, Some(problem)) => Err(problem.into()),
            (true, None) => Ok(Scenario { operations, figures }),
        }
    }
}

/// The addresses in the member `figures`.
fn read_addresses(figures: Option<Value>, broken: &mut Vec<FieldError>) -> Vec<String> {
    let list = match figures {
        None => Vec::new(),
        Some(Value::Array(list)) if list.len() <= MOST_FIGURES => list,
        Some(Value::Array(_)) => {
            broken.push(FieldError::new("/figures", "range", format!("Expected at most {MOST_FIGURES} figures.")));
            Vec::new()
        }
        Some(_) => {
            broken.push(FieldError::new("/figures", "type", "Expected an array of addresses."));
            Vec::new()
        }
    };
    let mut addresses = Vec::with_capacity(list.len());
    for (at, address) in list.into_iter().enumerate() {
        match address {
            Value::String(address) => addresses.push(address),
            _ => broken.push(FieldError::new(format!("/figures/{at}"), "type", "Expected the address of a figure, such as infrastructure/license-positions.")),
        }
    }
    addresses
}

/// Finds the figures before anything is written: those that do not exist are added to the broken fields, and the refusal of the first that the
/// session may not ask for is returned.
fn refused_figures(figures: &Figures, session: &Session, addresses: &[String], operations: usize, broken: &mut Vec<FieldError>) -> Result<Option<Problem>> {
    let made = vec![Some(Id::sample()); operations];
    let mut refused = None;
    for (at, address) in addresses.iter().enumerate() {
        let address = match at_made(address, &made) {
            Ok(address) => address,
            Err(error) => {
                broken.push(FieldError::new(format!("/figures/{at}"), "figure", error.into_problem().detail));
                continue;
            }
        };
        match figures.find(session, &address) {
            Ok(Some(_)) => {}
            Ok(None) => {
                let advice = "There is no figure at this address. Name one without /api/v1/, such as infrastructure/license-positions or finance/budgets/{id}/position with an id; /openapi.json lists them.";
                broken.push(FieldError::new(format!("/figures/{at}"), "figure", advice));
            }
            Err(Error::Problem(problem)) => refused = refused.or_else(|| Some(of_figure(*problem, at))),
            Err(error) => return Err(error),
        }
    }
    Ok(refused)
}
