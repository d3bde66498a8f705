//! The bodies of calls, which stay in memory until they are complete.
//!
//! Each body has a limit, and all of them together have one: the memory of the WebAssembly module ends at 4 GB and is never
//! given back. The first [`FREE_SIZE`] bytes of a body do not count, so that large bodies, which may come as slowly as
//! their senders like, do not keep ordinary calls waiting.

use super::error::{Outcome, Refusal};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The maximum size of all bodies together, without the first [`FREE_SIZE`] bytes of each.
pub(crate) const MAX_BODIES: usize = 64 << 20;

/// The size up to which a body does not count. Calls by hand and by the page are smaller.
pub(crate) const FREE_SIZE: usize = 64 << 10;

/// The number of counted bytes in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bodies(Arc<AtomicUsize>);

/// A body that is being collected.
#[derive(Debug)]
pub(crate) struct Collected {
    bytes: Vec<u8>,
    /// How many bytes of it count.
    counted: usize,
    bodies: Bodies,
}

impl Bodies {
    pub(crate) fn begin(&self) -> Collected {
        Collected {
            bytes: Vec::new(),
            counted: 0,
            bodies: self.clone(),
        }
    }
}

impl Collected {
    /// Appends bytes.
    ///
    /// # Errors
    ///
    /// 413 above `limit`; 503 if there is no memory for more at the moment.
    pub(crate) fn push(&mut self, bytes: &[u8], limit: usize) -> Outcome<()> {
        let size = self.bytes.len() + bytes.len();
        if size > limit {
            return Err(Refusal::code(413, "INVALID_ARGUMENT", "the body is too large"));
        }
        let more = size.saturating_sub(FREE_SIZE) - self.counted;
        let before = self.bodies.0.fetch_add(more, Ordering::Relaxed);
        self.counted += more;
        if more > 0 && before + more > MAX_BODIES {
            let text = "too many large bodies at once: try again";
            return Err(Refusal::code(503, "UNAVAILABLE", text).with_header("Retry-After", "1"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Collected {
    fn drop(&mut self) {
        self.bodies.0.fetch_sub(self.counted, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 16 << 20;

    fn status(outcome: Outcome<()>) -> u16 {
        outcome.map_or_else(|refusal| refusal.into_response().status, |()| 200)
    }

    #[test]
    fn body_above_its_own_limit_returns_413() {
        let mut body = Bodies::default().begin();
        assert_eq!(status(body.push(&[1; 10], 10)), 200);
        assert_eq!(status(body.push(&[2; 1], 10)), 413);
        assert_eq!(body.bytes(), [1; 10]);
    }

    #[test]
    fn bodies_above_the_common_limit_return_503_until_others_end() {
        let bodies = Bodies::default();
        let piece = vec![0; LIMIT];
        let mut held: Vec<_> = (0..4).map(|_| bodies.begin()).collect();
        for body in &mut held {
            assert_eq!(status(body.push(&piece, LIMIT)), 200);
        }
        let mut late = bodies.begin();
        assert_eq!(
            status(late.push(&piece[..FREE_SIZE], LIMIT)),
            200,
            "small bodies do not count"
        );
        let refusal = late
            .push(&piece[..5 * FREE_SIZE], LIMIT)
            .expect_err("no room")
            .into_response();
        assert_eq!((refusal.status, refusal.header("retry-after")), (503, Some("1")));
        drop(late);
        held.pop();
        assert_eq!(status(bodies.begin().push(&piece, LIMIT)), 200);
        drop(held);
        assert_eq!(bodies.0.load(Ordering::Relaxed), 0);
    }
}
