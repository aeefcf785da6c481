//! Risk quantifications: what a risk costs in a year, as distributions of how often and how much.

use super::expected_loss::{LossModel, Spread};
use super::risk_assessment::Stage;
use super::simulation::{self, Summary};
use serde_json::json;
use steward_core::error::Result;
use steward_core::resource::value::{Currency, Date, Instant, Money, Note, Number, Ratio, Title, Whole};
use steward_core::resource::{Check, Due, Effect, FieldType, Id, Lifecycle, Resource, Scope, StateException, ValidationErrors};

/// Number of years drawn.
pub type Trials = Whole<1_000, 1_000_000>;
/// The seed of a draw.
pub type Seed = Whole<0, 9_007_199_254_740_991>;
/// Frequency per year.
pub type Frequency = Number<0, 1_000_000>;

steward_core::value! {
    /// Frequency per year, estimated by three points (PERT).
    pub struct FrequencyPert {
        /// Minimum frequency per year.
        pub min: Frequency,
        /// Most likely frequency per year.
        pub mode: Frequency,
        /// Maximum frequency per year.
        pub max: Frequency,
    }
}

steward_core::value! {
    /// Loss of one event, as an interval that holds nine out of ten: a lognormal distribution with σ = (ln high − ln low)/3.28971 and μ =
    /// ln low + 1.64485σ.
    pub struct LossInterval {
        /// Lower limit: one event in twenty costs less. Greater than 0.
        pub low: Money,
        /// Upper limit: one event in twenty costs more. Greater than `low`.
        pub high: Money,
    }
}

steward_core::value! {
    /// Loss of one event, estimated by three points (PERT).
    pub struct LossPert {
        /// Minimum loss.
        pub min: Money,
        /// Most likely loss.
        pub mode: Money,
        /// Maximum loss.
        pub max: Money,
    }
}

steward_core::value! {
    /// Secondary loss from reactions of others to an event: fines, claims, customers who leave (FAIR).
    pub struct SecondaryLoss {
        /// Probability that an event has such a loss, from 0 to 1.
        pub probability: Ratio,
        /// Amount of the secondary loss.
        pub loss: LossInterval,
    }
}

steward_core::value! {
    /// Inputs of a run.
    pub struct RunInputs {
        /// Frequency per year; of the scenarios where the quantification names none.
        pub frequency: Option<Frequency>,
        /// Frequency per year by three points.
        pub frequency_pert: Option<FrequencyPert>,
        /// Loss of an event, as a 90 % interval.
        pub loss_interval: Option<LossInterval>,
        /// Loss of an event by three points.
        pub loss_pert: Option<LossPert>,
        /// Secondary loss of an event.
        pub secondary_loss: Option<SecondaryLoss>,
        /// Share of the loss that the controls of the scenarios leave; 1 where the quantification names its frequency.
        pub loss_factor: Ratio,
        /// Number of years drawn.
        pub trials: Trials,
        /// Seed of the draw.
        pub seed: Seed,
    }
}

steward_core::value! {
    /// A point of the loss exceedance curve of a run.
    pub struct DrawnPoint {
        /// Loss of a year.
        pub loss: Money,
        /// Share of the years that lose more, from 0 to 1.
        pub probability: Ratio,
    }
}

steward_core::value! {
    /// The figures of the years that a run has drawn. Values too large to represent are left out.
    pub struct RunResult {
        /// Mean annual loss.
        pub mean: Option<Money>,
        /// Standard deviation of the annual loss.
        pub standard_deviation: Option<Money>,
        /// Loss that half of the years do not exceed.
        pub p50: Option<Money>,
        /// Loss that 90 % of the years do not exceed.
        pub p90: Option<Money>,
        /// Loss that 95 % of the years do not exceed.
        pub p95: Option<Money>,
        /// Loss that 99 % of the years do not exceed.
        pub p99: Option<Money>,
        /// Mean loss of the worst 1 % of the years.
        pub expected_shortfall_99: Option<Money>,
        /// Loss exceedance curve.
        pub exceedance: Vec<DrawnPoint>,
    }
}

steward_core::resource! {
    /// Frequency and loss of a risk, as distributions from which its annual loss is drawn. It is stale until it is run, and once an input
    /// has changed, its own or that of the scenarios and tested controls that it follows; a run alone makes it fresh.
    pub struct RiskQuantification {
        /// The risk.
        #[field(refers_to(&["security/risks"]), fixed)]
        pub risk_id: Id,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Stage of assessment, by the controls considered.
        #[field(default(|| json!("current")))]
        pub stage: Stage,
        /// Frequency per year (λ of a Poisson distribution). Without this and `frequency_pert` it follows from the scenarios of the risk,
        /// and the loss is reduced as their controls reduce it; at the target stage the controls that open treatments plan count by their
        /// design. A target whose scenarios have no such control needs a frequency of its own.
        pub frequency: Option<Frequency>,
        /// Frequency per year, by three points. Not both this and `frequency`.
        pub frequency_pert: Option<FrequencyPert>,
        /// Loss of one event, as a 90 % interval. Either this or `loss_pert`.
        pub loss_interval: Option<LossInterval>,
        /// Loss of one event, by three points. Either this or `loss_interval`.
        pub loss_pert: Option<LossPert>,
        /// Secondary loss from reactions of others to an event.
        pub secondary_loss: Option<SecondaryLoss>,
        /// Number of years drawn.
        #[field(default(|| json!(100_000)))]
        pub trials: Trials,
        /// Seed of the draw; the same seed gives the same figures.
        #[field(default(|| json!(1)))]
        pub seed: Seed,
        /// Basis of the distributions.
        #[field(search)]
        pub rationale: Option<Note>,
        /// Time of the last run.
        #[field(read_only, happened)]
        pub ran_at: Option<Instant>,
        /// First day on which a control test that the last run reckoned with fades, or fades further: the quantification is stale from then on.
        #[field(read_only)]
        pub fades_on: Option<Date>,
        /// Inputs of the last run.
        #[field(read_only)]
        pub run_inputs: Option<RunInputs>,
        /// Figures of the last run.
        #[field(read_only)]
        pub run_result: Option<RunResult>,
    }
}

impl Resource for RiskQuantification {
    const PATH: &'static str = "security/risk-quantifications";
    type Table = steward_schema::security::risk_quantifications::table;
    const SCOPE: Scope = Scope::Within("risk_id");
    const DUE: &'static [Due] = &[Due::on("stale", "fades_on").from(&["fresh"])];
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::deletable(&["fresh"], "A run can be made again: the same inputs and seed give the same figures.")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("stale→fresh:refresh→stale:mark_stale").automatic(&["refresh"]))
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
            ran_at: Instant::parse("2026-04-01T08:30:00Z"),
            fades_on: Date::parse("2026-06-30"),
            run_inputs: Some(RunInputs {
                frequency: Some(Number(0.4)),
                frequency_pert: None,
                loss_interval: Some(LossInterval { low: euros("20000"), high: euros("400000") }),
                loss_pert: None,
                secondary_loss: None,
                loss_factor: Number(1.0),
                trials: Whole(100_000),
                seed: Whole(20_260_401),
            }),
            run_result: Some(RunResult {
                mean: Some(euros("50436")),
                standard_deviation: Some(euros("128000")),
                p50: Some(euros("0")),
                p90: Some(euros("151000")),
                p95: Some(euros("265000")),
                p99: Some(euros("610000")),
                expected_shortfall_99: Some(euros("905000")),
                exceedance: vec![DrawnPoint { loss: euros("0"), probability: Number(0.33) }, DrawnPoint { loss: euros("151000"), probability: Number(0.1) }],
            }),
        }
    }

    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        // Scenarios and controls mark it by themselves.
        let inputs = |one: &Self| (one.stage, one.inputs(Some((0.0, 1.0))).map(|inputs| FieldType::to_json(&inputs)));
        let Some(before) = check.before::<Self>()? else { return Ok(Vec::new()) };
        // Only a run writes when it was and what it has drawn.
        let is_run = before.ran_at != self.ran_at || FieldType::to_json(&before.run_inputs) != FieldType::to_json(&self.run_inputs);
        let to = match check.state {
            Some("stale") if is_run => "fresh",
            Some("fresh") if inputs(before) != inputs(self) => "stale",
            _ => return Ok(Vec::new()),
        };
        Ok(vec![Effect::transition::<Self>(check.id, to)])
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let one = |one: bool, other: bool| one != other;
        let (often, much) = ("Say how often: either frequency or frequency_pert, or neither.", "Say how much: either loss_interval or loss_pert.");
        faults.require(self.frequency.is_none() || self.frequency_pert.is_none(), "frequency", "one_of", often);
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

    /// Whether its frequency, and the share of the loss that is left, follow from the scenarios of the risk.
    pub fn follows_scenarios(&self) -> bool {
        self.frequency.is_none() && self.frequency_pert.is_none()
    }

    /// What a run draws from, with the frequency and the loss factor of the scenarios; none if they are needed and not known.
    pub fn inputs(&self, scenarios: Option<(f64, f64)>) -> Option<RunInputs> {
        let (frequency, loss_factor) = if self.follows_scenarios() {
            let (frequency, factor) = scenarios?;
            (Some(Number(frequency)), factor)
        } else {
            (self.frequency, 1.0)
        };
        Some(RunInputs {
            frequency,
            frequency_pert: self.frequency_pert.clone(),
            loss_interval: self.loss_interval.clone(),
            loss_pert: self.loss_pert.clone(),
            secondary_loss: self.secondary_loss.clone(),
            loss_factor: Number(loss_factor),
            trials: self.trials,
            seed: self.seed,
        })
    }
}

impl RunResult {
    /// The figures of drawn years in a currency.
    pub fn of(summary: &Summary, currency: Currency) -> Self {
        let money = |minor: f64| rounded(minor, currency);
        let [p50, p90, p95, p99] = summary.percentiles.map(money);
        let point = |(loss, probability): &(f64, f64)| Some(DrawnPoint { loss: money(*loss)?, probability: Number(*probability) });
        RunResult {
            mean: money(summary.mean),
            standard_deviation: money(summary.standard_deviation),
            p50,
            p90,
            p95,
            p99,
            expected_shortfall_99: money(summary.expected_shortfall),
            exceedance: summary.exceedance.iter().filter_map(point).collect(),
        }
    }
}

impl RunInputs {
    /// The figures of the years that it draws; none if a distribution cannot be drawn from.
    pub fn drawn(&self) -> Option<RunResult> {
        let (model, currency) = self.model()?;
        let (trials, seed) = (usize::try_from(self.trials.0).ok()?, u64::try_from(self.seed.0).ok()?);
        Some(RunResult::of(&simulation::summary(simulation::draw(&model, trials, seed, 0)?)?, currency))
    }

    /// What is drawn from, and in which currency.
    pub fn model(&self) -> Option<(LossModel, Currency)> {
        let spread = |interval: &LossInterval| Spread::Interval(interval.low.minor as f64, interval.high.minor as f64);
        let exact = self.frequency.map(|frequency| Spread::Exact(frequency.0));
        let frequency = exact.or_else(|| self.frequency_pert.as_ref().map(|pert| Spread::Pert(pert.min.0, pert.mode.0, pert.max.0)))?;
        let pert = |pert: &LossPert| Spread::Pert(pert.min.minor as f64, pert.mode.minor as f64, pert.max.minor as f64);
        let loss = self.loss_interval.as_ref().map(spread).or_else(|| self.loss_pert.as_ref().map(pert))?;
        let secondary = self.secondary_loss.as_ref().map(|secondary| (secondary.probability.0, spread(&secondary.loss)));
        let currency = self.loss_interval.as_ref().map(|interval| interval.low.currency).or_else(|| self.loss_pert.as_ref().map(|pert| pert.min.currency))?;
        Some((LossModel { frequency, loss, secondary, factor: self.loss_factor.0 }, currency))
    }
}

/// An amount in minor units, rounded to them; none if it is beyond all measure.
pub fn rounded(minor: f64, currency: Currency) -> Option<Money> {
    let minor = minor.round();
    (minor.is_finite() && minor.abs() < 9.0e15).then_some(Money::new(minor as i64, currency))
}
