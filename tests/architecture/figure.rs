//! Every figure has a test that asks for it.

use std::fs;
use std::path::Path;
use steward::view::Run;

/// The texts of the tests, save for those of the architecture.
fn tests() -> Vec<String> {
    let mut texts = Vec::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"), &mut texts);
    assert!(texts.len() > 50, "the tests are not found any more");
    texts
}

fn gather(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("architecture") {
            gather(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
}

/// True if a text has an address that ends as this one does, or goes on with a query.
fn asks(text: &str, path: &str) -> bool {
    let end = path.trim_end_matches("/{id}").rsplit('/').next().unwrap();
    let sign = format!("/{end}");
    text.match_indices(&sign).any(|(at, _)| text[at + sign.len()..].starts_with(['"', '?', '/', '`', ' ']))
}

#[test]
fn every_figure_is_asked_for_by_a_test() {
    let tests = tests();
    let mut missing = Vec::new();
    for domain in steward::catalogue::api().domains {
        let views = domain.operations.iter().filter(|operation| !matches!(operation.run, Run::Write(_)));
        missing.extend(views.map(|view| view.path).filter(|path| !tests.iter().any(|text| asks(text, path))).map(str::to_owned));
        for collection in domain.figures.keys().map(|path| path.rsplit_once('/').unwrap().1) {
            if !tests.iter().any(|text| text.contains("figures=true") && text.contains(collection)) {
                missing.push(format!("{}/{collection}?figures=true", domain.name));
            }
        }
        if domain.measure.is_some() && !tests.iter().any(|text| text.contains("/platform/overview") && text.contains(&format!("\"{}\").await", domain.name))) {
            missing.push(format!("the measure of {}", domain.name));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}\nRecords in, numbers worked by hand out: docs/develop.md, Add a figure.");
}
