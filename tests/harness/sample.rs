//! Bodies for the records of any collection, made from its sample: with the parents it needs, different from those before,
//! and ready for the moves of its lifecycle.

use super::{Actor, TestApp, document};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use steward::access::Session;
use steward::resource::value::{Date, Instant};
use steward::resource::{Field, Lifecycle, Need, ResourceType, Rule, Scope};
use steward::store::{Origin, Writer};

/// The collection into which a reference of a test points.
pub fn target_of(field: &Field) -> Option<&'static str> {
    match field.name {
        "subject_id" if field.refers_to_any() => Some("governance/controls"),
        _ if field.refers_to_any() => Some("teams/people"),
        _ => field.refers_to.first().copied(),
    }
}

/// Makes a body differ from others of its kind in all that must differ.
pub fn vary(definition: &ResourceType, members: &mut Map<String, Value>, unique: &str, (number, turn): (i64, i64)) {
    let refers = |name: &&str| **name != *"unit_id" && definition.field(name).is_some_and(|field| !field.refers_to.is_empty() && !field.optional);
    for field in definition.written_fields().filter(|field| field.unique && field.refers_to.is_empty()) {
        let value = members.get(field.name).map(|value| other(field, value, unique, number));
        value.map(|value| members.insert(field.name.into(), value));
    }
    let distinct = definition.rules.iter().filter_map(|rule| if let Rule::Distinct(fields) = rule { Some(*fields) } else { None });
    for fields in definition.unique.iter().map(|key| key.fields).chain(distinct) {
        let told_apart = fields.iter().any(|name| refers(name) || definition.field(name).is_some_and(|field| field.unique && field.refers_to.is_empty()));
        let last = fields.iter().rev().filter_map(|name| definition.field(name)).find(|field| field.refers_to.is_empty());
        if let (false, Some(field)) = (told_apart, last)
            && let Some(value) = members.get(field.name)
        {
            let value = other(field, value, unique, number);
            members.insert(field.name.into(), value);
        }
    }
    let alone = definition.rules.iter().any(|rule| matches!(rule, Rule::NoOverlap { same, .. } if !same.iter().any(&refers)));
    if alone {
        members.iter_mut().for_each(|(_, value)| *value = earlier(value, 400 * turn));
    }
}

/// Dates and instants so many days earlier; anything else as it is.
fn earlier(value: &Value, days: i64) -> Value {
    let text = value.as_str().unwrap_or_default();
    if let Some(date) = Date::parse(text) {
        return Date(date.0 - chrono::Duration::days(days)).to_string().into();
    }
    match Instant::parse(text).filter(|_| text.len() >= 20) {
        Some(instant) => instant.plus_seconds(-86_400 * days).to_string().into(),
        None => value.clone(),
    }
}

/// Another value of a field.
pub fn other(field: &Field, value: &Value, unique: &str, number: i64) -> Value {
    let schema = serde_json::to_value((field.schema)()).unwrap();
    let Some(text) = value.as_str() else {
        let (least, most) = (schema["minimum"].as_i64().unwrap_or(0), schema["maximum"].as_i64().unwrap_or(i64::MAX));
        return value.as_i64().map_or(value.clone(), |old| json!(least + (old - least + number) % (most - least).max(1)));
    };
    if earlier(value, 1) != *value {
        return earlier(value, number);
    }
    if let Some(varied) = other_address(text, number) {
        return varied.into();
    }
    if let Some((name, host)) = text.split_once('@') {
        return format!("{name}-{number}@{host}").into();
    }
    let most = usize::try_from(schema["maxLength"].as_u64().unwrap_or(40)).unwrap().min(60);
    let tail: String = format!("-{number}-{unique}").chars().take(most).collect();
    let tail = if text.contains('_') { tail.replace(['-', '.'], "_") } else { tail };
    let head: String = text.chars().take(most - tail.chars().count()).collect();
    format!("{head}{tail}").into()
}

/// Another IP address or prefix of the same family and length.
fn other_address(text: &str, number: i64) -> Option<String> {
    let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, length.parse::<u32>().ok()));
    let number = u32::try_from(number).ok()?;
    let varied = match address.parse().ok()? {
        IpAddr::V4(old) => {
            let step = if text.contains('/') { 1 << (32 - length.unwrap_or(32)) } else { 1 };
            IpAddr::from(u32::from(old).wrapping_add(number * step).to_be_bytes())
        }
        IpAddr::V6(old) => {
            let step = if text.contains('/') { 1u128 << (128 - length.unwrap_or(128)) } else { 1 };
            IpAddr::from(u128::from(old).wrapping_add(u128::from(number) * step).to_be_bytes())
        }
    };
    Some(length.map_or(varied.to_string(), |length| format!("{varied}/{length}")))
}

/// The moves that lead to each state from one, those that a caller can make.
pub fn ways(lifecycle: &Lifecycle, from: &'static str) -> HashMap<&'static str, Vec<&'static str>> {
    let mut ways = HashMap::from([(from, Vec::new())]);
    let mut frontier = vec![from];
    while let Some(state) = frontier.pop() {
        for step in lifecycle.moves_from(state).filter(|step| !step.automatic) {
            if !ways.contains_key(step.to) {
                let way = ways[state].iter().copied().chain([step.to]).collect();
                ways.insert(step.to, way);
                frontier.insert(0, step.to);
            }
        }
    }
    ways
}

impl TestApp {
    /// A number that no other body of this app has.
    pub fn next_number(&self) -> i64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// The same, and how many bodies of a collection there were before it: those whose spans may not overlap go so far back.
    pub fn next_numbers(&self, definition: &ResourceType) -> (i64, i64) {
        let mut turns = self.turns.lock().unwrap();
        let turn = turns.entry(definition.path).or_default();
        *turn += 1;
        (self.next_number(), *turn)
    }

    /// The sample of a collection with all the parents it needs, made where they are missing; `unique` keeps codes apart.
    pub async fn sample(&self, collection: &str, unique: &str) -> Map<String, Value> {
        let definition = self.served.store.definitions.get(collection).unwrap();
        let mut members = document::example_of(definition);
        for field in definition.written_fields() {
            if field.caller {
                self.person_of_admin().await;
            } else if definition.private_to.first() == Some(&field.name) {
                members.insert(field.name.into(), self.person_of_admin().await.into());
            } else if let Some(parent) = target_of(field)
                && !field.optional
                && members.get(field.name).is_some_and(Value::is_string)
            {
                let id = Box::pin(self.parent(parent, &format!("{unique}-{}", field.name))).await;
                members.insert(field.name.into(), id);
            }
        }
        vary(definition, &mut members, unique, self.next_numbers(definition));
        Box::pin(super::special::parents(self, definition, &mut members)).await;
        members
    }

    /// The id of a record to refer to.
    async fn parent(&self, collection: &str, unique: &str) -> Value {
        let definition = self.served.store.definitions.get(collection).unwrap();
        if collection == "platform/files" {
            return self.upload("text/plain", "Hello.").await["id"].clone();
        }
        if definition.operations.create {
            return self.make(collection, &self.sample(collection, unique).await.into()).await["id"].clone();
        }
        match self.get(&self.admin, &format!("/api/v1/{collection}")).await.body["data"][0]["id"].clone() {
            Value::Null => self.make_as_house(definition, self.sample(collection, unique).await).await["id"].clone(),
            known => known,
        }
    }

    /// Makes a record as the administrator, or as the app where no client may.
    pub async fn make_of(&self, definition: &'static ResourceType, body: Map<String, Value>) -> Value {
        if definition.operations.create { self.make(definition.path, &body.into()).await } else { self.make_as_house(definition, body).await }
    }

    /// Makes a record of a kind that no client makes.
    pub async fn make_as_house(&self, definition: &'static ResourceType, body: Map<String, Value>) -> Value {
        let make = move |writer: &mut Writer<'_>| {
            let made = writer.create(definition, body.clone())?;
            Ok(definition.to_json(&made, false))
        };
        self.served.store.write(&Arc::new(Session::system()), &Origin::system(), make).await.unwrap().into()
    }

    /// A new record that has what the guards of its moves ask for.
    pub async fn make_ready(&self, definition: &'static ResourceType, unique: &str) -> Value {
        let mut body = self.sample(definition.path, unique).await;
        let mut alone = false;
        for guard in definition.guards {
            match guard.need {
                Need::Set(fields) => {
                    for name in fields {
                        self.fill(definition, &mut body, name, unique).await;
                    }
                }
                Need::Alone(same) => {
                    alone |= same.is_empty() || same.contains(&"unit_id");
                    for name in same.iter().filter(|name| **name != "unit_id" && definition.field(name).is_some_and(|field| !field.refers_to.is_empty())) {
                        self.fill(definition, &mut body, name, unique).await;
                    }
                }
                _ => {}
            }
        }
        if alone && definition.scope == Scope::Unit {
            let code = format!("U{}", self.next_number());
            body.insert("unit_id".into(), self.unit(&code, &self.root_unit().await).await.into());
        }
        super::special::fields(self, definition, &mut body).await;
        let made = self.make_of(definition, body).await;
        self.surround(definition, &made, unique).await;
        made
    }

    async fn fill(&self, definition: &'static ResourceType, body: &mut Map<String, Value>, name: &str, unique: &str) {
        let field = definition.field(name).unwrap();
        // What the service writes, or somebody else when the time has come, is brought about before the move.
        if (field.read_only && definition.operations.create) || super::special::WRITTEN_LATER.contains(&(definition.path, name)) {
            return;
        }
        if body.get(name).is_none_or(Value::is_null) {
            let Some(target) = target_of(field) else {
                let value = super::document::example_of(definition).remove(name).filter(|value| !value.is_null());
                body.insert(name.into(), value.unwrap_or_else(|| panic!("{}: a move needs {name}, which its sample leaves empty", definition.path)));
                return;
            };
            let id = Box::pin(self.parent(target, &format!("{unique}-{name}"))).await;
            body.insert(name.into(), id);
        }
    }

    /// Makes and moves what stands around a record, as the guards of its moves ask for.
    async fn surround(&self, definition: &'static ResourceType, made: &Value, unique: &str) {
        for guard in definition.guards {
            match guard.need {
                Need::Part(of) => {
                    let (part, by) = self.served.store.definitions.parts_of(definition.path).find(|(part, _)| part.path == of).unwrap();
                    self.beside(part, by, made, None, unique).await;
                }
                Need::Sum { of, by, field, total } => {
                    let other = self.served.store.definitions.get(of).unwrap();
                    self.beside(other, by, made, Some((field, total)), unique).await;
                }
                _ => {}
            }
        }
        Box::pin(super::special::surroundings(self, definition, made)).await;
    }

    /// Makes a record that refers to another one.
    async fn beside(&self, definition: &'static ResourceType, by: &str, made: &Value, set: Option<(&str, f64)>, unique: &str) {
        let mut body = self.sample(definition.path, unique).await;
        body.insert(by.into(), made["id"].clone());
        set.map(|(field, value)| body.insert(field.into(), json!(value)));
        let there = self.get(&self.admin, &format!("/api/v1/{}?{by}={}", definition.path, made["id"].as_str().unwrap())).await;
        if there.body["data"].as_array().is_none_or(Vec::is_empty) {
            self.make(definition.path, &body.into()).await;
        }
    }

    /// Moves what a record refers to into the states that a move of it asks for.
    pub async fn prepare(&self, definition: &'static ResourceType, id: &str, to: &str) {
        let record = self.get(&self.admin, &format!("/api/v1/{}/{id}", definition.path)).await.body;
        for guard in definition.guards.iter().filter(|guard| guard.to.contains(&to)) {
            if let Need::Referred(name, states) = guard.need
                && let Some(other) = record[name].as_str()
            {
                let collection = self.get(&self.admin, &format!("/api/v1/platform/resources/{other}")).await.body["collection"].as_str().unwrap().to_owned();
                Box::pin(self.bring(self.served.store.definitions.get(&collection).unwrap(), other, states)).await;
            }
        }
        Box::pin(super::special::before(self, definition, &record, to)).await;
    }

    /// Moves a record to one of some states, if it is in none of them.
    pub async fn bring(&self, definition: &'static ResourceType, id: &str, states: &[&str]) {
        let record = self.get(&self.admin, &format!("/api/v1/{}/{id}", definition.path)).await.body;
        let lifecycle = definition.lifecycle.as_ref().unwrap();
        let now = *lifecycle.states.iter().find(|state| record["state"] == json!(state)).unwrap();
        if states.contains(&now) {
            return;
        }
        if now == lifecycle.first() {
            self.surround(definition, &record, id).await;
        }
        let ways = ways(lifecycle, now);
        let way = states.iter().filter_map(|state| ways.get(state)).min_by_key(|way| way.len());
        let way = way.unwrap_or_else(|| panic!("{} cannot come from {now} to {states:?}", definition.path));
        self.walk(definition, id, way).await;
    }

    /// Makes moves one after another, each by another person than the one before.
    pub async fn walk(&self, definition: &'static ResourceType, id: &str, way: &[&str]) {
        let path = format!("/api/v1/{}/{id}", definition.path);
        for to in way {
            self.prepare(definition, id, to).await;
            let moved = self.transition(&self.mover(definition, id, to).await, &path, to).await;
            assert_eq!((moved.status, &moved.body["state"]), (200, &json!(to)), "{path} to {to}: {}", moved.text);
        }
    }

    /// Who makes a move: not who changed the record last, and for an approval somebody who had no hand in it.
    pub async fn mover(&self, definition: &ResourceType, id: &str, to: &str) -> Actor {
        let record = self.get(&self.admin, &format!("/api/v1/{}/{id}", definition.path)).await.body;
        let second = self.second_admin().await;
        if let Some(by_second) = super::special::mover(definition.path, to) {
            return if by_second { second } else { self.admin.clone() };
        }
        let approves = |step: &&steward::resource::Move| step.approving && json!(step.from) == record["state"] && step.to == to;
        if definition.moves().any(|step| approves(&step)) {
            return self.approver(definition, &record).await;
        }
        if record["updated_by"] == json!(second.id.unwrap().to_string()) { self.admin.clone() } else { second }
    }

    /// One of four administrators who had no hand in a record, nor in the one that it lies within.
    async fn approver(&self, definition: &ResourceType, record: &Value) -> Actor {
        let mut hands: Vec<Value> = vec![record["updated_by"].clone()];
        let above = if let Scope::Within(field) = definition.scope { record[field].as_str() } else { None };
        for id in [record["id"].as_str(), above].into_iter().flatten() {
            let history = self.get(&self.admin, &format!("/api/v1/platform/resources/{id}/history")).await.body;
            hands.extend(history["data"].as_array().into_iter().flatten().map(|each| each["actor_id"].clone()));
        }
        let third = self.third.get_or_init(|| self.actor("administrator", None)).await.clone();
        let had_a_hand = |actor: &Actor| hands.contains(&json!(actor.id.unwrap().to_string()));
        let fourth = self.fourth.get_or_init(|| self.actor("administrator", None)).await.clone();
        let approver = [self.second_admin().await, self.admin.clone(), third, fourth.clone()].into_iter().find(|actor| !had_a_hand(actor)).unwrap_or(fourth);
        // Some tests let days pass, and logins age.
        self.log_in_as(&approver.id.unwrap().to_string())
    }

    /// A second administrator: another person, for what needs four eyes.
    pub async fn second_admin(&self) -> Actor {
        self.second.get_or_init(|| self.actor("administrator", None)).await.clone()
    }
}
