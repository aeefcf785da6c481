//! How ready all is to be brought back that business processes need.

use super::recovery_objective::RecoveryObjective;
use crate::continuity::{
    business_process::BusinessProcess, recovery_activation::RecoveryActivation, recovery_facts::RecoveryFacts, recovery_plan::RecoveryPlan,
    recovery_result::RecoveryResult, recovery_step::RecoveryStep, recovery_test::RecoveryTest,
};
use std::collections::BTreeMap;
use steward_core::resource::value::{Text, Title, Whole};
use steward_core::view::prelude::*;

/// The readiness of a subject that processes need.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadinessRow {
    /// Subject that processes need.
    pub subject_id: Id,
    /// Collection of the subject, as domain/collection.
    pub collection: Text<3, 100>,
    /// Title of the subject.
    pub title: Title,
    /// Number of processes that need the subject, directly or not.
    pub processes: Count,
    /// True if an approved or active plan recovers the subject.
    pub covered: bool,
    /// Recovery time.
    pub rto: RecoveryObjective,
    /// Loss of work.
    pub rpo: RecoveryObjective,
}

/// The readiness for recovery.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryReadiness {
    /// Day of the answer.
    pub as_of: Date,
    /// Number of subjects that processes need.
    pub needed: Count,
    /// Number of subjects that no plan recovers.
    pub uncovered: Count,
    /// Number of subjects whose effective RTO is above the required one.
    pub rto_missed: Count,
    /// Number of subjects whose effective RPO is above the required one.
    pub rpo_missed: Count,
    /// Number of subjects whose RTO is proven.
    pub rto_proven: Count,
    /// Subjects that processes need: those of which nobody can say when they are back first, then the greatest gap in time first.
    pub data: Vec<ReadinessRow>,
    /// True if processes that you see need subjects that you may not read: the numbers leave those out.
    pub partial: bool,
}

impl View for RecoveryReadiness {
    const PATH: &'static str = "security/recovery-readiness";
    const OPERATION_ID: &'static str = "get_security_recovery_readiness";
    const SUMMARY: &'static str = "Get the recovery readiness";
    const DESCRIPTION: &'static str = "Services, information assets, devices and virtual machines that business processes need, directly or through dependencies, with their readiness for recovery, over what you may see.";
    const FORMULA: &'static str = "required = min over the processes that need it; effective, gap and proven as in /recovery of a process";
    const SOURCE: &'static str = "ISO 22301:2019, 8.2.2; ISO/TS 22317";
    type Reads = (BusinessProcess, RecoveryPlan, RecoveryStep, IfPermitted<RecoveryTest>, IfPermitted<RecoveryActivation>, IfPermitted<RecoveryResult>);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let facts = RecoveryFacts::load(cx)?;
        let needed: BTreeMap<Id, i64> =
            facts.required.iter().filter(|(_, required)| required.processes > 0).map(|(id, required)| (*id, required.processes)).collect();
        let row = |(subject, processes): (Id, i64)| {
            let (collection, title) = facts.titles.get(&subject)?;
            Some(ReadinessRow {
                subject_id: subject,
                collection: Text::cut(collection),
                title: title.clone(),
                processes: Whole(processes),
                covered: facts.recovery.is_covered(subject),
                rto: RecoveryObjective::of_time(&facts, &facts.rto(subject)),
                rpo: RecoveryObjective::of_work(&facts, &facts.rpo(subject)),
            })
        };
        let all = needed.keys().filter(|id| facts.recovery.is_recoverable(**id)).count();
        let mut data: Vec<ReadinessRow> = needed.into_iter().filter_map(row).collect();
        // What nobody can say is worse than any gap.
        data.sort_by_key(|row| (row.rto.effective_seconds.is_some(), std::cmp::Reverse(row.rto.gap_seconds)));
        let count = |holds: fn(&ReadinessRow) -> bool| Whole(i64::try_from(data.iter().filter(|row| holds(row)).count()).unwrap_or(i64::MAX));
        Ok(RecoveryReadiness {
            as_of: cx.today(),
            needed: count(|_| true),
            uncovered: count(|row| !row.covered),
            rto_missed: count(|row| row.rto.gap_seconds.is_some_and(|gap| gap > 0)),
            rpo_missed: count(|row| row.rpo.gap_seconds.is_some_and(|gap| gap > 0)),
            rto_proven: count(|row| row.rto.proven),
            partial: data.len() < all,
            data,
        })
    }
}
