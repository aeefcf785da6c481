//! How far the work of a plan is: what the file has as begun or finished is moved there, what comes first before what waits for it.

use super::super::work_item::WorkItem;
use super::{Import, of_task};
use diesel::prelude::*;
use serde_json::json;
use std::collections::HashMap;
use steward_core::error::Result;
use steward_core::formats::mspdi::Task;
use steward_core::resource::Id;
use steward_core::store::{IfMatch, Writer};
use steward_core::view::members_of;
use steward_schema::projects::work_items;

/// How far work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Planned,
    Begun,
    Done,
}

impl Import<'_> {
    /// Moves the work on. What cannot be finished yet is told.
    pub fn advance(&mut self, writer: &mut Writer<'_>) -> Result<()> {
        let stages = self.stages();
        if stages.iter().all(|stage| *stage == Stage::Planned) {
            return Ok(());
        }
        let rows: Vec<(Id, String)> =
            work_items::table.filter(work_items::project_id.eq(self.id)).select((work_items::id, work_items::state)).load(writer.connection)?;
        let states: HashMap<Id, String> = rows.into_iter().collect();
        let state = |at: usize| self.items.get(at).and_then(|id| states.get(id)).map_or("todo", String::as_str);
        let definition = writer.definition::<WorkItem>()?;
        for (at, id) in self.items.iter().enumerate().filter(|(at, _)| stages.get(*at) > Some(&Stage::Planned)) {
            let ahead: &[&str] = match state(at) {
                "todo" => &["ready", "in_progress"],
                "ready" => &["in_progress"],
                _ => &[],
            };
            for to in ahead {
                writer.transition(definition, *id, &IfMatch::Any, to)?;
            }
        }
        self.finish(writer, &stages, &states)?;
        let all = members_of(json!({"progress_percent": 100}));
        for (id, task) in self.items.iter().zip(&self.plan.tasks).filter(|(_, task)| !task.is_summary && task.is_finished()) {
            of_task(task, writer.update(definition, *id, &IfMatch::Any, &all))?;
        }
        Ok(())
    }

    /// Finishes what the file has as finished: the inner before the outer; what waits for others is tried again after them.
    fn finish(&mut self, writer: &mut Writer<'_>, stages: &[Stage], states: &HashMap<Id, String>) -> Result<()> {
        let state = |at: usize| self.items.get(at).and_then(|id| states.get(id)).map_or("todo", String::as_str);
        let definition = writer.definition::<WorkItem>()?;
        let is_left = |at: &usize| stages.get(*at) == Some(&Stage::Done) && !matches!(state(*at), "done" | "cancelled" | "blocked");
        let mut left: Vec<usize> = (0..self.items.len()).rev().filter(is_left).collect();
        let mut refused: Vec<String> = Vec::new();
        while !left.is_empty() {
            let mut waiting = Vec::new();
            refused.clear();
            for at in &left {
                let Some((id, task)) = self.items.get(*at).zip(self.plan.tasks.get(*at)) else { continue };
                if let Err(problem) = writer.attempt(|writer| writer.transition(definition, *id, &IfMatch::Any, "done"))? {
                    let why = problem.errors.first().map_or(&problem.detail, |error| &error.detail);
                    refused.push(format!("Line {}: {} is finished in the file and cannot be done yet: {why}", task.line, task.name));
                    waiting.push(*at);
                }
            }
            if waiting.len() == left.len() {
                break;
            }
            // What stands later in the plan mostly waits for what stands earlier.
            left = waiting.into_iter().rev().collect();
        }
        self.outcome.warnings.extend(refused);
        Ok(())
    }

    /// How far each task is; a summary by what lies in it.
    fn stages(&self) -> Vec<Stage> {
        let of_leaf = |task: &Task| match () {
            () if task.is_finished() => Stage::Done,
            () if task.started_on.is_some() || task.percent > 0.0 => Stage::Begun,
            () => Stage::Planned,
        };
        let mut stages: Vec<Stage> = self.plan.tasks.iter().map(of_leaf).collect();
        let mut within: Vec<Option<(Stage, Stage)>> = vec![None; stages.len()];
        for (at, task) in self.plan.tasks.iter().enumerate().rev() {
            if let Some((least, most)) = within[at] {
                stages[at] = if least == Stage::Done { Stage::Done } else { most.min(Stage::Begun) };
            }
            if let Some(parent) = task.parent {
                let stage = stages[at];
                let (least, most) = within[parent].unwrap_or((stage, stage));
                within[parent] = Some((least.min(stage), most.max(stage)));
            }
        }
        stages
    }
}
