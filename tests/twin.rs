//! The same calls on both databases give the same answers: ids and cursors aside.

use crate::harness::{Answer, TestApp};
use serde_json::{Value, json};
use std::collections::HashMap;
use steward::resource::{Id, ResourceType};

/// How many calls are made.
const CALLS: usize = 400;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.roll(list.len())]
    }
}

/// One of the two services, with the names that ids have in its story.
struct Twin {
    app: TestApp,
    names: HashMap<String, usize>,
    records: Vec<(&'static ResourceType, String)>,
}

impl Twin {
    fn new(app: TestApp) -> Twin {
        Twin { app, names: HashMap::new(), records: Vec::new() }
    }

    /// An answer with each id replaced by the order in which it was first seen.
    fn faceless(&mut self, answer: &Answer) -> (u16, String) {
        let mut body = answer.body.clone();
        if let Some(members) = body.as_object_mut() {
            members.shift_remove("instance");
            members.get_mut("next_cursor").filter(|cursor| cursor.is_string()).into_iter().for_each(|cursor| *cursor = json!("more"));
        }
        self.rename(&mut body);
        (answer.status, body.to_string())
    }

    fn rename(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.named(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.rename(item)),
            Value::Object(members) => members.iter_mut().filter(|(name, _)| *name != "request_id").for_each(|(_, member)| self.rename(member)),
            _ => {}
        }
        if let Value::Object(members) = value {
            members.shift_remove("request_id");
        }
    }

    fn named(&mut self, text: &str) -> String {
        let words = text.split_inclusive(|letter: char| !letter.is_ascii_hexdigit() && letter != '-');
        let mut named = String::new();
        for word in words {
            let id = word.trim_end_matches(|letter: char| !letter.is_ascii_hexdigit());
            if id.len() == 36 && Id::parse(id).is_some() {
                let next = self.names.len();
                named.push_str(&format!("#{}{}", self.names.entry(id.to_owned()).or_insert(next), &word[id.len()..]));
            } else {
                named.push_str(word);
            }
        }
        named
    }

    /// Makes the call that the dice name.
    async fn call(&mut self, dice: &mut Dice, number: usize) -> Answer {
        let (app, admin) = (&self.app, &self.app.admin);
        let made: Vec<&'static ResourceType> = app
            .served
            .store
            .definitions
            .all()
            .iter()
            .copied()
            .filter(|definition| definition.operations.create && !definition.anonymous && definition.once_fields().next().is_none())
            .collect();
        let kind = dice.roll(10);
        if kind < 4 || self.records.is_empty() {
            let definition = *dice.pick(&made);
            let mut body = app.sample(definition.path, &format!("t{number}")).await;
            let fields: Vec<&str> = definition.fields.iter().map(|field| field.name).collect();
            match dice.roll(4) {
                0 => drop(body.shift_remove(*dice.pick(&fields))),
                1 => drop(body.insert(
                    (*dice.pick(&fields)).to_owned(),
                    dice.pick(&[json!(null), json!(-1), json!("Ünïcode ß"), json!([]), json!("2026-02-30"), json!(1e30)]).clone(),
                )),
                _ => {}
            }
            let answer = app.post(admin, &format!("/api/v1/{}", definition.path), &body.into()).await;
            if answer.status == 201 {
                self.records.push((definition, answer.id()));
            }
            return answer;
        }
        let (definition, id) = dice.pick(&self.records).clone();
        let path = format!("/api/v1/{}/{id}", definition.path);
        let fields: Vec<&str> = definition.fields.iter().map(|field| field.name).chain(["state", "created_at", "id"]).collect();
        match kind {
            4 => {
                let value = dice
                    .pick(&[json!(null), json!("Straße"), json!("STRASSE"), json!(7), json!(0.1), json!(true), json!({"amount": "1.005", "currency": "KWD"})])
                    .clone();
                app.patch(admin, &path, "*", &json!({*dice.pick(&fields): value})).await
            }
            5 => {
                let states = definition.lifecycle.as_ref().map(|lifecycle| lifecycle.states.clone()).unwrap_or_default();
                if states.is_empty() { app.get(admin, &path).await } else { app.transition(admin, &path, dice.pick::<&str>(&states)).await }
            }
            6 => app.delete(admin, &path, "*").await,
            7 => app.post(admin, &format!("/api/v1/platform/resources/{id}/restore"), &json!({})).await,
            8 => app.get(admin, &format!("/api/v1/platform/resources/{id}/history")).await,
            _ => {
                let field = *dice.pick(&fields);
                let query = match dice.roll(8) {
                    0 => format!("sort={field}"),
                    1 => format!("sort=-{field}&limit=3"),
                    2 => format!("filter={field}%20%3D%20null&include_total=true"),
                    3 => format!("filter=NOT%20{field}%20%3A%20%22%C3%BC%22"),
                    4 => format!("filter={field}%20%3E%3D%205%20OR%20{field}%20%3C%20%22m%22"),
                    5 => "q=unicode&sort=id".to_owned(),
                    6 => format!("filter={field}%20%3E%20%222026-03-01%22&sort=-id"),
                    _ => "as_of=2026-06-15".to_owned(),
                };
                app.get(admin, &format!("/api/v1/{}?{query}", definition.path)).await
            }
        }
    }
}

#[actix_web::test]
async fn the_same_calls_give_the_same_answers_on_both_databases() {
    let Some(postgres) = TestApp::on_postgres().await else { return };
    let (mut one, mut other) = (Twin::new(TestApp::on_sqlite().await), Twin::new(postgres));
    let (mut dice, mut same_dice) = (Dice(20_260_615), Dice(20_260_615));
    let mut statuses: HashMap<u16, usize> = HashMap::new();
    for number in 0..CALLS {
        let (left, right) = (one.call(&mut dice, number).await, other.call(&mut same_dice, number).await);
        *statuses.entry(left.status).or_default() += 1;
        assert_eq!(one.faceless(&left), other.faceless(&right), "call {number}");
    }
    assert!([200, 201, 204, 409, 422].iter().all(|status| statuses.contains_key(status)), "{statuses:?}");
    other.app.drop_database();
}
