//! Judging conflicts on demand, and every hour: what ended by the passing of days ends here.

use super::conflict::Conflict;
use super::sight::{RECORDS, ROOTS, seen};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use steward_core::database::Narrowed;
use steward_core::error::{Problem, Result};
use steward_core::jobs::Work;
use steward_core::resource::value::{Text, Whole};
use steward_core::resource::{Id, ValidationErrors};
use steward_core::store::{Outcome, Writer};
use steward_core::view::{Action, Call, NoQuery};
use steward_schema::platform::conflicts;
use steward_schema::service::registry;
use utoipa::ToSchema;

/// How many open conflicts are judged at once.
const MOST: i64 = 1000;

/// `POST platform/conflicts/judgements`.
#[derive(Debug)]
pub struct JudgeConflicts;

impl Action for JudgeConflicts {
    const PATH: &'static str = "platform/conflicts/judgements";
    const OPERATION_ID: &'static str = "judge_conflicts";
    const SUMMARY: &'static str = "Evaluate conflicts again";
    const DESCRIPTION: &'static str = "Evaluates whether facts keep the rules that they may break. With `subject_id`, all rules about that record: broken rules raise conflicts, \
        conflicts of rules that are kept end. Without it, the rules of the open conflicts that you may see, the oldest first, 1,000 at most. \
        Conflicts are evaluated automatically whenever a record changes that can cause or end them, and the open ones every hour.";
    const PERMISSIONS: &'static [&'static str] = &["platform.conflicts:read", "platform.conflicts:update"];
    type Query = NoQuery;
    type Body = WantedJudgement;
    type Prepared = WantedJudgement;
    type Answer = Judgements;

    fn example(_: &str) -> Value {
        json!({})
    }

    fn apply(writer: &mut Writer<'_>, _: &Call, wanted: &WantedJudgement) -> Result<Outcome> {
        let rule = wanted.rule.as_ref().map(|rule| rule.0.as_str());
        let about: Vec<(Id, Option<String>)> = match wanted.subject_id {
            Some(subject) => {
                if !is_seen(writer, subject)? {
                    let mut faults = ValidationErrors::new();
                    faults.at("subject_id", "reference", "There is no such record, or it is not visible to you.");
                    return Err(Problem::invalid(faults.into_vec()).into());
                }
                vec![(subject, rule.map(str::to_owned))]
            }
            None => {
                let seen = writer.reader().sees::<Conflict>()?;
                if seen.is_nothing() {
                    return Err(Problem::not_found().into());
                }
                open(writer, seen, MOST)?
                    .into_iter()
                    .filter(|(_, each)| rule.is_none_or(|rule| rule == each))
                    .map(|(subject, rule)| (subject, Some(rule)))
                    .collect()
            }
        };
        let mut answer = [0, 0, 0];
        for (subject, rule) in &about {
            answer[1] += open_about(writer, *subject, rule.as_deref())?;
            answer[0] += i64::try_from(writer.judge_rules(*subject, rule.as_deref())?).unwrap_or_default();
            answer[2] += open_about(writer, *subject, rule.as_deref())?;
        }
        let [judged, open_before, open_after] = answer.map(Whole);
        Outcome::of(200, &Judgements { judged, open_before, open_after })
    }
}

steward_core::value! {
    /// Request to evaluate rules.
    pub struct WantedJudgement {
        /// Record about which rules are evaluated; left out, the rules of all open conflicts are.
        pub subject_id: Option<Id>,
        /// Single rule to evaluate, as conflicts name it; all of them if it is left out.
        pub rule: Option<Text<1, 200>>,
    }
}

/// Result of an evaluation of rules.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Judgements {
    /// Number of rules evaluated about a record.
    pub judged: Whole<0, 1_000_000_000>,
    /// Number of conflicts about these records that were open before.
    pub open_before: Whole<0, 1_000_000_000>,
    /// Number of conflicts about these records that are open now.
    pub open_after: Whole<0, 1_000_000_000>,
}

/// Whether the session sees a record of any kind.
fn is_seen(writer: &mut Writer<'_>, subject: Id) -> Result<bool> {
    let record = RECORDS
        .inner_join(ROOTS.on(ROOTS.field(registry::id).eq(RECORDS.field(registry::root_id))))
        .filter(RECORDS.field(registry::id).eq(subject).and(RECORDS.field(registry::deleted_at).is_null()))
        .filter(seen(&writer.store.definitions, writer.session));
    Ok(select(exists(record)).get_result(writer.connection)?)
}

/// The records and rules of open conflicts, the oldest first.
fn open(writer: &mut Writer<'_>, seen: Narrowed<conflicts::table>, most: i64) -> Result<Vec<(Id, String)>> {
    let open = conflicts::table.filter(conflicts::state.eq("open")).filter(seen).order(conflicts::id).limit(most);
    Ok(open.select((conflicts::subject_id, conflicts::rule)).load(writer.connection)?)
}

fn open_about(writer: &mut Writer<'_>, subject: Id, rule: Option<&str>) -> Result<i64> {
    let open = conflicts::table.filter(conflicts::state.eq("open").and(conflicts::subject_id.eq(subject)));
    Ok(match rule {
        Some(rule) => open.filter(conflicts::rule.eq(rule)).count().get_result(writer.connection)?,
        None => open.count().get_result(writer.connection)?,
    })
}

/// The open conflicts, judged every hour.
pub fn work() -> Work {
    Work { kind: "conflicts", period_seconds: Some(3600), prepare: Arc::new(|_, _, _| Ok(Box::new(judge_open))), report: None }
}

fn judge_open(writer: &mut Writer<'_>) -> Result<Value> {
    let about = open(writer, Narrowed::everything(), i64::MAX)?;
    for (subject, rule) in &about {
        writer.judge_rules(*subject, Some(rule))?;
    }
    Ok(json!({"judged": about.len()}))
}
