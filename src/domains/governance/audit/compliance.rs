//! Compliance from results: averages, weighted averages and the worst, over what was judged.

use super::requirement_result::Judgement;
use steward_core::choice;

choice! {
    /// Method of combining results into one figure.
    pub enum Method {
        /// Mean of the results.
        Average = "average",
        /// Mean of the results by the weight of each requirement.
        Weighted = "weighted",
        /// Least result.
        Worst = "worst",
    }
}

/// How a requirement was judged, and how much it weighs.
#[derive(Debug, Clone, Copy)]
pub struct Judged {
    /// How it was judged.
    pub judgement: Judgement,
    /// How much it weighs.
    pub weight: f64,
}

/// How many were judged how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Compliant.
    pub compliant: i64,
    /// Partly.
    pub partly: i64,
    /// Not compliant.
    pub not: i64,
    /// Not applicable.
    pub not_applicable: i64,
    /// Not assessed.
    pub not_assessed: i64,
}

/// Compliant 1, partly 0.5, not 0; what does not apply and what was not assessed has none.
pub fn score(judgement: Judgement) -> Option<f64> {
    match judgement {
        Judgement::Compliant => Some(1.0),
        Judgement::Partly => Some(0.5),
        Judgement::Not => Some(0.0),
        Judgement::NotApplicable | Judgement::NotAssessed => None,
    }
}

/// The compliance, from 0 to 1; none when nothing was assessed, or when all that was weighs nothing.
pub fn compliance(judged: &[Judged], method: Method) -> Option<f64> {
    let scores = judged.iter().filter_map(|each| score(each.judgement).map(|score| (score, each.weight)));
    let mean = |weighed: Vec<(f64, f64)>| {
        let weight: f64 = weighed.iter().map(|(_, weight)| weight).sum();
        (weight > 0.0).then(|| weighed.iter().map(|(score, weight)| score * weight).sum::<f64>() / weight)
    };
    match method {
        Method::Average => mean(scores.map(|(score, _)| (score, 1.0)).collect()),
        Method::Weighted => mean(scores.collect()),
        Method::Worst => scores.map(|(score, _)| score).reduce(f64::min),
    }
}

/// How many were judged how.
pub fn counts(judged: &[Judged]) -> Counts {
    let count = |judgement| i64::try_from(judged.iter().filter(|each| each.judgement == judgement).count()).unwrap_or(i64::MAX);
    Counts {
        compliant: count(Judgement::Compliant),
        partly: count(Judgement::Partly),
        not: count(Judgement::Not),
        not_applicable: count(Judgement::NotApplicable),
        not_assessed: count(Judgement::NotAssessed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(judgement: Judgement, weight: f64) -> Judged {
        Judged { judgement, weight }
    }

    /// Six requirements: two compliant, one partly, one not, one that does not apply, one that nobody judged.
    fn mixed() -> Vec<Judged> {
        vec![
            judged(Judgement::Compliant, 3.0),
            judged(Judgement::Compliant, 1.0),
            judged(Judgement::Partly, 2.0),
            judged(Judgement::Not, 2.0),
            judged(Judgement::NotApplicable, 100.0),
            judged(Judgement::NotAssessed, 100.0),
        ]
    }

    #[test]
    fn the_average_is_over_what_was_judged() {
        // By hand: (1 + 1 + 0.5 + 0) / 4.
        assert_eq!(compliance(&mixed(), Method::Average), Some(0.625));
    }

    #[test]
    fn weights_shift_the_average() {
        // By hand: (3·1 + 1·1 + 2·0.5 + 2·0) / (3 + 1 + 2 + 2) = 5 / 8 … and with the failed one at 12: 5 / 18.
        assert_eq!(compliance(&mixed(), Method::Weighted), Some(0.625));
        let heavy: Vec<Judged> = mixed().into_iter().map(|each| if each.judgement == Judgement::Not { judged(each.judgement, 12.0) } else { each }).collect();
        assert!(compliance(&heavy, Method::Weighted).is_some_and(|figure| (figure - 5.0 / 18.0).abs() < 1e-12));
    }

    #[test]
    fn the_worst_is_the_least_of_what_was_judged() {
        assert_eq!(compliance(&mixed(), Method::Worst), Some(0.0));
        let better = [judged(Judgement::Compliant, 1.0), judged(Judgement::Partly, 1.0), judged(Judgement::NotAssessed, 1.0)];
        assert_eq!(compliance(&better, Method::Worst), Some(0.5));
    }

    #[test]
    fn where_nothing_was_judged_there_is_no_figure() {
        let nothing = [judged(Judgement::NotApplicable, 1.0), judged(Judgement::NotAssessed, 1.0)];
        for method in [Method::Average, Method::Weighted, Method::Worst] {
            assert_eq!([compliance(&[], method), compliance(&nothing, method)], [None, None]);
        }
        assert_eq!(compliance(&[judged(Judgement::Compliant, 0.0)], Method::Weighted), None, "it weighs nothing");
    }

    #[test]
    fn each_is_counted_once() {
        assert_eq!(counts(&mixed()), Counts { compliant: 2, partly: 1, not: 1, not_applicable: 1, not_assessed: 1 });
    }
}
