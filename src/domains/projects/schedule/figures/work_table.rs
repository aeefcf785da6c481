//! The work of a project as a table.

use crate::project::project::Project;
use crate::schedule::named_table::{NamedTable, download};
use crate::schedule::work_item::WorkItem;
use std::collections::HashMap;
use steward_core::resource::Stored;
use steward_core::view::Download;
use steward_core::view::prelude::*;
use steward_schema::projects::work_items;

/// Parameters of the export.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Project to export.
    #[param(inline)]
    pub project_id: IdOf<Project>,
}

/// `GET projects/work-items/export`.
#[derive(Debug)]
pub struct WorkTable;

impl View for WorkTable {
    const PATH: &'static str = "projects/work-items/export";
    const OPERATION_ID: &'static str = "export_work_items";
    const SUMMARY: &'static str = "Export the work items of a project by their natural keys";
    const DESCRIPTION: &'static str = "CSV with the columns that an import (`POST platform/imports?collection=projects/work-items`) takes, in the order of the WBS codes: parents by WBS code, people by e-mail address, other records by code or name, \
        by id where no other key is unique. Importing it again changes nothing; with another `project` the import creates the same work there.";
    type Reads = (Project, WorkItem);
    type Query = Query;
    type Answer = Download;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Download> {
        let project = named_project(cx, query.project_id.id)?;
        let seen = cx.sees::<WorkItem>()?;
        let own = work_items::table.filter(work_items::project_id.eq(query.project_id.id)).filter(seen.clone());
        let ids: Vec<Id> = own.order((work_items::wbs_code_order, work_items::id)).select(work_items::id).load(cx.within(&seen))?;
        let definition = cx.definition::<WorkItem>()?;
        let mut stored: HashMap<Id, Stored> = cx.find_all(definition, &ids)?.into_iter().map(|stored| (stored.meta.id, stored)).collect();
        let rows: Vec<Stored> = ids.iter().filter_map(|id| stored.remove(id)).collect();
        let table = NamedTable { definition, project: query.project_id.id, prefix: None };
        Ok(download(format!("{}-work-items.csv", project.code.0), table.print(cx, &rows)?))
    }
}

/// The project that a parameter names (400).
pub fn named_project(cx: &mut Context<'_, '_>, id: Id) -> Result<Project> {
    let definition = cx.definition::<Project>()?;
    if cx.find(definition, id)?.is_none() {
        return Err(Problem::bad_request("project_id names no project that you may see. Give the id of one.").into());
    }
    Ok(cx.get_typed::<Project>(id)?.1)
}
