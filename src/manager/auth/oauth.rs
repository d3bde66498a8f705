//! `POST /oauth2/token` and `POST /oauth2/token-info` (`docs/contract/auth.md#s4-2`).

use super::{ACCESS, credential_in, denied, unauthenticated};
use crate::manager::http::error::{Outcome, Refusal, Violation};
use crate::manager::http::message::{Head, query_pairs};
use crate::manager::json::parse;
use crate::manager::token;
use crate::manager::tx::Context;
use serde_json::{Map, Value, json};

pub(crate) const TOKEN_PATH: &str = "/oauth2/token";
pub(crate) const TOKEN_INFO_PATH: &str = "/oauth2/token-info";

/// The lifetime of an access token, in seconds.
const LIFETIME: i64 = 14_400;
const ISSUER: &str = "urn:service:oauth2";
const REFRESH: &str = "urn:service:oauth2.refresh";

/// Reads the body of a token call: JSON, or a form as OAuth defines it.
fn members(head: &Head, body: &[u8]) -> Outcome<Map<String, Value>> {
    let kind = head.header("content-type").unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        let pairs = query_pairs(&String::from_utf8_lossy(body));
        return Ok(pairs
            .into_iter()
            .map(|(name, value)| (name, Value::from(value)))
            .collect());
    }
    match parse(body) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(Refusal::code(400, "INVALID_ARGUMENT", "the body is not a JSON object")),
    }
}

/// The members of a body, by either spelling: `clientId` or `client_id`.
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

/// Returns whether requests to a path have a body that is read here.
pub(crate) fn is_token_path(path: &str) -> bool {
    path == TOKEN_PATH || path == TOKEN_INFO_PATH
}

/// Answers `POST /oauth2/token`.
pub(crate) fn issue_token(context: &Context<'_>, head: &Head, body: &[u8]) -> Outcome<Value> {
    let form = Form(members(head, body)?);
    match form.required("grantType")? {
        "anonymous" => {
            let client = form.required("clientId")?.to_owned();
            known_client(context, &client, None)?;
            let visitor = context.ids.guid();
            Ok(visitor_tokens(context, &client, &visitor))
        }
        "refresh_token" => {
            let invalid = || unauthenticated("invalid refresh token");
            let claims = token::verify(context.secret, form.required("refreshToken")?);
            let claims = claims.filter(|claims| claims["aud"] == REFRESH).ok_or_else(invalid)?;
            let client = claims["client"].as_str().unwrap_or_default().to_owned();
            if form.get("clientId").is_some_and(|given| given != client) || claims["site"] != *context.options.site_id {
                return Err(invalid());
            }
            known_client(context, &client, None)?;
            Ok(visitor_tokens(
                context,
                &client,
                claims["sub"].as_str().unwrap_or_default(),
            ))
        }
        "client_credentials" => {
            let client = form.required("clientId")?.to_owned();
            let instance = form.required("instanceId")?.to_owned();
            known_client(context, &client, Some((form.required("clientSecret")?, &instance)))?;
            let access = token(context, "APP", ACCESS, &client, &instance, &instance, Some(LIFETIME));
            Ok(json!({ "access_token": access, "expires_in": LIFETIME, "token_type": "Bearer" }))
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

/// Refuses an unknown client, a wrong secret and a wrong instance. A manager without credentials accepts every client.
fn known_client(context: &Context<'_>, id: &str, app: Option<(&str, &str)>) -> Outcome<()> {
    let Some(credentials) = &context.options.credentials else {
        return Ok(());
    };
    let unknown = || unauthenticated("unknown client or wrong secret");
    let client = credentials.clients.iter().find(|client| client.client_id == id);
    let client = client.ok_or_else(unknown)?;
    let Some((secret, instance)) = app else { return Ok(()) };
    let known = client.client_secret.as_deref();
    if !known.is_some_and(|known| token::is_equal(context.secret, known, secret)) {
        return Err(unknown());
    }
    if client.instance_id.as_deref().is_some_and(|known| known != instance) {
        return Err(denied("the client cannot be used for this instance"));
    }
    Ok(())
}

fn visitor_tokens(context: &Context<'_>, client: &str, visitor: &str) -> Value {
    let access = token(context, "VISITOR", ACCESS, client, "", visitor, Some(LIFETIME));
    let refresh = token(context, "VISITOR", REFRESH, client, "", visitor, None);
    json!({ "access_token": access, "refresh_token": refresh, "expires_in": LIFETIME, "token_type": "Bearer" })
}

fn token(
    context: &Context<'_>,
    kind: &str,
    audience: &str,
    client: &str,
    instance: &str,
    who: &str,
    life: Option<i64>,
) -> String {
    let issued = context.now / 1000;
    let mut claims = json!({
        "iss": ISSUER, "aud": audience, "jti": context.ids.guid(), "iat": issued, "kind": kind,
        "client": client, "instance": instance, "sub": who, "site": context.options.site_id,
    });
    if let Some(life) = life {
        claims["exp"] = (issued + life).into();
    }
    token::sign(context.secret, &claims)
}

/// Answers `POST /oauth2/token-info`.
pub(crate) fn token_info(context: &Context<'_>, head: &Head, body: &[u8]) -> Outcome<Value> {
    let form = Form(members(head, body)?);
    let claims = token::verify(context.secret, credential_in(form.required("token")?));
    let claims = claims.filter(|claims| claims["aud"] == ACCESS).unwrap_or_default();
    let ends = claims["exp"].as_i64().unwrap_or(0);
    if ends * 1000 <= context.now {
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
