//! The usual operations of every collection, compiled once.

use super::dispatch::Target;
use super::view::{Call, Run, View, require};
use super::{House, answer, body, cursor, header, query};
use crate::access::{Session, password};
use crate::error::{Broken, Error, Problem, Result};
use crate::resource::{Definition, Id};
use crate::store::Origin;
use actix_web::http::Method;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// One authenticated request to the API.
pub struct Asked<'a> {
    /// The house.
    pub house: &'a House,
    /// Who asks.
    pub session: Arc<Session>,
    /// The request.
    pub request: &'a HttpRequest,
    /// Its body.
    pub payload: &'a mut Payload,
}

impl Asked<'_> {
    /// Answers it.
    pub async fn answer(mut self, target: Target) -> Result<HttpResponse> {
        header::require_acceptable(self.request, "application/json")?;
        let method = self.request.method().clone();
        let reads = method == Method::GET || method == Method::HEAD;
        match target {
            Target::Collection(definition) if reads => self.list(definition).await,
            Target::Collection(definition) => self.create(definition).await,
            Target::Item(definition, id) if reads => self.get(definition, id).await,
            Target::Item(definition, id) if method == Method::PATCH => self.update(definition, id).await,
            Target::Item(definition, id) => self.delete(definition, id).await,
            Target::Transitions(definition, id) if reads => self.transitions(definition, id).await,
            Target::Transitions(definition, id) => self.transition(definition, id).await,
            Target::View(view, id) => self.view(view, id).await,
        }
    }

    fn pairs(&self) -> Result<Vec<(String, String)>> {
        query::pairs(self.request.query_string())
    }

    fn no_query(&self) -> Result<()> {
        query::only(&self.pairs()?, &[])
    }

    fn origin(&self) -> Result<Origin> {
        Ok(Origin { request_id: super::trace::request_id(self.request), reason: header::reason(self.request)? })
    }

    async fn list(&mut self, definition: &'static Definition) -> Result<HttpResponse> {
        let pairs = self.pairs()?;
        let asked = query::read(&self.house.store.definitions, definition, &self.session, &pairs)?;
        let binding = cursor::binding(definition, &self.session, &pairs);
        let (sort, limit) = (asked.sort.clone(), asked.limit);
        let page = self.house.store.read(&self.session, move |reader| reader.list(definition, &asked)).await?;
        let last = page.rows.last().filter(|_| page.more);
        let next = last.map(|last| cursor::write(definition, &binding, &sort, last));
        let data: Vec<Value> = page.rows.iter().map(|row| definition.to_json(row, false).into()).collect();
        let mut members = Map::new();
        members.insert("data".into(), data.into());
        members.insert("next_cursor".into(), next.clone().into());
        if let Some(total) = page.total {
            members.insert("total_count".into(), total.into());
        }
        Ok(answer::page(&members.into(), next.map(|next| link(self.request.path(), &pairs, limit, &next))))
    }

    async fn get(&mut self, definition: &'static Definition, id: Id) -> Result<HttpResponse> {
        self.no_query()?;
        let stored = self.house.store.quick(&self.session, move |reader| reader.get(definition, id)).await?;
        if header::has_current(self.request, stored.meta.revision) {
            return Ok(answer::not_modified(stored.meta.revision));
        }
        Ok(answer::record(200, &definition.to_json(&stored, false).into(), stored.meta.revision, None))
    }

    async fn create(&mut self, definition: &'static Definition) -> Result<HttpResponse> {
        self.no_query()?;
        let origin = self.origin()?;
        body::require_form(self.request, &["application/json"])?;
        let mut members = body::object(&body::read(self.payload, body::USUAL).await?)?;
        hide_secrets(definition, &mut members).await?;
        let stored = self.house.store.write(&self.session, &origin, move |writer| writer.create(definition, members.clone())).await?;
        let location = format!("/api/v1/{}/{}", definition.path, stored.meta.id);
        Ok(answer::record(201, &definition.to_json(&stored, false).into(), stored.meta.revision, Some(location)))
    }

    async fn update(&mut self, definition: &'static Definition, id: Id) -> Result<HttpResponse> {
        self.no_query()?;
        let origin = self.origin()?;
        self.require_visible(definition, id).await?;
        let if_match = header::if_match(self.request)?;
        body::require_form(self.request, &["application/merge-patch+json", "application/json"])?;
        let mut patch = body::object(&body::read(self.payload, body::USUAL).await?)?;
        hide_secrets(definition, &mut patch).await?;
        let stored = self.house.store.write(&self.session, &origin, move |writer| writer.update(definition, id, &if_match, &patch)).await?;
        Ok(answer::record(200, &definition.to_json(&stored, false).into(), stored.meta.revision, None))
    }

    async fn delete(&mut self, definition: &'static Definition, id: Id) -> Result<HttpResponse> {
        self.no_query()?;
        let origin = self.origin()?;
        self.require_visible(definition, id).await?;
        let if_match = header::if_match(self.request)?;
        self.house.store.write(&self.session, &origin, move |writer| writer.delete(definition, id, &if_match)).await?;
        Ok(HttpResponse::NoContent().finish())
    }

    async fn transitions(&mut self, definition: &'static Definition, id: Id) -> Result<HttpResponse> {
        self.no_query()?;
        let read = move |reader: &mut crate::store::Reader<'_>| {
            let stored = reader.get(definition, id)?;
            let moves = reader.moves(definition, &stored)?;
            Ok((stored, moves))
        };
        let (stored, moves) = self.house.store.quick(&self.session, read).await?;
        let data: Vec<Value> = moves.iter().map(crate::store::MoveView::to_json).collect();
        Ok(answer::json(200, &json!({"state": stored.meta.state, "data": data})))
    }

    async fn transition(&mut self, definition: &'static Definition, id: Id) -> Result<HttpResponse> {
        self.no_query()?;
        let mut origin = self.origin()?;
        self.require_visible(definition, id).await?;
        let if_match = header::if_match(self.request)?;
        body::require_form(self.request, &["application/json"])?;
        let members = body::object(&body::read(self.payload, body::USUAL).await?)?;
        let (to, reason) = read_transition(definition, members)?;
        origin.reason = reason.or(origin.reason);
        let stored = self.house.store.write(&self.session, &origin, move |writer| writer.transition(definition, id, &if_match, &to)).await?;
        Ok(answer::record(200, &definition.to_json(&stored, false).into(), stored.meta.revision, None))
    }

    async fn view(&mut self, view: &'static View, id: Option<Id>) -> Result<HttpResponse> {
        let query = self.pairs()?;
        let names: Vec<&str> = view.parameters.iter().map(|parameter| parameter.name).collect();
        query::only(&query, &names)?;
        check_parameters(view, &query)?;
        require(&self.session, view.permissions)?;
        match view.run {
            Run::Read(run) => {
                let call = Call { id, query, body: actix_web::web::Bytes::new() };
                let value = self.house.store.read(&self.session, move |reader| run(reader, &call)).await?;
                Ok(answer::json(200, &value))
            }
            Run::Write { limit, prepare, apply, .. } => {
                let origin = self.origin()?;
                body::require_form(self.request, &["application/json"])?;
                let call = Call { id, query, body: body::read(self.payload, limit).await? };
                // Parsing a large body is kept off the serving threads.
                let parsing = tokio::task::spawn_blocking(move || prepare(&call).map(|prepared| (call, prepared)));
                let (call, prepared) =
                    parsing.await.map_err(|_| Problem::new(crate::error::Kind::Internal, "The body could not be read. Report the request id."))??;
                let done = self.house.store.write(&self.session, &origin, move |writer| apply(writer, &call, &prepared)).await?;
                Ok(match done.created {
                    Some((definition, id)) => answer::located(201, &done.value, format!("/api/v1/{}/{id}", definition.path)),
                    None => answer::json(200, &done.value),
                })
            }
        }
    }

    /// 404 comes before 428 and 422: who cannot see it learns nothing more.
    async fn require_visible(&self, definition: &'static Definition, id: Id) -> Result<()> {
        self.house.store.quick(&self.session, move |reader| reader.get(definition, id).map(drop)).await
    }
}

/// Replaces passwords by their hashes before the transaction; one that breaks its rules stays, to be named with the rest.
async fn hide_secrets(definition: &'static Definition, members: &mut Map<String, Value>) -> Result<()> {
    for field in definition.fields.iter().filter(|field| field.secret) {
        let Some(Value::String(plain)) = members.get(field.name) else { continue };
        if (field.cells)(plain.as_str().into()).is_some() {
            let hash = password::hash(plain.clone())
                .await
                .ok_or_else(|| Error::from(Problem::new(crate::error::Kind::Internal, "The password could not be kept. Report the request id.")))?;
            members.insert(field.name.into(), hash.into());
        }
    }
    Ok(())
}

/// Reads `{"to", "reason"}` (422).
fn read_transition(definition: &Definition, members: Map<String, Value>) -> Result<(String, Option<String>)> {
    let mut broken = Vec::new();
    let states = definition.lifecycle.as_ref().map(|lifecycle| lifecycle.states.clone()).unwrap_or_default();
    for name in members.keys().filter(|name| !matches!(name.as_str(), "to" | "reason")) {
        broken.push(Broken::new(format!("/{}", name.replace('~', "~0").replace('/', "~1")), "unknown", "There is no such field here. Remove it."));
    }
    let to = members.get("to").and_then(Value::as_str).filter(|to| states.contains(to));
    if to.is_none() {
        let code = if members.contains_key("to") { "choice" } else { "required" };
        broken.push(Broken::new("/to", code, format!("Expected one of {}.", states.join(", "))));
    }
    let reason = match members.get("reason") {
        None | Some(Value::Null) => None,
        Some(Value::String(reason)) if reason.chars().count() <= 1000 && !reason.contains('\0') => Some(reason.clone()),
        Some(_) => {
            broken.push(Broken::new("/reason", "type", "Expected text of at most 1,000 characters."));
            None
        }
    };
    match to {
        Some(to) if broken.is_empty() => Ok((to.to_owned(), reason.filter(|reason| !reason.trim().is_empty()))),
        _ => Err(Problem::invalid(broken).into()),
    }
}

/// Refuses a view's parameter that is missing or not one of its words (400).
fn check_parameters(view: &View, query: &[(String, String)]) -> Result<()> {
    for parameter in view.parameters {
        let sent = query.iter().find(|(name, _)| name == parameter.name).map(|(_, value)| value.as_str());
        let expected = || if parameter.words.is_empty() { parameter.description.to_owned() } else { format!("one of {}", parameter.words.join(", ")) };
        match sent {
            None if parameter.required => return Err(Problem::bad_request(format!("The parameter {} is missing: {}.", parameter.name, expected())).into()),
            Some(value) if !parameter.words.is_empty() && !parameter.words.contains(&value) => {
                return Err(Problem::bad_request(format!("The parameter {} is {}.", parameter.name, expected())).into());
            }
            _ => {}
        }
    }
    Ok(())
}

/// The address of the next page, relative to the service.
fn link(path: &str, pairs: &[(String, String)], limit: usize, next: &str) -> String {
    let mut query: Vec<String> = pairs
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "cursor" | "limit"))
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    query.push(format!("limit={limit}"));
    query.push(format!("cursor={next}"));
    format!("{path}?{}", query.join("&"))
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
