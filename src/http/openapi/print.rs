//! The text of a document as it is committed: what fits in a line stands in one, so that it is read and compared by lines and stays small.

use serde_json::Value;
use std::fmt::Write;

/// How long a line may be.
const WIDTH: usize = 160;

/// A document, printed.
pub fn pretty(document: &Value) -> String {
    let mut text = String::new();
    print(document, 0, 0, &mut text);
    text.push('\n');
    text
}

/// Prints a value at an indent, after so many characters of its line.
fn print(value: &Value, indent: usize, before: usize, text: &mut String) {
    let start = text.len();
    if line(value, text, start + WIDTH.saturating_sub(before)) {
        return;
    }
    text.truncate(start);
    match value {
        Value::Object(members) => {
            text.push('{');
            for (at, (name, member)) in members.iter().enumerate() {
                begin(at, indent + 1, text);
                let key = text.len();
                quote(name, text);
                text.push_str(": ");
                print(member, indent + 1, indent + 1 + text.len() - key, text);
            }
            begin(0, indent, text);
            text.push('}');
        }
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => words(items, indent, text),
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                begin(at, indent + 1, text);
                print(item, indent + 1, indent + 1, text);
            }
            begin(0, indent, text);
            text.push(']');
        }
        scalar => {
            let _ = write!(text, "{scalar}");
        }
    }
}

/// A long list of words, as many in a line as fit.
fn words(items: &[Value], indent: usize, text: &mut String) {
    text.push('[');
    let mut start = 0;
    for (at, item) in items.iter().enumerate() {
        let word = item.to_string();
        if at == 0 || text.len() - start + word.len() + 2 > WIDTH {
            begin(at, indent + 1, text);
            start = text.len() - indent - 1;
        } else {
            text.push_str(", ");
        }
        text.push_str(&word);
    }
    begin(0, indent, text);
    text.push(']');
}

/// A new line, after a comma where something stands before it.
fn begin(at: usize, indent: usize, text: &mut String) {
    text.push_str(if at == 0 { "\n" } else { ",\n" });
    text.extend(std::iter::repeat_n(' ', indent));
}

/// A value in one line; false as soon as that is longer than it may be.
fn line(value: &Value, text: &mut String, end: usize) -> bool {
    match value {
        Value::Object(members) => {
            text.push('{');
            for (at, (name, member)) in members.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { ", " });
                quote(name, text);
                text.push_str(": ");
                if !line(member, text, end) {
                    return false;
                }
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { ", " });
                if !line(item, text, end) {
                    return false;
                }
            }
            text.push(']');
        }
        scalar => {
            let _ = write!(text, "{scalar}");
        }
    }
    text.len() <= end
}

fn quote(name: &str, text: &mut String) {
    let _ = write!(text, "{}", Value::from(name));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_printed_is_the_same_document() {
        let words: Vec<String> = (0..80).map(|number| format!("word {number}")).collect();
        let document = json!({"a": [], "b": {}, "c": [1, 2], "long": "x".repeat(300), "words": words, "deep": {"deeper": [{"text": "y".repeat(200)}, null, true, "ä\n\"\\"]}});
        let text = pretty(&document);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document);
        assert!(text.contains("\n \"c\": [1, 2],\n"), "{text}");
        let long = |line: &&str| line.len() > WIDTH + 2 && !line.contains("xxx") && !line.contains("yyy");
        assert_eq!(text.lines().find(long), None);
    }
}
