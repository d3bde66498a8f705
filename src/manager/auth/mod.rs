//! Who may do what (`docs/contract/auth.md#s3-3`, `docs/contract/auth.md#s4-2` and `docs/contract/auth.md#s6`).
//!
//! Without [`Credentials`] everyone may do everything: a manager inside a program, in a page or behind a loopback address has
//! no strangers to tell from its owner, and who had to make up a key first would not get to the first call. With them,
//! the calls of the API need an API key or a token. Links need none: upload URLs, temporary links, zips and static media
//! carry their own rights.

pub(crate) mod oauth;
pub(crate) mod rate_limit;

use super::http::error::{Outcome, Refusal, Violation};
use super::http::message::Head;
use super::token;
use crate::operations::Access;
use std::fmt;

/// Who is known to a manager.
///
/// ```
/// use wix_media::manager::{ApiKey, Credentials, Manager, Options, Parts, Request};
/// use wix_media::operations::Access;
///
/// let key = ApiKey { key: "secret".into(), site_ids: Vec::new(), scope: Access::Read };
/// let credentials = Credentials { api_keys: vec![key], clients: Vec::new() };
/// let parts = Manager::memory()?.into_parts();
/// let options = Options { credentials: Some(credentials), site_id: "s1".into(), ..Options::default() };
/// let mut manager = Manager::new(Parts { options, ..parts })?;
///
/// let request = Request::new("GET", "/site-media/v1/files");
/// assert_eq!(manager.handle(request.clone()).status, 401);
/// let request = request.header("Authorization", "secret").header("wix-site-id", "s1");
/// assert_eq!(manager.handle(request).status, 200);
/// # Ok::<(), wix_media::catalog::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// The API keys.
    pub api_keys: Vec<ApiKey>,
    /// The OAuth clients.
    pub clients: Vec<OauthClient>,
}

/// An API key. It comes in the header `Authorization`, beside the site in `wix-site-id`.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The key.
    pub key: String,
    /// The sites that it is for; an empty list means any.
    pub site_ids: Vec<String>,
    /// What it is good for.
    pub scope: Access,
}

/// An OAuth client. Visitors get tokens with its id alone, and may do nothing with them; apps get theirs with its
/// secret.
#[derive(Clone, PartialEq, Eq)]
pub struct OauthClient {
    /// Its id.
    pub client_id: String,
    /// Its secret; without one it is for visitors only.
    pub client_secret: Option<String>,
    /// The instance that it is for; without one any is.
    pub instance_id: Option<String>,
    /// What its apps may do.
    pub scope: Access,
}

// Neither keys nor secrets belong into a log.
impl fmt::Debug for ApiKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ApiKey")
            .field("site_ids", &self.site_ids)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for OauthClient {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("OauthClient")
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// Who sent a request, as far as the rate limit asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Caller {
    /// Nobody is told apart.
    Anyone,
    /// The API key of this number.
    Key(usize),
    /// An app, by its client and instance.
    App(String, String),
}

/// The audience of access tokens.
pub(crate) const ACCESS: &str = "urn:service:site-media";

pub(crate) fn unauthenticated(text: &str) -> Refusal {
    Refusal::code(401, "UNAUTHENTICATED", text)
}

pub(crate) fn denied(text: &str) -> Refusal {
    Refusal::code(403, "PERMISSION_DENIED", text)
}

/// The refusal of a request beyond the rate limit.
pub(crate) fn exhausted(seconds: i64) -> Refusal {
    Refusal::code(429, "RESOURCE_EXHAUSTED", "too many requests").with_header("Retry-After", seconds.to_string())
}

/// The credential in a header, which may say what kind it is.
pub(crate) fn bare(authorization: &str) -> &str {
    let text = authorization.trim();
    match text.split_at_checked(7) {
        Some((kind, rest)) if kind.eq_ignore_ascii_case("bearer ") => rest.trim_start(),
        _ => text,
    }
}

/// Who sent a request, when that is enough for what it needs.
pub(crate) fn authorize(
    credentials: Option<&Credentials>,
    secret: &[u8],
    site: &str,
    now: i64,
    head: &Head,
    needed: Access,
) -> Outcome<Caller> {
    let Some(credentials) = credentials else {
        return Ok(Caller::Anyone);
    };
    let given = bare(head.header("authorization").unwrap_or_default());
    if given.is_empty() {
        return Err(unauthenticated("this call needs credentials"));
    }
    let named = head
        .header("wix-site-id")
        .map(str::trim)
        .filter(|site| !site.is_empty());
    let other_site = || denied("these credentials are not for this site");
    let found = find(credentials.api_keys.iter().map(|key| &key.key[..]), secret, given);
    let (caller, scope) = if let Some(at) = found {
        let key = &credentials.api_keys[at];
        let Some(named) = named else {
            let text = "is required beside an API key";
            return Err(Violation::new("wix-site-id", "REQUIRED_FIELD", text).into());
        };
        if named != site || !key.site_ids.is_empty() && !key.site_ids.iter().any(|id| id == site) {
            return Err(other_site());
        }
        (Caller::Key(at), key.scope)
    } else {
        let unknown = || unauthenticated("these credentials are not known");
        let claims = token::verify(secret, given).filter(|claims| claims["aud"] == ACCESS);
        let claims = claims.ok_or_else(unknown)?;
        if claims["exp"].as_i64().unwrap_or(0) * 1000 <= now {
            return Err(unauthenticated("this token has ended"));
        }
        let id = claims["client"].as_str().unwrap_or_default();
        // A client that is configured no more takes its tokens along.
        let client = credentials.clients.iter().find(|client| client.client_id == id);
        let client = client.ok_or_else(unknown)?;
        if claims["site"] != site || named.is_some_and(|named| named != site) {
            return Err(other_site());
        }
        if claims["kind"] != "APP" {
            return Err(denied("visitors and members may not do this"));
        }
        let instance = claims["instance"].as_str().unwrap_or_default();
        (Caller::App(id.to_owned(), instance.to_owned()), client.scope)
    };
    if needed == Access::Manage && scope != Access::Manage {
        return Err(denied("these credentials are for reading only"));
    }
    Ok(caller)
}

/// The place of a secret among others. How long it takes tells nothing of how near a guess was.
fn find<'a>(secrets: impl Iterator<Item = &'a str>, key: &[u8], given: &str) -> Option<usize> {
    let mut found = None;
    for (at, secret) in secrets.enumerate() {
        if token::is_equal(key, secret, given) {
            found = Some(at);
        }
    }
    found
}
