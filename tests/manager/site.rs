//! A manager with a manual clock, and helpers for requests.

use serde_json::{Value, json};
use wix_media::blobs::Memory;
use wix_media::catalog::{Catalog, Faulty, Sqlite};
use wix_media::manager::{Manager, ManualClock, Options, Origin, Parts, Request, Response, Seeded};

/// The smallest film: a file type and an empty index.
pub(crate) const FILM: &[u8] = b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x08moov";

pub(crate) const START: i64 = 1_700_000_000_000;

#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) manager: Manager,
    pub(crate) clock: ManualClock,
    seen: i64,
}

/// The entity, slug and entity id of an event.
pub(crate) type Seen = (String, String, String);

impl Site {
    pub(crate) fn new() -> Site {
        Site::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Site {
        Site::over(Box::new(Sqlite::memory().expect("a catalog")), options)
    }

    /// A site whose catalog fails when it is told to.
    pub(crate) fn faulty(options: Options) -> (Site, Faulty) {
        let catalog = Faulty::new(Sqlite::memory().expect("a catalog"));
        (Site::over(Box::new(catalog.clone()), options), catalog)
    }

    fn over(catalog: Box<dyn Catalog>, options: Options) -> Site {
        let clock = ManualClock::at(START);
        let manager = Manager::new(Parts {
            catalog,
            blobs: Box::new(Memory::default()),
            clock: Box::new(clock.clone()),
            random: Box::new(Seeded::new(7)),
            options,
        });
        Site::on(manager.expect("a manager"), clock)
    }

    /// Wraps a manager and its clock.
    pub(crate) fn on(manager: Manager, clock: ManualClock) -> Site {
        Site {
            manager,
            clock,
            seen: 0,
        }
    }

    pub(crate) fn send(&self, request: Request) -> Response {
        self.manager.handle(request)
    }

    /// Sends a request and reads the whole body.
    pub(crate) fn fetch(&self, request: Request) -> (Response, Vec<u8>) {
        let response = self.manager.handle(request);
        let bytes = self.manager.collect(response.body.clone()).expect("a body");
        (response, bytes)
    }

    /// Calls the API and returns status and body.
    pub(crate) fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let mut request = Request::new(method, &format!("/site-media/v1{path}"));
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        self.json(request)
    }

    pub(crate) fn json(&self, request: Request) -> (u16, Value) {
        let (response, bytes) = self.fetch(request);
        let value = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| panic!("expected JSON, found {:?}", String::from_utf8_lossy(&bytes)));
        (response.status, value)
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, Value::Null);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub(crate) fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.call("POST", path, body);
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Calls the API and returns the status and the [`reason`].
    pub(crate) fn refused(&self, method: &str, path: &str, body: Value) -> (u16, String) {
        let (status, answer) = self.call(method, path, body);
        (status, reason(&answer))
    }

    pub(crate) fn folder(&self, name: &str, parent: &str) -> String {
        let answer = self.post("/folders", json!({ "displayName": name, "parentFolderId": parent }));
        text(&answer["folder"]["id"])
    }

    /// Uploads bytes and returns status and body.
    pub(crate) fn upload(&self, mime: &str, options: Value, bytes: &[u8]) -> (u16, Value) {
        self.upload_from(Origin::Site, mime, options, bytes)
    }

    pub(crate) fn upload_from(&self, origin: Origin, mime: &str, mut body: Value, bytes: &[u8]) -> (u16, Value) {
        body["mimeType"] = mime.into();
        let request = Request::new("POST", "/site-media/v1/files/generate-upload-url").body(body.to_string());
        let (status, answer) = self.json(request.from(origin));
        if status != 200 {
            return (status, answer);
        }
        let target = target(&text(&answer["uploadUrl"]));
        self.json(Request::new("PUT", &target).body(bytes))
    }

    pub(crate) fn file(&self, name: &str, parent: &str) -> String {
        let options = json!({ "fileName": name, "parentFolderId": parent });
        let (status, answer) = self.upload("application/pdf", options, b"%PDF-1.7");
        assert_eq!(status, 200, "{answer}");
        text(&answer["file"]["id"])
    }

    /// The events since the previous call.
    pub(crate) fn events(&mut self) -> Vec<Seen> {
        let bodies = self.event_bodies();
        let entity = |body: &Value| text(&body["entityFqdn"]).replace("wix.media.site_media.v1.", "");
        bodies
            .iter()
            .map(|body| (entity(body), text(&body["slug"]), text(&body["entityId"])))
            .collect()
    }

    pub(crate) fn event_bodies(&mut self) -> Vec<Value> {
        let events = self.manager.events(self.seen, 1_000_000).expect("events");
        self.seen = events.last().map_or(self.seen, |event| event.number);
        events.into_iter().map(|event| event.body).collect()
    }
}

pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("expected a string, found {value}"))
        .to_owned()
}

/// The code of an application error, or the rule that the first violation names.
pub(crate) fn reason(answer: &Value) -> String {
    let details = &answer["details"];
    let violation = &details["validationError"]["fieldViolations"][0];
    let found = [
        &details["applicationError"]["code"],
        &violation["ruleName"],
        &violation["violatedRule"],
    ];
    found
        .iter()
        .find_map(|value| value.as_str())
        .unwrap_or_default()
        .to_owned()
}

/// Path and query of a URL of the manager.
pub(crate) fn target(url: &str) -> String {
    url.strip_prefix("http://127.0.0.1")
        .unwrap_or_else(|| panic!("expected a URL of the manager, found {url}"))
        .to_owned()
}

pub(crate) fn ids(list: &Value) -> Vec<String> {
    list.as_array()
        .expect("a list")
        .iter()
        .map(|item| text(&item["id"]))
        .collect()
}
