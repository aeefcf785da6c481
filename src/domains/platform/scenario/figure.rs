//! Figures of a scenario: the measures of the domains, those that each scenario compares, and those that are asked for.

use super::difference::Differences;
use crate::batch::placeholder;
use crate::overview::{DomainMeasure, Overview};
use serde::Serialize;
use serde_json::Value;
use steward_core::access::Session;
use steward_core::error::{Error, FieldError, Kind, Problem, Result};
use steward_core::http::{AddressedFigure, Routes};
use steward_core::resource::value::{Date, Note, Text, Whole};
use steward_core::resource::{Id, ResourceType};
use steward_core::store::{FieldChange, Reader, Store};
use steward_core::view::{Count, Domain, Measure, Operation};
use utoipa::ToSchema;

/// Figure that each scenario compares.
#[derive(Debug, Clone, Copy)]
pub struct Standard {
    /// Name in the answer, in lower_snake.
    pub name: &'static str,
    /// Address under `/api/v1/`.
    pub path: &'static str,
    /// Number of days from today on for which it is asked, where it is asked for a span.
    pub days: Option<u32>,
}

impl Standard {
    fn address(&self, today: Date) -> String {
        self.days.map_or_else(|| self.path.to_owned(), |days| format!("{}?from={today}&to={}", self.path, today.plus_days(days)))
    }
}

/// Figures of the whole API, as scenarios find them.
pub struct Figures {
    routes: Routes,
    measures: Vec<(&'static str, Measure)>,
    standard: &'static [Standard],
}

impl Figures {
    /// Figures of some domains, and those that each scenario compares.
    pub fn of(domains: &[Domain], standard: &'static [Standard]) -> Self {
        let collections: Vec<&'static ResourceType> = domains.iter().flat_map(|domain| domain.collections.iter().copied()).collect();
        let operations: Vec<&'static Operation> = domains.iter().flat_map(|domain| domain.operations.iter().copied()).collect();
        let measures = domains.iter().filter_map(|domain| Some((domain.name, domain.measure?))).collect();
        Figures { routes: Routes::new(&collections, &operations), measures, standard }
    }

    /// Those of a running service.
    pub(super) fn of_service(store: &Store) -> Result<&Figures> {
        store.definitions.answers.get().ok_or_else(|| Error::broken("scenarios without the figures of the API"))
    }

    /// The figure at an address; none if there is none. Refused as its own call would be (400, 403, 404).
    pub(super) fn find(&self, session: &Session, address: &str) -> Result<Option<AddressedFigure>> {
        self.routes.figure(session, address, &self.measures)
    }

    /// Everything that is compared, as it stands now, over the records that the reader sees.
    pub(super) fn read(&self, reader: &mut Reader<'_>, asked: &[String]) -> Result<Reading> {
        let overview = Overview::of(reader, &self.measures)?;
        let mut reading = Reading { standard: Vec::with_capacity(self.standard.len()), asked: Vec::with_capacity(asked.len()), overview };
        for each in self.standard {
            let address = each.address(reading.overview.as_of);
            let answer = self.answer(reader, &address)?;
            reading.standard.push((each.name, address, answer));
        }
        for address in asked {
            reading.asked.push(self.answer(reader, address)?);
        }
        Ok(reading)
    }

    /// The answer of a figure, or its refusal; an error of the database ends the request.
    fn answer(&self, reader: &mut Reader<'_>, address: &str) -> Result<Answer> {
        let answer = self.find(reader.session, address).and_then(|figure| figure.ok_or_else(Problem::not_found)?.compute(reader));
        match answer {
            Ok(answer) => Ok(Ok(answer)),
            Err(Error::Problem(problem)) => Ok(Err(problem)),
            Err(error) => Err(error),
        }
    }
}

type Answer = std::result::Result<Value, Box<Problem>>;

/// Everything that a scenario compares, as it stands at one moment.
pub struct Reading {
    /// Measures of the domains.
    pub overview: Overview,
    standard: Vec<(&'static str, String, Answer)>,
    asked: Vec<Answer>,
}

/// An address in which the records of operations stand in place of their numbers (424 where there is no such operation).
pub fn at_made(address: &str, made: &[Option<Id>]) -> Result<String> {
    let (path, query) = address.split_at(address.find('?').unwrap_or(address.len()));
    let segments = path.split('/').map(|segment| placeholder(segment, made).map_or_else(|| Ok(segment.to_owned()), |id| Ok(id?.to_string())));
    Ok(segments.collect::<Result<Vec<String>>>()?.join("/") + query)
}

/// Measure of a domain before and after the decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeasureChange {
    /// The domain.
    pub domain: Text<1, 64>,
    /// True if any of its values differs.
    pub changed: bool,
    /// Measure as it stands.
    pub before: DomainMeasure,
    /// Measure after the decision.
    pub after: DomainMeasure,
}

/// Figure that each scenario compares, by the values that differ.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandardFigure {
    /// Name of the figure: recovery_gaps or workload.
    pub name: Text<1, 64>,
    /// Address of the figure, without /api/v1/.
    pub address: Text<1, 2_000>,
    /// True if any value differs.
    pub changed: bool,
    /// Number of values that differ.
    pub count: Count,
    /// Values that differ, at most 1,000, as in `figures`.
    pub changes: Vec<FieldChange>,
    /// Reason for which the figure cannot be compared; null if it is.
    pub reason: Option<Note>,
}

/// Figure that was asked for, before and after the decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct FigureChange {
    /// Address as it was asked for.
    pub address: Text<1, 65_536>,
    /// True if any value differs.
    pub changed: bool,
    /// Answer of the figure as it stands; null if its record is only made by the decision.
    pub before: Value,
    /// Answer of the figure after the decision; null if its record is gone then.
    pub after: Value,
    /// Number of values that differ.
    pub count: Count,
    /// Values that differ, at most 1,000. The pointers lead into `after`, those of what is gone into `before`. Entries of a list that name a
    /// record are compared with those of the same record, wherever they stand.
    pub changes: Vec<FieldChange>,
}

/// Measures before and after, in the order of the domains.
pub fn measures(before: Vec<DomainMeasure>, after: Vec<DomainMeasure>) -> Result<Vec<MeasureChange>> {
    let told = |measure: &DomainMeasure| serde_json::to_value(measure).map_err(Error::unwritable);
    let compare = |(before, after): (DomainMeasure, DomainMeasure)| {
        let changed = told(&before)? != told(&after)?;
        Ok(MeasureChange { domain: before.domain.clone(), changed, before, after })
    };
    before.into_iter().zip(after).map(compare).collect()
}

/// The figures that each scenario compares, before and after.
pub fn standard(before: &Reading, after: &Reading) -> Vec<StandardFigure> {
    let compare = |((name, address, before), (_, _, after)): (&(&'static str, String, Answer), &(&'static str, String, Answer))| {
        let (found, reason) = match (before, after) {
            (Ok(before), Ok(after)) => (Differences::between(before, after), None),
            (Err(problem), _) | (_, Err(problem)) => (Differences::default(), Some(Note::cut(&problem.detail))),
        };
        let (changed, count) = (found.count > 0, counted(found.count));
        StandardFigure { name: Text::cut(name), address: Text::cut(address), changed, count, changes: found.changes, reason }
    };
    before.standard.iter().zip(&after.standard).map(compare).collect()
}

/// The figures that were asked for, before and after; one that answers neither time, or not for want of its record alone, is refused.
pub fn asked(addresses: &[String], before: Reading, after: Reading) -> Result<Vec<FigureChange>> {
    let compare = |(at, (address, (before, after))): (usize, (&String, (Answer, Answer)))| {
        let (before, after) = match (before, after) {
            (Err(problem), Err(_)) => return Err(of_figure(*problem, at).into()),
            (Err(problem), _) | (_, Err(problem)) if problem.kind != Kind::NotFound => return Err(of_figure(*problem, at).into()),
            (before, after) => (before.unwrap_or_default(), after.unwrap_or_default()),
        };
        let found = Differences::between(&before, &after);
        let (changed, count) = (found.count > 0, counted(found.count));
        Ok(FigureChange { address: Text::cut(address), changed, before, after, count, changes: found.changes })
    };
    addresses.iter().zip(before.asked.into_iter().zip(after.asked)).enumerate().map(compare).collect()
}

/// The refusal of a figure, which names its place in the request.
pub fn of_figure(mut problem: Problem, at: usize) -> Problem {
    problem.errors = vec![FieldError::new(format!("/figures/{at}"), "figure", problem.detail.clone())];
    problem
}

fn counted(count: usize) -> Count {
    Whole(i64::try_from(count).unwrap_or(i64::MAX))
}
