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
    /// Recovery time; proven where that of all dependencies is.
    pub rto: RecoveryObjective,
    /// Loss of work; proven where that of all dependencies is.
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
        Objectives are those of the strictest process that needs the subject, this one or another.";
    const FORMULA: &'static str = "effective RTO = own recovery (end of the steps of the approved or active plan) + the longest effective RTO of its dependencies; \
        effective RPO = now − the oldest of the latest backups; gap = effective − required; required = min over the processes that need it, directly or not; proven = measured within required in the last 365 days, in a test that was carried out (not tabletop or walkthrough) or in an activation";
    const SOURCE: &'static str = "ISO 22301:2019, 8.2 to 8.5; ISO/TS 22317; ISO/IEC 27031";
    type Reads = (BusinessProcess, RecoveryPlan, RecoveryStep, IfPermitted<RecoveryTest>, IfPermitted<RecoveryActivation>, IfPermitted<RecoveryResult>);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, process) = cx.get_typed::<BusinessProcess>(id)?;
        let facts = RecoveryFacts::load(cx)?;
        let needs: Vec<(Id, Held, Held)> = process.depends_on.iter().map(|need| need.subject_id).map(|need| (need, facts.rto(need), facts.rpo(need))).collect();
        let path = facts.path(id);
        let need = |(subject, rto, rpo): &(Id, Held, Held)| NeedRecovery {
            subject_id: *subject,
            title: facts.titles.get(subject).map(|(_, title)| title.clone()),
            rto: RecoveryObjective::of_time(&facts, rto),
            rpo: RecoveryObjective::of_work(&facts, rpo),
            critical_path: steps(&facts, facts.path(*subject).as_ref()),
            uncovered: facts.recovery.uncovered(*subject),
        };
        let (rto, rpo) = (whole(facts.rto(id), needs.iter().map(|(_, held, _)| held)), whole(facts.rpo(id), needs.iter().map(|(_, _, held)| held)));
        Ok(ProcessRecovery {
            business_process: Ref::new(id, &process.name, stored.meta.state.as_deref()),
            as_of: cx.today(),
            rto: RecoveryObjective::of_time(&facts, &rto),
            rpo: RecoveryObjective::of_work(&facts, &rpo),
            critical_path: steps(&facts, path.as_ref()),
            needs: needs.iter().map(need).collect(),
        })
    }
}

/// The whole of what is needed: the worst that was measured, the oldest day, and proven if all of it is.
fn whole<'a>(own: Held, needs: impl Iterator<Item = &'a Held> + Clone) -> Held {
    let measured: Option<i64> = needs.clone().map(|held| held.measured).try_fold(i64::MIN, |worst, measured| Some(worst.max(measured?)));
    Held {
        measured: measured.filter(|worst| *worst != i64::MIN),
        measured_on: needs.clone().filter_map(|held| held.measured_on).min(),
        proven: needs.clone().next().is_some() && needs.into_iter().all(|held| held.proven),
        ..own
    }
}
