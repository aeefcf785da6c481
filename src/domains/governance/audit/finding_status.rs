//! How findings and what is done about them stand, as pure functions on plain data.

use super::finding::FindingKind;
use steward_core::resource::value::Date;

/// A finding.
#[derive(Debug, Clone, Copy)]
pub struct FindingFacts {
    /// How grave it is.
    pub kind: FindingKind,
    /// Whether it is closed.
    pub closed: bool,
    /// By when it is to be put right.
    pub due_on: Option<Date>,
    /// Whether it repeats an earlier one.
    pub repeats: bool,
}

/// Where a corrective action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It is not done.
    Open,
    /// It is done, and nobody has judged whether it works.
    Done,
    /// It works.
    Verified,
    /// It does not.
    Ineffective,
}

impl Progress {
    /// Where an action in a state is.
    pub fn of(state: &str) -> Progress {
        match state {
            "done" => Progress::Done,
            "verified" => Progress::Verified,
            "ineffective" => Progress::Ineffective,
            _ => Progress::Open,
        }
    }
}

/// A corrective action.
#[derive(Debug, Clone, Copy)]
pub struct Action {
    /// Where it is.
    pub progress: Progress,
    /// By when it is to be done.
    pub due_on: Option<Date>,
    /// When it is looked at whether it works.
    pub verify_on: Option<Date>,
}

/// How they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FindingStatus {
    /// Findings.
    pub findings: i64,
    /// Those that are not closed.
    pub open: i64,
    /// Nonconformities among those.
    pub open_nonconformities: i64,
    /// Open ones that should have been put right.
    pub overdue: i64,
    /// Those that repeat an earlier one.
    pub repeated: i64,
    /// Actions.
    pub actions: i64,
    /// Actions that should have been done.
    pub overdue_actions: i64,
    /// Actions that are done, and of which it should have been judged whether they work.
    pub overdue_verifications: i64,
    /// Actions that work.
    pub verified: i64,
    /// Actions that do not.
    pub ineffective: i64,
}

impl FindingStatus {
    /// Counts a finding.
    pub fn add(&mut self, finding: &FindingFacts, day: Date) {
        self.findings += 1;
        self.repeated += i64::from(finding.repeats);
        if !finding.closed {
            self.open += 1;
            self.open_nonconformities += i64::from(finding.kind.is_nonconformity());
            self.overdue += i64::from(finding.due_on.is_some_and(|due| due < day));
        }
    }

    /// Counts an action.
    pub fn add_action(&mut self, action: &Action, day: Date) {
        self.actions += 1;
        match action.progress {
            Progress::Open => self.overdue_actions += i64::from(action.due_on.is_some_and(|due| due < day)),
            Progress::Done => self.overdue_verifications += i64::from(action.verify_on.is_some_and(|on| on < day)),
            Progress::Verified => self.verified += 1,
            Progress::Ineffective => self.ineffective += 1,
        }
    }

    /// Findings that repeat an earlier one, in percent of all; none without any.
    pub fn repeat_percent(&self) -> Option<f64> {
        percent(self.repeated, self.findings)
    }

    /// Actions that work, in percent of those that were judged; none if none was.
    pub fn effectiveness_percent(&self) -> Option<f64> {
        percent(self.verified, self.verified + self.ineffective)
    }
}

fn percent(part: i64, whole: i64) -> Option<f64> {
    (whole != 0).then(|| part as f64 / whole as f64 * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_judged_counts_neither_as_effective_nor_as_not() {
        let today = Date::sample("2026-06-15");
        let mut standing = FindingStatus::default();
        let action = |state, due_on, verify_on| Action { progress: Progress::of(state), due_on: Date::parse(due_on), verify_on: Date::parse(verify_on) };
        for (state, due_on, verify_on) in [
            ("planned", "2026-06-14", ""),
            ("in_progress", "2026-06-15", ""),
            ("done", "2026-01-01", "2026-06-14"),
            ("done", "2026-01-01", "2026-06-15"),
            ("verified", "2026-01-01", "2026-02-01"),
            ("verified", "", ""),
            ("ineffective", "", ""),
        ] {
            standing.add_action(&action(state, due_on, verify_on), today);
        }
        assert_eq!((standing.actions, standing.overdue_actions, standing.overdue_verifications), (7, 1, 1));
        // 2 ÷ (2 + 1) = 66.7 %.
        assert_eq!(standing.effectiveness_percent().map(|percent| percent.round()), Some(67.0));
        assert_eq!((FindingStatus::default().effectiveness_percent(), FindingStatus::default().repeat_percent()), (None, None));
    }

    #[test]
    fn a_closed_finding_is_not_overdue_and_still_repeats() {
        let today = Date::sample("2026-06-15");
        let mut standing = FindingStatus::default();
        let found = |kind, closed, due_on, repeats| FindingFacts { kind, closed, due_on: Date::parse(due_on), repeats };
        standing.add(&found(FindingKind::Major, false, "2026-06-14", false), today);
        standing.add(&found(FindingKind::Observation, false, "2026-06-15", false), today);
        standing.add(&found(FindingKind::Minor, true, "2026-01-01", true), today);
        standing.add(&found(FindingKind::Minor, false, "", false), today);
        assert_eq!((standing.findings, standing.open, standing.open_nonconformities, standing.overdue, standing.repeated), (4, 3, 2, 1, 1));
        assert_eq!(standing.repeat_percent(), Some(25.0));
    }
}
