//! What is known of TUS transfers while a manager runs: who adds bytes, where the next one goes, and the sums so far.
//!
//! A connection can be dead without its server knowing. Its client comes back, asks where to go on, and sends the rest, while
//! the host may still hold bytes of the old request. So of each transfer one request holds the end; who continues it
//! there takes the end over, and what the old one brings after that is refused. Until then its bytes count, each once and at its
//! place.
//!
//! The catalog knows how far a transfer is on disk. The rest is here and may be lost: an end in front of that is
//! written again, and sums are made again by reading the blob.

use super::inspect::{Digest, Digested};
use std::collections::BTreeMap;

/// Most transfers whose sums are kept.
const MOST: usize = 1000;

#[derive(Debug)]
struct Running {
    /// The request that may add bytes; `None` between requests.
    holder: Option<u64>,
    /// When it was last taken up.
    number: u64,
    /// How many bytes are in the blob, on disk or not.
    end: u64,
    /// The sums of all of them; `None` when an earlier manager took in some.
    sums: Option<Digest>,
}

/// The transfers under way, by their ids.
#[derive(Debug, Default)]
pub(super) struct Transfers {
    running: BTreeMap<String, Running>,
    last: u64,
}

impl Transfers {
    /// Gives the end of a transfer to a request, of which this is the number from now on. `received` is how far the catalog
    /// knows the transfer to be.
    pub(super) fn take(&mut self, id: &str, received: u64) -> u64 {
        self.last += 1;
        if self.running.len() >= MOST && !self.running.contains_key(id) {
            let idle = self.running.iter().filter(|(_, running)| running.holder.is_none());
            let oldest = idle.min_by_key(|(_, running)| running.number).map(|(id, _)| id.clone());
            if let Some(oldest) = oldest {
                self.running.remove(&oldest);
            }
        }
        let fresh = || Running {
            holder: None,
            number: 0,
            end: received,
            sums: (received == 0).then(Digest::new),
        };
        let running = self.running.entry(id.to_owned()).or_insert_with(fresh);
        if running.end != received {
            *running = fresh();
        }
        running.holder = Some(self.last);
        running.number = self.last;
        self.last
    }

    /// Where the next byte goes, if this request may still add one.
    pub(super) fn end_for(&self, id: &str, number: u64) -> Option<u64> {
        let running = self.running.get(id)?;
        (running.holder == Some(number)).then_some(running.end)
    }

    /// Counts bytes that are in the blob now.
    pub(super) fn add(&mut self, id: &str, bytes: &[u8]) {
        if let Some(running) = self.running.get_mut(id) {
            running.end += bytes.len() as u64;
            if let Some(sums) = &mut running.sums {
                sums.update(bytes);
            }
        }
    }

    /// The end of a transfer to which a request is adding: it may be ahead of what the catalog knows.
    pub(super) fn ahead(&self, id: &str) -> Option<u64> {
        let running = self.running.get(id)?;
        running.holder.map(|_| running.end)
    }

    /// The request that holds the end is over.
    pub(super) fn rest(&mut self, id: &str) {
        if let Some(running) = self.running.get_mut(id) {
            running.holder = None;
        }
    }

    /// Forgets a transfer that is over, or whose end is in doubt. Whoever holds it may add no more.
    pub(super) fn forget(&mut self, id: &str) {
        self.running.remove(id);
    }

    /// The sums of the whole transfer, when all of it went through here.
    pub(super) fn sums(&self, id: &str, length: u64) -> Option<Digested> {
        let running = self.running.get(id).filter(|running| running.end == length)?;
        running.sums.clone().map(Digest::finish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_at_a_time_holds_the_end() {
        let mut transfers = Transfers::default();
        let first = transfers.take("t", 0);
        transfers.add("t", b"abc");
        assert_eq!(
            (transfers.end_for("t", first), transfers.ahead("t")),
            (Some(3), Some(3))
        );
        let second = transfers.take("t", 3);
        assert_eq!(
            (transfers.end_for("t", first), transfers.end_for("t", second)),
            (None, Some(3))
        );
        transfers.add("t", b"de");
        transfers.rest("t");
        assert_eq!((transfers.end_for("t", second), transfers.ahead("t")), (None, None));
        assert_eq!(transfers.sums("t", 4).map(|summed| summed.size), None);
        let summed = transfers.sums("t", 5).expect("all went through here");
        assert_eq!((summed.size, &summed.md5[..]), (5, "ab56b4d92b40713acc5af89985d4b786"));
        transfers.forget("t");
        assert_eq!(transfers.end_for("t", second), None);
    }

    #[test]
    fn sums_of_what_came_before_are_not_known() {
        let mut transfers = Transfers::default();
        let number = transfers.take("t", 3);
        transfers.add("t", b"de");
        assert_eq!(transfers.end_for("t", number), Some(5));
        assert!(transfers.sums("t", 5).is_none());
        transfers.take("t", 4);
        assert_eq!(transfers.ahead("t"), Some(4), "the catalog decides");
    }

    #[test]
    fn not_more_than_so_many_are_remembered() {
        let mut transfers = Transfers::default();
        let held = transfers.take("held", 0);
        for number in 0..MOST + 10 {
            let id = number.to_string();
            transfers.take(&id, 0);
            transfers.rest(&id);
        }
        assert_eq!(transfers.running.len(), MOST);
        assert_eq!(transfers.end_for("held", held), Some(0));
        assert!(transfers.sums("0", 0).is_none() && transfers.sums("1009", 0).is_some());
    }
}
