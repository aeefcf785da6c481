//! Bytes that everybody is sent, compressed once, by nobody who serves.

use actix_web::HttpRequest;
use actix_web::http::header::{AcceptEncoding, Encoding, Header};
use actix_web::web::Bytes;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Bytes with their compressed forms, as soon as these are made.
pub struct Coded {
    plain: Bytes,
    forms: Arc<[Form; CODINGS.len()]>,
}

/// A compressed form.
#[derive(Default)]
struct Form {
    begun: AtomicBool,
    bytes: OnceLock<Bytes>,
}

type Compress = fn(&[u8]) -> std::io::Result<Vec<u8>>;

const CODINGS: [(&str, fn() -> Encoding, Compress); 3] = [("br", Encoding::brotli, brotli), ("zstd", Encoding::zstd, zstd), ("gzip", Encoding::gzip, gzip)];

impl Coded {
    /// These bytes.
    pub fn new(plain: Bytes) -> Self {
        Coded { plain, forms: Arc::default() }
    }

    /// The form that a client takes, and its name. The bytes as they are where it takes none of these, or is the first: then a thread begins
    /// to make the form.
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

    fn form(&self, at: usize) -> Option<Bytes> {
        let made = self.forms.get(at)?.bytes.get().cloned();
        if made.is_none() && !self.forms.get(at)?.begun.swap(true, Ordering::Relaxed) {
            let (plain, forms) = (self.plain.clone(), self.forms.clone());
            drop(std::thread::Builder::new().name("compress".into()).spawn(move || make(&plain, forms.as_slice(), at)));
        }
        made
    }
}

/// Makes a form; what cannot be compressed is sent as it is.
fn make(plain: &[u8], forms: &[Form], at: usize) {
    let (Some(form), Some((name, _, compress))) = (forms.get(at), CODINGS.get(at)) else { return };
    match compress(plain) {
        Ok(bytes) => drop(form.bytes.set(bytes.into())),
        Err(error) => tracing::warn!(%error, coding = name, "a document could not be compressed"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_client_gets_the_form_that_it_takes_once_that_is_made() {
        let coded = Coded::new("word ".repeat(1_000).into());
        let chosen = |accepts: Option<&str>| {
            let request = accepts.into_iter().fold(TestRequest::default(), |request, accepts| request.insert_header(("Accept-Encoding", accepts)));
            coded.for_client(&request.to_http_request()).1
        };
        for accepts in ["br", "gzip", "zstd"] {
            assert_eq!(chosen(Some(accepts)), None, "nobody who serves compresses it");
            let since = std::time::Instant::now();
            while chosen(Some(accepts)).is_none() {
                assert!(since.elapsed() < std::time::Duration::from_secs(30), "{accepts} is never made");
            }
        }
        for (accepts, name) in [("br, gzip", "br"), ("gzip", "gzip"), ("zstd;q=1, br;q=0.5", "zstd")] {
            assert_eq!(chosen(Some(accepts)), Some(name), "{accepts}");
        }
        for accepts in [None, Some("identity"), Some("deflate"), Some("")] {
            assert_eq!(chosen(accepts), None, "{accepts:?}");
        }
    }
}
