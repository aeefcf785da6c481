//! Forms with a file in them that are nearly right: cut off, nested, with heads that do not end and boundaries that stand in the file.

use crate::bounded::Bounds;
use crate::harness::TestApp;
use crate::on_both;
use crate::random::{ODD, Random};
use serde_json::json;

/// What a boundary may consist of (RFC 2046, section 5.1.1), without the blank.
const BOUNDARY: &str = "0123456789abcxyzABCXYZ'()+_,-./:=?";
const NAMES: &[&str] = &["plan.pdf", "C:\\\\temp\\\\x.txt", "a \\\"b\\\".png", "Überblick.txt", "..", ""];
const HEADS: &[&str] = &[
    "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"",
    "content-disposition:form-data;name=file;filename*=UTF-8''na%C3%AFve.txt",
    "Content-Disposition: form-data; name=\"note\"",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
];

/// A form that is right, of one file: what the header says, the body, and the file in it.
struct Form {
    content_type: String,
    body: String,
    file: String,
}

fn right(random: &mut Random) -> Form {
    let length = 1 + random.next(70);
    let boundary = random.word(BOUNDARY, length);
    let file = random.near(&["", "%PDF-1.7\r\n--not a boundary\r\n\r\n", "code,name\r\n"], ODD);
    // What looks like the boundary would end the file.
    let file = if format!("\r\n{file}").contains(&format!("\r\n--{boundary}")) { String::new() } else { file };
    let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: text/plain", random.pick(NAMES));
    let preamble = if random.next(4) == 0 { "This is a form.\r\n" } else { "" };
    let body = format!("{preamble}--{boundary}\r\n{head}\r\n\r\n{file}\r\n--{boundary}--\r\n");
    Form { content_type: format!("multipart/form-data; boundary=\"{boundary}\""), body, file }
}

/// A form that is not: what the header says, and the body.
fn wrong(random: &mut Random) -> (String, String) {
    let Form { content_type, body, .. } = right(random);
    let boundary = content_type.split('"').nth(1).unwrap_or_default().to_owned();
    let part = |head: &str, file: &str| format!("--{boundary}\r\n{head}\r\n\r\n{file}\r\n");
    let end = format!("--{boundary}--\r\n");
    let body = match random.next(8) {
        0 => body.chars().take(random.next(body.chars().count())).collect(),
        1 => part("Content-Disposition: form-data; name=\"file\"\r\nContent-Type: multipart/mixed; boundary=inner", &body) + &end,
        2 => {
            let head = format!("{}\r\nX-Long: {}", random.pick(HEADS), "x".repeat(random.next(100_000)));
            part(&head, "a") + &end
        }
        3 => {
            let heads: String = (0..random.next(5_000)).map(|at| format!("X-{at}: x\r\n")).collect();
            format!("--{boundary}\r\n{heads}{}\r\n\r\na\r\n{end}", random.pick(HEADS))
        }
        4 => (0..random.next(300)).map(|_| part(random.pick(HEADS), "a")).collect::<String>() + &end,
        5 => format!("--{boundary}\r\n").repeat(random.next(2_000)) + &end,
        6 => part(&random.near(HEADS, ODD), &body),
        _ => body.replace("\r\n", random.pick(&["\n", "\r", "\r\n\r\n", "\r\r\n"])),
    };
    let content_type = match random.next(3) {
        0 => random.near(&[&content_type], &[";", "=", "\"", " ", "boundary"]).chars().filter(|letter| (' '..='~').contains(letter)).collect(),
        _ => content_type,
    };
    (content_type, random.near(&[&body], ODD))
}

async fn forms(app: &TestApp, cases: usize) {
    let (mut random, mut bounds) = (Random::new("forms"), Bounds::new("forms", 8, 30));
    for case in 0..cases {
        let Form { content_type, body, file } = right(&mut random);
        let path = "/api/v1/platform/files?dry_run=true";
        if case % 4 == 0 {
            let begun = bounds.begin(&body);
            let answer = app.call(&app.admin, "POST", path, &[("Content-Type", &content_type)], Some(body.clone())).await;
            bounds.end(&begun, &body);
            assert_eq!((answer.status, &answer.body["size"]), (201, &json!(file.len())), "{content_type} {body:?}: {}", answer.text);
        }
        let (content_type, body) = wrong(&mut random);
        let begun = bounds.begin(&body);
        let answer = app.call(&app.admin, "POST", path, &[("Content-Type", &content_type)], Some(body.clone())).await;
        bounds.end(&begun, &body);
        assert!(matches!(answer.status, 201 | 400 | 413 | 415 | 422), "{content_type} {body:?}: {} {}", answer.status, answer.text);
    }
}

on_both! {
    a_form_that_is_nearly_right_is_read_or_refused(app) {
        forms(app, 300).await;
    }

    #[ignore = "takes minutes"]
    tens_of_thousands_of_forms_are_read_or_refused(app) {
        forms(app, 20_000).await;
    }
}
