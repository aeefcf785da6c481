//! What the work of a project waits for, as a table.

use super::work_table::{Query, named_project};
use crate::project::project::Project;
use crate::schedule::named_table::{NamedTable, download};
use crate::schedule::work_dependency::WorkDependency;
use crate::schedule::work_item::WorkItem;
use std::collections::HashMap;
use steward_core::resource::Stored;
use steward_core::view::Download;
use steward_core::view::prelude::*;
use steward_schema::projects::{work_dependencies, work_items};

/// `GET projects/work-dependencies/export`.
#[derive(Debug)]
pub struct DependencyTable;

impl View for DependencyTable {
    const PATH: &'static str = "projects/work-dependencies/export";
    const OPERATION_ID: &'static str = "export_work_dependencies";
    const SUMMARY: &'static str = "Export the work dependencies of a project by their natural keys";
    const DESCRIPTION: &'static str = "CSV with the columns that an import (`POST platform/imports?collection=projects/work-dependencies`) takes, in the order of the successors: work of the project as `PROJECT/1.2`, other records by code or name, \
        by id where no other key is unique. Importing it again changes nothing.";
    type Reads = (Project, WorkItem, WorkDependency);
    type Query = Query;
    type Answer = Download;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Download> {
        let project = named_project(cx, query.project_id.id)?;
        let seen = cx.sees::<WorkDependency>()?;
        let ids: Vec<Id> = work_dependencies::table
            .inner_join(work_items::table.on(work_items::id.eq(work_dependencies::successor_id)))
            .filter(work_items::project_id.eq(query.project_id.id))
            .filter(seen.clone())
            .order((work_items::wbs_code_order, work_dependencies::id))
            .select(work_dependencies::id)
            .load(cx.within(&seen))?;
        let definition = cx.definition::<WorkDependency>()?;
        let mut stored: HashMap<Id, Stored> = cx.find_all(definition, &ids)?.into_iter().map(|stored| (stored.meta.id, stored)).collect();
        let rows: Vec<Stored> = ids.iter().filter_map(|id| stored.remove(id)).collect();
        let table = NamedTable { definition, project: query.project_id.id, prefix: Some(&project.code.0) };
        Ok(download(format!("{}-work-dependencies.csv", project.code.0), table.print(cx, &rows)?))
    }
}
