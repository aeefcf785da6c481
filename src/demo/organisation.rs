//! Units, people, teams, skills, roles and who fills them.

use super::author::Author;
use crate::error::Result;
use crate::resource::Id;
use diesel::prelude::*;
use serde_json::{Value, json};
use steward_schema::teams::units;

const UNITS: &[(&str, &str)] = &[
    ("OPS", "IT operations"),
    ("APP", "Applications"),
    ("SEC", "Information security"),
    ("PMO", "Projects and portfolio"),
    ("LOG", "Logistics"),
    ("FIN", "Finance and purchasing"),
];

const FIRST: &[&str] =
    &["Mira", "Tom", "Aylin", "Sven", "Nora", "Paul", "Ines", "Omar", "Greta", "Luis", "Eva", "Jan", "Sofia", "Kofi", "Hanna", "Rui", "Lena", "Max", "Zoe"];
const LAST: &[&str] = &["Becker", "Silva", "Okafor", "Lindqvist", "Haas", "Moreau", "Yilmaz", "Novak", "Jensen", "Costa", "Weber", "Adler", "Petrov"];

const TITLES: &[&str] = &["Network engineer", "Systems engineer", "Software engineer", "Security analyst", "Project manager", "Service manager"];

const SKILLS: &[(&str, &str, &str)] = &[
    ("NTAS", "Network support", "professional"),
    ("ITOP", "Infrastructure operations", "professional"),
    ("PROG", "Programming", "technical"),
    ("SCTY", "Information security", "professional"),
    ("PRMG", "Project management", "professional"),
    ("SLMO", "Service level management", "professional"),
];

/// Roles and the skills they ask for, with the least level.
const ROLES: &[(&str, &str, &[(&str, i64)])] = &[
    ("NET-ENG", "Network engineer", &[("NTAS", 4), ("ITOP", 3)]),
    ("SYS-ENG", "Systems engineer", &[("ITOP", 4), ("NTAS", 2)]),
    ("DEV", "Software engineer", &[("PROG", 4), ("SCTY", 2)]),
    ("SEC-ANA", "Security analyst", &[("SCTY", 4), ("NTAS", 3)]),
    ("PM", "Project manager", &[("PRMG", 4), ("SLMO", 3)]),
    ("SVC-MGR", "Service manager", &[("SLMO", 4), ("ITOP", 2)]),
];

const TEAMS: &[(&str, &str, &str)] = &[
    ("NET", "Networks", "OPS"),
    ("SRV", "Servers and storage", "OPS"),
    ("DESK", "Service desk", "OPS"),
    ("ORDERS", "Order platform", "APP"),
    ("ERP", "Business systems", "APP"),
    ("SOC", "Security operations", "SEC"),
    ("CHANGE", "Change office", "PMO"),
];

/// How many people there are beside the two administrators.
pub const PEOPLE: usize = 38;

/// Number of them who have an account, which reaches what is their own.
const ACCOUNTS: usize = 12;

/// One part for people, one for teams and roles.
pub fn write(hand: &mut Author<'_, '_>, part: usize) -> Result<()> {
    if part == 0 { people(hand) } else { teams(hand) }
}

fn people(hand: &mut Author<'_, '_>) -> Result<()> {
    let root = units::table.filter(units::parent_id.is_null()).order(units::id).select(units::id);
    let root = root.first::<Id>(hand.writer.connection)?.to_string();
    hand.change("teams/units", &root, json!({"name": "Nordwerk"}))?;
    for (code, name) in UNITS {
        hand.make("teams/units", json!({"code": code, "name": name, "parent_id": root}))?;
    }
    let heads = [hand.book.nth("teams/people", 0)?, hand.book.nth("teams/people", 1)?];
    for (head, title) in heads.iter().zip(["Head of IT", "Deputy head of IT"]) {
        let starts = hand.book.day(-2_600);
        hand.change("teams/people", head, json!({"job_title": title, "location": "Hamburg", "mentoring_capacity": 2, "starts_on": starts}))?;
        hand.go("teams/people", head, &["active"])?;
    }
    for at in 0..PEOPLE {
        let (first, last) = (pick(FIRST, at), pick(LAST, at));
        let starts = hand.book.day(-2_400 + 55 * i64::try_from(at).unwrap_or_default());
        let person = json!({
            "name": format!("{first} {last}"),
            "email": format!("{}.{}@nordwerk.example", first.to_lowercase(), last.to_lowercase()),
            "unit_id": unit(hand, at)?,
            "manager_id": if at < 6 { heads[at % 2].clone() } else { hand.book.nth("teams/people", 2 + at % 6)? },
            "job_title": pick(TITLES, at),
            "location": if at % 3 == 0 { "Rotterdam" } else { "Hamburg" },
            "weekly_hours": if at % 5 == 0 { 32 } else { 40 },
            "mentoring_capacity": at % 3,
            "starts_on": starts,
        });
        let states: &[&str] = match at {
            36 => &["active", "on_leave"],
            37 => &[],
            35 => &["active", "left"],
            _ => &["active"],
        };
        let email = person["email"].clone();
        let name = person["name"].clone();
        let person = hand.made("teams/people", person, states)?;
        if at < ACCOUNTS {
            // Without a password: an administrator sets one for whom they want to log in.
            hand.make("identity/users", json!({"email": email, "name": name, "person_id": person}))?;
        }
    }
    Ok(())
}

fn teams(hand: &mut Author<'_, '_>) -> Result<()> {
    for (at, (code, name, unit)) in TEAMS.iter().enumerate() {
        let team = json!({
            "code": code, "name": name, "unit_id": hand.book.id("teams/units", unit)?, "lead_id": hand.book.nth("teams/people", 2 + at)?,
            "purpose": format!("{name}, for everybody at Nordwerk."), "email": format!("{}@nordwerk.example", code.to_lowercase()),
        });
        let team = hand.make("teams/teams", team)?;
        for place in 0..5 {
            let (person, starts) = (hand.book.nth("teams/people", 2 + at + 7 * place)?, hand.book.day(-400));
            hand.make(
                "teams/memberships",
                json!({
                    "team_id": team, "person_id": person, "fte_percent": 80, "starts_on": starts, "role": pick(TITLES, at),
                }),
            )?;
        }
    }
    for (code, name, kind) in SKILLS {
        hand.make("teams/skills", json!({"code": code, "name": name, "kind": kind, "source": "SFIA 9"}))?;
    }
    for (at, (code, name, wanted)) in ROLES.iter().enumerate() {
        let role = hand.make("teams/role-profiles", json!({"code": code, "version": "1", "name": name, "family": "IT", "responsibility_level": 4}))?;
        for (skill, level) in *wanted {
            let skill = hand.book.id("teams/skills", skill)?;
            hand.make("teams/role-requirements", json!({"role_profile_id": role, "kind": "skill", "required_id": skill, "minimum_level": level}))?;
        }
        hand.go("teams/role-profiles", &role, &["published"])?;
        for place in 0..3 {
            fill(hand, (&role, name), wanted, at + 6 * place)?;
        }
    }
    for at in 0..12 {
        let starts = 7 * i64::try_from(at).unwrap_or_default() - 40;
        let absence = json!({
            "person_id": hand.book.nth("teams/people", 4 + 3 * at)?, "kind": pick(&["holiday", "training", "care"], at),
            "starts_on": hand.book.day(starts), "ends_on": hand.book.day(starts + 4), "deputy_id": hand.book.nth("teams/people", 5 + 3 * at % 30)?,
        });
        let states: &[&str] = if starts < 0 { &["approved", "taken"] } else { &["approved"] };
        hand.made("teams/absences", absence, if at == 11 { &[] } else { states })?;
    }
    let open = json!({
        "title": "Network engineer, Rotterdam", "role_profile_id": hand.book.nth("teams/role-profiles", 0)?, "fte": 1,
        "location": "Rotterdam",
    });
    hand.made("teams/positions", open, &["approved", "open"])?;
    let (mentor, mentee) = (hand.book.nth("teams/people", 0)?, hand.book.nth("teams/people", 9)?);
    let focus = "From running systems to leading those who run them.";
    hand.made("teams/mentorships", json!({"mentee_id": mentee, "mentor_id": mentor, "focus": focus, "cadence": "monthly"}), &["matched", "active"])?;
    let mentee = hand.book.nth("teams/people", 12)?;
    hand.make("teams/mentorships", json!({"mentee_id": mentee, "focus": "Writing that others like to read.", "cadence": "fortnightly"}))?;
    Ok(())
}

/// A position, its holder and what that person can do: some reach what the role asks for, some do not yet.
fn fill(hand: &mut Author<'_, '_>, (role, name): (&str, &str), wanted: &[(&str, i64)], at: usize) -> Result<()> {
    let holder = hand.book.nth("teams/people", 2 + at)?;
    let position = json!({
        "title": format!("{name} {}", at / 6 + 1), "role_profile_id": role, "fte": 1, "holder_id": holder, "unit_id": unit(hand, at)?,
    });
    hand.made("teams/positions", position, &["approved", "open", "filled"])?;
    for (skill, level) in wanted {
        let below = i64::try_from(hand.book.throw(3)).unwrap_or_default();
        let assessment = json!({
            "person_id": holder, "skill_id": hand.book.id("teams/skills", skill)?, "level": level - below, "source": "manager",
            "assessed_on": hand.book.day(-60),
        });
        let states: &[&str] = if at == 17 { &[] } else { &["confirmed"] };
        hand.made("teams/skill-assessments", assessment, states)?;
    }
    Ok(())
}

/// The unit of a person or thing, in turn.
pub fn unit(hand: &Author<'_, '_>, at: usize) -> Result<Value> {
    Ok(hand.book.id("teams/units", pick(UNITS, at).0)?.into())
}

/// One of a list: the counting goes round.
pub fn pick<T: Copy + Default>(list: &[T], at: usize) -> T {
    list.get(at.checked_rem(list.len()).unwrap_or_default()).copied().unwrap_or_default()
}
