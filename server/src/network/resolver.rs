//! Addresses of names.
//!
//! The system looks a name up on a thread that waits, for half a minute if no server of the DNS answers, and nobody can end that. On the
//! threads of the runtime, slow names would leave none for calls of the API. So lookups have threads of their own, and only a few. Everybody
//! who asks for a name while it is looked up waits for the same lookup, so a slow name takes one thread, however many webhooks lead to it.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, ToSocketAddrs as _};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;

/// How many names are looked up at once.
const MAX_LOOKUPS: usize = 16;

/// How long a lookup may take, with the wait for a thread.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(5);

/// The addresses of a name, or why there are none, for people. The reason does not contain the name.
type Outcome = Result<Vec<IpAddr>, String>;

type Lookup = dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync;

/// The lookups that are under way, by name.
type UnderWay = Mutex<HashMap<String, watch::Receiver<Option<Outcome>>>>;

/// The resolver of this process.
pub(super) static RESOLVER: LazyLock<Resolver> = LazyLock::new(|| {
    Resolver::new(|name| {
        let found = (name, 0).to_socket_addrs()?;
        Ok(found.map(|address| address.ip()).collect())
    })
});

/// Looks names up on threads of its own.
pub(super) struct Resolver {
    lookup: Arc<Lookup>,
    threads: Arc<Semaphore>,
    under_way: Arc<UnderWay>,
}

impl fmt::Debug for Resolver {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Resolver").finish_non_exhaustive()
    }
}

fn lock(under_way: &UnderWay) -> MutexGuard<'_, HashMap<String, watch::Receiver<Option<Outcome>>>> {
    under_way.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A lookup under way. Dropped with its thread, or without one if none can be made.
struct Place {
    name: String,
    under_way: Arc<UnderWay>,
    _thread: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.under_way).remove(&self.name);
    }
}

impl Resolver {
    fn new(lookup: impl Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync + 'static) -> Resolver {
        Resolver {
            lookup: Arc::new(lookup),
            threads: Arc::new(Semaphore::new(MAX_LOOKUPS)),
            under_way: Arc::default(),
        }
    }

    /// The addresses of a name.
    pub(super) async fn resolve(&self, name: &str) -> Outcome {
        let asking = async {
            let known = lock(&self.under_way).get(name).cloned();
            let mut answer = match known {
                Some(answer) => answer,
                None => {
                    let thread = Arc::clone(&self.threads).acquire_owned().await;
                    self.begin(name, thread.map_err(|error| error.to_string())?)
                }
            };
            match answer.wait_for(Option::is_some).await.as_deref() {
                Ok(Some(outcome)) => outcome.clone(),
                _ => Err("its name cannot be looked up".to_owned()),
            }
        };
        let asked = timeout(LOOKUP_TIMEOUT, asking).await;
        asked.unwrap_or_else(|_| {
            Err(format!(
                "its name was not resolved within {} s",
                LOOKUP_TIMEOUT.as_secs()
            ))
        })
    }

    /// Begins a lookup, unless another one has begun meanwhile.
    fn begin(&self, name: &str, thread: OwnedSemaphorePermit) -> watch::Receiver<Option<Outcome>> {
        let mut under_way = lock(&self.under_way);
        if let Some(answer) = under_way.get(name) {
            return answer.clone();
        }
        let (tell, answer) = watch::channel(None);
        under_way.insert(name.to_owned(), answer.clone());
        drop(under_way);
        let place = Place {
            name: name.to_owned(),
            under_way: Arc::clone(&self.under_way),
            _thread: thread,
        };
        let lookup = Arc::clone(&self.lookup);
        let looking = move || {
            let found = lookup(&place.name);
            let found = found.map_err(|error| format!("its name cannot be resolved: {error}"));
            // Before its answer, so that those who ask again after it get another one.
            drop(place);
            tell.send_replace(Some(found));
        };
        // Without a thread, those who wait are told by the end of the channel.
        _ = std::thread::Builder::new().name("resolver".to_owned()).spawn(looking);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Condvar;
    use std::sync::atomic::{AtomicUsize, Ordering};

    type Gate = (Mutex<bool>, Condvar);

    /// A resolver whose lookups wait until it is opened, and how many have begun.
    fn gated() -> (Arc<Resolver>, Arc<Gate>, Arc<AtomicUsize>) {
        let (gate, begun) = (Arc::<Gate>::default(), Arc::<AtomicUsize>::default());
        let (of_lookup, counted) = (Arc::clone(&gate), Arc::clone(&begun));
        let resolver = Resolver::new(move |name| {
            counted.fetch_add(1, Ordering::SeqCst);
            let (is_open, opened) = &*of_lookup;
            let waiting = opened.wait_while(is_open.lock().unwrap(), |is_open| !*is_open);
            drop(waiting.unwrap());
            match name {
                "missing" => Err(io::Error::other("unknown")),
                _ => Ok(vec![IpAddr::from([192, 0, 2, 1])]),
            }
        });
        (Arc::new(resolver), gate, begun)
    }

    fn open((is_open, opened): &Gate) {
        *is_open.lock().unwrap() = true;
        opened.notify_all();
    }

    #[tokio::test(start_paused = true)]
    async fn slow_name_takes_one_thread_and_its_callers_wait_for_a_time_only() {
        let (resolver, gate, begun) = gated();
        let ask = |name: &'static str| {
            let resolver = Arc::clone(&resolver);
            tokio::spawn(async move { resolver.resolve(name).await })
        };
        let asked: Vec<_> = (0..100).map(|_| ask("slow")).collect();
        for answer in asked {
            assert_eq!(
                answer.await.unwrap(),
                Err("its name was not resolved within 5 s".to_owned())
            );
        }
        assert_eq!(lock(&resolver.under_way).len(), 1);
        open(&gate);
        while !lock(&resolver.under_way).is_empty() {
            std::thread::yield_now();
        }
        assert_eq!(begun.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn lookups_are_few_and_leave_the_threads_of_the_runtime_alone() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(1)
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let (resolver, gate, begun) = gated();
        runtime.block_on(async {
            let names = (0..3 * MAX_LOOKUPS).map(|number| format!("{number}.example"));
            let asked: Vec<_> = names
                .map(|name| {
                    let resolver = Arc::clone(&resolver);
                    tokio::spawn(async move { resolver.resolve(&name).await })
                })
                .collect();
            for answer in asked {
                assert!(answer.await.unwrap().is_err());
            }
            tokio::task::spawn_blocking(|| {}).await.unwrap();
        });
        while begun.load(Ordering::SeqCst) < MAX_LOOKUPS {
            std::thread::yield_now();
        }
        assert_eq!(lock(&resolver.under_way).len(), MAX_LOOKUPS);
        open(&gate);
    }

    #[tokio::test]
    async fn name_is_looked_up_again_after_an_answer() {
        let (resolver, gate, begun) = gated();
        open(&gate);
        for _ in 0..2 {
            let reason = resolver.resolve("missing").await.unwrap_err();
            assert_eq!(reason, "its name cannot be resolved: unknown");
        }
        assert_eq!(resolver.resolve("there").await, Ok(vec![IpAddr::from([192, 0, 2, 1])]));
        assert_eq!(begun.load(Ordering::SeqCst), 3);
    }
}
