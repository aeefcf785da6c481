//! Requests of the app to others: whom it believes over TLS. Where it may go at all is told beside the client itself.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use steward::outgoing::{Client, Network};

/// A certificate for `localhost` and the authority that signed it, which nobody else trusts; valid for a hundred years.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name)
}

/// Ports every connection with `{}` over TLS.
fn server() -> u16 {
    let certificate = CertificateDer::from_pem_file(fixture("localhost.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(fixture("localhost.key")).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider())).with_safe_default_protocol_versions();
    let config = Arc::new(builder.unwrap().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let mut connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = Stream::new(&mut connection, &mut socket);
            if stream.read(&mut [0; 4096]).is_ok() {
                drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"));
                stream.conn.send_close_notify();
                drop(stream.flush());
            }
        }
    });
    port
}

#[actix_web::test]
async fn a_certificate_must_be_signed_by_who_is_trusted_and_be_of_the_name_that_was_asked() {
    let (port, allowed) = (server(), ["127.0.0.1", "::1"].map(|text| Network::parse(text).unwrap()).to_vec());
    let trusting = Client::new(allowed.clone(), Some(&fixture("authority.pem"))).unwrap();
    assert_eq!(trusting.get(&format!("https://localhost:{port}/")).await.unwrap().body, b"{}");
    let failure = |outcome: Result<steward::outgoing::Answer, steward::outgoing::Failure>| outcome.err().map(|failure| failure.0).unwrap_or_default();
    let other_name = failure(trusting.get(&format!("https://127.0.0.1:{port}/")).await);
    assert!(other_name.contains("certificate"), "{other_name}");
    let unknown = failure(Client::new(allowed, None).unwrap().get(&format!("https://localhost:{port}/")).await);
    assert!(unknown.contains("certificate"), "{unknown}");
    for file in ["localhost.key", "absent.pem"] {
        let refused = Client::new(Vec::new(), Some(&fixture(file))).err().unwrap_or_default();
        assert!(refused.contains(file), "a file without authorities is told at the start: {refused}");
    }
}
