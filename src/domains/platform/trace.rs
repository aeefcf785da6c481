//! The trace of a record: what it stands under and what stands under it, across all domains.

use crate::error::{Problem, Result};
use crate::http::view::{Call, Parameter, Run, View};
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::{Many, Text, Whole};
use crate::resource::{Definition, Definitions, Id};
use crate::store::{Direction, Reader};
use serde_json::Value;

/// `GET platform/resources/{id}/trace`.
pub static TRACE: View = View {
    path: "platform/resources/{id}/trace",
    operation_id: "get_resource_trace",
    summary: "Trace a record through all domains",
    description: "Every record that this one leads to over references, step by step, across all domains. What a reference names stands above the record that holds it, \
        save where a field says otherwise: `up` walks from a record to what it names, `down` to what names it, `both` goes both ways at each step. \
        A record that only joins two others, such as a dependency, a link or what a control meets, is one edge between them and no node: of a dependency the dependent stands above.\n\n\
        Only records that you may see are there, and the walk passes through no other; the same holds for joining records. \
        The unit of a record and who wrote it are no edges, and neither are references to facts, such as samples and charges.\n\n\
        `kinds` says which records are answered: the walk passes through the others, and `edges` has those between answered records only. The start is always answered. \
        A walk ends at 5,000 records, those passed through included; `truncated` says that there were more. A deleted record has no trace.",
    permissions: &[],
    parameters: &[
        Parameter { name: "direction", description: "which way to walk; both if left out", words: &["up", "down", "both"], required: false },
        Parameter { name: "depth", description: "how many steps to walk, 1 to 20; 3 if left out", words: &[], required: false },
        KINDS,
    ],
    answer: answer_schema::<ResourceTrace>,
    run: Run::Read(run),
};

/// `kinds` of the views over all collections.
pub const KINDS: Parameter = Parameter {
    name: "kinds",
    description: "collections to answer with, as domain/collection, with commas between; all if left out",
    words: &[],
    required: false,
};

/// How many steps a walk takes at most.
const DEEPEST: usize = 20;
/// How many steps it usually takes.
const USUAL: usize = 3;

crate::answer! {
    /// A record that a walk reached.
    pub struct TraceNode {
        /// The record.
        pub id: Id,
        /// Its collection, as domain/collection.
        pub kind: Text<1, 200>,
        /// What people call it.
        pub title: Text<0, 65_536>,
        /// Where it is in its lifecycle; null if it has none.
        pub state: Option<Text<1, 40>>,
        /// How many steps it is from the start: 0 for the start.
        pub depth: Whole<0, 20>,
    }
}

crate::answer! {
    /// A reference between two records of the answer.
    pub struct TraceEdge {
        /// The record that refers; of a joining record, the lower of the two.
        pub from_id: Id,
        /// The record that it names; of a joining record, the upper of the two.
        pub to_id: Id,
        /// The reference: the name of the field, `custom.` and the code of a custom field, or the kind of a joining record, such as `dependency`.
        pub field: Text<1, 200>,
    }
}

crate::answer! {
    /// Where a walk from a record led.
    pub struct ResourceTrace {
        /// The records, nearest first, then in order of their ids.
        pub nodes: Many<TraceNode>,
        /// The references between them.
        pub edges: Many<TraceEdge>,
        /// True if the walk ended because it had reached 5,000 records.
        pub truncated: bool,
    }
}

fn run(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let direction = match call.parameter("direction") {
        Some("up") => Direction::Up,
        Some("down") => Direction::Down,
        _ => Direction::Both,
    };
    let depth = number(call, "depth", USUAL, DEEPEST)?;
    let kinds = kinds(&reader.store.definitions, call)?;
    let trace = reader.trace(call.id()?, direction, depth, kinds.as_deref())?;
    let nodes = trace.nodes.into_iter().map(|node| TraceNode {
        id: node.id,
        kind: node.definition.path.into(),
        title: node.title.as_str().into(),
        state: node.state.as_deref().map(Text::from),
        depth: Whole(node.depth as i64),
    });
    let edges = trace.edges.into_iter().map(|edge| TraceEdge { from_id: edge.from_id, to_id: edge.to_id, field: edge.field.as_str().into() });
    let answer = ResourceTrace { nodes: Many(nodes.collect()), edges: Many(edges.collect()), truncated: trace.truncated };
    Ok(Model::to_json(&answer).into())
}

/// A parameter that is a number of at least 1 (400).
pub fn number(call: &Call, name: &str, usual: usize, most: usize) -> Result<usize> {
    let Some(text) = call.parameter(name) else { return Ok(usual) };
    let number = text.parse::<usize>().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| Problem::bad_request(format!("{name} is a number from 1 to {most}.")).into())
}

/// The collections that `kinds` names, if it is given (400).
pub fn kinds(definitions: &Definitions, call: &Call) -> Result<Option<Vec<&'static Definition>>> {
    let Some(text) = call.parameter(KINDS.name) else { return Ok(None) };
    let kinds: Option<Vec<&'static Definition>> = text.split(',').map(|path| definitions.get(path.trim())).collect();
    match kinds {
        Some(kinds) => Ok(Some(kinds)),
        None => Err(Problem::bad_request("kinds names collections as domain/collection, with commas between. One of these is none.").into()),
    }
}
