//! Criteria: by what the offers of a sourcing event are judged.

use diesel::dsl::{exists, not, select};
use diesel::prelude::*;
use steward_core::choice;
use steward_core::database::expression::total_of_reals;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Note, Number, Percent, Text, Title, Whole};
use steward_core::resource::{Check, Id, Lock, PartOf, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use steward_schema::vendors::criteria;

choice! {
    /// Kind of a criterion.
    pub enum CriterionKind {
        /// Minimum requirement: an offer that does not meet it is excluded.
        KnockOut = "knock_out",
        /// Criterion that gives points, or a group of such criteria.
        Scored = "scored",
        /// Comparison of prices.
        Price = "price",
        /// Comparison of life-cycle costs: the price, the cost of each year, and the exit.
        LifecycleCost = "lifecycle_cost",
    }
}

choice! {
    /// Source of the assessment of an offer against a criterion.
    pub enum CriterionSource {
        /// Evaluators, from the offer.
        Evaluator = "evaluator",
        /// Data of the organisation, such as past service levels, incidents and findings.
        OwnData = "own_data",
        /// People who work with the vendor.
        StakeholderRating = "stakeholder_rating",
    }
}

choice! {
    /// Formula that turns a price into a score from 0 to 1.
    pub enum PriceFormula {
        /// Best price divided by the offer's.
        Ratio = "ratio",
        /// (highest − the offer's) divided by (highest − lowest); 1 when all are equal.
        Linear = "linear",
    }
}

steward_core::resource! {
    /// Criterion by which offers are evaluated, or a group of criteria. The weights of each level add up to 100, and all is fixed once the
    /// event is published.
    pub struct Criterion {
        /// The sourcing event.
        #[field(refers_to(&["vendors/sourcing-events"]))]
        pub sourcing_event_id: Id,
        /// Parent criterion, in the same event; its weight is shared out among its children.
        #[field(refers_to(&["vendors/criteria"]))]
        pub parent_id: Option<Id>,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Question to the vendor, and the marks of a good answer.
        #[field(search)]
        pub description: Option<Note>,
        /// Kind of evaluation. A knock-out criterion has no weight and nothing below it.
        #[field(fixed)]
        pub kind: CriterionKind,
        /// Source of the assessment.
        #[field(default(|| serde_json::json!("evaluator")))]
        pub source: CriterionSource,
        /// Share of its level, in percent; null for a knock-out criterion.
        pub weight: Option<Percent>,
        /// Maximum points; only where it is scored.
        pub max_points: Option<Number<1, 1000>>,
        /// Minimum points with which an offer is not excluded; only where it is scored.
        pub min_points: Option<Number<0, 1000>>,
        /// Formula that turns a price or cost into a score; only for price and life-cycle cost, where the ratio is the default.
        pub formula: Option<PriceFormula>,
        /// Discount rate of later costs per year, in percent; only for life-cycle cost.
        pub discount_percent: Option<Percent>,
        /// Position among its siblings.
        pub position: Option<Whole<1, 10_000>>,
    }
}

impl Resource for Criterion {
    const PATH: &'static str = "vendors/criteria";
    type Table = steward_schema::vendors::criteria::table;
    const SCOPE: Scope = Scope::Within("sourcing_event_id");
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("sourcing_event_id", &["draft"]));
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id"), Rule::Agrees { by: "parent_id", theirs: "sourcing_event_id", ours: "sourcing_event_id" }];

    fn sample() -> Self {
        Criterion {
            sourcing_event_id: Id::sample(),
            parent_id: None,
            name: "Support".into(),
            description: Some("Hours, languages and the time to a first answer.".into()),
            kind: CriterionKind::Scored,
            source: CriterionSource::Evaluator,
            weight: Some(Number(100.0)),
            max_points: Some(Number(10.0)),
            min_points: Some(Number(4.0)),
            formula: None,
            discount_percent: None,
            position: Some(Whole(1)),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let is = |kind: CriterionKind| self.kind == kind;
        let weighted = is(CriterionKind::KnockOut) != self.weight.is_some();
        faults.require(weighted, "weight", "kind", "A knock-out criterion has no weight, and every other one has.");
        let points = is(CriterionKind::Scored) || (self.max_points.is_none() && self.min_points.is_none());
        faults.require(points, "max_points", "kind", "Only a scored criterion has points.");
        let fewest = self.min_points.is_none_or(|fewest| self.max_points.is_some_and(|most| fewest.0 <= most.0));
        faults.require(fewest, "min_points", "range", "Expected no more than max_points.");
        let compares = is(CriterionKind::Price) || is(CriterionKind::LifecycleCost);
        faults.require(compares || self.formula.is_none(), "formula", "kind", "Only a price or a life-cycle cost has a formula.");
        let discounted = is(CriterionKind::LifecycleCost) || self.discount_percent.is_none();
        faults.require(discounted, "discount_percent", "kind", "Only a life-cycle cost is discounted.");
    }

    fn locks(&self) -> Vec<Lock> {
        self.parent_id.map(Lock::Row).into_iter().collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(parent) = self.parent_id else { return Ok(()) };
        let group = criteria::table.find(parent).filter(criteria::kind.eq(CriterionKind::Scored));
        if select(exists(group)).get_result(check.connection)? {
            return Ok(());
        }
        Err(Problem::conflict("/parent_id", "kind", "Only a scored criterion can have others below it. Choose another parent.").into())
    }
}

diesel::alias!(criteria as parents: Parents);

/// What is missing before an event is published: on each level the weights of its criteria are 100 together, and what is scored has a most.
pub fn require_full_weights(check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let parent = parents.filter(parents.field(criteria::id).nullable().eq(criteria::parent_id)).select(parents.field(criteria::name)).single_value();
    let mut levels: Vec<(Option<Title>, f64)> = criteria::table
        .filter(criteria::sourcing_event_id.eq(check.id).and(criteria::weight.is_not_null()))
        .group_by(criteria::parent_id)
        .select((parent, total_of_reals(criteria::weight).assume_not_null()))
        .load(check.connection)?;
    levels.retain(|(_, sum)| (sum - 100.0).abs() > 0.000_001);
    levels.sort_by(|(one, _), (other, _)| one.cmp(other));
    let unmet = levels.into_iter().map(|(parent, sum)| {
        let level = parent.map_or("at the top".to_owned(), |Text(name)| format!("under {name}"));
        UnmetGuard::new("", "weights", format!("The weights of the criteria {level} are {sum} together, and must be 100."))
    });
    let mut unmet: Vec<UnmetGuard> = unmet.collect();
    let below = parents.filter(parents.field(criteria::parent_id).eq(criteria::id.nullable()));
    let open: Vec<Title> = criteria::table
        .filter(criteria::sourcing_event_id.eq(check.id).and(criteria::kind.eq(CriterionKind::Scored)).and(criteria::max_points.is_null()))
        .filter(not(exists(below)))
        .order(criteria::id)
        .select(criteria::name)
        .load(check.connection)?;
    unmet.extend(
        open.into_iter().map(|Text(name)| UnmetGuard::new("", "max_points", format!("Say the most points that can be given by {name}: set its max_points."))),
    );
    Ok(unmet)
}
