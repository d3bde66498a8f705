//! A client over any transport: retries, reads of its own writes, and pages.
//!
//! It needs no runtime: the transport sends and sleeps.

use super::call::{Call, packed};
use super::endpoint::{Endpoint, Request};
use super::error::{Error, advice};
use super::paging::{Listing, Page};
use super::response::Response;
use crate::client::retry::{self, Attempt};
use std::fmt;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The header of a response that makes later reads see earlier writes.
const CONSISTENT: &str = "x-wix-consistent";

/// An HTTP client, and the time of its runtime.
///
/// ```
/// # #[cfg(feature = "manager")] {
/// use std::time::Duration;
/// use wix_media::manager::{Manager, Request as Incoming};
/// use wix_media::sdk::{Answer, Client, CreateFolder, Credentials, Endpoint, Request, Transport, Unanswered};
///
/// /// Answers from a manager in the same process.
/// struct InProcess(Manager);
///
/// impl Transport for InProcess {
///     async fn send(&self, request: &Request) -> Result<Answer, Unanswered> {
///         let target = request.url.trim_start_matches("http://127.0.0.1");
///         let mut incoming = Incoming::new(request.method, target);
///         if let Some(body) = &request.body {
///             incoming = incoming.body(body.clone());
///         }
///         let response = self.0.handle(incoming);
///         let body = self.0.collect(response.body.clone()).unwrap_or_default();
///         Ok(Answer::new(response.status, body, |_| None))
///     }
///
///     async fn sleep(&self, _: Duration) {}
/// }
///
/// # fn block_on<T>(future: impl Future<Output = T>) -> T {
/// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// #     let mut future = std::pin::pin!(future);
/// #     loop {
/// #         if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
/// #             return value;
/// #         }
/// #     }
/// # }
/// # block_on(async {
/// let manager = Manager::memory().unwrap();
/// let client = Client::new(Endpoint::new("http://127.0.0.1", Credentials::None), InProcess(manager));
/// let folder = client.call(&CreateFolder::new("Animals")).await?.folder;
/// assert_eq!(folder.display_name, "Animals");
/// # Ok::<(), wix_media::sdk::Error>(())
/// # }).unwrap();
/// # }
/// ```
pub trait Transport {
    /// Sends a request, once, and reads the whole answer.
    fn send(&self, request: &Request) -> impl Future<Output = Result<Answer, Unanswered>>;

    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;
}

/// An answer, as a transport returns it.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    request_id: Option<String>,
    consistent: Option<String>,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

impl Answer {
    /// An answer with its status, its body and its headers. `header` returns the value of a header by its name in lower case.
    pub fn new(status: u16, body: Vec<u8>, header: impl Fn(&str) -> Option<String>) -> Answer {
        Answer {
            status,
            request_id: header("x-wix-request-id"),
            consistent: header(CONSISTENT).filter(|value| !value.is_empty()),
            retry_after: header("retry-after")
                .and_then(|seconds| seconds.trim().parse().ok())
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            body,
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// The request never left, as when the connection was refused. The call can be repeated without harm.
    NotSent(String),
    /// The connection was lost. The request may have arrived.
    Lost(String),
    /// The time limit of the transport has passed. The request may have arrived.
    Timeout,
}

/// How a client repeats calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retries {
    /// How often a call is sent at most, the first time included.
    pub attempts: u32,
    /// The longest wait. Where the service asks for more, the call fails.
    pub max_wait: Duration,
}

impl Default for Retries {
    /// Three attempts, and waits of at most a minute.
    fn default() -> Retries {
        Retries {
            attempts: 3,
            max_wait: Duration::from_secs(60),
        }
    }
}

/// A client of the API. All methods take `&self`, so share it by reference.
pub struct Client<T> {
    endpoint: Endpoint,
    transport: T,
    retries: Retries,
    consistent: Mutex<Option<String>>,
}

impl<T> fmt::Debug for Client<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("endpoint", &self.endpoint)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}

impl<T: Transport> Client<T> {
    /// A client with the usual retries.
    pub fn new(endpoint: Endpoint, transport: T) -> Client<T> {
        Client {
            endpoint,
            transport,
            retries: Retries::default(),
            consistent: Mutex::default(),
        }
    }

    /// Changes the retries.
    #[must_use]
    pub fn with_retries(self, retries: Retries) -> Client<T> {
        Client { retries, ..self }
    }

    /// Sends a call and returns its result.
    ///
    /// A failed call is repeated where that does no harm: reads and changes after a lost connection or a 5xx, every call after a
    /// 429 or if it was never sent. See [`retry`](crate::client::retry).
    pub async fn call<C: Call>(&self, call: &C) -> Result<C::Output, Error> {
        let request = self.endpoint.request(call)?;
        let operation = packed(C::OPERATION.operation());
        let mut failures = 0;
        loop {
            let mut request = request.clone();
            request
                .headers
                .extend(self.consistent().map(|value| (CONSISTENT, value)));
            let (attempt, retry_after, error) = match self.transport.send(&request).await {
                Ok(answer) => {
                    if let Some(value) = &answer.consistent {
                        *self.consistent.lock().unwrap_or_else(PoisonError::into_inner) = Some(value.clone());
                    }
                    let response = Response {
                        status: answer.status,
                        request_id: answer.request_id.as_deref(),
                        body: &answer.body,
                    };
                    let attempt = match answer.status {
                        200 => Attempt::Unanswered,
                        status => Attempt::Answered(status),
                    };
                    match C::receive(&response) {
                        Ok(result) => return Ok(result),
                        Err(error) => (attempt, answer.retry_after, error),
                    }
                }
                Err(Unanswered::Timeout) => return Err(Error::Timeout),
                Err(Unanswered::NotSent(reason)) => {
                    let advice = advice(&operation, Attempt::NotSent);
                    (Attempt::NotSent, None, Error::Network { reason, advice })
                }
                Err(Unanswered::Lost(reason)) => {
                    let advice = advice(&operation, Attempt::Unanswered);
                    (Attempt::Unanswered, None, Error::Network { reason, advice })
                }
            };
            failures += 1;
            let least = retry_after.map(|wait| wait.as_secs_f64() * 1000.0);
            let wait = retry::delay(&operation, failures, attempt, least, random())
                .and_then(|wait| Duration::try_from_secs_f64(wait / 1000.0).ok())
                .filter(|wait| failures < self.retries.attempts && *wait <= self.retries.max_wait);
            match wait {
                Some(wait) => self.transport.sleep(wait).await,
                None => return Err(error),
            }
        }
    }

    /// Starts at the page of a call, and goes on page by page.
    ///
    /// ```no_run
    /// # async fn all<T: wix_media::sdk::Transport>(client: wix_media::sdk::Client<T>) -> Result<(), wix_media::sdk::Error> {
    /// use wix_media::sdk::ListFiles;
    ///
    /// let mut pages = client.pages(ListFiles::default());
    /// while let Some(page) = pages.next().await? {
    ///     for file in page.files {
    ///         println!("{}", file.display_name);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages<C: Listing>(&self, call: C) -> Pages<'_, T, C> {
        Pages {
            client: self,
            call: Some(call),
        }
    }

    fn consistent(&self) -> Option<String> {
        self.consistent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The pages of a list, a search or a query. It requests only those that you ask for.
pub struct Pages<'a, T, C> {
    client: &'a Client<T>,
    /// The call of the next page.
    call: Option<C>,
}

impl<T, C: fmt::Debug> fmt::Debug for Pages<'_, T, C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Pages")
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}

impl<T: Transport, C: Listing> Pages<'_, T, C> {
    /// Returns the next page, `None` after the last one. After an error the same page is requested again.
    pub async fn next(&mut self) -> Result<Option<C::Output>, Error> {
        let Some(call) = &mut self.call else {
            return Ok(None);
        };
        let page = self.client.call(call).await?;
        if !call.advance(&page) {
            self.call = None;
        }
        Ok(Some(page))
    }

    /// Returns the items of all pages that are left, at most `limit`.
    pub async fn collect(mut self, limit: usize) -> Result<Vec<<C::Output as Page>::Item>, Error> {
        let mut items = Vec::new();
        while items.len() < limit
            && let Some(page) = self.next().await?
        {
            items.extend(page.into_items());
        }
        items.truncate(limit);
        Ok(items)
    }
}

/// Returns a number in 0..1, for delays that differ from client to client.
fn random() -> f64 {
    let bits = RandomState::new().hash_one(0u8) >> 11;
    bits as f64 / (1u64 << 53) as f64
}
