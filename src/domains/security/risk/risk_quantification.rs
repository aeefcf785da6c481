//! Risk quantifications: what a risk costs in a year, as distributions of how often and how much.

use super::expected_loss::{Spread, of_year};
use super::risk_assessment::Stage;
use crate::resource::value::{Currency, Money, Note, Number, Ratio, Title, Whole};
use crate::resource::{Id, Lifecycle, Resource, Scope, ValidationErrors};
use serde_json::json;

/// How often a year.
pub type Frequency = Number<0, 1_000_000>;

crate::value! {
    /// A frequency of which only three points are known (PERT).
    pub struct FrequencyPert {
        /// How often a year at least.
        pub min: Frequency,
        /// How often a year most likely.
        pub mode: Frequency,
        /// How often a year at most.
        pub max: Frequency,
    }
}

crate::value! {
    /// What one event costs, as an interval that holds nine out of ten: a lognormal distribution with σ = (ln high − ln
    /// low)/3.28971 and μ = ln low + 1.64485σ.
    pub struct LossInterval {
        /// One in twenty costs less. Greater than 0.
        pub low: Money,
        /// One in twenty costs more. Greater than low.
        pub high: Money,
    }
}

crate::value! {
    /// What one event costs, of which only three points are known (PERT).
    pub struct LossPert {
        /// At least.
        pub min: Money,
        /// Most likely.
        pub mode: Money,
        /// At most.
        pub max: Money,
    }
}

crate::value! {
    /// What others do after an event: fines, claims, customers who leave (FAIR).
    pub struct SecondaryLoss {
        /// With which probability an event has such a loss, from 0 to 1.
        pub probability: Ratio,
        /// What it costs then.
        pub loss: LossInterval,
    }
}

crate::resource! {
    /// How often a risk happens and what it costs, as distributions from which its loss in a year is drawn. What goes in changes
    /// while it is stale; it is fresh again when it was run with that.
    pub struct RiskQuantification {
        /// The risk.
        #[field(refers_to(&["security/risks"]), fixed)]
        pub risk_id: Id,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// With which controls it is judged.
        #[field(default(|| json!("current")))]
        pub stage: Stage,
        /// How often a year (λ of a Poisson distribution). Either this or `frequency_pert`.
        pub frequency: Option<Frequency>,
        /// How often a year, by three points. Either this or `frequency`.
        pub frequency_pert: Option<FrequencyPert>,
        /// What one event costs, as a 90 % interval. Either this or `loss_pert`.
        pub loss_interval: Option<LossInterval>,
        /// What one event costs, by three points. Either this or `loss_interval`.
        pub loss_pert: Option<LossPert>,
        /// What others do after an event.
        pub secondary_loss: Option<SecondaryLoss>,
        /// How many years are drawn.
        #[field(default(|| json!(100_000)))]
        pub trials: Whole<1_000, 1_000_000>,
        /// The seed of the draw: the same seed gives the same figures.
        #[field(default(|| json!(1)))]
        pub seed: Whole<0, 9_007_199_254_740_991>,
        /// What the distributions rest on.
        #[field(search)]
        pub rationale: Option<Note>,
    }
}

impl Resource for RiskQuantification {
    const PATH: &'static str = "security/risk-quantifications";
    type Table = steward_schema::security::risk_quantifications::table;
    const SCOPE: Scope = Scope::Within("risk_id");
    const EDITABLE_IN: &'static [&'static str] = &["stale"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("fresh→stale:mark_stale→fresh:refresh"))
    }

    fn sample() -> Self {
        let euros = |amount: &str| Money::sample(amount, "EUR");
        RiskQuantification {
            risk_id: Id::sample(),
            name: "With the controls of spring".into(),
            stage: Stage::Current,
            frequency: Some(Number(0.4)),
            frequency_pert: None,
            loss_interval: Some(LossInterval { low: euros("20000"), high: euros("400000") }),
            loss_pert: None,
            secondary_loss: Some(SecondaryLoss { probability: Number(0.2), loss: LossInterval { low: euros("50000"), high: euros("500000") } }),
            trials: Whole(100_000),
            seed: Whole(20_260_401),
            rationale: Some("Losses of four events in our trade, 2023 to 2025.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let one = |one: bool, other: bool| one != other;
        let (often, much) = ("Say how often: either frequency or frequency_pert.", "Say how much: either loss_interval or loss_pert.");
        faults.require(one(self.frequency.is_some(), self.frequency_pert.is_some()), "frequency", "one_of", often);
        faults.require(one(self.loss_interval.is_some(), self.loss_pert.is_some()), "loss_interval", "one_of", much);
        let rising = "Expected min ≤ mode ≤ max, and min < max.";
        let pert = self.frequency_pert.as_ref().is_none_or(|pert| rises(pert.min.0, pert.mode.0, pert.max.0));
        faults.require(pert, "frequency_pert", "order", rising);
        let pert = self.loss_pert.as_ref().is_none_or(|pert| pert.min.minor >= 0 && rises(pert.min.minor, pert.mode.minor, pert.max.minor));
        faults.require(pert, "loss_pert", "order", rising);
        let interval = |interval: &LossInterval| 0 < interval.low.minor && interval.low.minor < interval.high.minor;
        let asks = "Expected 0 < low < high.";
        faults.require(self.loss_interval.as_ref().is_none_or(interval), "loss_interval", "order", asks);
        faults.require(self.secondary_loss.as_ref().is_none_or(|secondary| interval(&secondary.loss)), "secondary_loss", "order", asks);
        let mut currencies = self.amounts().into_iter().map(|money| money.currency);
        let first = currencies.next();
        let field = if self.loss_pert.is_some() { "loss_pert" } else { "loss_interval" };
        faults.require(currencies.all(|currency| Some(currency) == first), field, "currency", "Expected all losses in one currency.");
    }
}

fn rises<T: PartialOrd>(min: T, mode: T, max: T) -> bool {
    min <= mode && mode <= max && min < max
}

impl RiskQuantification {
    fn amounts(&self) -> Vec<Money> {
        let interval = |interval: &LossInterval| [interval.low, interval.high];
        let pert = self.loss_pert.iter().flat_map(|pert| [pert.min, pert.mode, pert.max]);
        let secondary = self.secondary_loss.iter().flat_map(|secondary| interval(&secondary.loss));
        self.loss_interval.iter().flat_map(interval).chain(pert).chain(secondary).collect()
    }

    fn currency(&self) -> Option<Currency> {
        self.amounts().first().map(|money| money.currency)
    }

    /// The expected loss of a year: the mean that its simulation comes to.
    pub fn expected_annual_loss(&self) -> Option<Money> {
        let spread = |interval: &LossInterval| Spread::Interval(interval.low.minor as f64, interval.high.minor as f64);
        let exact = self.frequency.map(|frequency| Spread::Exact(frequency.0));
        let frequency = exact.or_else(|| self.frequency_pert.as_ref().map(|pert| Spread::Pert(pert.min.0, pert.mode.0, pert.max.0)))?;
        let pert = |pert: &LossPert| Spread::Pert(pert.min.minor as f64, pert.mode.minor as f64, pert.max.minor as f64);
        let loss = self.loss_interval.as_ref().map(spread).or_else(|| self.loss_pert.as_ref().map(pert))?;
        let secondary = self.secondary_loss.as_ref().map(|secondary| (secondary.probability.0, spread(&secondary.loss)));
        let minor = of_year(frequency, loss, secondary).round();
        (minor.is_finite() && minor < 9.0e15).then_some(Money::new(minor as i64, self.currency()?))
    }
}
