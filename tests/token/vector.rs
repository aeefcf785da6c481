//! What is no token: each of these is refused, and none is told why.

use super::parts;
use crate::harness::{Actor, TestApp};
use crate::on_both;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};
use steward::database::{SqlType, Statement};

/// The app's own signing key.
async fn key(app: &TestApp) -> Ed25519KeyPair {
    let seed = app
        .served
        .store
        .unauthenticated(|connection| Ok(Statement::new("SELECT seed FROM signing_keys ORDER BY id DESC LIMIT 1").first(connection, &[SqlType::Text])?))
        .await
        .unwrap();
    Ed25519KeyPair::from_seed_unchecked(&BASE64.decode(seed.unwrap()[0].as_text().unwrap()).unwrap()).unwrap()
}

fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()))
}

fn signed(key: &Ed25519KeyPair, header: &Value, claims: &Value) -> String {
    let unsigned = unsigned(header, claims);
    let signature = BASE64.encode(key.sign(unsigned.as_bytes()));
    format!("{unsigned}.{signature}")
}

fn with(value: &Value, name: &str, to: Value) -> Value {
    let mut value = value.clone();
    value[name] = to;
    value
}

fn without(value: &Value, name: &str) -> Value {
    let mut value = value.clone();
    value.as_object_mut().unwrap().shift_remove(name);
    value
}

on_both! {
    what_is_no_valid_token_is_refused_alike(app) {
        let genuine = app.admin.token.clone().unwrap();
        let (key, (header, claims)) = (key(app).await, parts(&genuine));
        let again = Actor { id: None, token: Some(signed(&key, &header, &claims)) };
        assert_eq!(app.get(&again, "/api/v1/auth/me").await.status, 200, "the forger below has the right key");
        let now = claims["iat"].as_i64().unwrap();
        let public = BASE64.decode(app.get(&Actor::nobody(), "/.well-known/jwks.json").await.body["keys"][0]["x"].as_str().unwrap()).unwrap();
        let other = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
        let hs256 = unsigned(&with(&header, "alg", json!("HS256")), &claims);
        let hmac = BASE64.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &public), hs256.as_bytes()));
        let none = unsigned(&with(&header, "alg", json!("none")), &claims);
        let (body, signature) = genuine.rsplit_once('.').unwrap();
        let mut bad: Vec<(String, String)> = vec![
            ("alg none without signature".into(), format!("{none}.")),
            ("alg none with the genuine signature".into(), format!("{none}.{signature}")),
            ("HS256 with the public key".into(), format!("{hs256}.{hmac}")),
            ("signed by another key".into(), signed(&other, &header, &claims)),
            ("a signature of nothing".into(), format!("{body}.")),
            ("no signature".into(), body.to_owned()),
            ("one part too many".into(), format!("{genuine}.x")),
            ("other claims under the same signature".into(), format!("{}.{signature}", unsigned(&header, &with(&claims, "sub", json!(steward::resource::Id::sample().to_string()))))),
            ("garbage".into(), "garbage".into()),
            ("dots".into(), "..".into()),
            ("garbage in base64".into(), "Zm9v.YmFy.YmF6".into()),
            ("very long".into(), "x".repeat(10_000)),
            ("a refresh token".into(), steward::access::secret::new_secret()),
        ];
        for (name, value) in [("typ", json!("JWT")), ("typ", Value::Null), ("typ", json!(1)), ("kid", json!("unknown")), ("kid", json!("")), ("kid", Value::Null), ("crit", json!(["exp"])), ("crit", json!([])), ("jwk", json!({"kty": "OKP"})), ("x5c", json!([])), ("jku", json!("https://elsewhere.example/jwks.json")), ("x5u", json!("https://elsewhere.example/key.pem")), ("x5t#S256", json!("AAAA")), ("b64", json!(false)), ("zip", json!("DEF")), ("cty", json!("JWT")), ("kid", json!("../../../../dev/null")), ("kid", json!("x' UNION SELECT seed FROM signing_keys --")), ("kid", json!([header["kid"]])), ("alg", json!("RS256")), ("alg", json!("ES256")), ("alg", json!("Ed25519")), ("alg", json!("eddsa")), ("alg", Value::Null), ("typ", json!("application/at+jwt+x")), ("typ", json!("dpop+jwt"))] {
            bad.push((format!("header {name} {value}"), signed(&key, &with(&header, name, value), &claims)));
        }
        for (name, value) in [("aud", json!("https://elsewhere.example")), ("aud", json!([])), ("aud", json!([claims["aud"]])), ("aud", json!([claims["aud"], "https://elsewhere.example"])), ("aud", json!(1)), ("aud", json!("")), ("iss", json!([claims["iss"]])), ("iss", json!(format!("{}/", claims["iss"].as_str().unwrap()))), ("jti", json!(1)), ("jti", Value::Null), ("client_id", Value::Null), ("client_id", json!({})), ("sid", json!("nobody")), ("sid", Value::Null), ("sid", json!(steward::resource::Id::sample().to_string())), ("sub", Value::Null), ("sub", json!([claims["sub"]])), ("sub", json!(claims["sub"].as_str().unwrap().replace('-', ""))), ("iss", json!("https://elsewhere.example")), ("sub", json!("nobody")), ("sub", json!(steward::resource::Id::sample().to_string())), ("sub", json!(""))] {
            bad.push((format!("{name} {value}"), signed(&key, &header, &with(&claims, name, value))));
        }
        for name in ["exp", "nbf", "iat", "auth_time"] {
            for value in [json!(format!("{}", now + 60)), json!(now as f64 + 0.5), json!(null), json!([now]), json!(1e300), json!(u64::MAX)] {
                bad.push((format!("{name} {value}"), signed(&key, &header, &with(&claims, name, value))));
            }
        }
        for (name, value) in [("exp", -1), ("exp", 0), ("exp", now - 6), ("exp", i64::MAX), ("exp", i64::MIN), ("exp", now + 1_000_000), ("nbf", now + 6), ("nbf", i64::MAX), ("iat", now + 6), ("iat", i64::MIN), ("iat", i64::MAX), ("iat", -1), ("nbf", i64::MAX - 1), ("auth_time", now + 6), ("auth_time", i64::MAX), ("auth_time", -1), ("auth_time", i64::MIN), ("nbf", 0), ("nbf", -1), ("nbf", i64::MIN)] {
            bad.push((format!("{name} {value}"), signed(&key, &header, &with(&claims, name, json!(value)))));
        }
        for name in ["iss", "aud", "sub", "exp", "nbf", "iat", "jti", "client_id", "auth_time", "sid"] {
            bad.push((format!("no {name}"), signed(&key, &header, &without(&claims, name))));
        }
        for name in ["typ", "kid", "alg"] {
            bad.push((format!("no {name}"), signed(&key, &without(&header, name), &claims)));
        }
        let mut sent: Vec<(String, Option<String>)> = bad.into_iter().map(|(what, token)| (what, Some(format!("Bearer {token}")))).collect();
        sent.extend(["Bearer", "Bearer ", "Basic YWRtaW46YWRtaW4=", "bearer", ""].map(|whole| (format!("the header {whole:?}"), Some(whole.to_owned()))));
        sent.push(("two tokens".into(), Some(format!("Bearer {genuine}, Bearer {genuine}"))));
        sent.push(("the token bare".into(), Some(genuine.clone())));
        sent.push(("no header".into(), None));
        let mut expected = None;
        for (what, authorization) in sent {
            let headers: Vec<(&str, &str)> = authorization.iter().map(|value| ("Authorization", value.as_str())).collect();
            for path in ["/api/v1/auth/me", "/api/v1/teams/units"] {
                let mut answer = app.call(&Actor::nobody(), "GET", path, &headers, None).await;
                assert_eq!(answer.status, 401, "{what}");
                assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"steward\""), "{what}");
                answer.body["instance"] = Value::Null;
                assert_eq!(expected.get_or_insert(answer.body.clone()), &answer.body, "{what}");
            }
        }
    }
}
