//! Bytes that everybody is sent, kept compressed, and compressed once for all who take them so, by nobody who serves.

use actix_web::HttpRequest;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::header::{AcceptEncoding, Encoding, Header};
use actix_web::web::Bytes;
use std::io::Write;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

/// How many bytes are compressed together: a client that takes the plain ones holds so many of them.
const CHUNK: usize = 64 << 10;
/// How hard chunks are compressed. They are kept for as long as the service runs, so it is worth some time.
const LEVEL: i32 = 6;

/// Bytes, kept in compressed chunks, with their compressed forms as soon as these are made.
pub struct Coded {
    plain: Chunks,
    forms: Arc<[Form; CODINGS.len()]>,
}

/// Bytes in chunks that are compressed by themselves.
#[derive(Clone)]
struct Chunks {
    chunks: Arc<[Chunk]>,
    length: u64,
}

enum Chunk {
    Compressed(Vec<u8>),
    /// Where there was no memory to compress it in.
    Plain(Vec<u8>),
}

/// A compressed form.
#[derive(Default)]
struct Form {
    begun: AtomicBool,
    bytes: OnceLock<Bytes>,
}

type Compress = fn(&Chunks) -> std::io::Result<Vec<u8>>;

const CODINGS: [(&str, fn() -> Encoding, Compress); 3] = [("br", Encoding::brotli, brotli), ("zstd", Encoding::zstd, zstd), ("gzip", Encoding::gzip, gzip)];

impl Coded {
    /// These bytes.
    pub fn new(plain: &[u8]) -> Self {
        let compressed = |chunk: &[u8]| zstd::bulk::compress(chunk, LEVEL).map_or_else(|_| Chunk::Plain(chunk.to_vec()), Chunk::Compressed);
        Coded { plain: Chunks { chunks: plain.chunks(CHUNK).map(compressed).collect(), length: plain.len() as u64 }, forms: Arc::default() }
    }

    /// The form that a client takes, and its name. The bytes as they are where it takes none of these, or is the first: then a thread begins
    /// to make the form.
    pub fn for_client(&self, request: &HttpRequest) -> (BoxBody, Option<&'static str>) {
        let known: Vec<Encoding> = CODINGS.iter().map(|(_, coding, _)| coding()).chain([Encoding::identity()]).collect();
        // Without the header anything may be sent, and what is plain is understood by all.
        let sent = AcceptEncoding::parse(request).ok().filter(|accept| !accept.is_empty());
        let chosen = sent.and_then(|accept| accept.negotiate(known.iter()));
        let form = CODINGS.iter().enumerate().find(|(_, (_, coding, _))| chosen == Some(coding()));
        match form.and_then(|(at, (name, ..))| Some((BoxBody::new(self.form(at)?), Some(*name)))) {
            Some(form) => form,
            None => (BoxBody::new(Unpacked { of: self.plain.clone(), next: 0 }), None),
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

impl Chunks {
    /// The plain bytes of a chunk; none after the last.
    fn get(&self, at: usize) -> Option<std::io::Result<Vec<u8>>> {
        Some(match self.chunks.get(at)? {
            Chunk::Compressed(bytes) => zstd::bulk::decompress(bytes, CHUNK),
            Chunk::Plain(bytes) => Ok(bytes.clone()),
        })
    }

    /// Writes the plain bytes.
    fn write_to(&self, writer: &mut impl Write) -> std::io::Result<()> {
        (0..self.chunks.len()).filter_map(|at| self.get(at)).try_for_each(|chunk| writer.write_all(&chunk?))
    }
}

/// The plain bytes as a body: a chunk of them at a time.
struct Unpacked {
    of: Chunks,
    next: usize,
}

impl MessageBody for Unpacked {
    type Error = std::io::Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.of.length)
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<std::io::Result<Bytes>>> {
        let at = self.next;
        self.next += 1;
        Poll::Ready(self.of.get(at).map(|chunk| chunk.map(Bytes::from)))
    }
}

/// Makes a form; what cannot be compressed is sent as it is.
fn make(plain: &Chunks, forms: &[Form], at: usize) {
    let (Some(form), Some((name, _, compress))) = (forms.get(at), CODINGS.get(at)) else { return };
    match compress(plain) {
        Ok(bytes) => drop(form.bytes.set(bytes.into())),
        Err(error) => tracing::warn!(%error, coding = name, "a document could not be compressed"),
    }
}

fn brotli(plain: &Chunks) -> std::io::Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 5, 22);
    plain.write_to(&mut writer)?;
    writer.flush()?;
    Ok(writer.into_inner())
}

fn gzip(plain: &Chunks) -> std::io::Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    plain.write_to(&mut writer)?;
    writer.finish()
}

fn zstd(plain: &Chunks) -> std::io::Result<Vec<u8>> {
    let mut writer = zstd::Encoder::new(Vec::new(), LEVEL)?;
    plain.write_to(&mut writer)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_client_gets_the_form_that_it_takes_once_that_is_made() {
        let coded = Coded::new("word ".repeat(1_000).as_bytes());
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

    #[actix_web::test]
    async fn what_is_sent_as_it_is_comes_in_chunks_that_make_it_up() {
        let plain: Vec<u8> = (0..3 * CHUNK as u32 / 2).map(|number| (number * 7 / 3) as u8).collect();
        let (mut body, coding) = Coded::new(&plain).for_client(&TestRequest::default().to_http_request());
        assert_eq!((body.size(), coding), (BodySize::Sized(plain.len() as u64), None));
        let (mut sent, mut chunks) = (Vec::new(), 0);
        while let Some(chunk) = std::future::poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
            sent.extend_from_slice(&chunk.unwrap());
            chunks += 1;
        }
        assert_eq!((sent == plain, chunks), (true, 2));
    }
}
