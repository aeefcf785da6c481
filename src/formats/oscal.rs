//! OSCAL 1.1 catalogs: a JSON document in; plain rows, or everything that is wrong with it, out.

use super::Fault;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

mod faults;
mod params;
#[cfg(test)]
mod tests;

use faults::{At, Object, ValidationErrors};
use params::{Declared, Param, Params, Scope};

/// How deep groups and controls, and parts, may nest.
const MAX_LEVELS: usize = 32;
const MAX_TITLE: usize = 500;
const MAX_CODE: usize = 100;
const MAX_TEXT: usize = 100_000;

/// The models of OSCAL that are not catalogs.
const OTHER_MODELS: [&str; 7] =
    ["profile", "component-definition", "system-security-plan", "assessment-plan", "assessment-results", "plan-of-action-and-milestones", "mapping-collection"];

/// A catalog of controls.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalog {
    /// Its title.
    pub title: String,
    /// Its version, as its publisher writes it.
    pub version: String,
    /// The party responsible as publisher, else as creator.
    pub publisher: Option<String>,
    /// `urn:uuid:` and the UUID of the document.
    pub source: Option<String>,
    /// Groups, controls and enhancements in the order of the document, parents before children.
    pub rows: Vec<Row>,
}

/// A group, a control or an enhancement of a control.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Index of the row that this one stands under.
    pub parent: Option<usize>,
    /// The label where no other row has it, else the id, else the path; unique in the catalog.
    pub code: String,
    /// The title.
    pub title: String,
    /// What the statement itself says, without its items.
    pub text: Option<String>,
    /// Guidance on it.
    pub guidance: Option<String>,
    /// The items of the statement.
    pub parts: Vec<Part>,
    /// Whether compliance with it can be judged: true for a control that is not withdrawn.
    pub assessable: bool,
}

/// An item of a statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Its label, such as `a.`.
    pub label: Option<String>,
    /// What it says.
    pub text: Option<String>,
    /// The items within it.
    pub parts: Vec<Part>,
}

/// Reads a catalog (`{"catalog": {…}}`), or says everything that is wrong with it: up to a thousand
/// faults.
pub fn parse(document: &Value) -> Result<Catalog, Vec<Fault>> {
    let mut reader = Reader::default();
    match reader.document(document) {
        Some(catalog) if reader.faults.0.is_empty() => Ok(catalog),
        _ => Err(reader.faults.0),
    }
}

/// A group or control as it stands in the document. The parameters of all of them are known before
/// any prose is read, for prose may insert parameters that are declared further on.
struct Node<'a> {
    list: &'static str,
    index: usize,
    object: &'a Object,
    params: Declared<'a>,
    children: Vec<Node<'a>>,
}

impl Node<'_> {
    fn is_group(&self) -> bool {
        self.list == "groups"
    }
}

struct Props<'a> {
    /// With its index among the props.
    label: Option<(usize, &'a str)>,
    withdrawn: bool,
}

#[derive(Default)]
struct Reader<'a> {
    faults: ValidationErrors,
    params: Params<'a>,
    rows: Vec<Row>,
    /// For each row, the list it stands in and its index there.
    places: Vec<(&'static str, usize)>,
    row_of_id: HashMap<&'a str, usize>,
    /// By the code without case.
    row_of_code: HashMap<String, usize>,
    /// How many nodes have a label, without case.
    labels: HashMap<String, usize>,
    /// How many nodes have an id, without case.
    ids: HashMap<String, usize>,
}

impl<'a> Reader<'a> {
    fn document(&mut self, document: &'a Value) -> Option<Catalog> {
        let document = self.faults.object(document, &At::Top)?;
        let at = At::Key(&At::Top, "catalog");
        let Some(catalog) = document.get("catalog") else {
            match OTHER_MODELS.into_iter().find(|model| document.contains_key(*model)) {
                Some(model) => {
                    self.faults.add(At::Key(&At::Top, model), "unsupported", format!("This is an OSCAL {model}. Send a catalog, or a profile resolved to one."))
                }
                None => self.faults.required(&at, "the catalog, as an object"),
            }
            return None;
        };
        let catalog = self.faults.object(catalog, &at)?;
        let source = self.uuid(catalog, &at).map(|uuid| format!("urn:uuid:{uuid}"));
        let (title, version, publisher) = self.metadata(catalog, &at);
        self.content(catalog, &at);
        Some(Catalog { title: title?, version: version?, publisher, source, rows: std::mem::take(&mut self.rows) })
    }

    fn uuid(&mut self, catalog: &'a Object, at: &At) -> Option<&'a str> {
        let uuid = self.faults.required_text(catalog, at, "uuid")?;
        let formed = uuid.len() == 36
            && uuid.bytes().enumerate().all(|(index, byte)| match index {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        if !formed {
            let detail = "Expected a UUID: 32 hexadecimal digits in groups of 8-4-4-4-12.";
            self.faults.add(At::Key(at, "uuid"), "type", detail);
        }
        Some(uuid)
    }

    /// Title, version and publisher.
    fn metadata(&mut self, catalog: &'a Object, at: &At) -> (Option<String>, Option<String>, Option<String>) {
        let at = &At::Key(at, "metadata");
        let Some(metadata) = catalog.get("metadata") else {
            self.faults.required(at, "the metadata of the catalog, as an object");
            return (None, None, None);
        };
        let Some(metadata) = self.faults.object(metadata, at) else {
            return (None, None, None);
        };
        let title = self.faults.required_text(metadata, at, "title");
        self.faults.limit(title, MAX_TITLE, || At::Key(at, "title"));
        let version = self.faults.required_text(metadata, at, "version");
        self.faults.limit(version, MAX_CODE, || At::Key(at, "version"));
        let oscal = self.faults.required_text(metadata, at, "oscal-version");
        if oscal.is_some_and(|oscal| !oscal.starts_with("1.")) {
            let detail = "Expected OSCAL 1, such as 1.1.2. Convert the catalog to that version.";
            self.faults.add(At::Key(at, "oscal-version"), "unsupported", detail);
        }
        let publisher = self.publisher(metadata, at);
        (title.map(str::to_owned), version.map(str::to_owned), publisher)
    }

    fn publisher(&mut self, metadata: &'a Object, at: &At) -> Option<String> {
        let mut names = HashMap::new();
        let list = At::Key(at, "parties");
        for (index, party) in self.faults.objects(metadata, at, "parties") {
            let at = At::Index(&list, index);
            let uuid = self.faults.text(party, &at, "uuid");
            let name = self.faults.text(party, &at, "name").map(|name| (name, "name"));
            let name = name.or_else(|| Some((self.faults.text(party, &at, "short-name")?, "short-name")));
            if let (Some(uuid), Some((name, key))) = (uuid, name) {
                self.faults.limit(Some(name), MAX_TITLE, || At::Key(&at, key));
                names.entry(uuid).or_insert(name);
            }
        }
        let (mut publisher, mut creator) = (None, None);
        let list = At::Key(at, "responsible-parties");
        for (index, responsible) in self.faults.objects(metadata, at, "responsible-parties") {
            let at = At::Index(&list, index);
            let found = match self.faults.text(responsible, &at, "role-id") {
                Some("publisher") => &mut publisher,
                Some("creator") => &mut creator,
                _ => continue,
            };
            let uuids = self.faults.texts(responsible, &at, "party-uuids");
            *found = found.or_else(|| uuids.into_iter().find_map(|uuid| names.get(uuid)));
        }
        publisher.or(creator).map(|name| name.to_string())
    }

    fn content(&mut self, catalog: &'a Object, at: &At) {
        let params = self.params(catalog, at);
        let nodes = self.nodes(catalog, at, true, 1);
        let faults = std::mem::take(&mut self.faults);
        self.count_names(&nodes);
        // What is wrong with a label is told where the row is read.
        self.faults = faults;
        let scope = Scope { params: &params, outer: None };
        for node in &nodes {
            self.row(node, None, at, &scope);
        }
        let absent = |key| catalog.get(key).is_none_or(|list| list.as_array().is_some_and(Vec::is_empty));
        if absent("groups") && absent("controls") {
            self.faults.add(at, "empty", "The catalog has neither groups nor controls. Send one that has.");
        }
        if self.params.exhausted() {
            let detail = "Its parameters insert too much text into one another. Shorten them.";
            self.faults.add(at, "too_long", detail);
        }
    }

    /// The groups and controls directly in an object, with all that is within them.
    fn nodes(&mut self, object: &'a Object, at: &At, may_group: bool, level: usize) -> Vec<Node<'a>> {
        let mut nodes = Vec::new();
        for key in object.keys() {
            let list = match key.as_str() {
                "controls" => "controls",
                "groups" if may_group => "groups",
                _ => continue,
            };
            let found = self.faults.objects(object, at, list);
            let at = At::Key(at, list);
            if level > MAX_LEVELS {
                self.too_deep(&at, !found.is_empty());
                continue;
            }
            for (index, object) in found {
                let at = At::Index(&at, index);
                let params = self.params(object, &at);
                let children = self.nodes(object, &at, list == "groups", level + 1);
                nodes.push(Node { list, index, object, params, children });
            }
        }
        nodes
    }

    /// The parameters declared directly in an object.
    fn params(&mut self, object: &'a Object, at: &At) -> Declared<'a> {
        let mut declared = Declared::new();
        let list = At::Key(at, "params");
        for (index, param) in self.faults.objects(object, at, "params") {
            let at = At::Index(&list, index);
            let id = self.faults.required_text(param, &at, "id");
            let param = Param::read(param, &at, &mut self.faults);
            if let Some(id) = id {
                self.params.declare(id, param, &mut declared);
            }
        }
        declared
    }

    /// Adds the row of a node, and those of the nodes within it.
    fn row(&mut self, node: &Node<'a>, parent: Option<usize>, at: &At, outer: &Scope<'_, 'a>) {
        let list = At::Key(at, node.list);
        let at = &At::Index(&list, node.index);
        let scope = &Scope { params: &node.params, outer: Some(outer) };
        let row = self.rows.len();
        let title = self.faults.required_text(node.object, at, "title");
        let title = title.map(|title| self.params.render(title, scope)).unwrap_or_default();
        self.faults.limit(Some(&title), MAX_TITLE, || At::Key(at, "title"));
        let props = self.props(node.object, at);
        let code = self.code(node, at, (parent, &title), props.label);
        let (text, guidance, parts) = self.requirement(node.object, at, scope);
        let assessable = !node.is_group() && !props.withdrawn;
        self.rows.push(Row { parent, code, title, text, guidance, parts, assessable });
        self.places.push((node.list, node.index));
        for child in &node.children {
            self.row(child, Some(row), at, scope);
        }
    }

    /// Counts the labels and ids of nodes and of all within them.
    fn count_names(&mut self, nodes: &[Node<'a>]) {
        for node in nodes {
            if let Some((_, label)) = self.props(node.object, &At::Top).label {
                *self.labels.entry(label.to_lowercase()).or_default() += 1;
            }
            if let Some(id) = node.object.get("id").and_then(Value::as_str) {
                *self.ids.entry(id.to_lowercase()).or_default() += 1;
            }
            self.count_names(&node.children);
        }
    }

    /// Whether a label names one node alone: no other has it as its label or id.
    fn is_own(&self, label: &str, id: Option<&str>) -> bool {
        let label = label.to_lowercase();
        let own = usize::from(id.is_some_and(|id| id.to_lowercase() == label));
        self.labels.get(&label).is_none_or(|count| *count == 1) && self.ids.get(&label).copied().unwrap_or_default() == own
    }

    /// The code of the next row: its label, its id or, for a group that has neither, its title in the form of one. Publishers give many
    /// rows one label, and groups under different ones one title: what is not a row's own is no code of it.
    fn code(&mut self, node: &Node<'a>, at: &At, (parent, title): (Option<usize>, &str), label: Option<(usize, &str)>) -> String {
        let row = self.rows.len();
        let id = match node.is_group() {
            true => self.faults.text(node.object, at, "id"),
            false => self.faults.required_text(node.object, at, "id"),
        };
        let mut id_taken = false;
        if let Some(id) = id.filter(|_| !node.is_group()) {
            let first = *self.row_of_id.entry(id).or_insert(row);
            id_taken = first != row;
            if id_taken {
                let detail = format!("{} has this id already. Give each control its own.", self.pointer(first));
                self.faults.add(At::Key(at, "id"), "duplicate", detail);
            }
        }
        let label = label.filter(|(_, label)| self.is_own(label, id));
        let code = match (label, id) {
            (Some((_, label)), _) => label.to_owned(),
            (None, Some(id)) => id.to_owned(),
            (None, None) if node.is_group() => slug(title),
            (None, None) => String::new(),
        };
        let pointer = || match (label, id) {
            (Some((index, _)), _) => format!("{at}/props/{index}/value"),
            (None, Some(_)) => format!("{at}/id"),
            (None, None) => format!("{at}/title"),
        };
        if code.is_empty() {
            if node.is_group() && !title.is_empty() {
                self.faults.required(&At::Key(at, "id"), "the group an id");
            }
            return code;
        }
        let is_taken = node.is_group() && self.row_of_code.contains_key(&code.to_lowercase());
        let code = match parent.and_then(|parent| self.rows.get(parent)).filter(|_| is_taken) {
            Some(above) => format!("{}/{code}", above.code),
            None => code,
        };
        self.faults.limit(Some(&code), MAX_CODE, pointer);
        let first = *self.row_of_code.entry(code.to_lowercase()).or_insert(row);
        if first != row && !id_taken {
            let place = self.pointer(first);
            let detail = format!("{place} has the code `{code}` already. Give each its own id.");
            self.faults.add(pointer(), "duplicate", detail);
        }
        code
    }

    /// Where a row stands in the document.
    fn pointer(&self, row: usize) -> String {
        let mut steps = Vec::new();
        let mut next = Some(row);
        while let Some((row, (list, index))) = next.and_then(|row| Some((row, self.places.get(row)?))) {
            steps.push(format!("/{list}/{index}"));
            next = self.rows.get(row).and_then(|row| row.parent);
        }
        steps.push("/catalog".to_owned());
        steps.reverse();
        steps.concat()
    }

    /// The props that matter here. Publishers may give several labels; the one for people to read
    /// has no class.
    fn props(&mut self, object: &'a Object, at: &At) -> Props<'a> {
        let (mut best, mut withdrawn) = (None, false);
        let list = At::Key(at, "props");
        for (index, prop) in self.faults.objects(object, at, "props") {
            let at = At::Index(&list, index);
            let name = self.faults.required_text(prop, &at, "name");
            if !matches!(name, Some("label" | "status")) {
                continue;
            }
            let Some(value) = self.faults.required_text(prop, &at, "value") else {
                continue;
            };
            if name == Some("status") {
                withdrawn |= value.eq_ignore_ascii_case("withdrawn");
                continue;
            }
            let rank = match self.faults.text(prop, &at, "class") {
                None => 0,
                Some("zero-padded" | "sp800-53a") => 2,
                Some(_) => 1,
            };
            if best.is_none_or(|(least, _)| rank < least) {
                best = Some((rank, (index, value)));
            }
        }
        Props { label: best.map(|(_, label)| label), withdrawn }
    }

    /// Text, guidance and items of a group or control. Parts of other kinds, such as how to assess
    /// it, are left out.
    fn requirement(&mut self, object: &'a Object, at: &At, scope: &Scope<'_, 'a>) -> (Option<String>, Option<String>, Vec<Part>) {
        let (mut text, mut guidance, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        let list = At::Key(at, "parts");
        for (index, part) in self.faults.objects(object, at, "parts") {
            let at = At::Index(&list, index);
            match self.faults.required_text(part, &at, "name") {
                Some("statement") => {
                    text.extend(self.prose(part, &at, scope));
                    parts.extend(self.items(part, &at, scope, 1));
                }
                Some("guidance") => guidance.extend(self.guidance(part, &at, scope)),
                _ => {}
            }
        }
        (self.joined(text, &list), self.joined(guidance, &list), parts)
    }

    fn joined(&mut self, pieces: Vec<String>, at: &At) -> Option<String> {
        let text = pieces.join("\n\n");
        if pieces.len() > 1 {
            self.faults.limit(Some(&text), MAX_TEXT, || at);
        }
        Some(text).filter(|text| !text.is_empty())
    }

    fn items(&mut self, part: &'a Object, at: &At, scope: &Scope<'_, 'a>, level: usize) -> Vec<Part> {
        let mut items = Vec::new();
        let list = At::Key(at, "parts");
        for (index, part) in self.parts(part, at, level) {
            let at = At::Index(&list, index);
            let name = self.faults.required_text(part, &at, "name");
            if name.is_some_and(|name| name.starts_with("assessment-")) {
                continue;
            }
            let label = self.item_label(part, &at);
            let text = self.titled_prose(part, &at, scope);
            let parts = self.items(part, &at, scope, level + 1);
            if label.is_some() || text.is_some() || !parts.is_empty() {
                items.push(Part { label, text, parts });
            }
        }
        items
    }

    /// The prose of guidance, then that of the parts within it.
    fn guidance(&mut self, part: &'a Object, at: &At, scope: &Scope<'_, 'a>) -> Vec<String> {
        let mut pieces = Vec::from_iter(self.prose(part, at, scope));
        let mut items = self.items(part, at, scope, 1);
        items.reverse();
        while let Some(item) = items.pop() {
            let label = item.label.filter(|_| item.text.is_some());
            let words = [label, item.text].into_iter().flatten();
            pieces.push(words.collect::<Vec<_>>().join(" "));
            items.extend(item.parts.into_iter().rev());
        }
        pieces.retain(|piece| !piece.is_empty());
        pieces
    }

    fn parts(&mut self, part: &'a Object, at: &At, level: usize) -> Vec<(usize, &'a Object)> {
        let mut parts = self.faults.objects(part, at, "parts");
        if level > MAX_LEVELS {
            self.too_deep(&At::Key(at, "parts"), !parts.is_empty());
            parts.clear();
        }
        parts
    }

    fn too_deep(&mut self, at: &At, nested: bool) {
        if nested {
            let detail = format!("Nested more than {MAX_LEVELS} levels deep. Move these further up.");
            self.faults.add(at, "too_deep", detail);
        }
    }

    fn item_label(&mut self, part: &'a Object, at: &At) -> Option<String> {
        let (index, label) = self.props(part, at).label?;
        self.faults.limit(Some(label), MAX_CODE, || format!("{at}/props/{index}/value"));
        Some(label.to_owned())
    }

    /// What an item itself says: its title, where it has one, above its prose.
    fn titled_prose(&mut self, part: &'a Object, at: &At, scope: &Scope<'_, 'a>) -> Option<String> {
        let title = self.rendered(part, at, "title", scope);
        self.faults.limit(title.as_deref(), MAX_TITLE, || At::Key(at, "title"));
        let prose = self.prose(part, at, scope);
        match (title, prose) {
            (Some(title), Some(prose)) => self.joined(vec![title, prose], at),
            (title, prose) => title.or(prose),
        }
    }

    fn prose(&mut self, part: &'a Object, at: &At, scope: &Scope<'_, 'a>) -> Option<String> {
        let prose = self.rendered(part, at, "prose", scope);
        self.faults.limit(prose.as_deref(), MAX_TEXT, || At::Key(at, "prose"));
        prose
    }

    fn rendered(&mut self, object: &'a Object, at: &At, key: &'static str, scope: &Scope<'_, 'a>) -> Option<String> {
        let text = self.faults.text(object, at, key)?;
        Some(self.params.render(text, scope))
    }
}

/// A title in the form of an id: `Access control` becomes `access-control`.
fn slug(title: &str) -> String {
    let lower = title.to_lowercase();
    let words: Vec<&str> = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-").chars().take(MAX_CODE).collect::<String>().trim_end_matches('-').to_owned()
}
