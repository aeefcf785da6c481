//! Business processes: what the organisation does, and how long it can do without.

use crate::risk::repetition;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Code, Date, Money, Note, Percent, Title, Whole};
use steward_core::resource::{Check, Id, Resource, Scope, Unique, ValidationErrors};

/// Elapsed time in seconds, up to ten years.
pub type Seconds = Whole<0, 315_360_000>;
/// What a process, a recovery plan or a test can be about.
/// What a process may need.
const NEEDED: &[&str] = &[
    "infrastructure/services",
    "security/information-assets",
    "infrastructure/devices",
    "infrastructure/virtual-machines",
    "vendors/vendors",
    "teams/people",
    "infrastructure/sites",
    "security/business-processes",
];

pub const RECOVERABLE: &[&str] = &["infrastructure/services", "security/information-assets", "infrastructure/devices", "infrastructure/virtual-machines"];

steward_core::value! {
    /// Impact of a disruption of a process after a given time.
    pub struct ImpactOverTime {
        /// Elapsed time in seconds; longer than that of the entry before.
        pub after_seconds: Seconds,
        /// Severity of the impact by then: 1 hardly noticed, 5 a threat to the organisation. Never less than before.
        pub impact: Whole<1, 5>,
        /// Loss incurred by then; null if it is not known. Never less than the last one known before.
        pub loss: Option<Money>,
        /// Description of the impact.
        pub description: Option<Note>,
    }
}

steward_core::value! {
    /// Dependency of a process.
    pub struct ProcessNeed {
        /// Subject of the dependency: a service, an information asset, a device, a virtual machine, a vendor, a person, a site or another
        /// process.
        #[field(refers_to(NEEDED))]
        pub subject_id: Id,
        /// Purpose of the dependency.
        pub note: Option<Note>,
    }
}

steward_core::resource! {
    /// Process of the organisation and its business impact analysis (ISO 22301, ISO/TS 22317).
    pub struct BusinessProcess {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Activities of the process, and their recipients.
        #[field(search)]
        pub description: Option<Note>,
        /// Maximum tolerable period of disruption (MTPD), in seconds; beyond it the organisation would not recover.
        pub mtpd_seconds: Option<Seconds>,
        /// Recovery time objective (RTO), in seconds until the process is to run again.
        pub rto_seconds: Option<Seconds>,
        /// Recovery point objective (RPO): tolerable loss of work, in seconds.
        pub rpo_seconds: Option<Seconds>,
        /// Time to catch up with the backlog, in seconds. RTO and this together stay within the MTPD.
        #[field(default(|| json!(0)))]
        pub catch_up_seconds: Seconds,
        /// Minimum business continuity objective (MBCO): share of the usual work to be done during a disruption, in percent.
        pub mbco_percent: Option<Percent>,
        /// Minimum business continuity objective in words.
        #[field(search)]
        pub mbco: Option<Note>,
        /// Impact of a disruption over time, the shortest time first.
        #[field(default(|| json!([])))]
        pub impact_over_time: Vec<ImpactOverTime>,
        /// Dependencies of the process, each once.
        #[field(default(|| json!([])))]
        pub depends_on: Vec<ProcessNeed>,
        /// Peak times, such as the end of a quarter.
        pub peak_times: Option<Note>,
        /// Date of the last analysis.
        #[field(happened)]
        pub analysed_on: Option<Date>,
    }
}

impl Resource for BusinessProcess {
    const PATH: &'static str = "security/business-processes";
    type Table = steward_schema::security::business_processes::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "business_processes_code_key", fields: &["code"] }];

    fn sample() -> Self {
        let entry = |hours: i64, impact: i64, loss: &str| ImpactOverTime {
            after_seconds: Whole(hours * 3600),
            impact: Whole(impact),
            loss: Some(Money::sample(loss, "EUR")),
            description: None,
        };
        BusinessProcess {
            code: "BP-ORDERS".into(),
            name: "Taking and delivering orders".into(),
            description: Some("From the order of a customer to its delivery.".into()),
            mtpd_seconds: Some(Whole(72 * 3600)),
            rto_seconds: Some(Whole(24 * 3600)),
            rpo_seconds: Some(Whole(3600)),
            catch_up_seconds: Whole(36 * 3600),
            mbco_percent: Some(steward_core::resource::value::Number(40.0)),
            mbco: Some("Orders of hospitals are taken by telephone.".into()),
            impact_over_time: vec![entry(4, 2, "5000"), entry(24, 3, "60000"), entry(72, 5, "400000")],
            depends_on: Vec::new(),
            peak_times: Some("The last week of each quarter.".into()),
            analysed_on: Date::parse("2026-02-20"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        if let (Some(mtpd), Some(rto)) = (self.mtpd_seconds, self.rto_seconds) {
            let detail = "RTO and catching up together must stay within the MTPD. Recover sooner, or catch up faster.";
            faults.require(rto.0 + self.catch_up_seconds.0 <= mtpd.0, "rto_seconds", "mtpd", detail);
        }
        for (at, (before, after)) in self.impact_over_time.iter().zip(self.impact_over_time.iter().skip(1)).enumerate() {
            // An entry without a loss says nothing of it: the last one known counts.
            let known = self.impact_over_time.iter().take(at + 1).rev().find_map(|entry| entry.loss);
            let costs = known.zip(after.loss).is_none_or(|(less, more)| less.currency == more.currency && less.minor <= more.minor);
            faults.within("impact_over_time", |faults| {
                faults.within(&(at + 1).to_string(), |faults| {
                    faults.require(before.after_seconds < after.after_seconds, "after_seconds", "order", "Expected the shortest time first, each once.");
                    faults.require(before.impact <= after.impact, "impact", "monotone", "The impact cannot fall with time.");
                    faults.require(costs, "loss", "monotone", "The loss cannot fall with time; expected one currency.");
                });
            });
        }
        faults.require(repetition::twice(&self.needed()).is_none(), "depends_on", "duplicate", "Name each once.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        match self.depends_on.iter().position(|need| need.subject_id == check.id) {
            Some(at) => Err(Problem::conflict(format!("/depends_on/{at}/subject_id"), "itself", "A process needs something else. Name that.").into()),
            None => Ok(()),
        }
    }
}

impl BusinessProcess {
    fn needed(&self) -> Vec<Id> {
        self.depends_on.iter().map(|need| need.subject_id).collect()
    }
}
