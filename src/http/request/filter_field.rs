//! From a filter as it was written to one whose fields are known. A field that the caller may not read is answered
//! exactly as one that does not exist.

use super::filter::{Expression, Term};
use crate::access::Session;
use crate::database::SqlType;
use crate::error::{Problem, Result};
use crate::resource::value::{ListUse, Precise};
use crate::resource::{Field, ResourceType, ResourceTypes};
use crate::store::{Amount, Comparison, CustomKinds, FieldVisibility, Filter, SortKey, Test, Through, narrowing};

/// What a filter may look at.
pub struct FilterScope<'a> {
    /// Every collection.
    pub definitions: &'a ResourceTypes,
    /// The collection that is listed.
    pub definition: &'static ResourceType,
    /// Its custom fields.
    pub customs: &'a CustomKinds,
    /// Who lists it.
    pub session: &'a Session,
}

impl FilterScope<'_> {
    /// Finds the fields of a filter (400).
    pub fn filter(&self, expression: &Expression) -> Result<Filter> {
        let list = |list: &[Expression]| list.iter().map(|each| self.filter(each)).collect::<Result<Vec<_>>>();
        Ok(match expression {
            Expression::And(all) => Filter::All(list(all)?),
            Expression::Or(any) => Filter::Any(list(any)?),
            Expression::Not(inner) => Filter::Not(Box::new(self.filter(inner)?)),
            Expression::Term(term) => self.term(term)?,
        })
    }

    fn term(&self, term: &Term) -> Result<Filter> {
        match term.path.as_slice() {
            [name] => test(self.definition, self.session, name, term),
            [custom, code] if custom == "custom" => self.custom(code, term),
            [first, second] => match parts(self.definition, &FieldVisibility::of(self.definition, self.session), first) {
                Some(field) => part(field, second, term),
                None => self.step(first, second, term),
            },
            _ => Err(unknown(term)),
        }
    }

    /// A custom field: `custom.badge_number = "A-7"`.
    fn custom(&self, code: &str, term: &Term) -> Result<Filter> {
        let column = self.customs.column(code).ok_or_else(|| unknown(term))?;
        let value = match &term.value {
            None if !matches!(term.comparison, Comparison::Equal | Comparison::NotEqual) => return Err(unfit(term, "null is compared by = and != only.")),
            None => None,
            Some(text) if text.contains('\0') => return Err(unfit(term, "The character U+0000 is not allowed.")),
            Some(_) if term.comparison == Comparison::Contains && !column.is_text() => return Err(unfit(term, "Only text is searched by a colon.")),
            Some(text) if term.comparison == Comparison::Contains => Some(vec![text.as_str().into()]),
            Some(text) => Some(vec![column.cell(text).ok_or_else(|| unfit(term, "Use a value that the field can have."))?]),
        };
        Ok(Filter::Test(Test { columns: vec![column.expression], comparison: term.comparison, value }))
    }

    /// One step through a reference: `owner.name` for the field `owner_id`.
    fn step(&self, reference: &str, name: &str, term: &Term) -> Result<Filter> {
        let sight = FieldVisibility::of(self.definition, self.session);
        let stepped = self.definition.references().find(|field| field.name.strip_suffix("_id") == Some(reference) && sight.shows(field.name));
        let field = stepped.ok_or_else(|| unknown(term))?;
        let targets: Vec<&'static ResourceType> = field.refers_to.iter().filter_map(|path| self.definitions.get(path)).collect();
        let mut filters = Vec::new();
        for target in targets {
            let Ok(narrowed) = narrowing(self.definitions, target, self.session, "read") else { continue };
            if target.listed_field(name).is_none() || !FieldVisibility::of(target, self.session).shows(name) {
                continue;
            }
            let filter = Box::new(test(target, self.session, name, term)?);
            filters.push(Filter::Through(Through { column: field.name.to_owned(), table: target.table.clone(), narrowed, filter }));
        }
        match filters.len() {
            0 => Err(unknown(term)),
            1 => Ok(filters.remove(0)),
            _ => Ok(Filter::Any(filters)),
        }
    }
}

fn unknown(term: &Term) -> crate::error::Error {
    let shown: String = term.path.join(".").chars().take(60).collect();
    Problem::bad_request(format!("The filter names {shown:?}, which this list cannot be filtered by. Use the fields that the document names.")).into()
}

fn unfit(term: &Term, expected: &str) -> crate::error::Error {
    let shown: String = term.path.join(".").chars().take(60).collect();
    Problem::bad_request(format!("The filter compares {shown} with something that it cannot be compared with. {expected}")).into()
}

fn test(definition: &'static ResourceType, session: &Session, name: &str, term: &Term) -> Result<Filter> {
    let sight = FieldVisibility::of(definition, session);
    if let Some(field) = parts(definition, &sight, name) {
        return absence(field, term);
    }
    let field = definition.listed_field(name).filter(|_| sight.shows(name)).ok_or_else(|| unknown(term))?;
    let is_order = matches!(term.comparison, Comparison::Less | Comparison::AtMost | Comparison::Greater | Comparison::AtLeast);
    let at = match term.comparison {
        Comparison::Contains => 0,
        _ if is_order => field.order,
        _ => field.key(),
    };
    let columns = vec![if is_order { SortKey::column_of(field) } else { format!("{}{}", field.name, field.columns[at].suffix) }];
    let value = match &term.value {
        None if !matches!(term.comparison, Comparison::Equal | Comparison::NotEqual) => return Err(unfit(term, "null is compared by = and != only.")),
        None => None,
        Some(text) if text.contains('\0') => return Err(unfit(term, "The character U+0000 is not allowed.")),
        Some(text) if term.comparison == Comparison::Contains => {
            if field.columns[0].kind != SqlType::Text {
                return Err(unfit(term, "Only text is searched by a colon."));
            }
            Some(vec![text.as_str().into()])
        }
        Some(text) => {
            // A word of the lifecycle or of a closed set must be one of them; any other value of the type may be compared.
            let cells = if field.name == "state" && definition.lifecycle.is_some() { state(definition, text) } else { field.comparable(text) };
            Some(cells.ok_or_else(|| unfit(term, "Use a value that the field can have."))?.into_iter().skip(at).take(1).collect())
        }
    };
    Ok(Filter::Test(Test { columns, comparison: term.comparison, value }))
}

fn state(definition: &ResourceType, text: &str) -> Option<crate::database::Row> {
    let known = definition.lifecycle.as_ref()?.states.contains(&text);
    known.then(|| vec![text.into()])
}

/// A field that is compared by its parts.
fn parts(definition: &'static ResourceType, sight: &FieldVisibility, name: &str) -> Option<&'static Field> {
    let shown = |field: &&'static Field| field.name == name && field.list_use == ListUse::Parts && !field.secret && sight.shows(name);
    definition.written_fields().find(shown)
}

/// Whether money or a precise decimal is there: `cost = null`, `cost.amount != null`.
fn absence(field: &'static Field, term: &Term) -> Result<Filter> {
    match (&term.value, term.comparison) {
        (None, Comparison::Equal | Comparison::NotEqual) => {
            let column = format!("{}{}", field.name, field.columns[0].suffix);
            Ok(Filter::Test(Test { columns: vec![column], comparison: term.comparison, value: None }))
        }
        (None, _) => Err(unfit(term, "null is compared by = and != only.")),
        (Some(_), _) => Err(unfit(term, &format!("Compare a part of it, such as {}.amount, or the whole with null.", field.name))),
    }
}

/// A part of money or of a precise decimal: `cost.amount`, `cost.currency`.
fn part(field: &'static Field, name: &str, term: &Term) -> Result<Filter> {
    if term.value.is_none() && (name == "amount" || name == "currency" && field.columns.iter().any(|column| column.suffix == "_currency")) {
        return absence(field, term);
    }
    let value = term.value.as_deref().ok_or_else(|| unfit(term, "Compare the part with a value."));
    let suffixes: Vec<&str> = field.columns.iter().map(|column| column.suffix).collect();
    match name {
        "currency" if suffixes.contains(&"_currency") => {
            Ok(Filter::Test(Test { columns: vec![format!("{}_currency", field.name)], comparison: term.comparison, value: Some(vec![value?.into()]) }))
        }
        "amount" if term.comparison == Comparison::Contains => Err(unfit(term, "Amounts are compared by = != < <= > >=.")),
        "amount" => {
            let precise = Precise::parse(value?).ok_or_else(|| unfit(term, "Expected a decimal such as 12.50."))?;
            if suffixes.contains(&"_pico") {
                let (units, pico) = precise.parts();
                let columns = vec![format!("{}_units", field.name), format!("{}_pico", field.name)];
                return Ok(Filter::Test(Test { columns, comparison: term.comparison, value: Some(vec![units.into(), pico.into()]) }));
            }
            Ok(Filter::Amount(Amount { field: field.name, comparison: term.comparison, value: precise.0 }))
        }
        _ => Err(unknown(term)),
    }
}
