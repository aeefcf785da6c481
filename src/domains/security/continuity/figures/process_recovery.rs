//! How soon a business process is back, beside what it promises.

use super::recovery_objective::{RecoveryObjective, RecoveryPathStep, steps};
use crate::continuity::{
    business_process::BusinessProcess,
    recovery_activation::RecoveryActivation,
    recovery_facts::{Held, RecoveryFacts},
    recovery_plan::RecoveryPlan,
    recovery_result::RecoveryResult,
    recovery_step::RecoveryStep,
    recovery_test::RecoveryTest,
};
use steward_core::resource::value::Title;
use steward_core::view::prelude::*;

/// The recovery of a dependency of the process.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedRecovery {
    /// Subject that the process needs.
    pub subject_id: Id,
    /// Title of the subject; null where it is not visible to you.
    pub title: Option<Title>,
    /// Recovery time.
    pub rto: RecoveryObjective,
    /// Loss of work.
    pub rpo: RecoveryObjective,
    /// Critical path of the subject, in order of recovery.
    pub critical_path: Vec<RecoveryPathStep>,
    /// Subjects in the dependency chain, this one included, that no approved or active plan recovers.
    pub uncovered: Vec<Id>,
}

/// The recovery of a business process.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcessRecovery {
    /// The process.
    pub business_process: Ref<BusinessProcess>,
    /// Day of the answer.
    pub as_of: Date,
    /// Recovery time; proven where that of all dependencies is that a plan can recover.
    pub rto: RecoveryObjective,
    /// Loss of work; proven where that of all dependencies is that a plan can recover.
    pub rpo: RecoveryObjective,
    /// Critical path over plans and dependencies, in order of recovery.
    pub critical_path: Vec<RecoveryPathStep>,
    /// Dependencies of the process, in the order of `depends_on`.
    pub needs: Vec<NeedRecovery>,
}

impl View for ProcessRecovery {
    const PATH: &'static str = "security/business-processes/{id}/recovery";
    const OPERATION_ID: &'static str = "get_business_process_recovery";
    const SUMMARY: &'static str = "Get the recovery of a business process";
    const DESCRIPTION: &'static str = "Required, effective and proven recovery time and loss of work of a process and of all its dependencies, over what you may see. \
        Where a subject in the chain is recovered by no plan, or has no backup, the effective value is null with its reason, and `at_least_seconds` is what the others take. \
        Vendors, people and sites are recovered by no plan and count neither for nor against the proof; of a process that is needed, its own dependencies count. \
        Objectives are those of the strictest process that needs the subject, this one or another.";
    const FORMULA: &'static str = "effective RTO = the longest effective RTO of its dependencies + own recovery (end of the steps of the approved or active plan, less what that plan has taken by then for the dependency itself), at least the end of its steps; \
        effective RPO = now − the oldest of the latest backups; gap = effective − required; required = min over the processes that need it, directly or not; proven = measured within required in the last 365 days, in a test that was carried out (not tabletop or walkthrough) or in an activation, of a plan that is approved or active";
    const SOURCE: &'static str = "ISO 22301:2019, 8.2 to 8.5; ISO/TS 22317; ISO/IEC 27031";
    type Reads = (BusinessProcess, RecoveryPlan, RecoveryStep, IfPermitted<RecoveryTest>, IfPermitted<RecoveryActivation>, IfPermitted<RecoveryResult>);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, process) = cx.get_typed::<BusinessProcess>(id)?;
        let facts = RecoveryFacts::load(cx)?;
        let (rto, rpo) = (|node: Id| whole(&facts, node, |node| facts.rto(node)), |node: Id| whole(&facts, node, |node| facts.rpo(node)));
        let needs: Vec<(Id, Held, Held)> = process.depends_on.iter().map(|need| need.subject_id).map(|need| (need, rto(need), rpo(need))).collect();
        let path = facts.path(id);
        let need = |(subject, rto, rpo): &(Id, Held, Held)| NeedRecovery {
            subject_id: *subject,
            title: facts.titles.get(subject).map(|(_, title)| title.clone()),
            rto: RecoveryObjective::of_time(&facts, rto),
            rpo: RecoveryObjective::of_work(&facts, rpo),
            critical_path: steps(&facts, facts.path(*subject).as_ref()),
            uncovered: facts.recovery.uncovered(*subject),
        };
        Ok(ProcessRecovery {
            business_process: Ref::new(id, &process.name, stored.meta.state.as_deref()),
            as_of: cx.today(),
            rto: RecoveryObjective::of_time(&facts, &rto(id)),
            rpo: RecoveryObjective::of_work(&facts, &rpo(id)),
            critical_path: steps(&facts, path.as_ref()),
            needs: needs.iter().map(need).collect(),
        })
    }
}

/// An objective of something that a plan recovers, or the whole of what a process needs of that: the worst that was measured, the oldest day,
/// and proven if all of it is.
fn whole(facts: &RecoveryFacts, node: Id, of: impl Fn(Id) -> Held) -> Held {
    let own = of(node);
    if facts.recovery.is_recoverable(node) {
        return own;
    }
    let needs: Vec<Held> = facts.recovery.nearest_recoverable(node).into_iter().map(of).collect();
    let measured: Option<i64> = needs.iter().map(|held| held.measured).try_fold(i64::MIN, |worst, measured| Some(worst.max(measured?)));
    Held {
        measured: measured.filter(|_| !needs.is_empty()),
        measured_on: needs.iter().filter_map(|held| held.measured_on).min(),
        proven: !needs.is_empty() && needs.iter().all(|held| held.proven),
        ..own
    }
}
