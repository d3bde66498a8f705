//! Events sent to webhooks, and read over HTTP.

use crate::site::{START, Site, text};
use serde_json::{Value, json};
use wix_media::manager::{Delivery, Manager, Options, Request, Webhook};

const MINUTE: i64 = 60_000;

fn hook(url: &str, events: &[&str]) -> Webhook {
    Webhook {
        url: url.into(),
        events: events.iter().map(|name| (*name).to_owned()).collect(),
    }
}

fn site(webhooks: Vec<Webhook>) -> Site {
    Site::with(Options {
        webhooks,
        ..Options::default()
    })
}

fn take(site: &Site) -> Vec<Delivery> {
    site.manager.take_deliveries(1000).expect("deliveries")
}

fn told(site: &Site, delivery: &Delivery, ok: bool) {
    site.manager.delivered(delivery.id, delivery.attempt, ok).expect("told");
}

fn next(site: &Site) -> Option<i64> {
    site.manager.next_tick().expect("a time")
}

/// Unwraps the event from the claims.
fn event(delivery: &Delivery) -> Value {
    let claims: Value = serde_json::from_str(&delivery.claims).expect("JSON");
    let message: Value = serde_json::from_str(&text(&claims["data"])).expect("JSON");
    serde_json::from_str(&text(&message["data"])).expect("JSON")
}

/// Restarts the manager with these webhooks.
fn restarted(site: Site, webhooks: Vec<Webhook>) -> Site {
    let clock = site.clock.clone();
    let mut parts = site.manager.into_parts();
    parts.options.webhooks = webhooks;
    let mut site = Site::new();
    site.clock = clock;
    site.manager = Manager::new(parts).expect("a manager");
    site.manager.end_leases().expect("ended");
    site
}

#[test]
fn webhook_claims_nest_the_event_as_receivers_expect() {
    let mut site = site(vec![hook("https://a/", &[])]);
    let folder = site.folder("Animals", "media-root");
    let due = take(&site);
    assert_eq!((due.len(), &due[0].url[..], due[0].attempt), (1, "https://a/", 1));
    let claims: Value = serde_json::from_str(&due[0].claims).expect("JSON");
    assert_eq!(
        (&claims["iat"], &claims["exp"]),
        (&json!(START / 1000), &json!(START / 1000 + 3600))
    );
    let message: Value = serde_json::from_str(&text(&claims["data"])).expect("JSON");
    assert_eq!(message["eventType"], "wix.media.site_media.v1.folder_created");
    assert_eq!(text(&message["instanceId"]).len(), 36);
    assert_eq!(message["accountInfo"]["siteId"], "00000000-0000-4000-8000-000000000000");
    let identity: Value = serde_json::from_str(&text(&message["identity"])).expect("JSON");
    assert_eq!(identity["identityType"], "UNKNOWN");
    assert_eq!(event(&due[0]), site.event_bodies()[0]);
    assert_eq!(event(&due[0])["entityId"], folder);
}

#[test]
fn webhook_receives_only_its_events_in_order() {
    let site = site(vec![hook("https://all/", &[]), hook("https://files/", &["file_ready"])]);
    site.folder("Animals", "media-root");
    site.file("a.pdf", "media-root");
    let due = take(&site);
    let seen: Vec<_> = due
        .iter()
        .map(|one| (one.url.clone(), text(&event(one)["slug"])))
        .collect();
    let pair = |url: &str, slug: &str| (url.to_owned(), slug.to_owned());
    assert_eq!(
        seen,
        [
            pair("https://all/", "created"),
            pair("https://all/", "file_ready"),
            pair("https://files/", "file_ready"),
        ]
    );
    assert_eq!((take(&site).len(), next(&site)), (0, None), "all are being delivered");
}

#[test]
fn refused_call_sends_no_webhook() {
    let site = site(vec![hook("https://a/", &[])]);
    let body = json!({ "displayName": "x", "parentFolderId": "nowhere" });
    assert_eq!(site.call("POST", "/folders", body).0, 400);
    assert_eq!(take(&site), []);
}

#[test]
fn failed_delivery_is_retried_twelve_times() {
    let site = site(vec![hook("https://a/", &[])]);
    site.folder("Animals", "media-root");
    let first = take(&site).remove(0);
    told(&site, &first, false);
    let hours = 60 * MINUTE;
    let plan = [
        MINUTE,
        10 * MINUTE,
        hours,
        2 * hours,
        2 * hours,
        2 * hours,
        4 * hours,
        4 * hours,
        4 * hours,
        8 * hours,
        8 * hours,
        12 * hours,
    ];
    for (number, delay) in plan.into_iter().enumerate() {
        let mut now = START + site_time(&site);
        assert_eq!(next(&site), Some(now + delay), "retry {number}");
        site.clock.advance(delay - 1);
        assert_eq!(take(&site), []);
        site.clock.advance(1);
        now += delay;
        let due = take(&site);
        assert_eq!((due.len(), due[0].attempt as usize), (1, number + 2));
        let claims: Value = serde_json::from_str(&due[0].claims).expect("JSON");
        assert_eq!(claims["iat"], now / 1000, "each attempt has its own time of issue");
        assert_eq!(event(&due[0]), event(&first));
        told(&site, &due[0], false);
    }
    site.clock.advance(1000 * hours);
    assert_eq!(
        (take(&site).len(), next(&site)),
        (0, None),
        "no attempt after the last retry"
    );
}

fn site_time(site: &Site) -> i64 {
    use wix_media::manager::Clock;
    site.clock.now() - START
}

#[test]
fn delay_factor_shortens_the_retries() {
    let site = Site::with(Options {
        webhooks: vec![hook("https://a/", &[])],
        webhook_delay_factor: 0.001,
        ..Options::default()
    });
    site.folder("Animals", "media-root");
    let due = take(&site);
    told(&site, &due[0], false);
    assert_eq!(next(&site), Some(START + 60));
}

#[test]
fn waiting_retry_does_not_delay_later_events() {
    let site = site(vec![hook("https://a/", &[])]);
    site.folder("One", "media-root");
    let one = take(&site);
    told(&site, &one[0], false);
    site.folder("Two", "media-root");
    let two = take(&site);
    assert_eq!(event(&two[0])["createdEvent"]["entity"]["displayName"], "Two");
    told(&site, &two[0], true);
    told(&site, &two[0], false);
    site.clock.advance(MINUTE);
    let again = take(&site);
    assert_eq!(event(&again[0])["createdEvent"]["entity"]["displayName"], "One");
    told(&site, &again[0], true);
    assert_eq!(next(&site), None);
}

#[test]
fn restart_continues_pending_deliveries() {
    let hooks = || vec![hook("https://a/", &[]), hook("https://b/", &[])];
    let site = site(hooks());
    site.folder("One", "media-root");
    let due = take(&site);
    told(&site, &due[0], false);
    // The second delivery is under way when the manager stops, so it is sent again.
    let site = restarted(site, hooks());
    let again = take(&site);
    assert_eq!((again.len(), &again[0].url[..], again[0].attempt), (1, "https://b/", 1));
    site.clock.advance(MINUTE);
    let retry = take(&site);
    assert_eq!((retry.len(), &retry[0].url[..], retry[0].attempt), (1, "https://a/", 2));
    told(&site, &retry[0], false);

    let site = restarted(site, vec![hook("https://b/", &[])]);
    let left = take(&site);
    assert_eq!((left.len(), &left[0].url[..]), (1, "https://b/"));
    told(&site, &left[0], true);
    site.clock.advance(1000 * MINUTE);
    assert_eq!(take(&site), [], "a URL that is no longer configured receives nothing");
}

#[test]
fn deliveries_above_the_limit_come_in_batches() {
    let site = site(vec![hook("https://a/", &[])]);
    for number in 0..250 {
        site.folder(&format!("{number}"), "media-root");
    }
    let mut names = Vec::new();
    loop {
        let due = site.manager.take_deliveries(40).expect("deliveries");
        if due.is_empty() {
            break;
        }
        assert!(due.len() <= 40);
        names.extend(
            due.iter()
                .map(|one| text(&event(one)["createdEvent"]["entity"]["displayName"])),
        );
    }
    assert_eq!(names, (0..250).map(|number| number.to_string()).collect::<Vec<_>>());
    assert_eq!(next(&site), None);
}

#[test]
fn keep_events_drops_older_events_once_delivered() {
    let site = Site::with(Options {
        webhooks: vec![hook("https://a/", &["folder_updated"])],
        keep_events: Some(2),
        ..Options::default()
    });
    let folder = site.folder("0", "media-root");
    let body = json!({ "folder": { "displayName": "1" } });
    assert_eq!(site.call("PATCH", &format!("/folders/{folder}"), body).0, 200);
    for name in ["2", "3", "4"] {
        site.folder(name, "media-root");
    }
    let numbers = |site: &Site| -> Vec<_> {
        let events = site.manager.events(0, 100).expect("events");
        events.iter().map(|event| event.number).collect()
    };
    assert_eq!(numbers(&site), [2, 4, 5], "an undelivered event is kept");
    let due = take(&site);
    assert_eq!(event(&due[0])["slug"], "updated");
    told(&site, &due[0], true);
    site.folder("5", "media-root");
    assert_eq!(numbers(&site), [5, 6]);
}

#[test]
fn webhook_key_survives_restart_and_reset() {
    let site = Site::new();
    let control = |site: &Site, name: &str, input: Value| site.manager.control(name, &input).expect("an answer");
    assert_eq!(control(&site, "webhookKey", json!({})), Value::Null);
    let pair = json!({ "privateKey": "PRIVATE", "publicKey": "PUBLIC" });
    control(&site, "setWebhookKey", pair.clone());
    let site = restarted(site, Vec::new());
    assert_eq!(control(&site, "webhookKey", json!({})), pair);
    control(&site, "reset", json!({}));
    assert_eq!(control(&site, "webhookKey", json!({})), pair, "a reset keeps the key");
}

#[test]
fn deliveries_through_control_are_json() {
    let site = site(vec![hook("https://a/", &[])]);
    site.folder("One", "media-root");
    let answer = site
        .manager
        .control("takeDue", &json!({ "deliveries": 5 }))
        .expect("an answer");
    assert_eq!((&answer["imports"], &answer["nextTick"]), (&json!([]), &Value::Null));
    let delivery = &answer["deliveries"][0];
    assert_eq!(
        (&delivery["url"], &delivery["attempt"]),
        (&json!("https://a/"), &json!(1))
    );
    let told = json!({ "id": delivery["id"], "ok": true });
    site.manager.control("delivered", &told).expect("told");
    site.clock.advance(1000 * MINUTE);
    assert_eq!(take(&site), []);
}

#[test]
fn events_through_control_are_paged() {
    let mut site = Site::new();
    for name in ["a", "b", "c"] {
        site.folder(name, "media-root");
    }
    let events = |site: &Site, input: Value| site.manager.control("events", &input).expect("events");
    let all = events(&site, json!({}));
    assert_eq!(all.as_array().map(Vec::len), Some(3));
    assert_eq!(all[2]["body"], site.event_bodies()[2]);
    let rest = events(&site, json!({ "after": 1, "limit": 1 }));
    assert_eq!(
        (rest.as_array().map(Vec::len), &rest[0]["number"]),
        (Some(1), &json!(2))
    );
    assert_eq!(events(&site, json!({ "after": 3 })), json!([]));
    assert_eq!(
        site.manager.control("lastEvent", &json!({})).expect("a number"),
        json!(3)
    );
}

#[test]
fn paths_of_the_host_are_unknown_to_the_manager() {
    let site = Site::new();
    for path in ["/_wix-media/events", "/_wix-media/webhook-key", "/_wix-media/reset"] {
        assert_eq!(site.send(Request::new("GET", path)).status, 404, "{path}");
    }
}
