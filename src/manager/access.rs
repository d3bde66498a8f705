//! Who may do what (`contract/auth.md` sections 3.3, 4.2 and 6).
//!
//! Without [`Credentials`] everyone may do everything: a manager inside a program, in a page or behind a loopback address has
//! no strangers to tell from its owner, and who had to make up a key first would not get to the first call. With them,
//! the calls of the API need an API key or a token. Links need none: upload URLs, temporary links, zips and static media
//! carry their own rights.

use super::call::Call;
use super::message::{Head, query_pairs};
use super::refusal::{Outcome, Refusal, Violation};
use super::time::guid;
use super::token;
use crate::operations::Access;
use serde_json::{Map, Value, json};
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
pub(super) enum Caller {
    /// Nobody is told apart.
    Anyone,
    /// The API key of this number.
    Key(usize),
    /// An app, by its client and instance.
    App(String, String),
}

/// How long a token holds, in seconds.
const LIFE: i64 = 14_400;
const ISSUER: &str = "urn:service:oauth2";
const ACCESS: &str = "urn:service:site-media";
const REFRESH: &str = "urn:service:oauth2.refresh";

fn unauthenticated(text: &str) -> Refusal {
    Refusal::code(401, "UNAUTHENTICATED", text)
}

fn denied(text: &str) -> Refusal {
    Refusal::code(403, "PERMISSION_DENIED", text)
}

/// The answer to a request that was let in no further.
pub(super) fn exhausted(seconds: i64) -> Refusal {
    let refusal = Refusal::code(429, "RESOURCE_EXHAUSTED", "too many requests");
    refusal.into_response().with("Retry-After", seconds.to_string()).into()
}

/// The credential in a header, which may say what kind it is.
fn bare(authorization: &str) -> &str {
    let text = authorization.trim();
    match text.split_at_checked(7) {
        Some((kind, rest)) if kind.eq_ignore_ascii_case("bearer ") => rest.trim_start(),
        _ => text,
    }
}

/// Who sent a request, when that is enough for what it needs.
pub(super) fn authorize(
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

/// A body of a token call: JSON, or a form as OAuth has it.
fn members(head: &Head, body: &[u8]) -> Outcome<Map<String, Value>> {
    let kind = head.header("content-type").unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        let pairs = query_pairs(&String::from_utf8_lossy(body));
        return Ok(pairs
            .into_iter()
            .map(|(name, value)| (name, Value::from(value)))
            .collect());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(Refusal::code(400, "INVALID_ARGUMENT", "the body is not a JSON object")),
    }
}

/// A member by either of its spellings, `clientId` and `client_id`.
struct Form(Map<String, Value>);

impl Form {
    fn get(&self, camel: &str) -> Option<&str> {
        let mut snake = String::new();
        for character in camel.chars() {
            if character.is_ascii_uppercase() {
                snake.push('_');
            }
            snake.push(character.to_ascii_lowercase());
        }
        let found = self.0.get(camel).or_else(|| self.0.get(&snake))?;
        found.as_str().filter(|text| !text.is_empty())
    }

    fn required(&self, name: &str) -> Outcome<&str> {
        let missing = || Violation::new(name, "REQUIRED_FIELD", "is required").into();
        self.get(name).ok_or_else(missing)
    }
}

impl Call<'_> {
    /// `POST /oauth2/token`.
    pub(super) fn issue_token(&mut self, head: &Head, body: &[u8]) -> Outcome<Value> {
        let form = Form(members(head, body)?);
        match form.required("grantType")? {
            "anonymous" => {
                let client = form.required("clientId")?.to_owned();
                self.known_client(&client, None)?;
                let visitor = guid(self.random);
                Ok(self.visitor_tokens(&client, &visitor))
            }
            "refresh_token" => {
                let invalid = || unauthenticated("this is no refresh token");
                let claims = token::verify(self.secret, form.required("refreshToken")?);
                let claims = claims.filter(|claims| claims["aud"] == REFRESH).ok_or_else(invalid)?;
                let client = claims["client"].as_str().unwrap_or_default().to_owned();
                if form.get("clientId").is_some_and(|given| given != client) || claims["site"] != *self.options.site_id
                {
                    return Err(invalid());
                }
                self.known_client(&client, None)?;
                Ok(self.visitor_tokens(&client, claims["sub"].as_str().unwrap_or_default()))
            }
            "client_credentials" => {
                let client = form.required("clientId")?.to_owned();
                let instance = form.required("instanceId")?.to_owned();
                self.known_client(&client, Some((form.required("clientSecret")?, &instance)))?;
                let access = self.token("APP", ACCESS, &client, &instance, &instance, Some(LIFE));
                Ok(json!({ "access_token": access, "expires_in": LIFE, "token_type": "Bearer" }))
            }
            other => {
                let allowed = ["anonymous", "refresh_token", "client_credentials"];
                let shown: String = other.chars().take(200).collect();
                let violation = Violation::new("grantType", "OTHER", format!("must be one of {}", allowed.join(", ")));
                Err(violation
                    .with(json!({ "allowedValues": allowed, "requestValue": shown }))
                    .into())
            }
        }
    }

    /// Refuses a client that is not configured, or not with this secret and instance. Where nobody is told apart, every
    /// client is as good as another.
    fn known_client(&self, id: &str, app: Option<(&str, &str)>) -> Outcome<()> {
        let Some(credentials) = &self.options.credentials else {
            return Ok(());
        };
        let unknown = || unauthenticated("this client is not known, or not with this secret");
        let client = credentials.clients.iter().find(|client| client.client_id == id);
        let client = client.ok_or_else(unknown)?;
        let Some((secret, instance)) = app else { return Ok(()) };
        let known = client.client_secret.as_deref();
        if !known.is_some_and(|known| token::is_equal(self.secret, known, secret)) {
            return Err(unknown());
        }
        if client.instance_id.as_deref().is_some_and(|known| known != instance) {
            return Err(denied("this client is not for this instance"));
        }
        Ok(())
    }

    fn visitor_tokens(&mut self, client: &str, visitor: &str) -> Value {
        let access = self.token("VISITOR", ACCESS, client, "", visitor, Some(LIFE));
        let refresh = self.token("VISITOR", REFRESH, client, "", visitor, None);
        json!({ "access_token": access, "refresh_token": refresh, "expires_in": LIFE, "token_type": "Bearer" })
    }

    fn token(
        &mut self,
        kind: &str,
        audience: &str,
        client: &str,
        instance: &str,
        who: &str,
        life: Option<i64>,
    ) -> String {
        let issued = self.now / 1000;
        let mut claims = json!({
            "iss": ISSUER, "aud": audience, "jti": guid(self.random), "iat": issued, "kind": kind,
            "client": client, "instance": instance, "sub": who, "site": self.options.site_id,
        });
        if let Some(life) = life {
            claims["exp"] = (issued + life).into();
        }
        token::sign(self.secret, &claims)
    }

    /// `POST /oauth2/token-info`.
    pub(super) fn token_info(&mut self, head: &Head, body: &[u8]) -> Outcome<Value> {
        let form = Form(members(head, body)?);
        let claims = token::verify(self.secret, bare(form.required("token")?));
        let claims = claims.filter(|claims| claims["aud"] == ACCESS).unwrap_or_default();
        let ends = claims["exp"].as_i64().unwrap_or(0);
        if ends * 1000 <= self.now {
            return Ok(json!({ "active": false, "subjectType": "UNKNOWN" }));
        }
        let mut info = json!({
            "active": true,
            "subjectType": claims["kind"],
            "subjectId": claims["sub"],
            "exp": ends.to_string(),
            "iat": claims["iat"].as_i64().unwrap_or(0).to_string(),
            "clientId": claims["client"],
            "siteId": claims["site"],
        });
        if claims["instance"] != "" {
            info["instanceId"] = claims["instance"].clone();
        }
        Ok(info)
    }
}
