//! The transport over `reqwest`, against servers that answer, hang up or stay silent.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;
use wix_media::sdk::{
    Advice, Client, CreateFolder, Credentials, Endpoint, Error, ListFolders, Request, Reqwest, Retries, Transport,
    Unanswered,
};

/// Runs a future of the client on a runtime of its own.
fn run<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime").block_on(future)
}

/// Starts a server that handles its connections in turn, one for each function. Returns its URL.
fn serve<const N: usize>(handlers: [fn(TcpStream); N]) -> (String, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = thread::spawn(move || {
        for handle in handlers {
            handle(listener.accept().expect("a connection").0);
        }
    });
    (url, server)
}

/// Reads a request up to the end of its body, and returns it in lower case.
fn read(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut bytes = [0; 4096];
    loop {
        let length = stream.read(&mut bytes).expect("bytes");
        assert_ne!(length, 0, "the request ends early: {text}");
        text.push_str(&String::from_utf8_lossy(&bytes[..length]).to_lowercase());
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let expected = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if expected.is_none_or(|expected| body.len() >= expected.parse().expect("a length")) {
            return text;
        }
    }
}

fn answer(mut stream: TcpStream, head: &str, body: &str) {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .expect("sent");
}

fn client(url: &str) -> Client<Reqwest> {
    let credentials = Credentials::ApiKey {
        key: "IST.abc".into(),
        site_id: "b42d".into(),
    };
    Client::new(Endpoint::new(url, credentials), Reqwest::default())
}

fn request(url: &str) -> Request {
    let endpoint = Endpoint::new(url, Credentials::None);
    endpoint.request(&ListFolders::default()).expect("a request")
}

#[test]
fn call_sends_credentials_and_body_and_later_reads_see_it() {
    let (url, server) = serve([
        |mut stream| {
            let request = read(&mut stream);
            assert!(
                request.starts_with("post /site-media/v1/folders http/1.1\r\n"),
                "{request}"
            );
            assert!(request.contains("authorization: ist.abc\r\n"), "{request}");
            assert!(request.contains("wix-site-id: b42d\r\n"), "{request}");
            assert!(request.ends_with(r#"{"displayname":"animals"}"#), "{request}");
            answer(stream, "200 OK\r\nx-wix-consistent: c1", r#"{"folder":{"id":"f1"}}"#);
        },
        |mut stream| {
            let request = read(&mut stream);
            assert!(request.contains("x-wix-consistent: c1\r\n"), "{request}");
            answer(stream, "200 OK", r#"{"folders":[{"id":"f1"}]}"#);
        },
    ]);
    let client = client(&url);
    run(async {
        assert_eq!(
            client.call(&CreateFolder::new("Animals")).await.unwrap().folder.id,
            "f1"
        );
        let page = client.call(&ListFolders::default()).await.unwrap();
        assert_eq!(page.folders[0].id, "f1");
    });
    server.join().unwrap();
}

#[test]
fn lost_connection_repeats_a_read_and_not_a_creation() {
    let (url, server) = serve([
        |mut stream| drop(read(&mut stream)),
        |mut stream| {
            read(&mut stream);
            answer(stream, "200 OK", r#"{"folders":[]}"#);
        },
        |mut stream| drop(read(&mut stream)),
    ]);
    let client = client(&url);
    run(async {
        assert!(client.call(&ListFolders::default()).await.unwrap().folders.is_empty());
        let error = client.call(&CreateFolder::new("Animals")).await.unwrap_err();
        assert_eq!((error.code(), error.advice()), ("NETWORK", Advice::Maybe));
    });
    server.join().unwrap();
}

#[test]
fn refused_connection_is_not_sent_and_names_the_cause() {
    let sent = run(Reqwest::default().send(&request("http://127.0.0.1:1")));
    let Err(Unanswered::NotSent(reason)) = sent else {
        panic!("{sent:?}");
    };
    assert!(reason.contains("Connection refused"), "{reason}");
}

#[test]
fn header_that_cannot_be_sent_is_not_sent_and_not_shown() {
    let credentials = Credentials::Token("secret\n".into());
    let once = Retries {
        attempts: 1,
        ..Retries::default()
    };
    let client = Client::new(Endpoint::new("http://127.0.0.1:1", credentials), Reqwest::default()).with_retries(once);
    let error = run(client.call(&CreateFolder::new("Animals"))).unwrap_err();
    assert_eq!((error.code(), error.advice()), ("NETWORK", Advice::After));
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[test]
fn silent_server_is_a_timeout() {
    // The listener's queue takes the connection, which nobody answers.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let transport = Reqwest::default().with_timeout(Duration::from_millis(50));
    let client = Client::new(Endpoint::new(&url, Credentials::None), transport);
    assert_eq!(run(client.call(&ListFolders::default())).unwrap_err(), Error::Timeout);
}

#[test]
fn calls_run_on_any_thread_of_a_runtime() {
    fn is_send<T: Send>(_: &T) {}
    let client = client("http://127.0.0.1:1");
    is_send(&client.call(&ListFolders::default()));
    is_send(&client.pages(ListFolders::default()).collect(1));
}
