//! Compliance of a framework: how far assessments found it met, in all, in each section and in each unit.

use crate::audit::{
    assessment::Assessment,
    compliance::{Counts, Judged, Method, compliance, counts},
    requirement_result::{Judgement, RequirementResult},
};
use crate::framework::{
    framework::Framework,
    requirement::{Requirement, top_of_each},
};
use std::collections::{BTreeMap, HashMap, HashSet};
use steward_core::resource::value::{Text, Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::governance::{assessments, requirement_results, requirements};

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Method of combining results into one figure.
    #[param(inline)]
    pub method: Method,
    /// Id of the one assessment whose results count.
    #[param(inline)]
    pub assessment_id: Option<IdOf<Assessment>>,
}

/// Compliance in a section.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SectionCompliance {
    /// Requirement that is the section.
    pub requirement_id: Id,
    /// Code of the section.
    pub code: Text<1, 100>,
    /// Title of the section.
    pub title: Text<1, 500>,
    /// Compliance from 0 to 1; null when nothing was assessed.
    pub compliance: Figure,
    /// Number of compliant requirements.
    pub compliant: Count,
    /// Number of partly compliant requirements.
    pub partly: Count,
    /// Number of requirements that are not compliant.
    pub not: Count,
    /// Number of requirements that are not applicable.
    pub not_applicable: Count,
    /// Number of requirements that are not assessed.
    pub not_assessed: Count,
}

/// Compliance of a unit with the framework.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnitCompliance {
    /// Assessed unit; null if the assessment belongs to none.
    pub unit_id: Option<Id>,
    /// Name of the unit; null if you may not see it.
    pub name: Option<Title>,
    /// Compliance from 0 to 1; null when nothing was assessed.
    pub compliance: Figure,
    /// Number of compliant requirements.
    pub compliant: Count,
    /// Number of partly compliant requirements.
    pub partly: Count,
    /// Number of requirements that are not compliant.
    pub not: Count,
    /// Number of requirements that are not applicable.
    pub not_applicable: Count,
    /// Number of requirements that are not assessed.
    pub not_assessed: Count,
}

/// Compliance with a framework.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Compliance {
    /// The framework.
    pub framework_id: Id,
    /// Method of combining results into one figure.
    pub method: Method,
    /// Assessment whose results count; null if the latest of each requirement do.
    pub assessment_id: Option<Id>,
    /// True if the figures leave out records that you may not read.
    pub partial: bool,
    /// Compliance from 0 to 1; null when nothing was assessed.
    pub compliance: Figure,
    /// Number of compliant requirements.
    pub compliant: Count,
    /// Number of partly compliant requirements.
    pub partly: Count,
    /// Number of requirements that are not compliant.
    pub not: Count,
    /// Number of requirements that are not applicable.
    pub not_applicable: Count,
    /// Number of requirements that are not assessed.
    pub not_assessed: Count,
    /// Compliance in each section, in the order of the framework.
    pub by_section: Vec<SectionCompliance>,
    /// Compliance of each assessed unit.
    pub by_unit: Vec<UnitCompliance>,
}

impl View for Compliance {
    const PATH: &'static str = "governance/frameworks/{id}/compliance";
    const SUMMARY: &'static str = "Get the compliance with a framework";
    const DESCRIPTION: &'static str = "Compliance with a framework by its assessments: in all, in each section (top-level group of requirements) and in each unit, \
        over the requirements, assessments and results that you may see.\n\n\
        The result that counts for each requirement is, in all and in a section, that of the latest approved or closed assessment that has one, \
        whatever its unit; in a unit, that of the latest one of the unit itself. The latest is by `ends_on`, then `id`. \
        With `assessment_id` the results of that assessment count, in whatever state it is.\n\n\
        Compliant is 1, partly 0.5, not 0. Requirements that are not applicable leave numerator and denominator. Those that are not assessed are counted apart and never as compliant. \
        `average` = Σ s / n; `weighted` = Σ w·s / Σ w with the weight of each requirement; `worst` = the least s. \
        Null when nothing was assessed, or when all that was assessed has a weight of 0.";
    type Reads = (Framework, RequirementResult, IfPermitted<Requirement>, IfPermitted<Assessment>);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let method = query.method;
        let framework = cx.id()?;
        cx.get_typed::<Framework>(framework)?;
        let assessment = assessment(cx, query.assessment_id.map(|assessment| assessment.id), framework)?;
        let asked = asked(cx, framework)?;
        let found = found(cx, framework, assessment)?;
        let mut overall: HashMap<Id, Judgement> = HashMap::new();
        let mut units: BTreeMap<Option<Id>, HashMap<Id, Judgement>> = BTreeMap::new();
        for each in &found {
            overall.entry(each.requirement).or_insert(each.judgement);
            units.entry(Some(each.unit)).or_default().entry(each.requirement).or_insert(each.judgement);
        }
        let (figure, total) = judge(asked.iter(), &overall, method);
        Ok(Compliance {
            framework_id: framework,
            method,
            assessment_id: assessment,
            partial: partial::<Self::Reads>(cx)?,
            compliance: figure,
            compliant: Whole(total.compliant),
            partly: Whole(total.partly),
            not: Whole(total.not),
            not_applicable: Whole(total.not_applicable),
            not_assessed: Whole(total.not_assessed),
            by_section: sections(&asked, &overall, method),
            by_unit: by_unit(cx, &asked, &units, method)?,
        })
    }
}

#[derive(Queryable)]
struct AssessableRequirement {
    id: Id,
    parent: Option<Id>,
    code: String,
    title: String,
    assessable: bool,
    weight: f64,
}

/// A result of a requirement in a unit; of each requirement the latest comes first.
#[derive(Queryable)]
struct AssessedResult {
    requirement: Id,
    unit: Id,
    judgement: Judgement,
}

/// The one assessment that is asked for, if it is of this framework.
fn assessment(reader: &mut Reader<'_>, wanted: Option<Id>, framework: Id) -> Result<Option<Id>> {
    let Some(id) = wanted else { return Ok(None) };
    let definition = reader.definition::<Assessment>()?;
    if reader.find(definition, id)?.is_some() {
        let (_, record) = reader.get_typed::<Assessment>(id)?;
        if record.framework_id.is_none_or(|of| of == framework) {
            return Ok(Some(id));
        }
    }
    Err(Problem::bad_request("There is no assessment of this framework with that assessment_id, or it is not visible to you.").into())
}

/// The requirements of the framework, in its order.
fn asked(reader: &mut Reader<'_>, framework: Id) -> Result<Vec<AssessableRequirement>> {
    let seen = reader.sees::<Requirement>()?;
    let asked = requirements::table
        .filter(requirements::framework_id.eq(framework))
        .filter(seen.clone())
        .order(requirements::id)
        .select((requirements::id, requirements::parent_id, requirements::code, requirements::title, requirements::assessable, requirements::weight))
        .load(reader.within(&seen))?;
    Ok(asked)
}

/// The results of an assessment, or else of all that were approved, the latest first.
fn found(reader: &mut Reader<'_>, framework: Id, assessment: Option<Id>) -> Result<Vec<AssessedResult>> {
    let (results, seen) = (reader.sees::<RequirementResult>()?, reader.sees::<Assessment>()?);
    let asked = requirements::table.filter(requirements::framework_id.eq(framework)).select(requirements::id).into_boxed();
    let query = requirement_results::table
        .inner_join(assessments::table)
        .filter(requirement_results::requirement_id.eq_any(asked))
        .filter(results)
        .filter(seen.clone())
        .order((assessments::ends_on.desc(), assessments::id.desc()))
        .select((requirement_results::requirement_id, assessments::unit_id, requirement_results::result));
    let found = match assessment {
        Some(id) => query.filter(assessments::id.eq(id)).load(reader.within(&seen))?,
        None => query.filter(assessments::state.eq_any(["approved", "closed"])).load(reader.within(&seen))?,
    };
    Ok(found)
}

/// The figure and the counts of the assessable ones of some requirements; what has no result was not assessed.
fn judge<'a>(asked: impl Iterator<Item = &'a AssessableRequirement>, results: &HashMap<Id, Judgement>, method: Method) -> (Figure, Counts) {
    let judgement = |id: &Id| results.get(id).copied().unwrap_or(Judgement::NotAssessed);
    let judged: Vec<Judged> = asked.filter(|each| each.assessable).map(|each| Judged { judgement: judgement(&each.id), weight: each.weight }).collect();
    (Figure(compliance(&judged, method)), counts(&judged))
}

/// The top-level groups: requirements without a parent that have others under them, or are not judged themselves.
fn sections(asked: &[AssessableRequirement], results: &HashMap<Id, Judgement>, method: Method) -> Vec<SectionCompliance> {
    let tops = top_of_each(asked.iter().map(|each| (each.id, each.parent)));
    let members = grouped(asked.iter().map(|each| (tops.get(&each.id).copied().unwrap_or(each.id), each)));
    let parents: HashSet<Id> = asked.iter().filter_map(|each| each.parent).collect();
    let groups = asked.iter().filter(|each| each.parent.is_none() && (!each.assessable || parents.contains(&each.id)));
    groups
        .map(|group| {
            let (figure, total) = judge(members.get(&group.id).into_iter().flatten().copied(), results, method);
            SectionCompliance {
                requirement_id: group.id,
                code: Text::cut(&group.code),
                title: Text::cut(&group.title),
                compliance: figure,
                compliant: Whole(total.compliant),
                partly: Whole(total.partly),
                not: Whole(total.not),
                not_applicable: Whole(total.not_applicable),
                not_assessed: Whole(total.not_assessed),
            }
        })
        .collect()
}

fn by_unit(
    reader: &mut Reader<'_>,
    asked: &[AssessableRequirement],
    units: &BTreeMap<Option<Id>, HashMap<Id, Judgement>>,
    method: Method,
) -> Result<Vec<UnitCompliance>> {
    let of_unit = |(unit_id, name, results)| {
        let (figure, total) = judge(asked.iter(), results, method);
        UnitCompliance {
            unit_id,
            name,
            compliance: figure,
            compliant: Whole(total.compliant),
            partly: Whole(total.partly),
            not: Whole(total.not),
            not_applicable: Whole(total.not_applicable),
            not_assessed: Whole(total.not_assessed),
        }
    };
    Ok(titled(reader, "teams/units", units.iter().map(|(unit, results)| (*unit, results)).collect())?.into_iter().map(of_unit).collect())
}
