//! The evaluation of a sourcing event: the score and rank of its offers, from their prices and the points of the evaluators.

use super::criterion::{CriterionKind, PriceFormula};
use super::life_cycle::LifeCycle;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Instant, Money, Title};
use steward_core::resource::{Check, UnmetGuard};
use steward_schema::vendors::{criteria, negotiation_rounds, offer_scores, offers};

/// The states of offers that compete with each other.
const COMPETING: &[&str] = &["qualified", "evaluated", "shortlisted", "awarded", "lost"];

/// A criterion as far as it counts here.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = criteria, check_for_backend(Dialect))]
pub struct Measure {
    id: Id,
    parent_id: Option<Id>,
    name: Title,
    kind: CriterionKind,
    weight: Option<f64>,
    max_points: Option<f64>,
    min_points: Option<f64>,
    formula: Option<PriceFormula>,
    discount_percent: Option<f64>,
}

/// What an evaluator found.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = offer_scores, check_for_backend(Dialect))]
pub struct Finding {
    offer_id: Id,
    criterion_id: Option<Id>,
    points: Option<f64>,
    passed: Option<bool>,
}

/// An offer with the price that counts: that of its last negotiation round, else its own.
#[derive(Debug, Clone)]
pub struct Competitor {
    /// The offer.
    pub id: Id,
    /// The price that counts.
    pub price: Option<Money>,
    life_cycle: Option<LifeCycle>,
    received_at: Option<Instant>,
}

/// The place of an offer among those that compete.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// The offer.
    pub id: Id,
    /// Its rank, 1 for the best; none as long as the score of some offer is not known.
    pub rank: Option<i64>,
    /// The price that counts.
    pub price: Option<Money>,
}

/// What of an offer's criteria nobody has found yet, or what keeps it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Knock-out criteria are met, and no mean of points is below the fewest.
    KeptIn,
    /// Each criterion has its points, and the price is known.
    Complete,
}

/// What is missing of the offer that is moved.
pub fn unmet(check: &mut Check<'_>, event: Id, asked: Asked) -> Result<Vec<UnmetGuard>> {
    let measures = measures(check, event)?;
    let own: Vec<Finding> = offer_scores::table.filter(offer_scores::offer_id.eq(check.id)).select(Finding::as_select()).load(check.connection)?;
    let id = check.id;
    if asked == Asked::KeptIn {
        return Ok(measures.iter().filter_map(|measure| kept_out(measure, id, &own)).collect());
    }
    let scored = leaves(&measures).filter(|measure| measure.kind == CriterionKind::Scored && points(measure, id, &own).is_none());
    let mut unmet: Vec<UnmetGuard> =
        scored.map(|measure| UnmetGuard::new("", "not_scored", format!("Nobody has scored the offer by \"{}\" yet.", measure.name.0))).collect();
    let compares = leaves(&measures).any(|measure| matches!(measure.kind, CriterionKind::Price | CriterionKind::LifecycleCost));
    let price: Option<Option<i64>> = offers::table.find(id).select(offers::price_amount).first(check.connection).optional()?;
    if compares && price.flatten().is_none() {
        unmet.push(UnmetGuard::new(
            "/price",
            "required",
            "The offer has no price, and prices are compared. Disqualify it, or correct the record of what was offered.",
        ));
    }
    Ok(unmet)
}

fn measures(check: &mut Check<'_>, event: Id) -> Result<Vec<Measure>> {
    Ok(criteria::table.filter(criteria::sourcing_event_id.eq(event)).order(criteria::id).select(Measure::as_select()).load(check.connection)?)
}

/// Why a criterion keeps an offer out, if it does or nobody knows.
fn kept_out(measure: &Measure, offer: Id, findings: &[Finding]) -> Option<UnmetGuard> {
    let of = || findings.iter().filter(|finding| finding.offer_id == offer && finding.criterion_id == Some(measure.id));
    let name = &measure.name.0;
    if measure.kind == CriterionKind::KnockOut {
        if of().any(|finding| finding.passed == Some(false)) {
            return Some(UnmetGuard::new("", "knock_out", format!("It does not meet \"{name}\", without which an offer is out. Disqualify it.")));
        }
        let unknown = of().next().is_none();
        return unknown.then(|| UnmetGuard::new("", "not_scored", format!("Nobody has said yet whether the offer meets \"{name}\".")));
    }
    let (fewest, mean) = (measure.min_points?, points(measure, offer, findings)?);
    (mean < fewest).then(|| UnmetGuard::new("", "min_points", format!("It has {mean} points by \"{name}\", and {fewest} are the fewest. Disqualify it.")))
}

/// The mean of an offer's points by a criterion.
fn points(measure: &Measure, offer: Id, findings: &[Finding]) -> Option<f64> {
    let given: Vec<f64> =
        findings.iter().filter(|each| each.offer_id == offer && each.criterion_id == Some(measure.id)).filter_map(|each| each.points).collect();
    (!given.is_empty()).then(|| given.iter().sum::<f64>() / given.len() as f64)
}

/// The criteria with weight that have none below them.
fn leaves(measures: &[Measure]) -> impl Iterator<Item = &Measure> {
    measures.iter().filter(|each| each.kind != CriterionKind::KnockOut && !measures.iter().any(|other| other.parent_id == Some(each.id)))
}

/// The share of a criterion in the whole.
fn share(measures: &[Measure], measure: &Measure) -> f64 {
    let (mut share, mut at) = (measure.weight.unwrap_or_default() / 100.0, measure.parent_id);
    for _ in 0..measures.len() {
        let Some(parent) = at.and_then(|id| measures.iter().find(|each| each.id == id)) else { break };
        share *= parent.weight.unwrap_or_default() / 100.0;
        at = parent.parent_id;
    }
    share
}

/// The standings of the offers of an event that compete.
pub fn standings(check: &mut Check<'_>, event: Id) -> Result<Vec<Standing>> {
    let measures = measures(check, event)?;
    let rows: Vec<(Id, Option<i64>, Option<Currency>, Option<LifeCycle>, Option<Instant>)> = offers::table
        .filter(offers::sourcing_event_id.eq(event).and(offers::state.eq_any(COMPETING)))
        .select((offers::id, offers::price_amount, offers::price_currency, offers::life_cycle, offers::received_at))
        .load(check.connection)?;
    let mut competitors: Vec<Competitor> = rows
        .into_iter()
        .map(|(id, minor, currency, life_cycle, received_at)| {
            let price = minor.zip(currency).map(|(minor, currency)| Money::new(minor, currency));
            Competitor { id, price, life_cycle, received_at }
        })
        .collect();
    let negotiated = negotiated(check, &competitors.iter().map(|each| each.id).collect::<Vec<_>>())?;
    competitors.iter_mut().for_each(|each| each.price = negotiated.get(&each.id).copied().or(each.price));
    let findings: Vec<Finding> = offer_scores::table.filter(offer_scores::sourcing_event_id.eq(event)).select(Finding::as_select()).load(check.connection)?;
    competitors.retain(|each| measures.iter().all(|measure| kept_out(measure, each.id, &findings).is_none()));
    Ok(rank(&measures, &competitors, &findings))
}

/// The prices that count of the offers of an event that are opened and not out, in order of their ids.
pub fn current_prices(check: &mut Check<'_>, event: Id) -> Result<Vec<(Id, Money)>> {
    let opened = offers::state.eq("opened").or(offers::state.eq_any(COMPETING));
    let rows: Vec<(Id, Option<Money>)> = offers::table
        .filter(offers::sourcing_event_id.eq(event).and(opened))
        .order(offers::id)
        .select((offers::id, (offers::price_amount, offers::price_currency)))
        .load(check.connection)?;
    let negotiated = negotiated(check, &rows.iter().map(|(id, _)| *id).collect::<Vec<_>>())?;
    Ok(rows.into_iter().filter_map(|(id, price)| Some((id, negotiated.get(&id).copied().or(price)?))).collect())
}

/// The price of the last negotiation round of each of some offers that has one.
fn negotiated(check: &mut Check<'_>, offers: &[Id]) -> Result<HashMap<Id, Money>> {
    let held = negotiation_rounds::state.eq("held").and(negotiation_rounds::offer_id.eq_any(offers));
    let rounds: Vec<(Id, Option<Money>)> = negotiation_rounds::table
        .filter(held)
        .order((negotiation_rounds::held_on, negotiation_rounds::round_number))
        .select((negotiation_rounds::offer_id, (negotiation_rounds::price_amount, negotiation_rounds::price_currency)))
        .load(check.connection)?;
    Ok(rounds.into_iter().filter_map(|(offer, price)| Some((offer, price?))).collect())
}

/// Ranks offers by their scores; the same score goes to the lower price, then to the one that came first.
fn rank(measures: &[Measure], competitors: &[Competitor], findings: &[Finding]) -> Vec<Standing> {
    let scores: Option<Vec<f64>> = competitors.iter().map(|each| score(measures, each, competitors, findings)).collect();
    let Some(scores) = scores else {
        return competitors.iter().map(|each| Standing { id: each.id, rank: None, price: each.price }).collect();
    };
    let mut order: Vec<(f64, &Competitor)> = scores.into_iter().zip(competitors).collect();
    order.sort_by(|(one, first), (other, second)| {
        let minor = |of: &Competitor| of.price.map_or(i64::MAX, |price| price.minor);
        other.total_cmp(one).then_with(|| (minor(first), first.received_at, first.id).cmp(&(minor(second), second.received_at, second.id)))
    });
    order.into_iter().zip(1..).map(|((_, each), rank)| Standing { id: each.id, rank: Some(rank), price: each.price }).collect()
}

/// Σ share × normalised score, from 0 to 1; none if something is not known.
fn score(measures: &[Measure], offer: &Competitor, all: &[Competitor], findings: &[Finding]) -> Option<f64> {
    let mut sum = 0.0;
    for measure in leaves(measures) {
        let normalised = match measure.kind {
            CriterionKind::Scored => points(measure, offer.id, findings)? / measure.max_points.filter(|most| *most > 0.0)?,
            _ => {
                let currency = offer.price?.currency;
                let costs: Option<Vec<f64>> =
                    all.iter().map(|each| cost(measure, each).filter(|_| each.price.is_some_and(|price| price.currency == currency))).collect();
                compared(measure.formula.unwrap_or(PriceFormula::Ratio), cost(measure, offer)?, &costs?)
            }
        };
        sum += share(measures, measure) * normalised;
    }
    // A score says no more than its figures: 6 decimals.
    Some((sum * 1e6).round() / 1e6)
}

/// What a price or a life-cycle cost criterion compares.
fn cost(measure: &Measure, offer: &Competitor) -> Option<f64> {
    let price = offer.price?.minor as f64;
    if measure.kind == CriterionKind::Price {
        return Some(price);
    }
    let rate = 1.0 + measure.discount_percent.unwrap_or_default() / 100.0;
    let beside = offer.life_cycle.as_ref();
    let opex: f64 = beside.into_iter().flat_map(|costs| &costs.opex).zip(1..).map(|(amount, year)| amount.minor as f64 / rate.powi(year)).sum();
    Some(price + opex + beside.and_then(|costs| costs.exit_cost).map_or(0.0, |exit| exit.minor as f64))
}

/// A cost as a score from 0 to 1 among all.
fn compared(formula: PriceFormula, own: f64, all: &[f64]) -> f64 {
    let (least, most) = all.iter().fold((own, own), |(least, most), each| (least.min(*each), most.max(*each)));
    match formula {
        PriceFormula::Ratio if own > 0.0 => least / own,
        PriceFormula::Linear if most > least => (most - own) / (most - least),
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(id: Id, kind: CriterionKind, weight: f64) -> Measure {
        let most = (kind == CriterionKind::Scored).then_some(10.0);
        Measure { id, parent_id: None, name: "M".into(), kind, weight: Some(weight), max_points: most, min_points: None, formula: None, discount_percent: None }
    }

    fn offer(price: i64) -> Competitor {
        Competitor { id: Id::new(), price: Some(Money::new(price, Currency::sample("EUR"))), life_cycle: None, received_at: None }
    }

    #[test]
    fn a_rank_follows_from_weights_points_and_prices() {
        let (price, support) = (measure(Id::new(), CriterionKind::Price, 60.0), measure(Id::new(), CriterionKind::Scored, 40.0));
        let (cheap, dear) = (offer(10_000), offer(12_500));
        let given = |offer: &Competitor, points: f64| Finding { offer_id: offer.id, criterion_id: Some(support.id), points: Some(points), passed: None };
        let findings = [given(&cheap, 4.0), given(&dear, 9.0), given(&dear, 10.0)];
        let (measures, all) = ([price, support.clone()], [cheap.clone(), dear.clone()]);
        // By hand: 0.6 × 1 + 0.4 × 0.4 = 0.76; 0.6 × 0.8 + 0.4 × 0.95 = 0.86.
        assert_eq!(score(&measures, &cheap, &all, &findings), Some(0.76));
        assert_eq!(score(&measures, &dear, &all, &findings), Some(0.86));
        let ranks: Vec<(Id, Option<i64>)> = rank(&measures, &all, &findings).into_iter().map(|each| (each.id, each.rank)).collect();
        assert_eq!(ranks, [(dear.id, Some(1)), (cheap.id, Some(2))]);
        assert!(rank(&measures, &all, &findings[..1]).iter().all(|each| each.rank.is_none()), "what is not scored has no rank");
    }

    #[test]
    fn equal_offers_do_not_share_a_rank() {
        let all = [offer(10_000), offer(10_000)];
        let ranks: Vec<Option<i64>> = rank(&[measure(Id::new(), CriterionKind::Price, 100.0)], &all, &[]).into_iter().map(|each| each.rank).collect();
        assert_eq!(ranks, [Some(1), Some(2)]);
    }

    #[test]
    fn prices_become_scores_by_ratio_or_line() {
        assert_eq!(compared(PriceFormula::Ratio, 125.0, &[100.0, 125.0]), 0.8);
        assert_eq!(compared(PriceFormula::Linear, 125.0, &[100.0, 125.0, 200.0]), 0.75);
        assert_eq!([compared(PriceFormula::Linear, 5.0, &[5.0, 5.0]), compared(PriceFormula::Ratio, 0.0, &[0.0])], [1.0, 1.0]);
    }
}
