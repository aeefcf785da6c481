//! Certificates: what proves who a service or a person is, until it expires.

use crate::operation::dependency::NODES;
use crate::operation::leaving::require_staying;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Text, Title, Whole};
use steward_core::resource::{Check, Id, Resource, Scope, ValidationErrors};

choice! {
    /// Purpose of a certificate.
    pub enum CertificateKind {
        /// Authenticates a server to its clients.
        Server = "server",
        /// Authenticates a client to a server.
        Client = "client",
        /// Authenticates the publisher of software.
        CodeSigning = "code_signing",
        /// Signs and encrypts mail.
        Email = "email",
        /// Signs other certificates.
        Authority = "authority",
    }
}

choice! {
    /// Key algorithm of a certificate.
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

steward_core::resource! {
    /// X.509 certificate in use, with its expiry.
    pub struct Certificate {
        /// Common name, such as orders.example.org.
        #[field(search)]
        pub name: Title,
        /// Purpose of the certificate.
        #[field(default(|| json!("server")))]
        pub kind: CertificateKind,
        /// Subject alternative names.
        #[field(default(|| json!([])))]
        pub alternative_names: Vec<Title>,
        /// Issuer as stated in the certificate.
        #[field(search)]
        pub issuer: Option<Title>,
        /// Serial number assigned by the issuer, in hexadecimal.
        #[field(search)]
        pub serial_number: Option<Text<1, 64>>,
        /// SHA-256 of the whole certificate: 64 digits in hexadecimal.
        pub sha256: Option<Text<64, 64>>,
        /// Key algorithm of the certificate.
        pub key_algorithm: Option<KeyAlgorithm>,
        /// Key length in bits.
        pub key_bits: Option<Whole<128, 65536>>,
        /// First day on which it is valid.
        #[field(happened)]
        pub issued_on: Option<Date>,
        /// Last day on which it is valid.
        #[field(deadline)]
        pub expires_on: Date,
        /// Date of revocation.
        #[field(happened, closing)]
        pub revoked_on: Option<Date>,
        /// True if it is renewed automatically.
        #[field(default(|| json!(false)))]
        pub auto_renew: bool,
        /// Lead time of the renewal in days before expiry.
        #[field(default(|| json!(30)))]
        pub notice_days: Whole<0, 365>,
        /// Service, device, virtual machine or place that uses it.
        #[field(refers_to(NODES))]
        pub target_id: Option<Id>,
        /// Domain of its name.
        #[field(refers_to(&["infrastructure/dns-domains"]))]
        pub dns_domain_id: Option<Id>,
        /// Vendor of the certificate.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Free-text notes, such as the renewal procedure.
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

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_staying(check, self, &["target_id"])
    }
}
