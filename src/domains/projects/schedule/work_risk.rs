//! The risk of a work item in the simulation of its schedule.

use super::plan::PlannedItem;
use super::work_item::WorkItem;
use super::work_time::HOUR;
use steward_core::resource::value::Text;
use steward_core::view::prelude::*;

/// Risk of a work item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WorkRisk {
    /// Work item.
    pub work_item_id: IdOf<WorkItem>,
    /// WBS code.
    pub wbs_code: Text<1, 100>,
    /// Expected duration in working hours; null without a three-point estimate.
    pub expected_hours: Figure,
    /// Standard deviation in working hours; null without a three-point estimate.
    pub deviation_hours: Figure,
    /// Share of trials in which it was critical, from 0 to 1.
    pub criticality_index: Figure,
}

impl WorkRisk {
    /// The risk of an item that was critical in some of so many trials.
    pub fn of(item: &PlannedItem, critical: u32, trials: u32) -> WorkRisk {
        let estimate = item.estimate();
        let hours = |seconds: Option<f64>| Figure(seconds.map(|seconds| seconds / HOUR as f64));
        WorkRisk {
            work_item_id: item.id.into(),
            wbs_code: Text::cut(&item.wbs_code),
            expected_hours: hours(estimate.map(|estimate| estimate.expected())),
            deviation_hours: hours(estimate.map(|estimate| estimate.deviation())),
            criticality_index: Figure(Some(f64::from(critical) / f64::from(trials))),
        }
    }
}
