//! The cache of transformed pictures in memory.

use super::Made;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// How many bytes of transformed pictures are cached.
const MAX_CACHE_SIZE: usize = 64 << 20;

/// Transformed pictures by their sites and ETags.
#[derive(Debug, Default)]
pub(super) struct Cache {
    made: HashMap<String, Arc<Made>>,
    /// Least recently used first.
    order: VecDeque<String>,
    size: usize,
}

impl Cache {
    pub(super) fn get(&mut self, tag: &str) -> Option<Arc<Made>> {
        let found = self.made.get(tag).cloned()?;
        self.order.retain(|other| other != tag);
        self.order.push_back(tag.to_owned());
        Some(found)
    }

    pub(super) fn put(&mut self, tag: &str, made: &Arc<Made>) {
        if made.bytes.len() > MAX_CACHE_SIZE / 4 || self.made.contains_key(tag) {
            return;
        }
        self.size += made.bytes.len();
        self.made.insert(tag.to_owned(), Arc::clone(made));
        self.order.push_back(tag.to_owned());
        while self.size > MAX_CACHE_SIZE {
            let Some(oldest) = self.order.pop_front() else { return };
            if let Some(gone) = self.made.remove(&oldest) {
                self.size -= gone.bytes.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn cache_drops_what_was_used_least_recently() {
        let mut cache = Cache::default();
        let made = |size: usize| {
            Arc::new(Made {
                mime: HeaderValue::from_static("image/png"),
                bytes: vec![0; size].into(),
            })
        };
        let quarter = MAX_CACHE_SIZE / 4;
        for tag in ["a", "b", "c", "d"] {
            cache.put(tag, &made(quarter));
        }
        assert!(cache.get("a").is_some());
        cache.put("e", &made(1));
        assert!(cache.get("b").is_none() && cache.get("a").is_some() && cache.get("e").is_some());
        cache.put("large", &made(quarter + 1));
        assert!(cache.get("large").is_none());
        assert_eq!(cache.size, 3 * quarter + 1);
    }
}
