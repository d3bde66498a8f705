//! Credentials: API keys, OAuth tokens, scopes and sites, and the URLs that work without any.

use crate::site::{Site, reason, target, text};
use serde_json::{Value, json};
use wix_media::manager::{Options, Request};
use wix_media::operations::{Access, OPERATIONS};

const SITE: &str = "11111111-2222-4333-8444-555555555555";

fn guarded() -> Site {
    let options = json!({
        "siteId": SITE,
        "auth": {
            "apiKeys": [
                { "key": "manage-key" },
                { "key": "read-key", "scope": "read", "siteIds": [SITE] },
                { "key": "other-key", "siteIds": ["another site"] },
            ],
            "clients": [
                { "clientId": "c1", "clientSecret": "s1", "instanceId": "i1" },
                { "clientId": "reader", "clientSecret": "s2", "scope": "read" },
                { "clientId": "visitors" },
            ],
        },
    });
    Site::with(Options::from_json(&options).expect("options"))
}

fn call(method: &str, path: &str, headers: &[(&str, &str)]) -> Request {
    let request = Request::new(method, &format!("/site-media/v1{path}"));
    headers
        .iter()
        .fold(request, |request, (name, value)| request.header(name, value))
}

impl Site {
    fn refusal(&self, request: Request) -> (u16, String) {
        let (status, answer) = self.json(request);
        (status, reason(&answer))
    }

    fn token(&self, body: Value) -> (u16, Value) {
        self.json(Request::new("POST", "/oauth2/token").body(body.to_string()))
    }
}

#[test]
fn key_outside_its_scope_or_site_is_refused() {
    let site = guarded();
    let right = ("wix-site-id", SITE);
    for (headers, expected) in [
        (&[][..], (401, "UNAUTHENTICATED")),
        (&[("Authorization", "")], (401, "UNAUTHENTICATED")),
        (&[("Authorization", "nonsense"), right], (401, "UNAUTHENTICATED")),
        (&[("Authorization", "manage-ke"), right], (401, "UNAUTHENTICATED")),
        (&[("Authorization", "manage-key")], (400, "REQUIRED_FIELD")),
        (
            &[("Authorization", "manage-key"), ("wix-account-id", "a")],
            (400, "REQUIRED_FIELD"),
        ),
        (
            &[("Authorization", "manage-key"), ("wix-site-id", "x")],
            (403, "PERMISSION_DENIED"),
        ),
        (&[("Authorization", "other-key"), right], (403, "PERMISSION_DENIED")),
        (&[("Authorization", "manage-key"), right], (200, "")),
        (&[("authorization", "Bearer manage-key"), right], (200, "")),
        (&[("authorization", "bearer  read-key"), right], (200, "")),
    ] {
        let refused = site.refusal(call("GET", "/files", headers));
        assert_eq!((refused.0, &refused.1[..]), expected, "{headers:?}");
    }
    let request = call("POST", "/folders", &[("Authorization", "read-key"), right]);
    let refused = site.refusal(request.body(r#"{"displayName":"a"}"#));
    assert_eq!(refused, (403, "PERMISSION_DENIED".to_owned()));
    let refused = site.refusal(call("GET", "/nowhere", &[]));
    assert_eq!(refused.0, 404, "an unknown path is 404 even without a key");
}

#[test]
fn read_key_is_refused_exactly_where_manage_is_needed() {
    let site = guarded();
    for row in OPERATIONS {
        let path = row.path.replace("{folder.id}", "f").replace("{folderId}", "f");
        let headers = [("Authorization", "read-key"), ("wix-site-id", SITE)];
        let status = site.send(call(row.verb.name(), &path, &headers)).status;
        assert_eq!(status == 403, row.access == Access::Manage, "{}", row.name);
        let status = site.send(call(row.verb.name(), &path, &[])).status;
        assert_eq!(status, 401, "{}", row.name);
    }
}

#[test]
fn body_without_credentials_is_not_read() {
    let site = guarded();
    let mut intake = site.manager.open(call("POST", "/folders", &[]).head);
    assert!(!site.manager.feed(&mut intake, b"{"));
    assert_eq!(site.manager.close(intake).status, 401);
}

#[test]
fn app_token_after_its_lifetime_returns_401() {
    let site = guarded();
    let body =
        json!({ "instance_id": "i1", "client_id": "c1", "client_secret": "s1", "grant_type": "client_credentials" });
    let (status, answer) = site.token(body);
    assert_eq!((status, &answer["expires_in"]), (200, &json!(14_400)), "{answer}");
    let token = text(&answer["access_token"]);
    let list = |token: &str| call("GET", "/files", &[("Authorization", token)]);
    assert_eq!(site.send(list(&token)).status, 200, "the token names the site");
    let elsewhere = list(&token).header("wix-site-id", "x");
    assert_eq!(site.send(elsewhere).status, 403);
    let create = call("POST", "/folders", &[("Authorization", &format!("Bearer {token}"))]);
    assert_eq!(site.send(create.body(r#"{"displayName":"a"}"#)).status, 200);

    let info = |token: &str| Request::new("POST", "/oauth2/token-info").body(json!({ "token": token }).to_string());
    let (_, told) = site.json(info(&token));
    let told = [
        &told["active"],
        &told["subjectType"],
        &told["clientId"],
        &told["instanceId"],
        &told["siteId"],
    ];
    assert_eq!(
        told,
        [&json!(true), &json!("APP"), &json!("c1"), &json!("i1"), &json!(SITE)]
    );

    site.clock.advance(14_399_999);
    assert_eq!(site.send(list(&token)).status, 200);
    site.clock.advance(1);
    assert_eq!(site.refusal(list(&token)), (401, "UNAUTHENTICATED".to_owned()));
    assert_eq!(site.json(info(&token)).1["active"], false);
    assert_eq!(site.json(info("manage-key")).1["active"], false);

    let body =
        json!({ "instanceId": "any", "clientId": "reader", "clientSecret": "s2", "grantType": "client_credentials" });
    let token = text(&site.token(body).1["access_token"]);
    assert_eq!(site.send(list(&token)).status, 200);
    let create = call("POST", "/folders", &[("Authorization", &token)]);
    assert_eq!(site.send(create.body(r#"{"displayName":"a"}"#)).status, 403);
}

#[test]
fn visitor_token_on_a_call_returns_403() {
    let site = guarded();
    let (status, answer) = site.token(json!({ "clientId": "visitors", "grantType": "anonymous" }));
    assert_eq!((status, &answer["token_type"]), (200, &json!("Bearer")), "{answer}");
    let token = text(&answer["access_token"]);
    let list = |token: &str| call("GET", "/files", &[("Authorization", token)]);
    assert_eq!(site.refusal(list(&token)), (403, "PERMISSION_DENIED".to_owned()));
    let refresh =
        json!({ "refreshToken": answer["refresh_token"], "clientId": "visitors", "grantType": "refresh_token" });
    let (status, again) = site.token(refresh);
    assert_eq!(status, 200);
    assert_ne!(again["access_token"], answer["access_token"]);
    let info = |token: &Value| {
        let body = json!({ "token": token }).to_string();
        site.json(Request::new("POST", "/oauth2/token-info").body(body)).1
    };
    let one = info(&answer["access_token"]);
    let other = info(&again["access_token"]);
    assert_eq!(
        (&one["subjectType"], &one["subjectId"]),
        (&json!("VISITOR"), &other["subjectId"])
    );
    for wrong in [&answer["refresh_token"], &json!("nonsense")] {
        assert_eq!(site.send(list(wrong.as_str().expect("a text"))).status, 401);
    }
}

#[test]
fn token_request_with_invalid_grant_or_client_is_refused() {
    let site = guarded();
    let access = site
        .token(json!({ "clientId": "visitors", "grantType": "anonymous" }))
        .1["access_token"]
        .clone();
    for (body, expected) in [
        (json!({}), (400, "REQUIRED_FIELD")),
        (json!([]), (400, "INVALID_ARGUMENT")),
        (json!({ "grantType": "password" }), (400, "OTHER")),
        (json!({ "grantType": "anonymous" }), (400, "REQUIRED_FIELD")),
        (
            json!({ "grantType": "anonymous", "clientId": "x" }),
            (401, "UNAUTHENTICATED"),
        ),
        (
            json!({ "grantType": "refresh_token", "clientId": "visitors", "refreshToken": access }),
            (401, "UNAUTHENTICATED"),
        ),
        (
            json!({ "grant_type": "client_credentials", "client_id": "c1", "instance_id": "i1" }),
            (400, "REQUIRED_FIELD"),
        ),
        (
            json!({ "grant_type": "client_credentials", "client_id": "c1", "client_secret": "s2", "instance_id": "i1" }),
            (401, "UNAUTHENTICATED"),
        ),
        (
            json!({ "grant_type": "client_credentials", "client_id": "c1", "client_secret": "s1", "instance_id": "i2" }),
            (403, "PERMISSION_DENIED"),
        ),
        (
            json!({ "grant_type": "client_credentials", "client_id": "visitors", "client_secret": "", "instance_id": "i" }),
            (400, "REQUIRED_FIELD"),
        ),
        (
            json!({ "grant_type": "client_credentials", "client_id": "visitors", "client_secret": "x", "instance_id": "i" }),
            (401, "UNAUTHENTICATED"),
        ),
    ] {
        let (status, answer) = site.token(body.clone());
        assert_eq!((status, &reason(&answer)[..]), expected, "{body}");
    }
    let form = Request::new("POST", "/oauth2/token")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials&client_id=c1&client_secret=s1&instance_id=i1");
    assert_eq!(site.json(form).0, 200, "a form, as in RFC 6749");
}

#[test]
fn token_of_removed_client_or_moved_site_is_refused() {
    let site = guarded();
    let body =
        json!({ "instance_id": "i1", "client_id": "c1", "client_secret": "s1", "grant_type": "client_credentials" });
    let token = text(&site.token(body).1["access_token"]);
    let list = call("GET", "/files", &[("Authorization", &token)]);
    let mut parts = site.manager.into_parts();
    let clients = parts
        .options
        .credentials
        .as_mut()
        .map(|credentials| credentials.clients.split_off(0));
    let manager = wix_media::manager::Manager::new(parts).expect("a manager");
    assert_eq!(manager.handle(list.clone()).status, 401);
    let mut parts = manager.into_parts();
    if let (Some(credentials), Some(clients)) = (&mut parts.options.credentials, clients) {
        credentials.clients = clients;
    }
    parts.options.site_id = "moved".to_owned();
    let manager = wix_media::manager::Manager::new(parts).expect("a manager");
    assert_eq!(manager.handle(list).status, 403);
}

#[test]
fn generated_links_without_credentials_are_served() {
    let site = guarded();
    let headers = [("Authorization", "manage-key"), ("wix-site-id", SITE)];
    let ask = |path: &str, body: Value| {
        let (status, answer) = site.json(call("POST", path, &headers).body(body.to_string()));
        assert_eq!(status, 200, "{answer}");
        answer
    };
    let url = ask(
        "/files/generate-upload-url",
        json!({ "mimeType": "text/plain", "fileName": "a.txt" }),
    );
    let (status, answer) = site.json(Request::new("PUT", &target(&text(&url["uploadUrl"]))).body("water"));
    assert_eq!(status, 200);
    let id = &answer["file"]["id"];
    let links = ask("/files/generate-file-download-url", json!({ "fileId": id }));
    let zip = ask("/files/generate-download-url", json!({ "fileIds": [id] }));
    for url in [
        &answer["file"]["url"],
        &links["downloadUrls"][0]["url"],
        &zip["downloadUrl"],
    ] {
        assert_eq!(site.send(Request::new("GET", &target(&text(url)))).status, 200, "{url}");
    }
    let url = ask(
        "/files/generate-resumable-upload-url",
        json!({ "mimeType": "text/plain" }),
    );
    let token = data_encoding::BASE64.encode(text(&url["uploadToken"]).as_bytes());
    let request = Request::new("POST", "/upload/tus")
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Length", "5")
        .header("Upload-Metadata", &format!("token {token}"));
    assert_eq!(site.send(request).status, 201);
    assert_eq!(
        site.send(call("OPTIONS", "/files", &[])).status,
        204,
        "preflight requests carry no credentials"
    );
}

#[test]
fn call_to_manager_without_credentials_is_allowed() {
    let site = Site::new();
    assert_eq!(
        site.send(call("GET", "/files", &[("Authorization", "whatever")]))
            .status,
        200
    );
    let (status, answer) = site.token(json!({ "clientId": "any", "grantType": "anonymous" }));
    assert_eq!(status, 200);
    let token = text(&answer["access_token"]);
    assert_eq!(
        site.send(call("GET", "/files", &[("Authorization", &token)])).status,
        200
    );
}

#[test]
fn authorize_control_checks_key_and_scope() {
    let site = guarded();
    let ask = |input: Value| site.manager.control("authorize", &input).expect("asked");
    assert_eq!(
        ask(json!({ "authorization": "read-key", "siteId": SITE, "scope": "read" })),
        Value::Null
    );
    assert_eq!(
        ask(json!({ "authorization": "read-key", "siteId": SITE }))["status"],
        403
    );
    let refused = ask(json!({}));
    assert_eq!(refused["status"], 401);
    assert_eq!(reason(&refused["body"]), "UNAUTHENTICATED");
}

#[test]
fn debug_output_of_manager_hides_secrets() {
    let site = guarded();
    let shown = format!("{:?}", site.manager);
    for secret in ["manage-key", "read-key", "\"s1\"", "\"s2\""] {
        assert!(!shown.contains(secret), "{secret}");
    }
}
