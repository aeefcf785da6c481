//! Answers in pieces: a connection holds no more of an answer than its client can take, and a client that takes its bytes too slowly
//! is left.

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;
use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

/// How much is given to the connection at once, in bytes.
const PIECE: usize = 16 << 10;
/// How long a client may let an answer wait, altogether, before its speed counts.
const PATIENCE: Duration = Duration::from_secs(30);
/// How fast it has to be from then on, in bytes in a second.
const SLOWEST: u64 = 8 << 10;

/// A body that is given out in pieces, as the client takes them.
pub struct Paced {
    body: BoxBody,
    /// What came of the body and was not given out.
    rest: Bytes,
    given: u64,
    /// When the last piece was given out: until the next is asked for, the client is waited for.
    given_at: Option<Instant>,
    waited: Duration,
}

impl Paced {
    /// A body in pieces.
    pub fn new(body: BoxBody) -> Self {
        Paced { body, rest: Bytes::new(), given: 0, given_at: None, waited: Duration::ZERO }
    }

    /// Whether a client that was waited for so long has taken too little.
    fn is_too_slow(waited: Duration, given: u64) -> bool {
        waited > PATIENCE + Duration::from_secs(given / SLOWEST)
    }
}

impl MessageBody for Paced {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = &mut *self;
        if let Some(given_at) = this.given_at.take() {
            this.waited += given_at.elapsed();
            if Self::is_too_slow(this.waited, this.given) {
                return Poll::Ready(Some(Err("the client reads too slowly".into())));
            }
        }
        while this.rest.is_empty() {
            match ready!(Pin::new(&mut this.body).poll_next(context)) {
                Some(Ok(bytes)) => this.rest = bytes,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        let piece = this.rest.split_to(PIECE.min(this.rest.len()));
        this.given += piece.len() as u64;
        this.given_at = Some(Instant::now());
        Poll::Ready(Some(Ok(piece)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn an_answer_comes_in_pieces_that_make_it_up() {
        let whole: Vec<u8> = (0..100_000_u32).map(|number| number as u8).collect();
        let mut body = Paced::new(BoxBody::new(whole.clone()));
        assert_eq!(body.size(), BodySize::Sized(100_000));
        let mut read = Vec::new();
        while let Some(piece) = std::future::poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
            let piece = piece.unwrap();
            assert!(piece.len() <= PIECE);
            read.extend_from_slice(&piece);
        }
        assert_eq!(read, whole);
    }

    #[test]
    fn a_client_has_half_a_minute_and_as_long_as_its_bytes_take_at_the_slowest() {
        let seconds = Duration::from_secs;
        assert!(!Paced::is_too_slow(seconds(30), 0) && Paced::is_too_slow(seconds(31), 0));
        assert!(!Paced::is_too_slow(seconds(130), 100 * SLOWEST) && Paced::is_too_slow(seconds(131), 100 * SLOWEST));
    }
}
