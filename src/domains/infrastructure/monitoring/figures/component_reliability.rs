//! The reliability of a component over a span of days.

use crate::monitoring::agreed_time::{spans_of, without};
use crate::monitoring::attainment::{failures, kept};
use crate::monitoring::component_outage_time::{component_maintenance_within, component_outages_within};
use crate::operation::component_outage::ComponentOutage;
use crate::operation::dependency::COMPONENTS;
use crate::operation::figures::node::{ImpactNode, counted, nodes};
use crate::operation::it_service::Service;
use steward_core::resource::value::Note;
use steward_core::view::prelude::*;

/// Reliability of a component over a span of days.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComponentReliability {
    /// Evaluated component.
    pub component: ImpactNode,
    /// First day evaluated.
    pub from: Date,
    /// Day after the last.
    pub to: Date,
    /// Evaluated time in seconds: the days up to now, around the clock.
    pub evaluated_seconds: Figure,
    /// Time lost to outages, in seconds: each by the lost share of the component, several at a time as the worst of them.
    pub downtime_seconds: Figure,
    /// Share of the evaluated time in which it was up, in percent; null when no time was evaluated.
    pub availability_percent: Figure,
    /// Number of failures: outages outside approved maintenance; those that overlap or follow at once count as one.
    pub failures: Count,
    /// Mean time between failures, in seconds; null without a failure.
    pub mtbf_seconds: Figure,
    /// Mean time to restore the component, in seconds; null without a failure.
    pub mtrs_seconds: Figure,
    /// Reason why a figure cannot be computed; null where all are.
    pub reason: Option<Note>,
    /// True if you may not read all outages of components: the figures are then over those that you may read.
    pub partial: bool,
}

impl View for ComponentReliability {
    const PATH: &'static str = "infrastructure/component-reliability/{id}";
    const OPERATION_ID: &'static str = "get_component_reliability";
    const SUMMARY: &'static str = "Get the reliability of a component";
    const DESCRIPTION: &'static str = "Reliability over a span of days (UTC) of a device, a virtual machine or another node that is no service, over the component outages that you may see. The component counts around the clock. Maintenance is the time of a window that expects an outage, was approved before it began, and names the component or what it rests on, or no target where an outage of the component names it: it is no failure, but its outages count as downtime. Voided outages do not count.";
    const FORMULA: &'static str = "availability_percent = 100 · (evaluated_seconds − downtime_seconds) ÷ evaluated_seconds; mtbf_seconds = (evaluated_seconds − downtime_seconds) ÷ failures; mtrs_seconds = time in failures ÷ failures";
    const SOURCE: &'static str = "ITIL 4, availability management; ISO/IEC 20000-1";
    type Reads = (ComponentOutage, IfPermitted<Service>);
    type Query = Period;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Period) -> Result<Self> {
        let id = cx.id()?;
        let component = nodes(cx, &[id])?.remove(&id).filter(|node| COMPONENTS.contains(&node.collection)).ok_or_else(Problem::not_found)?;
        let (from, to, span) = query.span(cx)?;
        let downs = component_outages_within(cx, Some(id), span)?.and_then(|mut downs| downs.remove(&id)).unwrap_or_default();
        let maintenance = component_maintenance_within(cx, &[id], span)?.remove(&id).unwrap_or_default();
        let spans = spans_of(None, span.0, span.1);
        let kept = kept(&downs, &spans);
        let (count, failed) = failures(&downs, &without(&spans, &maintenance));
        let each = |sum: f64| Figure((count > 0).then(|| sum / count as f64));
        Ok(ComponentReliability {
            component,
            from,
            to,
            evaluated_seconds: Figure(Some(kept.agreed)),
            downtime_seconds: Figure(Some(kept.lost)),
            availability_percent: Figure(kept.percent()),
            failures: counted(count),
            mtbf_seconds: each(kept.agreed - kept.lost),
            mtrs_seconds: each(failed),
            reason: spans.is_empty().then(|| Note::cut("None of these days has begun.")),
            partial: partial::<(ComponentOutage,)>(cx)?,
        })
    }
}
