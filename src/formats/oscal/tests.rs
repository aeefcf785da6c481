//! What is read from a catalog, and what is refused.

use super::{Catalog, Fault, Part, Row, parse};
use serde_json::{Value, json};

const FIXTURE: &str = include_str!("../../../tests/fixtures/oscal/catalog.json");

#[test]
fn the_catalog_names_itself_and_its_publisher() {
    let catalog = fixture();
    assert_eq!(catalog.title, "Lighthouse Keeping Rules");
    assert_eq!(catalog.version, "2.4");
    assert_eq!(catalog.publisher.as_deref(), Some("Harbour Board of Skerry Sound"));
    assert_eq!(catalog.source.as_deref(), Some("urn:uuid:5b0f3c52-7f0e-4d0c-9a52-2f6f1f0a9c11"));
}

#[test]
fn rows_stand_in_the_order_of_the_document_with_parents_first() {
    let catalog = fixture();
    let rows: Vec<_> = catalog.rows.iter().map(|row| (row.code.as_str(), row.parent, row.assessable)).collect();
    assert_eq!(
        rows,
        [
            ("lk-0", None, true),
            ("L", None, false),
            ("L-1", Some(1), true),
            ("L-1(1)", Some(2), true),
            ("L-1(2)", Some(2), false),
            ("L-02", Some(1), true),
            ("watch", None, false),
            ("night-watch-storms", Some(6), false),
            ("w-1", Some(7), true),
            ("w-2", Some(7), true),
            ("w-3", Some(7), true),
        ]
    );
}

#[test]
fn a_statement_is_text_its_items_are_parts_and_how_to_assess_it_is_left_out() {
    let catalog = fixture();
    let row = find(&catalog, "L-1");
    assert_eq!(
        row.text.as_deref(),
        Some(
            "Light the lamp [Selection (one or more): at [Assignment: hour of dusk]; in fog; \
             when [Selection: the harbour; a ship] asks for it]."
        )
    );
    assert_eq!(row.guidance.as_deref(), Some("A lamp that is lit late helps nobody.\n\nFog comes before dusk in autumn."));
    assert_eq!(
        row.parts,
        [
            part("a.", "Trim the wick every 30 days; and", vec![part("1.", "Note who did it.", vec![])]),
            part("b.", "Tell the [Assignment: keeper on duty] when it burns.", vec![]),
        ]
    );
}

#[test]
fn several_statements_are_joined_by_blank_lines() {
    let catalog = fixture();
    let text = find(&catalog, "w-2").text.as_deref();
    assert_eq!(text, Some("Write down each ship that passes.\n\nKeep the log dry."));
}

#[test]
fn parameters_read_as_their_label_else_their_use_else_their_id() {
    let catalog = fixture();
    let text = |code| find(&catalog, code).text.clone().unwrap_or_default();
    assert_eq!(text("L-1(1)"), "Keep a spare lamp that lights within [Assignment: minutes until it burns].");
    assert_eq!(text("w-1"), "Take [Assignment: rest after [Assignment: hours of watch]].");
    assert_eq!(text("w-3"), "Sound the horn every [Assignment: w-3_prm_9].");
}

#[test]
fn insertions_are_known_in_every_spelling_and_other_braces_are_kept() {
    let params = json!([{"id": "p", "values": ["x", "y"]}]);
    for (prose, expected) in [
        ("{{ insert: param, p }}", "x, y"),
        ("{{insert:param,p}}", "x, y"),
        ("{{  insert :  param ,  p  }}!", "x, y!"),
        ("{{ param, p }}", "x, y"),
        ("{{ p }} and {{p}}", "x, y and x, y"),
        ("{{{p}}}", "{x, y}"),
        ("{{ two words }}", "{{ two words }}"),
        ("{{ insert: link, p }}", "{{ insert: link, p }}"),
        ("{{ {{ p }} }}", "{{ x, y }}"),
        ("{{ p", "{{ p"),
        ("}} {{}} {{", "}} {{}} {{"),
    ] {
        assert_eq!(text_with(params.clone(), prose), expected, "{prose}");
    }
}

#[test]
fn the_nearest_declaration_of_a_parameter_counts_and_any_other_is_the_last_resort() {
    let mut document = minimal(json!({"id": "a", "title": "A"}));
    document["catalog"]["params"] = json!([{"id": "p", "label": "far"}, {"id": "q", "label": "above"}]);
    document["catalog"]["controls"] = json!([
        {"id": "a", "title": "{{ p }}, {{ q }}, {{ r }}", "params": [{"id": "p", "label": "near"}]},
        {"id": "b", "title": "{{ p }}", "params": [{"id": "r", "label": "elsewhere"}]},
    ]);
    let catalog = parse(&document).unwrap();
    assert_eq!(catalog.rows[0].title, "[Assignment: near], [Assignment: above], [Assignment: elsewhere]");
    assert_eq!(catalog.rows[1].title, "[Assignment: far]");
}

#[test]
fn circular_insertions_end() {
    let params = json!([
        {"id": "p", "label": "to {{ q }}"},
        {"id": "q", "select": {"choice": ["back to {{ p }}", "{{ q }}"]}},
    ]);
    assert_eq!(text_with(params, "{{ p }}"), "[Assignment: to [Selection: back to [Assignment: p]; [Assignment: q]]]");
}

#[test]
fn insertions_that_multiply_are_refused_before_they_fill_the_memory() {
    let params: Vec<_> = (0..30)
        .map(|level| {
            let next = format!("{{{{ p{} }}}}", level + 1);
            json!({"id": format!("p{level}"), "values": [next, next, next]})
        })
        .collect();
    let control = json!({"id": "a", "title": "A", "params": params, "parts": [statement("{{ p0 }}")]});
    let faults = parse(&minimal(control)).unwrap_err();
    assert_eq!(faults[0].code, "too_long");
    let controls: Vec<_> = (0..2_000).map(|n| json!({"id": format!("c{n}"), "title": "C", "parts": [statement("{{ big }}")]})).collect();
    let mut document = minimal(json!(null));
    document["catalog"]["params"] = json!([{"id": "big", "values": ["x".repeat(90_000)]}]);
    document["catalog"]["controls"] = json!(controls);
    assert_eq!(codes(&document), [("/catalog".to_owned(), "too_long")]);
}

#[test]
fn all_that_is_missing_is_told_at_once() {
    let document = json!({"catalog": {
        "metadata": {"title": " ", "oscal-version": "2.0.0"},
        "groups": [{"id": "g", "controls": [{"title": "No id"}, {"id": "x"}]}],
    }});
    assert_eq!(
        codes(&document),
        [
            ("/catalog/uuid".to_owned(), "required"),
            ("/catalog/metadata/title".to_owned(), "required"),
            ("/catalog/metadata/version".to_owned(), "required"),
            ("/catalog/metadata/oscal-version".to_owned(), "unsupported"),
            ("/catalog/groups/0/title".to_owned(), "required"),
            ("/catalog/groups/0/controls/0/id".to_owned(), "required"),
            ("/catalog/groups/0/controls/1/title".to_owned(), "required"),
        ]
    );
}

#[test]
fn wrong_types_are_told_where_they_stand() {
    let document = minimal(json!({
        "id": 7,
        "title": "A",
        "params": [{"id": "p", "select": {"choice": [true]}}, "q"],
        "props": [{"name": "label", "value": 1}],
        "parts": [{"name": "statement", "prose": [], "parts": {}}],
        "controls": null,
    }));
    let mut found = codes(&document);
    found.sort();
    let at = |rest: &str| (format!("/catalog/controls/0/{rest}"), "type");
    assert_eq!(
        found,
        [at("controls"), at("id"), at("params/0/select/choice/0"), at("params/1"), at("parts/0/parts"), at("parts/0/prose"), at("props/0/value"),]
    );
    assert_eq!(codes(&json!([])), [(String::new(), "type")]);
    assert_eq!(codes(&json!({"catalog": 1})), [("/catalog".to_owned(), "type")]);
}

#[test]
fn a_repeated_id_names_the_first() {
    let mut document = minimal(json!(null));
    document["catalog"]["controls"] = json!([
        {"id": "a", "title": "A", "controls": [{"id": "a1", "title": "A1"}]},
        {"id": "a1", "title": "Again"},
        {"id": "b", "title": "B", "props": [{"name": "label", "value": "a"}]},
    ]);
    let faults = parse(&document).unwrap_err();
    assert_eq!(faults.len(), 1, "a label that is another's id is none of its own");
    assert_eq!((faults[0].pointer.as_str(), faults[0].code), ("/catalog/controls/1/id", "duplicate"));
    assert!(faults[0].detail.starts_with("/catalog/controls/0/controls/0 "), "{}", faults[0].detail);
}

#[test]
fn a_row_is_known_by_its_label_where_that_is_its_own_and_else_by_its_id_or_path() {
    let labelled = |id: &str, label: &str| json!({"id": id, "title": "T", "props": [{"name": "label", "value": label}]});
    let mut document = minimal(json!(null));
    document["catalog"]["controls"] = json!([]);
    document["catalog"]["groups"] = json!([
        {"title": "Windows", "groups": [{"title": "Basic", "controls": [labelled("w1", "A1"), labelled("w2", "Own")]}]},
        {"title": "Linux", "groups": [{"title": "Basic", "controls": [labelled("l1", "a1"), labelled("l2", "W2")]}]},
    ]);
    let codes: Vec<String> = parse(&document).unwrap().rows.into_iter().map(|row| row.code).collect();
    assert_eq!(codes, ["windows", "basic", "w1", "Own", "linux", "linux/basic", "l1", "l2"]);
}

#[test]
fn a_control_needs_an_id_and_so_does_a_group_whose_title_has_no_letters() {
    let mut document = minimal(json!({"title": "A"}));
    document["catalog"]["groups"] = json!([{"title": "***"}]);
    assert_eq!(codes(&document), [("/catalog/controls/0/id".to_owned(), "required"), ("/catalog/groups/0/id".to_owned(), "required"),]);
}

#[test]
fn other_models_are_named_and_a_catalog_without_controls_is_empty() {
    let faults = parse(&json!({"component-definition": {}})).unwrap_err();
    assert_eq!((faults[0].pointer.as_str(), faults[0].code), ("/component-definition", "unsupported"));
    assert!(faults[0].detail.contains("component-definition"));
    assert_eq!(codes(&json!({})), [("/catalog".to_owned(), "required")]);
    let mut document = minimal(json!(null));
    document["catalog"]["controls"] = json!([]);
    assert_eq!(codes(&document), [("/catalog".to_owned(), "empty")]);
}

#[test]
fn what_is_too_long_or_holds_a_nul_is_refused() {
    let document = minimal(json!({
        "id": "i".repeat(101),
        "title": "é".repeat(501),
        "parts": [
            {"name": "statement", "prose": "x".repeat(100_001)},
            {"name": "guidance", "prose": "a\u{0}b"},
        ],
    }));
    let at = |rest: &str| format!("/catalog/controls/0/{rest}");
    assert_eq!(codes(&document), [(at("title"), "too_long"), (at("id"), "too_long"), (at("parts/0/prose"), "too_long"), (at("parts/1/prose"), "nul"),]);
    let longest = minimal(json!({"id": "i".repeat(100), "title": "é".repeat(500)}));
    assert!(parse(&longest).is_ok());
}

#[test]
fn nesting_has_an_end() {
    let nested = |levels: usize| {
        let mut control = json!({"id": "c", "title": "C"});
        for level in 1..levels {
            control = json!({"id": format!("c{level}"), "title": "C", "controls": [control]});
        }
        minimal(control)
    };
    assert_eq!(parse(&nested(32)).unwrap().rows.len(), 32);
    let told = codes(&nested(100));
    assert_eq!(told, [(format!("/catalog{}/controls", "/controls/0".repeat(32)), "too_deep")]);
    let mut part = json!({"name": "item", "prose": "x"});
    for _ in 0..100 {
        part = json!({"name": "item", "parts": [part]});
    }
    let control = json!({"id": "a", "title": "A", "parts": [{"name": "statement", "parts": [part]}]});
    assert_eq!(codes(&minimal(control))[0].1, "too_deep");
}

#[test]
fn no_more_than_a_thousand_faults_are_told() {
    let mut document = minimal(json!(null));
    document["catalog"]["controls"] = json!(vec![1; 5_000]);
    assert_eq!(codes(&document).len(), 1_000);
}

#[test]
fn the_published_moderate_baseline_has_18_groups_and_287_controls() {
    let Some(catalog) = published("NIST_SP-800-53_rev5_MODERATE-baseline-resolved-profile_catalog-min.json") else {
        return;
    };
    assert_eq!(catalog.rows.iter().filter(|row| !row.assessable).count(), 18);
    assert_eq!(catalog.rows.iter().filter(|row| row.assessable).count(), 287);
    assert_eq!(catalog.publisher.as_deref(), Some("Joint Task Force, Transformation Initiative"));
    assert_eq!(catalog.rows[0].code, "ac");
    assert!(find(&catalog, "AC-2(1)").parent.is_some_and(|row| catalog.rows[row].code == "AC-2"));
    assert!(!format!("{catalog:?}").contains("{{"));
    assert!(catalog.rows.iter().all(|row| !row.assessable || row.guidance.is_some()));
}

#[test]
fn the_published_low_baseline_has_149_controls() {
    let Some(catalog) = published("NIST_SP-800-53_rev5_LOW-baseline-resolved-profile_catalog-min.json") else {
        return;
    };
    assert_eq!(catalog.rows.iter().filter(|row| row.assessable).count(), 149);
}

#[test]
fn the_published_example_is_read() {
    let Some(catalog) = published("examples/basic-catalog.json") else {
        return;
    };
    let codes: Vec<_> = catalog.rows.iter().map(|row| row.code.as_str()).collect();
    assert_eq!(codes, ["1", "s1.1", "1.1.1", "1.1.2", "2", "2.1", "2.1.1", "2.1.2"]);
    let text = find(&catalog, "1.1.1").text.as_deref().unwrap_or_default();
    assert!(text.contains("after [Assignment: a duration] of inactivity"), "{text}");
}

/// A published catalog, or none where the sample data is not at hand.
fn published(name: &str) -> Option<Catalog> {
    let Some(folder) = std::env::var_os("STEWARD_SAMPLE_DATA") else {
        eprintln!("SKIPPED: set STEWARD_SAMPLE_DATA to the folder of the sample data to read {name}");
        return None;
    };
    let path = std::path::Path::new(&folder).join("oscal").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Some(parse(&serde_json::from_str(&text).unwrap()).unwrap())
}

fn fixture() -> Catalog {
    parse(&serde_json::from_str(FIXTURE).unwrap()).unwrap()
}

fn find<'a>(catalog: &'a Catalog, code: &str) -> &'a Row {
    catalog.rows.iter().find(|row| row.code == code).unwrap_or_else(|| panic!("no row {code}"))
}

fn part(label: &str, text: &str, parts: Vec<Part>) -> Part {
    Part { label: Some(label.to_owned()), text: Some(text.to_owned()), parts }
}

fn statement(prose: &str) -> Value {
    json!({"name": "statement", "prose": prose})
}

/// A catalog with one control.
fn minimal(control: Value) -> Value {
    json!({"catalog": {
        "uuid": "5b0f3c52-7f0e-4d0c-9a52-2f6f1f0a9c11",
        "metadata": {"title": "T", "version": "1", "oscal-version": "1.1.2"},
        "controls": [control],
    }})
}

/// The text of a control with these parameters.
fn text_with(params: Value, prose: &str) -> String {
    let control = json!({"id": "a", "title": "A", "params": params, "parts": [statement(prose)]});
    parse(&minimal(control)).unwrap().rows.remove(0).text.unwrap()
}

fn codes(document: &Value) -> Vec<(String, &'static str)> {
    let told = |fault: Fault| (fault.pointer, fault.code);
    parse(document).unwrap_err().into_iter().map(told).collect()
}
