//! Authentication and access (`docs/contract/auth.md#s3-3`, `docs/contract/auth.md#s4-2` and
//! `docs/contract/auth.md#s6`).
//!
//! Without [`Credentials`] every caller may do everything: a manager inside a program, in a page or behind a loopback
//! address has only one user, and a mandatory key would delay the first call. With them, the calls of the API need an
//! API key or a token. Links never do: upload URLs, temporary links, zips and static media carry their own rights.

pub(crate) mod oauth;
pub(crate) mod rate_limit;

use super::http::error::{Outcome, Refusal, Violation};
use super::http::message::Head;
use super::token;
use crate::operations::Access;
use std::fmt;

/// The API keys and OAuth clients that a manager accepts.
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

/// An API key. Callers send it in the header `Authorization`, and the site in `wix-site-id`.
///
/// ```
/// use wix_media::manager::ApiKey;
/// use wix_media::operations::Access;
///
/// let key = ApiKey { key: "secret".into(), site_ids: vec!["s1".into()], scope: Access::Read };
/// assert!(!format!("{key:?}").contains("secret"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The key.
    pub key: String,
    /// The sites that it gives access to. An empty list means every site.
    pub site_ids: Vec<String>,
    /// The access that it gives.
    pub scope: Access,
}

/// An OAuth client.
///
/// Visitors get tokens with its id alone, which give no access to the API. Apps get theirs with its secret.
///
/// ```
/// use wix_media::manager::OauthClient;
/// use wix_media::operations::Access;
///
/// let client = OauthClient {
///     client_id: "app".into(),
///     client_secret: Some("secret".into()),
///     instance_id: None,
///     scope: Access::Manage,
/// };
/// assert!(!format!("{client:?}").contains("secret"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct OauthClient {
    /// The id of the client.
    pub client_id: String,
    /// The secret of the client. Without one, only visitors can use it.
    pub client_secret: Option<String>,
    /// The app instance that may use it. By default every instance may.
    pub instance_id: Option<String>,
    /// The access of its apps.
    pub scope: Access,
}

/// The access of a caller whose credentials the host has checked itself, for
/// [`Manager::open_granted`](super::Manager::open_granted).
///
/// ```
/// use wix_media::manager::Grant;
/// use wix_media::operations::Access;
///
/// let grant = Grant { caller: "key 7".into(), access: Access::Read };
/// assert_eq!(grant, grant.clone());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The name of the caller, by which the rate limit distinguishes it from others.
    pub caller: String,
    /// The access that it has.
    pub access: Access,
}

impl Grant {
    /// Returns the caller, if it has the needed access.
    pub(crate) fn authorize(&self, needed: Access) -> Outcome<Caller> {
        check_access(self.access, needed)?;
        Ok(Caller::Granted(self.caller.clone()))
    }
}

// Keys and secrets must not appear in logs.
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

/// The sender of a request, as the rate limit distinguishes senders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Every sender of a manager without credentials.
    Anyone,
    /// The API key at this index.
    Key(usize),
    /// An app, by its client and instance.
    App(String, String),
    /// A caller that the host has named.
    Granted(String),
}

/// The audience of access tokens.
pub(crate) const ACCESS: &str = "urn:service:site-media";

pub(crate) fn unauthenticated(text: &str) -> Refusal {
    Refusal::code(401, "UNAUTHENTICATED", text)
}

pub(crate) fn denied(text: &str) -> Refusal {
    Refusal::code(403, "PERMISSION_DENIED", text)
}

/// Returns the refusal of a request beyond the rate limit.
pub(crate) fn exhausted(seconds: i64) -> Refusal {
    Refusal::code(429, "RESOURCE_EXHAUSTED", "too many requests").with_header("Retry-After", seconds.to_string())
}

/// Returns the credential in a header, without its scheme.
pub(crate) fn credential_in(authorization: &str) -> &str {
    let text = authorization.trim();
    match text.split_at_checked(7) {
        Some((kind, rest)) if kind.eq_ignore_ascii_case("bearer ") => rest.trim_start(),
        _ => text,
    }
}

/// Returns the sender of a request, if it has the needed access.
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
    let given = credential_in(head.header("authorization").unwrap_or_default());
    if given.is_empty() {
        return Err(unauthenticated("this call needs credentials"));
    }
    let named = head
        .header("wix-site-id")
        .map(str::trim)
        .filter(|site| !site.is_empty());
    let other_site = || denied("the credentials cannot be used for this site");
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
        let unknown = || unauthenticated("unknown credentials");
        let claims = token::verify(secret, given).filter(|claims| claims["aud"] == ACCESS);
        let claims = claims.ok_or_else(unknown)?;
        if claims["exp"].as_i64().unwrap_or(0) * 1000 <= now {
            return Err(unauthenticated("expired token"));
        }
        let id = claims["client"].as_str().unwrap_or_default();
        // Tokens of a client that was removed are invalid.
        let client = credentials.clients.iter().find(|client| client.client_id == id);
        let client = client.ok_or_else(unknown)?;
        if claims["site"] != site || named.is_some_and(|named| named != site) {
            return Err(other_site());
        }
        if claims["kind"] != "APP" {
            return Err(denied("visitors and members cannot do this"));
        }
        let instance = claims["instance"].as_str().unwrap_or_default();
        (Caller::App(id.to_owned(), instance.to_owned()), client.scope)
    };
    check_access(scope, needed)?;
    Ok(caller)
}

fn check_access(given: Access, needed: Access) -> Outcome<()> {
    if needed == Access::Manage && given != Access::Manage {
        return Err(denied("these credentials only allow reading"));
    }
    Ok(())
}

/// Returns the index of a secret, in a time that does not depend on how close the guess is.
fn find<'a>(secrets: impl Iterator<Item = &'a str>, key: &[u8], given: &str) -> Option<usize> {
    let mut found = None;
    for (at, secret) in secrets.enumerate() {
        if token::is_equal(key, secret, given) {
            found = Some(at);
        }
    }
    found
}
