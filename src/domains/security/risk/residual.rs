//! What controls leave of a risk: their effectiveness by what their tests showed, and the frequency and loss that remain.

use steward_core::resource::value::Date;

steward_core::choice! {
    /// Factor of a risk that a control reduces.
    pub enum ActsOn {
        /// Frequency of occurrence.
        Likelihood = "likelihood",
        /// Loss per occurrence.
        Impact = "impact",
        /// Both frequency and loss.
        Both = "both",
    }
}

/// A control as its tests show it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    /// How well it would work if it worked as designed, from 0 to 1; none if nobody said so.
    pub design: Option<f64>,
    /// For how many days a passed test proves that it works.
    pub period_days: i64,
    /// Whether it is in the state operating.
    pub in_operation: bool,
    /// Whether its latest conclusive operating test passed, and on which day that was; none if there was none.
    pub latest: Option<(bool, Date)>,
}

impl Tested {
    /// 1 if it is in operation and its latest conclusive operating test passed, else 0.
    pub fn operating(&self) -> f64 {
        if self.in_operation && self.latest.is_some_and(|(passed, _)| passed) { 1.0 } else { 0.0 }
    }

    /// clamp(2 − age / period, 0, 1): full until the next test is due, then fading over one period; 0 without a test.
    pub fn freshness(&self, today: Date) -> f64 {
        let Some((_, on)) = self.latest else { return 0.0 };
        let age = (today.0 - on.0).num_days() as f64;
        (2.0 - age / self.period_days.max(1) as f64).clamp(0.0, 1.0)
    }

    /// The first day after another on which it is worth less by itself, because its test grows old; none if it never is.
    pub fn fades_on(&self, today: Date) -> Option<Date> {
        if self.operating() == 0.0 || self.freshness(today) == 0.0 || self.design.is_none_or(|design| design == 0.0) {
            return None;
        }
        let (_, tested_on) = self.latest?;
        let first = tested_on.later(u32::try_from(self.period_days.max(1)).ok()?.checked_add(1)?)?;
        Some(first.max(today.later(1)?))
    }

    /// design × operating × freshness. A control that does not operate is worth 0 whatever its design; one that operates and of
    /// whose design nothing is known is worth nobody knows what.
    pub fn effectiveness(&self, today: Date) -> Option<f64> {
        let proven = self.operating() * self.freshness(today);
        if proven == 0.0 { Some(0.0) } else { self.design.map(|design| design * proven) }
    }
}

/// A scenario: how often it would happen without controls, and what each control is worth against what.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// How often a year.
    pub inherent: f64,
    /// What each control lowers, and its effectiveness.
    pub controls: Vec<(ActsOn, Option<f64>)>,
}

impl Scenario {
    /// inherent × Π(1 − e) over the controls that act on the likelihood; none if one of them is unknown.
    pub fn frequency(&self) -> Option<f64> {
        Some(self.inherent * self.left(ActsOn::Likelihood)?)
    }

    /// Π(1 − e) over the controls that act on the impact; none if one of them is unknown.
    pub fn loss_factor(&self) -> Option<f64> {
        self.left(ActsOn::Impact)
    }

    fn left(&self, on: ActsOn) -> Option<f64> {
        let acting = self.controls.iter().filter(|(acts_on, _)| *acts_on == on || *acts_on == ActsOn::Both);
        acting.map(|(_, effectiveness)| effectiveness.map(|e| 1.0 - e)).product()
    }
}

/// The frequency of a risk: the sum over its scenarios; none without scenarios, or if one of them is unknown.
pub fn frequency(scenarios: &[Scenario]) -> Option<f64> {
    let sum: Option<f64> = scenarios.iter().map(Scenario::frequency).sum();
    sum.filter(|_| !scenarios.is_empty())
}

/// The loss factor of a risk: the mean over its scenarios, weighed by how often each happens; plainly if none ever does.
pub fn loss_factor(scenarios: &[Scenario]) -> Option<f64> {
    let total = frequency(scenarios)?;
    let weight = |scenario: &Scenario| if total > 0.0 { scenario.frequency().map(|mine| mine / total) } else { Some(1.0 / scenarios.len() as f64) };
    scenarios.iter().map(|scenario| Some(weight(scenario)? * scenario.loss_factor()?)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tested(passed: bool, on: &str) -> Tested {
        Tested { design: Some(0.8), period_days: 90, in_operation: true, latest: Date::parse(on).map(|on| (passed, on)) }
    }

    fn near(found: Option<f64>, expected: f64) {
        assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?} is not {expected}");
    }

    #[test]
    fn a_control_is_full_for_a_period_and_fades_over_another() {
        let control = tested(true, "2026-01-01");
        let on = |day: &str| control.effectiveness(Date::sample(day));
        // 90 days after the first of January is the first of April; 135 the 16th of May; 180 the 30th of June.
        near(on("2026-01-01"), 0.8);
        near(on("2026-04-01"), 0.8);
        near(on("2026-05-16"), 0.4);
        near(on("2026-06-30"), 0.0);
        near(on("2027-01-01"), 0.0);
        near(on("2025-12-31"), 0.8);
    }

    #[test]
    fn a_control_fades_from_the_day_after_its_period_and_each_day_until_it_is_worth_nothing() {
        let control = tested(true, "2026-01-01");
        let fades = |day: &str| control.fades_on(Date::sample(day));
        // Full through the first of April; worth nothing from the 30th of June.
        assert_eq!(fades("2026-01-01"), Date::parse("2026-04-02"));
        assert_eq!(fades("2026-04-01"), Date::parse("2026-04-02"));
        assert_eq!(fades("2026-04-02"), Date::parse("2026-04-03"));
        assert_eq!(fades("2026-06-29"), Date::parse("2026-06-30"));
        assert_eq!(fades("2026-06-30"), None);
        assert_eq!(tested(false, "2026-01-01").fades_on(Date::sample("2026-01-01")), None);
        assert_eq!(Tested { design: Some(0.0), ..control }.fades_on(Date::sample("2026-01-01")), None);
    }

    #[test]
    fn a_control_that_failed_or_was_never_tested_is_worth_nothing_whatever_its_design() {
        let today = Date::sample("2026-01-15");
        near(tested(false, "2026-01-01").effectiveness(today), 0.0);
        near(Tested { latest: None, ..tested(true, "2026-01-01") }.effectiveness(today), 0.0);
        near(Tested { in_operation: false, ..tested(true, "2026-01-01") }.effectiveness(today), 0.0);
        near(Tested { design: None, ..tested(false, "2026-01-01") }.effectiveness(today), 0.0);
        assert_eq!(Tested { design: None, ..tested(true, "2026-01-01") }.effectiveness(today), None);
    }

    #[test]
    fn what_is_left_is_the_product_over_the_controls_that_act_on_it() {
        let scenario = Scenario { inherent: 4.0, controls: vec![(ActsOn::Likelihood, Some(0.8)), (ActsOn::Both, Some(0.5)), (ActsOn::Impact, Some(0.2))] };
        // 4 · 0.2 · 0.5 = 0.4 a year, and 0.5 · 0.8 = 0.4 of the loss.
        near(scenario.frequency(), 0.4);
        near(scenario.loss_factor(), 0.4);
        let bare = Scenario { inherent: 0.6, controls: Vec::new() };
        near(frequency(&[scenario.clone(), bare.clone()]), 1.0);
        // 0.4 · 0.4 + 0.6 · 1 = 0.76.
        near(loss_factor(&[scenario, bare]), 0.76);
    }

    #[test]
    fn what_is_unknown_stays_unknown() {
        let unknown = Scenario { inherent: 1.0, controls: vec![(ActsOn::Likelihood, None)] };
        assert_eq!((unknown.frequency(), unknown.loss_factor()), (None, Some(1.0)));
        assert_eq!((frequency(std::slice::from_ref(&unknown)), loss_factor(std::slice::from_ref(&unknown))), (None, None));
        assert_eq!((frequency(&[]), loss_factor(&[])), (None, None));
        near(loss_factor(&[Scenario { inherent: 0.0, controls: Vec::new() }]), 1.0);
    }
}
