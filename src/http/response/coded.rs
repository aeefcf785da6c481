//! Bytes that everybody is sent, kept compressed, and compressed once for all who take them so, by no thread that serves.

use actix_web::HttpRequest;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::header::{AcceptEncoding, Encoding, Header};
use actix_web::web::Bytes;
use std::io::Write;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::OnceCell;

/// How many bytes are compressed together: a client that takes the plain ones holds so many of them.
const CHUNK: usize = 64 << 10;
/// How hard chunks are compressed: all of them before the first answer, and each is unpacked for every client that takes them plain.
const CHUNK_LEVEL: i32 = 6;
/// How hard the form in Zstandard is compressed: once, and kept for as long as the service runs, so it is worth a second or two.
const ZSTD_LEVEL: i32 = 16;
/// Likewise the form in Brotli.
const BROTLI_QUALITY: u32 = 9;
/// Window of the form in Brotli, as a power of two: the greatest that every client takes.
const BROTLI_WINDOW: u32 = 22;

/// Bytes, kept in compressed chunks, with each of their compressed forms from the first time that a client takes it.
pub struct Coded {
    plain: Chunks,
    forms: [OnceCell<Option<Bytes>>; CODINGS.len()],
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

type Compress = fn(&Chunks) -> std::io::Result<Vec<u8>>;

const CODINGS: [(&str, fn() -> Encoding, Compress); 3] = [("br", Encoding::brotli, brotli), ("zstd", Encoding::zstd, zstd), ("gzip", Encoding::gzip, gzip)];

impl Coded {
    /// These bytes.
    pub fn new(plain: &[u8]) -> Self {
        let compressed = |chunk: &[u8]| zstd::bulk::compress(chunk, CHUNK_LEVEL).map_or_else(|_| Chunk::Plain(chunk.to_vec()), Chunk::Compressed);
        Coded { plain: Chunks { chunks: plain.chunks(CHUNK).map(compressed).collect(), length: plain.len() as u64 }, forms: Default::default() }
    }

    /// The form that a client takes, and its name. The first client that takes it waits until a thread has made it; the bytes as they are
    /// where it takes none of these.
    pub async fn for_client(&self, request: &HttpRequest) -> (BoxBody, Option<&'static str>) {
        let known: Vec<Encoding> = CODINGS.iter().map(|(_, coding, _)| coding()).chain([Encoding::identity()]).collect();
        // Without the header anything may be sent, and what is plain is understood by all.
        let sent = AcceptEncoding::parse(request).ok().filter(|accept| !accept.is_empty());
        let chosen = sent.and_then(|accept| accept.negotiate(known.iter()));
        let coding = CODINGS.iter().zip(&self.forms).find(|((_, coding, _), _)| chosen == Some(coding()));
        if let Some(((name, _, compress), form)) = coding
            && let Some(bytes) = form.get_or_init(|| made(self.plain.clone(), name, *compress)).await
        {
            return (BoxBody::new(bytes.clone()), Some(*name));
        }
        (BoxBody::new(Unpacked { of: self.plain.clone(), next: 0 }), None)
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

/// A form, made off the threads that serve; none where the bytes cannot be compressed, which are sent as they are then.
async fn made(plain: Chunks, name: &'static str, compress: Compress) -> Option<Bytes> {
    let outcome = tokio::task::spawn_blocking(move || compress(&plain)).await.map_err(std::io::Error::other).flatten();
    outcome.inspect_err(|error| tracing::warn!(%error, coding = name, "a document could not be compressed")).ok().map(Bytes::from)
}

fn brotli(plain: &Chunks) -> std::io::Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, BROTLI_QUALITY, BROTLI_WINDOW);
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
    let mut writer = zstd::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
    plain.write_to(&mut writer)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[actix_web::test]
    async fn every_client_gets_the_form_that_it_takes_the_first_one_too() {
        let coded = Coded::new("word ".repeat(1_000).as_bytes());
        for (accepts, name) in [
            (Some("br"), Some("br")),
            (Some("gzip"), Some("gzip")),
            (Some("zstd"), Some("zstd")),
            (Some("br, gzip"), Some("br")),
            (Some("zstd;q=1, br;q=0.5"), Some("zstd")),
            (None, None),
            (Some("identity"), None),
            (Some("deflate"), None),
            (Some(""), None),
        ] {
            let request = accepts.into_iter().fold(TestRequest::default(), |request, accepts| request.insert_header(("Accept-Encoding", accepts)));
            assert_eq!(coded.for_client(&request.to_http_request()).await.1, name, "{accepts:?}");
        }
    }

    #[actix_web::test]
    async fn what_is_sent_as_it_is_comes_in_chunks_that_make_it_up() {
        let plain: Vec<u8> = (0..3 * CHUNK as u32 / 2).map(|number| (number * 7 / 3) as u8).collect();
        let (mut body, coding) = Coded::new(&plain).for_client(&TestRequest::default().to_http_request()).await;
        assert_eq!((body.size(), coding), (BodySize::Sized(plain.len() as u64), None));
        let (mut sent, mut chunks) = (Vec::new(), 0);
        while let Some(chunk) = std::future::poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
            sent.extend_from_slice(&chunk.unwrap());
            chunks += 1;
        }
        assert_eq!((sent == plain, chunks), (true, 2));
    }
}
