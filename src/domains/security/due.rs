//! By when a vulnerability is to be fixed.

use super::advisory::Severity;
use crate::resource::value::Date;

crate::choice! {
    /// What a due date rests on.
    pub enum DueBasis {
        /// The target for its severity.
        Severity = "severity",
        /// That it is known to be exploited.
        KnownExploited = "known_exploited",
    }
}

/// For how many days after the detection what is known to be exploited may still be open, whatever its list says.
pub const GRACE_DAYS: u32 = 14;

/// Within how many days of the detection a vulnerability is to be fixed: 15 and 30 as of CISA BOD 19-02, 90 and 180 below.
fn target_days(severity: Severity) -> u32 {
    match severity {
        Severity::Critical => 15,
        Severity::High => 30,
        Severity::Medium => 90,
        Severity::Low => 180,
    }
}

/// min(detected + target for the severity, max(known-exploited due, detected + grace)), and what it rests on; none if nothing is
/// known of either.
pub fn due(detected: Date, severity: Option<Severity>, exploited: bool, exploited_due: Option<Date>) -> Option<(Date, DueBasis)> {
    let by_severity = severity.map(|severity| (detected.plus_days(target_days(severity)), DueBasis::Severity));
    let grace = detected.plus_days(GRACE_DAYS);
    let by_list = exploited.then(|| (exploited_due.map_or(grace, |due| due.max(grace)), DueBasis::KnownExploited));
    match (by_severity, by_list) {
        (Some(severity), Some(list)) => Some(if list.0 < severity.0 { list } else { severity }),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earlier_of_target_and_list_counts_and_the_list_leaves_a_grace() {
        let (detected, day) = (Date::sample("2026-06-01"), |text: &str| Date::sample(text));
        assert_eq!(due(detected, Some(Severity::High), false, None), Some((day("2026-07-01"), DueBasis::Severity)));
        // Listed with a day that has passed: two weeks from the detection.
        assert_eq!(due(detected, Some(Severity::High), true, Some(day("2021-12-24"))), Some((day("2026-06-15"), DueBasis::KnownExploited)));
        assert_eq!(due(detected, Some(Severity::High), true, Some(day("2026-06-20"))), Some((day("2026-06-20"), DueBasis::KnownExploited)));
        assert_eq!(due(detected, Some(Severity::Critical), true, Some(day("2026-08-01"))), Some((day("2026-06-16"), DueBasis::Severity)));
        assert_eq!(due(detected, None, true, None), Some((day("2026-06-15"), DueBasis::KnownExploited)));
        assert_eq!(due(detected, None, false, None), None);
    }
}
