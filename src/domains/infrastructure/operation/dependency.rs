//! Dependencies: what stands on what.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::choice;
use steward_core::database::Closure;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Title, Whole};
use steward_core::resource::{Check, Id, Lock, Resource, Scope, Unique, ValidationErrors};
use steward_schema::infrastructure::{dependencies, virtual_machines};
use steward_schema::service::registry;

/// What can be changed, watched and mended, and can stand on either side of a dependency.
pub const NODES: &[&str] = &[
    "infrastructure/services",
    "infrastructure/devices",
    "infrastructure/virtual-machines",
    "infrastructure/clusters",
    "infrastructure/circuits",
    "infrastructure/cloud-resources",
    "infrastructure/volumes",
    "infrastructure/storage-pools",
    "infrastructure/racks",
    "infrastructure/power-feeds",
    "infrastructure/locations",
    "infrastructure/sites",
    VENDORS,
];
/// The nodes that are no services: what services stand on.
pub const COMPONENTS: &[&str] = NODES.split_at(1).1;
/// What can depend on something by what is declared: a node, or a control that is carried out by one.
const DEPENDENTS: &[&str] = &joined::<{ NODES.len() + 1 }>(&[NODES, &[CONTROLS]]);
/// What something can depend on: a node, the likeliest first, a contract, or a person.
const SUPPORTS: &[&str] = {
    let (first, others) = NODES.split_at(2);
    &joined::<{ NODES.len() + 2 }>(&[&[first[1], first[0]], others, &[CONTRACTS, PEOPLE]])
};
/// Vendors.
pub const VENDORS: &str = "vendors/vendors";
/// Contracts.
pub const CONTRACTS: &str = "vendors/contracts";
/// People.
pub const PEOPLE: &str = "teams/people";
/// Controls.
pub const CONTROLS: &str = "governance/controls";
/// What stands on one side only: it hosts nothing, is hosted by nothing, and is no copy.
pub const BESIDE: &[&str] = &[CONTRACTS, PEOPLE, CONTROLS];

/// Paths of several lists, one after the other.
const fn joined<const N: usize>(lists: &[&[&'static str]]) -> [&'static str; N] {
    let mut all = [""; N];
    let (mut list, mut at, mut count) = (0, 0, 0);
    while list < lists.len() {
        if at < lists[list].len() {
            all[count] = lists[list][at];
            (at, count) = (at + 1, count + 1);
        } else {
            (list, at) = (list + 1, 0);
        }
    }
    assert!(count == N, "the lists have another length");
    all
}

choice! {
    /// Kind of a dependency.
    pub enum DependencyKind {
        /// From is down when to is down.
        Requires = "requires",
        /// From is degraded when to is down.
        Uses = "uses",
        /// To runs in or on from, and is down when from is down.
        Hosts = "hosts",
        /// To is a copy of from, and is degraded when from is down.
        Replicates = "replicates",
    }
}

/// The kinds of edges whose dependent is named first: what it needs stands on the right.
pub const ON_THE_RIGHT: [DependencyKind; 2] = [DependencyKind::Requires, DependencyKind::Uses];
/// The kinds of edges whose dependent is named last.
pub const ON_THE_LEFT: [DependencyKind; 2] = [DependencyKind::Hosts, DependencyKind::Replicates];

steward_core::resource! {
    /// Edge between two nodes, or a node and a contract, a person or a control. With `requires` and `uses`, *from* depends on *to*; with
    /// `hosts` and `replicates`, *to* depends on *from*. The edges of one dependent with the same group are alternatives, of which `min_up`
    /// must be up.
    pub struct Dependency {
        /// First node, or a control that is carried out by the other; two nodes have one edge of a kind.
        #[field(refers_to(DEPENDENTS), unique, fixed)]
        pub from_id: Id,
        /// Second node, or a contract or person that the first needs.
        #[field(refers_to(SUPPORTS), fixed, differs_from("from_id"))]
        pub to_id: Id,
        /// Kind and direction of the dependency.
        #[field(fixed)]
        pub kind: DependencyKind,
        /// Name of the redundancy group of alternatives that this edge belongs to, for its dependent.
        #[field(search)]
        pub redundancy_group: Option<Title>,
        /// Minimum number of the group that must be up, at least 1; the greatest of its edges counts. Only with a group, where it is 1 if
        /// left out.
        pub min_up: Option<Whole<1, 1000>>,
    }
}

impl Resource for Dependency {
    const PATH: &'static str = "infrastructure/dependencies";
    type Table = steward_schema::infrastructure::dependencies::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "kind";
    const JOINS: bool = true;
    const UNIQUE: &'static [Unique] = &[Unique { index: "dependencies_edge_key", fields: &["from_id", "to_id", "kind"] }];

    fn sample() -> Self {
        Dependency {
            from_id: Id::sample(),
            to_id: Id::sample(),
            kind: DependencyKind::Requires,
            redundancy_group: Some("database nodes".into()),
            min_up: Some(Whole(1)),
        }
    }

    fn joins(&self) -> Option<(Id, Id)> {
        let dependent_first = matches!(self.kind, DependencyKind::Requires | DependencyKind::Uses);
        Some(if dependent_first { (self.from_id, self.to_id) } else { (self.to_id, self.from_id) })
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.min_up.is_none() || self.redundancy_group.is_some(), "redundancy_group", "required", "Name the group of which so many must stand.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Named("dependencies".into())]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        self.require_kind(check)?;
        if self.kind != DependencyKind::Hosts || check.before.is_some() {
            return Ok(());
        }
        match hosts_already(check, self.to_id, self.from_id)? {
            true => Err(Problem::conflict("/to_id", "circle", CIRCLE).into()),
            false => Ok(()),
        }
    }
}

/// What is said where something would host what hosts it.
pub const CIRCLE: &str = "The other node hosts this one already, itself or through others. Remove that edge, or that placement of a machine, first.";

/// Whether a node hosts another, itself or through others: by edges, and as the device or cluster on which a virtual machine runs.
pub fn hosts_already(check: &mut Check<'_>, host: Id, guest: Id) -> Result<bool> {
    let hosting = dependencies::table.filter(dependencies::kind.eq(DependencyKind::Hosts));
    let there = || virtual_machines::table.filter(virtual_machines::state.ne("retired").and(virtual_machines::id.ne(check.id)));
    let hosted = Closure::from_id(host)
        .along(hosting.select((dependencies::from_id, dependencies::to_id)))
        .along(there().select((virtual_machines::device_id, virtual_machines::id)))
        .along(there().select((virtual_machines::cluster_id, virtual_machines::id)));
    Ok(hosted.reaches(guest).get_result(check.connection)?)
}

impl Dependency {
    /// Refuses to host or to copy what is only carried out or relied on (422).
    fn require_kind(&self, check: &mut Check<'_>) -> Result<()> {
        if ON_THE_RIGHT.contains(&self.kind) || check.before.is_some() {
            return Ok(());
        }
        let beside = registry::table.filter(registry::id.eq_any([self.from_id, self.to_id]).and(registry::collection.eq_any(BESIDE)));
        if select(exists(beside)).get_result(check.connection)? {
            let detail = "Contracts, people and controls host nothing and are no copies: what stands on them, or what they stand on, `requires` or `uses` it.";
            return Err(Problem::invalid(vec![FieldError::new("/kind", "kind", detail)]).into());
        }
        Ok(())
    }
}
