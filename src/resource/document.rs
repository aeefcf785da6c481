//! A record as JSON: for history and rules as a value, for answers as bytes.

use super::model::Members;
use super::value::{FieldType, bytes};
use super::{ResourceType, Stored};
use serde_json::{Map, Value};

impl ResourceType {
    /// The JSON of a row, with or without its secret fields.
    pub fn to_json(&self, stored: &Stored, secrets: bool) -> Map<String, Value> {
        let mut members = Map::new();
        let meta = &stored.meta;
        members.insert("id".into(), meta.id.to_json());
        if !self.fact {
            members.insert("revision".into(), meta.revision.into());
        }
        if let Some(state) = &meta.state {
            members.insert("state".into(), state.clone().into());
        }
        members.extend(self.fields_to_json(stored, secrets));
        members.insert("created_at".into(), meta.created_at.to_json());
        members.insert("created_by".into(), if self.anonymous { Value::Null } else { meta.created_by.to_json() });
        if !self.fact {
            members.insert("updated_at".into(), meta.updated_at.to_json());
            members.insert("updated_by".into(), meta.updated_by.to_json());
        }
        members
    }

    /// Writes the same as [`ResourceType::to_json`] into an answer, without the members that are hidden and, if only some are wanted, with those
    /// alone. Those that are secret are among the hidden.
    pub fn write_json(&self, stored: &Stored, hidden: &[&'static str], only: Option<&[String]>, out: &mut Vec<u8>) {
        let mut members = Members::begin(out, hidden, only);
        let meta = &stored.meta;
        members.put("id", &meta.id);
        if !self.fact {
            members.write("revision", |out| bytes::append(&meta.revision, out));
        }
        if let Some(state) = &meta.state {
            members.write("state", |out| bytes::append(state, out));
        }
        for field in self.placement {
            members.put(field.name, if field.name == "unit_id" { &stored.placement.unit_id } else { &stored.placement.owner_id });
        }
        stored.own.write_json(&mut members);
        for field in self.beside {
            members.put(field.name, &stored.custom);
        }
        members.put("created_at", &meta.created_at);
        members.put("created_by", &(!self.anonymous).then_some(meta.created_by));
        if !self.fact {
            members.put("updated_at", &meta.updated_at);
            members.put("updated_by", &meta.updated_by);
        }
        members.end();
    }

    /// The JSON of the written fields, with or without the secret ones.
    pub fn fields_to_json(&self, stored: &Stored, secrets: bool) -> Map<String, Value> {
        let mut members = Map::new();
        for field in self.placement {
            let id = if field.name == "unit_id" { stored.placement.unit_id } else { stored.placement.owner_id };
            members.insert(field.name.into(), id.to_json());
        }
        members.extend(stored.own.to_json());
        if !secrets {
            self.fields.iter().filter(|field| field.secret).for_each(|field| drop(members.shift_remove(field.name)));
        }
        for field in self.beside {
            members.insert(field.name.into(), stored.custom.to_json());
        }
        members
    }
}
