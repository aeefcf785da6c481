//! Large bodies, such as files to import: a principal has few of them at once, and few threads read them, behind those that serve.

use crate::database::Shares;
use crate::error::{Kind, Problem, Result};
use crate::pool::{Pool, Size};
use crate::resource::value::Id;
use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_LENGTH;
use std::sync::LazyLock;
use tokio::sync::OwnedSemaphorePermit;

/// From how many bytes a body is large.
const LARGE: usize = 64 << 10;
/// How many large bodies of one principal are held at once, from their first byte to their answer.
const MOST_OF_ONE: usize = 4;
/// How many may wait to be read: the files of eight principals.
const MOST_WAITING: usize = 8 * MOST_OF_ONE;
/// What is told to who sends too much at once.
const BUSY: &str = "Too many large bodies are being read at this moment. Nothing was changed; send fewer at once, and try again in a moment.";

/// One processor is left to those that serve.
static READING: LazyLock<Pool> = LazyLock::new(|| {
    let threads = std::thread::available_parallelism().map_or(1, |processors| processors.get() - 1);
    Pool::new(Size { name: "large-body", threads, most_waiting: MOST_WAITING, busy: BUSY, rest: || () })
});

/// True if a body of so many bytes is large.
pub fn is_large(bytes: usize) -> bool {
    bytes > LARGE
}

/// The large bodies that are here.
pub struct LargeBodies(Shares);

impl Default for LargeBodies {
    fn default() -> Self {
        LargeBodies(Shares::new(MOST_OF_ONE))
    }
}

impl LargeBodies {
    /// The turn of a body that is large, or does not say how large it is, where the operation takes large ones. It is kept until the
    /// request is answered.
    pub async fn turn(&self, request: &HttpRequest, principal: Id, limit: usize) -> Result<Option<OwnedSemaphorePermit>> {
        let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if limit <= LARGE || length.is_some_and(|length| !is_large(length)) {
            return Ok(None);
        }
        let turn = self.0.take(principal).await;
        turn.map(Some).ok_or_else(|| Problem::new(Kind::Unavailable, BUSY).header("Retry-After", "1").into())
    }
}

/// Makes something of a body of so many bytes, off the threads that serve.
pub async fn prepare<T: Send + 'static>(bytes: usize, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    if is_large(bytes) {
        return READING.run(work).await?;
    }
    let broken = |_| Problem::new(Kind::Internal, "The body could not be read. Report the request id.");
    tokio::task::spawn_blocking(work).await.map_err(broken)?
}
