//! An OpenID provider on this machine: it publishes keys, signs tokens and counts who asks.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What it answers now, and how often it was asked.
#[derive(Default)]
struct Counter {
    keys: Mutex<Vec<Value>>,
    discovery: Mutex<Option<Value>>,
    cache_control: Mutex<String>,
    down: AtomicBool,
    slow: AtomicBool,
    closed: AtomicBool,
    key_fetches: AtomicUsize,
    discovery_fetches: AtomicUsize,
}

/// A provider that answers until it is dropped.
pub struct Provider {
    pub issuer: String,
    counter: Arc<Counter>,
}

/// A key pair of a provider.
pub enum Signer {
    Ed(String, Ed25519KeyPair),
    Ec256(String, EcdsaKeyPair),
    Ec384(String, EcdsaKeyPair),
    Rsa(String, Box<RsaKeyPair>),
}

impl Provider {
    /// One that publishes these keys.
    pub fn with(keys: &[&Signer]) -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let provider = Provider { issuer, counter: Arc::default() };
        provider.publish(keys.iter().map(|key| key.jwk()).collect());
        let counter = provider.counter.clone();
        let discovery = json!({"issuer": provider.issuer, "jwks_uri": format!("{}/keys", provider.issuer)});
        *counter.discovery.lock().unwrap() = Some(discovery);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if counter.closed.load(Ordering::SeqCst) {
                    return;
                }
                let counter = counter.clone();
                std::thread::spawn(move || counter.serve(stream));
            }
        });
        provider
    }

    /// Publishes other keys from now on.
    pub fn publish(&self, keys: Vec<Value>) {
        *self.counter.keys.lock().unwrap() = keys;
    }

    /// Says another thing of itself from now on.
    pub fn discover(&self, document: Value) {
        *self.counter.discovery.lock().unwrap() = Some(document);
    }

    pub fn cache_control(&self, value: &str) {
        *self.counter.cache_control.lock().unwrap() = value.to_owned();
    }

    /// Ports with 503, or again as before.
    pub fn set_down(&self, down: bool) {
        self.counter.down.store(down, Ordering::SeqCst);
    }

    /// Takes a moment for each answer.
    pub fn set_slow(&self) {
        self.counter.slow.store(true, Ordering::SeqCst);
    }

    /// How often its keys were fetched.
    pub fn key_fetches(&self) -> usize {
        self.counter.key_fetches.load(Ordering::SeqCst)
    }

    pub fn discovery_fetches(&self) -> usize {
        self.counter.discovery_fetches.load(Ordering::SeqCst)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.counter.closed.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.issuer.trim_start_matches("http://")));
    }
}

impl Counter {
    fn serve(&self, mut stream: TcpStream) {
        let mut request = [0; 4096];
        let length = stream.read(&mut request).unwrap_or(0);
        let line = String::from_utf8_lossy(&request[..length]).lines().next().unwrap_or_default().to_owned();
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        if self.slow.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(200));
        }
        let found = match path.as_str() {
            "/keys" => {
                self.key_fetches.fetch_add(1, Ordering::SeqCst);
                Some(json!({"keys": *self.keys.lock().unwrap()}))
            }
            "/.well-known/openid-configuration" => {
                self.discovery_fetches.fetch_add(1, Ordering::SeqCst);
                self.discovery.lock().unwrap().clone()
            }
            _ => None,
        };
        let (status, body) = match found.filter(|_| !self.down.load(Ordering::SeqCst)) {
            Some(body) => ("200 OK", body.to_string()),
            None => ("503 Service Unavailable", String::new()),
        };
        let kept = self.cache_control.lock().unwrap().clone();
        let kept = if kept.is_empty() { kept } else { format!("Cache-Control: {kept}\r\n") };
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{kept}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        drop(stream.write_all(format!("{head}{body}").as_bytes()));
    }
}

impl Signer {
    pub fn ed25519(kid: &str, seed: u8) -> Signer {
        Signer::Ed(kid.into(), Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    pub fn p256(kid: &str) -> Signer {
        Signer::Ec256(kid.into(), EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub fn p384(kid: &str) -> Signer {
        Signer::Ec384(kid.into(), EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap())
    }

    pub fn rsa(kid: &str) -> Signer {
        Signer::Rsa(kid.into(), Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()))
    }

    pub fn kid(&self) -> &str {
        match self {
            Signer::Ed(kid, _) | Signer::Ec256(kid, _) | Signer::Ec384(kid, _) | Signer::Rsa(kid, _) => kid,
        }
    }

    /// The algorithm that it signs with by itself.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Signer::Ed(..) => "EdDSA",
            Signer::Ec256(..) => "ES256",
            Signer::Ec384(..) => "ES384",
            Signer::Rsa(..) => "RS256",
        }
    }

    /// Its public half.
    pub fn jwk(&self) -> Value {
        let point = |key: &EcdsaKeyPair, curve: &str, size: usize| {
            let public = key.public_key().as_ref();
            json!({"kty": "EC", "crv": curve, "x": BASE64.encode(&public[1..=size]), "y": BASE64.encode(&public[1 + size..])})
        };
        let mut jwk = match self {
            Signer::Ed(_, key) => json!({"kty": "OKP", "crv": "Ed25519", "x": BASE64.encode(key.public_key().as_ref())}),
            Signer::Ec256(_, key) => point(key, "P-256", 32),
            Signer::Ec384(_, key) => point(key, "P-384", 48),
            Signer::Rsa(_, key) => {
                // RSAPublicKey of RFC 8017 for 2048 bits: two heads of four bytes, a zero, the modulus, and 65537 at the end.
                let public = key.public_key().as_ref();
                json!({"kty": "RSA", "n": BASE64.encode(&public[9..265]), "e": BASE64.encode(&public[public.len() - 3..])})
            }
        };
        jwk["kid"] = self.kid().into();
        jwk["use"] = "sig".into();
        jwk
    }

    /// A token with a header of its own.
    pub fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let unsigned = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let (message, random) = (unsigned.as_bytes(), SystemRandom::new());
        let signature = match self {
            Signer::Ed(_, key) => key.sign(message).as_ref().to_vec(),
            Signer::Ec256(_, key) | Signer::Ec384(_, key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Signer::Rsa(_, key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                let padding: &'static dyn aws_lc_rs::signature::RsaEncoding = if header["alg"] == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                key.sign(padding, &random, message, &mut signature).unwrap();
                signature
            }
        };
        format!("{unsigned}.{}", BASE64.encode(signature))
    }

    pub fn sign(&self, claims: &Value) -> String {
        self.sign_as(&json!({"alg": self.algorithm(), "typ": "JWT", "kid": self.kid()}), claims)
    }
}
