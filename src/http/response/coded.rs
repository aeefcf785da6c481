//! Bytes that everybody is sent, compressed once.

use actix_web::HttpRequest;
use actix_web::http::header::{AcceptEncoding, Encoding, Header};
use actix_web::web::Bytes;
use std::io::Write;
use std::sync::OnceLock;

/// Bytes with their compressed forms, each made when it is first asked for.
pub struct Coded {
    plain: Bytes,
    forms: [OnceLock<Bytes>; CODINGS.len()],
}

type Compress = fn(&[u8]) -> std::io::Result<Vec<u8>>;

const CODINGS: [(&str, fn() -> Encoding, Compress); 3] = [("br", Encoding::brotli, brotli), ("zstd", Encoding::zstd, zstd), ("gzip", Encoding::gzip, gzip)];

impl Coded {
    /// These bytes.
    pub fn new(plain: Bytes) -> Self {
        Coded { plain, forms: Default::default() }
    }

    /// The form that a client takes, and its name; the bytes as they are where it takes none of these.
    pub fn for_client(&self, request: &HttpRequest) -> (Bytes, Option<&'static str>) {
        let known: Vec<Encoding> = CODINGS.iter().map(|(_, coding, _)| coding()).chain([Encoding::identity()]).collect();
        // Without the header anything may be sent, and what is plain is understood by all.
        let sent = AcceptEncoding::parse(request).ok().filter(|accept| !accept.is_empty());
        let chosen = sent.and_then(|accept| accept.negotiate(known.iter()));
        let form = CODINGS.iter().enumerate().find(|(_, (_, coding, _))| chosen == Some(coding()));
        match form.and_then(|(at, (name, ..))| Some((self.form(at)?, Some(*name)))) {
            Some(form) => form,
            None => (self.plain.clone(), None),
        }
    }

    /// Makes all forms.
    pub fn encode_all(&self) {
        (0..CODINGS.len()).for_each(|at| drop(self.form(at)));
    }

    fn form(&self, at: usize) -> Option<Bytes> {
        let (form, (.., compress)) = (self.forms.get(at)?, CODINGS.get(at)?);
        // What cannot be compressed is sent as it is.
        Some(form.get_or_init(|| compress(&self.plain).map(Bytes::from).unwrap_or_default()).clone()).filter(|bytes| !bytes.is_empty())
    }
}

fn brotli(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 5, 22);
    writer.write_all(plain)?;
    writer.flush()?;
    Ok(writer.into_inner())
}

fn gzip(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(plain)?;
    writer.finish()
}

fn zstd(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    zstd::encode_all(plain, 3)
}
