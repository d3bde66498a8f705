//! The client over transports that fail.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use wix_media::sdk::{
    Answer, Client, CreateFolder, Credentials, Endpoint, Error, GetFolder, ListFolders, Request, Retries, Transport,
    Unanswered,
};

/// Answers in turn, and keeps what was sent and slept.
#[derive(Default)]
struct Script {
    answers: RefCell<VecDeque<Result<Answer, Unanswered>>>,
    sent: RefCell<Vec<Request>>,
    waits: RefCell<Vec<Duration>>,
}

impl Transport for &Script {
    async fn send(&self, request: &Request) -> Result<Answer, Unanswered> {
        self.sent.borrow_mut().push(request.clone());
        self.answers.borrow_mut().pop_front().expect("no more requests")
    }

    async fn sleep(&self, duration: Duration) {
        self.waits.borrow_mut().push(duration);
    }
}

fn script(answers: impl IntoIterator<Item = Result<Answer, Unanswered>>) -> Script {
    Script {
        answers: RefCell::new(answers.into_iter().collect()),
        ..Script::default()
    }
}

fn client(script: &Script) -> Client<&Script> {
    Client::new(Endpoint::new("http://127.0.0.1", Credentials::None), script)
}

/// Runs a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the future waits"),
    }
}

fn answer(status: u16, body: &str) -> Result<Answer, Unanswered> {
    Ok(Answer::new(status, body.as_bytes().to_vec(), |_| None))
}

fn with_header(status: u16, name: &'static str, value: &'static str) -> Result<Answer, Unanswered> {
    let body = br#"{"folder":{"id":"f1"}}"#.to_vec();
    Ok(Answer::new(status, body, |wanted| {
        (wanted == name).then(|| value.to_owned())
    }))
}

const FOLDER: &str = r#"{"folder":{"id":"f1"}}"#;

#[test]
fn read_is_repeated_until_it_succeeds() {
    let script = script([
        Err(Unanswered::Lost("reset".to_owned())),
        answer(503, ""),
        answer(200, FOLDER),
    ]);
    assert_eq!(now(client(&script).call(&GetFolder::new("f1"))).unwrap().id, "f1");
    let waits = script.waits.borrow();
    let within = |wait: Duration, most: u64| (most / 2..=most).contains(&u64::try_from(wait.as_millis()).unwrap());
    assert!(within(waits[0], 500) && within(waits[1], 1000), "{waits:?}");
}

#[test]
fn attempts_are_limited() {
    let lost = || Err(Unanswered::Lost("reset".to_owned()));
    let script = script([lost(), lost(), lost(), lost()]);
    let error = now(client(&script).call(&GetFolder::new("f1"))).unwrap_err();
    assert_eq!((error.code(), script.sent.borrow().len()), ("NETWORK", 3));
    let single = Retries {
        attempts: 1,
        ..Retries::default()
    };
    assert!(now(client(&script).with_retries(single).call(&GetFolder::new("f1"))).is_err());
    assert_eq!(script.sent.borrow().len(), 4);
}

#[test]
fn creation_is_repeated_only_if_nothing_happened() {
    for harmful in [
        answer(503, ""),
        Err(Unanswered::Lost("reset".to_owned())),
        answer(200, "<html>"),
    ] {
        let script = script([harmful]);
        now(client(&script).call(&CreateFolder::new("Animals"))).unwrap_err();
        assert_eq!(script.sent.borrow().len(), 1);
    }
    let script = script([
        Err(Unanswered::NotSent("refused".to_owned())),
        answer(429, ""),
        answer(200, FOLDER),
    ]);
    now(client(&script).call(&CreateFolder::new("Animals"))).unwrap();
    assert_eq!(script.sent.borrow().len(), 3);
}

#[test]
fn timeout_is_never_repeated() {
    let script = script([Err(Unanswered::Timeout)]);
    let error = now(client(&script).call(&GetFolder::new("f1"))).unwrap_err();
    assert_eq!(error, Error::Timeout);
}

#[test]
fn retry_after_is_kept_and_limited() {
    let script_of = |seconds| script([with_header(429, "retry-after", seconds), answer(200, FOLDER)]);
    let script = script_of("7");
    now(client(&script).call(&GetFolder::new("f1"))).unwrap();
    assert!(script.waits.borrow()[0] >= Duration::from_secs(7));
    for too_long in ["61", "1e300"] {
        let script = script_of(too_long);
        let result = now(client(&script).call(&GetFolder::new("f1")));
        match too_long {
            "61" => assert_eq!(result.unwrap_err().status(), Some(429)),
            // What no duration can hold counts as absent.
            _ => assert!(result.is_ok()),
        }
    }
}

#[test]
fn later_requests_repeat_the_header_that_makes_them_consistent() {
    let script = script([with_header(200, "x-wix-consistent", "c1"), answer(200, FOLDER)]);
    let client = client(&script);
    for _ in 0..2 {
        now(client.call(&GetFolder::new("f1"))).unwrap();
    }
    let sent = script.sent.borrow();
    assert_eq!(sent[0].headers, []);
    assert_eq!(sent[1].headers, [("x-wix-consistent", "c1".to_owned())]);
}

#[test]
fn pages_end_at_the_last_page_and_at_a_repeated_cursor() {
    let page = |id: &str, next: &str| {
        answer(
            200,
            &format!(r#"{{"folders":[{{"id":"{id}"}}],"nextCursor":{{"cursors":{{"next":"{next}"}}}}}}"#),
        )
    };
    let script = script([page("a", "1"), page("b", "2"), page("c", "2"), page("d", "")]);
    let client = client(&script);
    let ids = |folders: Vec<wix_media::sdk::Folder>| folders.into_iter().map(|folder| folder.id).collect::<Vec<_>>();
    let all = now(client.pages(ListFolders::default()).collect(usize::MAX)).unwrap();
    assert_eq!(ids(all), ["a", "b", "c"]);
    let sent: Vec<_> = script.sent.borrow().iter().map(|request| request.url.clone()).collect();
    assert!(
        sent[1].ends_with("?paging.cursor=1") && sent[2].ends_with("?paging.cursor=2"),
        "{sent:?}"
    );
    let mut pages = client.pages(ListFolders::default());
    assert!(now(pages.next()).unwrap().is_some());
    assert!(now(pages.next()).unwrap().is_none(), "the last page");
}

#[test]
fn page_that_fails_is_requested_again() {
    let script = script([answer(400, ""), answer(200, r#"{"folders":[]}"#)]);
    let client = client(&script);
    let mut pages = client.pages(ListFolders::default());
    assert_eq!(now(pages.next()).unwrap_err().status(), Some(400));
    assert!(now(pages.next()).unwrap().is_some());
    assert_eq!(now(client.pages(ListFolders::default()).collect(0)).unwrap(), []);
}
