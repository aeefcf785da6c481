//! Files as pages send and show them: forms, and links that need no login.

use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

const BOUNDARY: &str = "multipart/form-data; boundary=B";

fn form(parts: &[(&str, &str)]) -> String {
    let parts: String = parts.iter().map(|(head, body)| format!("--B\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")).collect();
    format!("{parts}--B--\r\n")
}

async fn upload(app: &TestApp, content_type: &str, body: String) -> Answer {
    app.call(&app.admin, "POST", "/api/v1/platform/files", &[("Content-Type", content_type)], Some(body)).await
}

async fn link(app: &TestApp, actor: &Actor, file: &str, body: &Value) -> Answer {
    app.post(actor, &format!("/api/v1/platform/files/{file}/link"), body).await
}

async fn follow(app: &TestApp, path: &str) -> Answer {
    app.get(&Actor::nobody(), path).await
}

on_both! {
    a_form_brings_one_file_with_its_name_and_media_type(app) {
        let sent = upload(app, BOUNDARY, form(&[("name=\"file\"; filename=\"..\\\\dir/plan.pdf\"\r\nContent-Type: application/pdf", "%PDF\r\n--not a boundary")])).await;
        assert_eq!(sent.status, 201, "{}", sent.text);
        assert_eq!((&sent.body["name"], &sent.body["content_type"], &sent.body["size"]), (&json!("plan.pdf"), &json!("application/pdf"), &json!(22)));
        let bytes = app.get(&app.admin, &format!("/api/v1/platform/files/{}/content", sent.id())).await;
        assert_eq!(bytes.text, "%PDF\r\n--not a boundary");
        let plain = upload(app, "application/octet-stream", "bytes".to_owned()).await;
        assert_eq!((plain.status, &plain.body["content_type"]), (201, &json!("application/octet-stream")));
        let field = upload(app, BOUNDARY, form(&[("name=\"file\"", "bytes")])).await;
        assert_eq!((field.status, &field.body["content_type"], &field.body["name"]), (201, &json!("application/octet-stream"), &json!("file")));
    }

    a_form_of_several_parts_or_of_none_is_refused(app) {
        let several = upload(app, BOUNDARY, form(&[("name=\"file\"; filename=\"a\"", "a"), ("name=\"file\"; filename=\"b\"", "b")])).await;
        assert_eq!((several.status, several.broken()), (422, vec!["/file one_part".to_owned()]));
        assert_eq!(upload(app, BOUNDARY, form(&[("name=\"note\"", "a")])).await.broken(), ["/file required"]);
        assert_eq!(upload(app, BOUNDARY, "--B--\r\n".to_owned()).await.broken(), ["/file required"]);
        assert_eq!(upload(app, BOUNDARY, "nothing".to_owned()).await.status, 400);
        assert_eq!(upload(app, "multipart/form-data", form(&[("name=\"file\"", "a")])).await.status, 400);
    }

    a_link_shows_an_image_without_a_login_until_it_expires(app) {
        let image = upload(app, "image/png", "pixels".to_owned()).await;
        let made = link(app, &app.admin, &image.id(), &json!({"expires_in_seconds": 60})).await;
        assert_eq!((made.status, &made.body["inline"], &made.body["sha256"]), (200, &json!(true), &image.body["sha256"]), "{}", made.text);
        let path = made.body["path"].as_str().unwrap().to_owned();
        let shown = follow(app, &path).await;
        assert_eq!((shown.status, shown.text.as_str(), shown.header("content-type")), (200, "pixels", Some("image/png")));
        assert!(shown.header("content-disposition").unwrap().starts_with("inline"));
        for (name, part) in [("x-content-type-options", "nosniff"), ("content-security-policy", "sandbox"), ("cache-control", "private"), ("referrer-policy", "no-referrer")] {
            assert!(shown.header(name).is_some_and(|value| value.contains(part)), "{name}");
        }
        assert_eq!(follow(app, &format!("{path}x")).await.status, 404);
        app.wait(61);
        assert_eq!(follow(app, &path).await.status, 404);
    }

    what_could_run_in_a_page_is_an_attachment(app) {
        for kind in ["image/svg+xml", "text/html", "application/pdf", "application/octet-stream"] {
            let file = upload(app, kind, format!("<b>{kind}</b>")).await;
            let made = link(app, &app.admin, &file.id(), &json!({})).await;
            assert_eq!(made.body["inline"], json!(false));
            let shown = follow(app, made.body["path"].as_str().unwrap()).await;
            assert!(shown.header("content-disposition").unwrap().starts_with("attachment"), "{kind}");
        }
    }

    a_link_is_made_by_who_may_download_the_file_and_ends_with_that(app) {
        let maker = app.actor("vendor_manager", None).await;
        let file = app.call(&maker, "POST", "/api/v1/platform/files", &[("Content-Type", "image/png")], Some("x".to_owned())).await.id();
        assert_eq!(link(app, &app.stranger().await, &file, &json!({})).await.status, 404);
        assert_eq!(link(app, &maker, &file, &json!({"expires_in_seconds": 4000})).await.broken(), ["/expires_in_seconds range"]);
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "once")];
        let path = format!("/api/v1/platform/files/{file}/link");
        let made = app.call(&maker, "POST", &path, &headers, Some("{}".to_owned())).await;
        assert_eq!(follow(app, made.body["path"].as_str().unwrap()).await.status, 200);
        let again = app.call(&maker, "POST", &path, &headers, Some("{}".to_owned())).await;
        assert_eq!((again.status, &again.body["path"]), (200, &Value::Null), "a secret is shown once");
        let user = format!("/api/v1/identity/users/{}", maker.id.unwrap());
        assert_eq!(app.transition(&app.admin, &user, "disabled").await.status, 200);
        assert_eq!(follow(app, made.body["path"].as_str().unwrap()).await.status, 404);
    }
}
