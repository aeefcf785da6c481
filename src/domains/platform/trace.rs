//! The trace of a record: what it stands under and what stands under it, across all domains.

use steward_core::choice;
use steward_core::resource::value::{Text, Whole};
use steward_core::resource::{ResourceType, ResourceTypes};
use steward_core::store::Direction;
use steward_core::view::prelude::*;

choice! {
    /// Direction of a walk through the references.
    pub enum WalkDirection {
        /// To the records that a record names.
        Up = "up",
        /// To the records that name a record.
        Down = "down",
        /// Both directions.
        Both = "both",
    }
}

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Direction of the walk; both if left out.
    #[param(inline)]
    pub direction: Option<WalkDirection>,
    /// Number of steps to walk; 3 if left out.
    #[param(minimum = 1, maximum = 20)]
    pub depth: Option<usize>,
    /// Collections to answer with, as domain/collection, with commas between; all if left out.
    pub kinds: Option<String>,
}

/// How many steps a walk takes at most.
const DEEPEST: usize = 20;
/// How many steps it usually takes.
const USUAL: usize = 3;

/// Record that a walk reached.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TraceNode {
    /// The record.
    pub id: Id,
    /// Collection of the record, as domain/collection.
    pub kind: Text<1, 200>,
    /// Title of the record.
    pub title: Text<0, 65_536>,
    /// State in the lifecycle; null if it has none.
    pub state: Option<Text<1, 40>>,
    /// Number of steps from the start: 0 for the start.
    pub depth: Whole<0, 20>,
}

/// Reference between two records of the answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TraceEdge {
    /// The record that refers; of a joining record, the lower of the two.
    pub from_id: Id,
    /// The record that it names; of a joining record, the upper of the two.
    pub to_id: Id,
    /// The reference: the name of the field, `custom.` and the code of a custom field, or the kind of a joining record, such as `dependency`.
    pub field: Text<1, 200>,
}

/// Records and references that a walk from a record reached.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ResourceTrace {
    /// Records, nearest first, then in order of their ids.
    pub nodes: Vec<TraceNode>,
    /// References between the records.
    pub edges: Vec<TraceEdge>,
    /// True if the walk ended because it had reached 5,000 records.
    pub truncated: bool,
}

impl View for ResourceTrace {
    const PATH: &'static str = "platform/resources/{id}/trace";
    const SUMMARY: &'static str = "Trace a record through all domains";
    const DESCRIPTION: &'static str = "Records reached from this one over references, step by step, across all domains. The record named by a reference is above the record that holds it, \
        save where a field says otherwise: `up` walks from a record to the records that it names, `down` to those that name it, `both` goes both ways at each step. \
        A record that only joins two others, such as a dependency, a link or the requirement that a control meets, is one edge between them and no node: of a dependency the dependent is above.\n\n\
        Only records that you may see are included, and the walk passes through no other; the same holds for joining records. \
        The unit of a record and its author are no edges, and neither are references to facts, such as samples and charges.\n\n\
        `kinds` says which records are answered: the walk passes through the others, and `edges` has those between answered records only. The start is always answered. \
        A walk ends at 5,000 records, those passed through included; `truncated` says that there were more. A deleted record has no trace.";
    type Reads = ();
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let direction = match query.direction {
            Some(WalkDirection::Up) => Direction::Up,
            Some(WalkDirection::Down) => Direction::Down,
            _ => Direction::Both,
        };
        let depth = number("depth", query.depth, USUAL, DEEPEST)?;
        let kinds = kinds(&cx.store.definitions, query.kinds.as_deref())?;
        let id = cx.id()?;
        let trace = cx.trace(id, direction, depth, kinds.as_deref())?;
        let nodes = trace.nodes.into_iter().map(|node| TraceNode {
            id: node.id,
            kind: node.definition.path.into(),
            title: node.title.as_str().into(),
            state: node.state.as_deref().map(Text::from),
            depth: Whole(node.depth as i64),
        });
        let edges = trace.edges.into_iter().map(|edge| TraceEdge { from_id: edge.from_id, to_id: edge.to_id, field: edge.field.as_str().into() });
        Ok(ResourceTrace { nodes: nodes.collect(), edges: edges.collect(), truncated: trace.truncated })
    }
}

/// A number from 1 to the most (400), the usual one if it is left out.
pub fn number(name: &str, number: Option<usize>, usual: usize, most: usize) -> Result<usize> {
    let number = Some(number.unwrap_or(usual)).filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| Problem::bad_request(format!("{name} is a number from 1 to {most}.")).into())
}

/// The collections that `kinds` names, if it is given (400).
pub fn kinds(definitions: &ResourceTypes, kinds: Option<&str>) -> Result<Option<Vec<&'static ResourceType>>> {
    let Some(text) = kinds else { return Ok(None) };
    let kinds: Option<Vec<&'static ResourceType>> = text.split(',').map(|path| definitions.get(path.trim())).collect();
    match kinds {
        Some(kinds) => Ok(Some(kinds)),
        None => Err(Problem::bad_request("kinds names collections as domain/collection, with commas between. One of these is none.").into()),
    }
}
