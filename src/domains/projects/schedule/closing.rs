//! Hours that are open when a period is closed.

use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::closing::{self, ClosingPeriod, OpenRecords};
use steward_core::resource::Check;
use steward_schema::projects::time_entries;

/// Hours of work, as far as a period waits for them.
pub struct Closing;

impl closing::Closing for Closing {
    fn open(&self, check: &mut Check<'_>, period: ClosingPeriod) -> Result<Vec<OpenRecords>> {
        let worked = || time_entries::table.filter(time_entries::worked_on.between(period.starts_on, period.ends_on)).order(time_entries::id);
        let waiting = worked().filter(time_entries::state.eq_any(["draft", "submitted"])).select(time_entries::id);
        let unposted = worked().filter(time_entries::state.eq("approved")).select(time_entries::id);
        let open = |check, detail, ids| OpenRecords { check, collection: "projects/time-entries", detail, ids };
        Ok(vec![
            open("unapproved_time", "Approve or reject the hours of the period.", waiting.load(check.connection)?),
            open("unposted_time", "Post the approved hours of the period.", unposted.load(check.connection)?),
        ])
    }
}
