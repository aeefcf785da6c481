//! The usual operations of every collection, compiled once.

use super::audit;
use super::deferred;
use super::figure;
use super::large;
use super::route::Target;
use crate::access::password;
use crate::access::security_event::SecurityEventKind;
use crate::database::SqlValue;
use crate::error::Result;
use crate::http::request::body;
use crate::http::request::context::{DRY_RUN, RequestContext};
use crate::http::request::cursor;
use crate::http::request::header;
use crate::http::request::query;
use crate::http::request::transition;
use crate::http::response::answer::UNRESERVED;
use crate::http::response::answer::{self, Counts};
use crate::http::response::export::Form;
use crate::http::response::language;
use crate::http::response::shape::{self, AsOf, Shape};
use crate::resource::value::bytes;
use crate::resource::{Id, ResourceType, Stored};
use crate::store::{Outcome, Query, Reader, Writer};
use crate::view::body::object;
use crate::view::picture::SVG;
use crate::view::{Call, Draw, JSON, Operation, Run, Write, require};
use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::Bytes;
use percent_encoding::{PercentEncode, utf8_percent_encode};
use serde_json::{Value, json};

/// The records of a page as a JSON array, its cursor and what is counted of all rows.
type PageParts = (Vec<u8>, Option<String>, Counts);

impl RequestContext<'_> {
    /// Ports it.
    pub async fn answer(mut self, target: Target) -> Result<HttpResponse> {
        let file = Form::asked(self.request);
        let method = self.request.method().clone();
        let reads = method == Method::GET || method == Method::HEAD;
        if let (Target::Collection(definition), Some(form), true) = (target, file, reads) {
            let file = self.export(definition, form).await?;
            audit::record(self.state, self.request, SecurityEventKind::Exported, definition.path.to_owned()).await?;
            return Ok(file);
        }
        let has_other_form =
            |operation: &Operation| matches!(operation.run, Run::Download(_)) || self.asks_to_stay(operation) || self.picture(operation).is_some();
        if !matches!(target, Target::Operation(operation, _) if has_other_form(operation)) {
            header::require_acceptable(self.request, "application/json")?;
        }
        match target {
            Target::Collection(definition) if reads => self.list(definition).await,
            Target::Collection(definition) => self.create(definition).await,
            Target::Item(definition, id) if reads => self.get(definition, id).await,
            Target::Item(definition, id) if method == Method::PATCH => self.update(definition, id).await,
            Target::Item(definition, id) => self.delete(definition, id).await,
            Target::Transitions(definition, id) if reads => self.transitions(definition, id).await,
            Target::Transitions(definition, id) => self.transition(definition, id).await,
            Target::Operation(operation, id) => self.operation(operation, id).await,
        }
    }

    async fn list(&mut self, definition: &'static ResourceType) -> Result<HttpResponse> {
        let pairs = self.pairs()?;
        let customs = self.customs(definition, &pairs).await?;
        let asked = query::read(&self.state.store.definitions, (definition, &customs), &self.session, &pairs)?;
        let shape = Shape::read(&self.state.store.definitions, definition, self.state.figures.get(definition.path).copied(), &self.session, &pairs)?;
        let binding = query::binding(definition, &self.session, &pairs);
        let limit = asked.limit;
        let (data, next, counts) = match shape.as_of {
            Some(at) => self.past_page(definition, at, &pairs, asked, shape, binding).await?,
            None => self.present_page(definition, asked, shape, binding).await?,
        };
        let next_link = next.as_ref().map(|next| link(self.request.path(), &pairs, limit, next));
        Ok(answer::page(data, next.as_deref(), &counts, next_link))
    }

    async fn present_page(&self, definition: &'static ResourceType, asked: Query, shape: Shape, binding: String) -> Result<PageParts> {
        let sort = asked.sort.clone();
        let seen = asked.is_ranked().then_some(asked.skip + asked.limit);
        let read = move |reader: &mut Reader<'_>| {
            let page = reader.list(definition, &asked)?;
            let data = shape.array(reader, definition, &page.rows)?;
            Ok((page, data))
        };
        let (page, data) = self.state.store.read(&self.session, read).await?;
        let last = page.rows.last().filter(|_| page.more);
        let next = |last| seen.map_or_else(|| cursor::write(definition, &binding, &sort, last), |seen| cursor::write_skip(&binding, seen));
        Ok((data, last.map(next), Counts { total: page.total, facets: page.facets }))
    }

    async fn past_page(
        &self,
        definition: &'static ResourceType,
        as_of: AsOf,
        pairs: &[(String, String)],
        asked: Query,
        shape: Shape,
        binding: String,
    ) -> Result<PageParts> {
        let conditions = query::past_conditions(definition, pairs, &asked)?;
        let after = asked.after.as_ref().and_then(|cells| cells.last()).and_then(SqlValue::as_id);
        let limit = asked.limit;
        let read = move |reader: &mut Reader<'_>| {
            let at = as_of.instant(reader);
            let (documents, more) = reader.list_as_of(definition, at, &conditions, after, limit)?;
            let last = documents.last().and_then(|last| last.get("id")?.as_str().and_then(Id::parse)).filter(|_| more);
            let mut data = Vec::new();
            bytes::append(&shape.documents(reader, documents)?, &mut data);
            Ok((data, last))
        };
        let (data, last) = self.state.store.read(&self.session, read).await?;
        Ok((data, last.map(|last| cursor::write_id(&binding, last)), Counts::default()))
    }

    async fn get(&mut self, definition: &'static ResourceType, id: Id) -> Result<HttpResponse> {
        let pairs = self.pairs()?;
        query::only(&pairs, shape::PARAMETERS)?;
        let shape = Shape::read(&self.state.store.definitions, definition, self.state.figures.get(definition.path).copied(), &self.session, &pairs)?.of_one();
        if shape.is_shaped() {
            let read = move |reader: &mut Reader<'_>| match shape.as_of {
                Some(as_of) => {
                    let at = as_of.instant(reader);
                    reader.as_of(definition, id, at).and_then(|document| shape.documents(reader, vec![document]))
                }
                None => reader.get(definition, id).and_then(|stored| shape.stored(reader, definition, &[stored])),
            };
            let shaped = self.state.store.quick(&self.session, read).await?;
            return Ok(answer::json(200, shaped.first().unwrap_or(&Value::Null)));
        }
        let read = move |reader: &mut Reader<'_>| {
            let stored = reader.get(definition, id)?;
            Ok((shape.record(reader, definition, &stored)?, stored.meta.revision))
        };
        let (record, revision) = self.state.store.quick(&self.session, read).await?;
        if header::has_current(self.request, revision) {
            return Ok(answer::not_modified(revision));
        }
        Ok(answer::record(record, revision))
    }

    async fn create(&mut self, definition: &'static ResourceType) -> Result<HttpResponse> {
        self.only_dry_run()?;
        let origin = self.origin()?;
        require(&self.session, &[&definition.permission("create")])?;
        body::require_form(self.request, &["application/json"])?;
        let sent = body::read(self.payload, body::USUAL).await?;
        let members = password::seal_in_turn(definition, object(&sent)?).await?;
        let work = move |writer: &mut Writer<'_>| {
            let stored = writer.create(definition, members.clone())?;
            let (document, once) = writer.document_made(definition, &stored);
            let outcome = Outcome::new(201, document.into()).at(stored.meta.revision).showing_once(once.iter().map(|name| format!("/{name}")));
            Ok(outcome.located(format!("/api/v1/{}/{}", definition.path, stored.meta.id)))
        };
        // A key would say who answered, and when.
        if definition.anonymous {
            return self.perform_keyed(origin, None, false, work).await;
        }
        self.perform(origin, &sent, work).await
    }

    async fn update(&mut self, definition: &'static ResourceType, id: Id) -> Result<HttpResponse> {
        self.only_dry_run()?;
        let origin = self.origin()?;
        self.require_visible(definition, id, "update").await?;
        let if_match = header::if_match(self.request)?;
        body::require_form(self.request, &["application/merge-patch+json", "application/json"])?;
        let sent = body::read(self.payload, body::USUAL).await?;
        let patch = password::seal_in_turn(definition, object(&sent)?).await?;
        let work = move |writer: &mut Writer<'_>| writer.update(definition, id, &if_match, &patch).map(|stored| record(200, writer, definition, &stored));
        self.perform(origin, &sent, work).await
    }

    async fn delete(&mut self, definition: &'static ResourceType, id: Id) -> Result<HttpResponse> {
        self.only_dry_run()?;
        let origin = self.origin()?;
        self.require_visible(definition, id, "delete").await?;
        let if_match = header::if_match(self.request)?;
        let work = move |writer: &mut Writer<'_>| writer.delete(definition, id, &if_match).map(|()| Outcome::empty(204));
        self.perform(origin, &[], work).await
    }

    async fn transitions(&mut self, definition: &'static ResourceType, id: Id) -> Result<HttpResponse> {
        self.no_query()?;
        let accept = language::accepted(self.request).unwrap_or_default();
        let read = move |reader: &mut crate::store::Reader<'_>| {
            let stored = reader.get(definition, id)?;
            let mut moves = reader.moves(definition, &stored)?;
            let labels = reader.labels(definition, &accept)?;
            for step in &mut moves {
                step.label = labels.get("transition", step.name).map_or_else(|| std::mem::take(&mut step.label), str::to_owned);
            }
            let languages: Vec<String> = moves.iter().map(|step| labels.language("transition", step.name).to_owned()).collect();
            Ok((stored, moves, languages))
        };
        let (stored, moves, languages) = self.state.store.quick(&self.session, read).await?;
        let data: Vec<Value> = moves.iter().map(crate::store::MoveView::to_json).collect();
        Ok(language::tell(answer::json(200, &json!({"state": stored.meta.state, "data": data})), languages))
    }

    async fn transition(&mut self, definition: &'static ResourceType, id: Id) -> Result<HttpResponse> {
        self.only_dry_run()?;
        let mut origin = self.origin()?;
        // What is asked for says which permission a refusal names; what cannot be read is told after that.
        let sent = body::read(self.payload, body::USUAL).await;
        self.require_movable(definition, id, sent.as_ref().ok().and_then(|sent| transition::wanted(sent))).await?;
        let if_match = header::if_match(self.request)?;
        body::require_form(self.request, &["application/json"])?;
        let sent = sent?;
        let (to, reason) = transition::read(definition, object(&sent)?)?;
        origin.reason = reason.or(origin.reason);
        let work = move |writer: &mut Writer<'_>| {
            let stored = writer.transition(definition, id, &if_match, &to)?;
            Ok(record(200, writer, definition, &stored).warned(writer.take_warnings()))
        };
        self.perform(origin, &sent, work).await
    }

    async fn operation(&mut self, operation: &'static Operation, id: Option<Id>) -> Result<HttpResponse> {
        let query = self.pairs()?;
        let beside: &[&str] = if matches!(operation.run, Run::Write(_)) { &[DRY_RUN] } else { &[] };
        figure::admit(operation, &self.session, &query, beside)?;
        let query = language::asked(self.request, operation, query);
        match operation.run {
            Run::Read(_) if self.asks_to_stay(operation) => self.stay(operation.run, query).await,
            Run::Read(_) if let Some(draw) = self.picture(operation) => {
                let call = Call::stored(id, query, Vec::new(), String::new());
                Ok(answer::picture(self.state.store.read(&self.session, move |reader| draw(reader, &call)).await?))
            }
            Run::Read(run) => {
                if operation.is_feed {
                    self.state.store.number_events().await?;
                }
                let call = Call { measures: self.state.api.measures(), ..Call::stored(id, query, Vec::new(), String::new()) };
                let answer = self.state.store.read(&self.session, move |reader| run(reader, &call)).await?;
                let languages = operation.language.map(|_| language::of_entries(&answer));
                let answer = answer::figure(answer);
                Ok(match languages {
                    Some(languages) => language::tell(answer, languages),
                    None => answer,
                })
            }
            Run::Download(run) => {
                let call = Call::stored(id, query, Vec::new(), String::new());
                let download = self.state.store.read(&self.session, move |reader| run(reader, &call)).await?;
                audit::record(self.state, self.request, SecurityEventKind::Downloaded, self.request.path().to_owned()).await?;
                Ok(answer::download(download))
            }
            Run::Write(write) => self.write(operation, write, id, query).await,
        }
    }

    /// How the answer is drawn, where the client would rather look at it.
    fn picture(&self, operation: &Operation) -> Option<Draw> {
        operation.picture.filter(|_| header::prefers(self.request, SVG))
    }

    async fn write(&mut self, operation: &'static Operation, write: Write, id: Option<Id>, query: Vec<(String, String)>) -> Result<HttpResponse> {
        let origin = self.origin()?;
        let is_plain = operation.takes_nothing && body::has_no_form(self.request);
        let form = if is_plain { JSON[0].to_owned() } else { body::require_form(self.request, write.forms)? };
        // A form adds a little to the file that it holds.
        let limit = if form == body::FILE_FORM { write.limit + body::AROUND_A_FILE } else { write.limit };
        let _turn = self.state.large.turn(self.request, self.session.principal, limit).await?;
        let sent = body::read(self.payload, limit).await?;
        let sent = match (operation.takes_nothing, is_plain, sent.is_empty()) {
            (true, _, true) => Bytes::from_static(b"{}"),
            (_, true, false) => return Err(body::wrong_form(write.forms).into()),
            _ => sent,
        };
        let file = body::file(self.request, form, sent, write)?;
        let sent = file.bytes;
        let call = Call { body: sent.clone(), name: file.name, ..Call::stored(id, query, Vec::new(), file.form) };
        let (store, session) = (self.state.store.clone(), self.session.clone());
        let prepare = move || (write.prepare)(&store, &session, &call).map(|prepared| (call, prepared));
        let (call, prepared) = large::prepare(sent.len(), prepare).await?;
        if write.long && deferred::is_asked(self.request, &sent) {
            let ask = self.state.later.ask;
            let answer = self.perform(origin, &sent, move |writer| ask(writer, operation, &call)).await;
            self.state.later.bell.notify_one();
            return answer;
        }
        let apply = move |writer: &mut Writer<'_>| (write.apply)(writer, &call, &prepared);
        if write.rehearsed { self.rehearse(origin, &sent, apply).await } else { self.perform(origin, &sent, apply).await }
    }
}

/// The answer that is a record.
fn record(status: u16, writer: &Writer<'_>, definition: &'static ResourceType, stored: &Stored) -> Outcome {
    Outcome::new(status, writer.document(definition, stored).into()).at(stored.meta.revision)
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

fn encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, UNRESERVED)
}
