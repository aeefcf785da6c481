//! Certificates: what proves who a service or a person is, until it expires.

use crate::choice;
use crate::domains::infrastructure::operation::dependency::NODES;
use crate::resource::value::{Date, Note, Text, Title, Whole};
use crate::resource::{Id, Resource, Scope, ValidationErrors};
use serde_json::json;

choice! {
    /// What a certificate is for.
    pub enum CertificateKind {
        /// Proves a server to who connects to it.
        Server = "server",
        /// Proves who connects to a server.
        Client = "client",
        /// Proves who published software.
        CodeSigning = "code_signing",
        /// Signs and encrypts mail.
        Email = "email",
        /// Signs other certificates.
        Authority = "authority",
    }
}

choice! {
    /// The kind of key in a certificate.
    pub enum KeyAlgorithm {
        /// RSA.
        Rsa = "rsa",
        /// Elliptic curves of NIST.
        Ecdsa = "ecdsa",
        /// Edwards curves: Ed25519 or Ed448.
        Eddsa = "eddsa",
        /// Module lattices (FIPS 204), against quantum computers.
        MlDsa = "ml_dsa",
    }
}

crate::resource! {
    /// An X.509 certificate that is in use, and the day on which it stops working.
    pub struct Certificate {
        /// The name that it is for: its common name, such as orders.example.org.
        #[field(search)]
        pub name: Title,
        /// What it is for.
        #[field(default(|| json!("server")))]
        pub kind: CertificateKind,
        /// All names that it is for, as its extension lists them.
        #[field(default(|| json!([])))]
        pub alternative_names: Vec<Title>,
        /// Who issued it, as it says itself.
        #[field(search)]
        pub issuer: Option<Title>,
        /// Its number with the issuer, in hexadecimal.
        #[field(search)]
        pub serial_number: Option<Text<1, 64>>,
        /// SHA-256 of the whole certificate: 64 digits in hexadecimal.
        pub sha256: Option<Text<64, 64>>,
        /// The kind of its key.
        pub key_algorithm: Option<KeyAlgorithm>,
        /// The length of its key in bits.
        pub key_bits: Option<Whole<128, 65536>>,
        /// First day on which it is valid.
        #[field(happened)]
        pub issued_on: Option<Date>,
        /// Last day on which it is valid.
        #[field(deadline)]
        pub expires_on: Date,
        /// The day on which it was revoked.
        #[field(happened, closing)]
        pub revoked_on: Option<Date>,
        /// Whether a machine renews it.
        #[field(default(|| json!(false)))]
        pub auto_renew: bool,
        /// So many days before it expires it should be renewed.
        #[field(default(|| json!(30)))]
        pub notice_days: Whole<0, 365>,
        /// The service, device, virtual machine or place that uses it.
        #[field(refers_to(NODES))]
        pub target_id: Option<Id>,
        /// The domain that its name is in.
        #[field(refers_to(&["infrastructure/dns-domains"]))]
        pub dns_domain_id: Option<Id>,
        /// Who sells it.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// What one should know of it, such as how it is renewed.
        #[field(search)]
        pub notes: Option<Note>,
    }
}

impl Resource for Certificate {
    const PATH: &'static str = "infrastructure/certificates";
    type Table = steward_schema::infrastructure::certificates::table;
    const SCOPE: Scope = Scope::Unit;

    fn sample() -> Self {
        Certificate {
            name: "orders.example.org".into(),
            kind: CertificateKind::Server,
            alternative_names: vec!["orders.example.org".into(), "www.orders.example.org".into()],
            issuer: Some("Example Trust CA 3".into()),
            serial_number: Some("04a1f7c2239b".into()),
            sha256: Some("5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8".into()),
            key_algorithm: Some(KeyAlgorithm::Ecdsa),
            key_bits: Some(Whole(256)),
            issued_on: Date::parse("2026-04-01"),
            expires_on: Date::sample("2026-09-30"),
            revoked_on: None,
            auto_renew: true,
            notice_days: Whole(30),
            target_id: None,
            dns_domain_id: None,
            vendor_id: None,
            notes: Some("Renewed by the proxy in front of the shop.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.issued_on, Some(self.expires_on), "expires_on");
        faults.span(self.issued_on, self.revoked_on, "revoked_on");
        let hexadecimal = self.sha256.as_ref().is_none_or(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        faults.require(hexadecimal, "sha256", "format", "Expected 64 digits in hexadecimal.");
    }
}
