use super::*;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, VARY};
use serde_json::Value;

/// The cases that `tests/js/command/guard.test.js` reads too.
fn cases() -> Value {
    serde_json::from_str(include_str!("../../../tests/data/guard.json")).expect("JSON")
}

fn texts(list: &Value) -> Vec<String> {
    let texts = list.as_array().expect("a list").iter();
    texts.map(|text| text.as_str().expect("a text").to_owned()).collect()
}

fn fields(members: &Value) -> Vec<(String, String)> {
    let members = members.as_object().expect("an object").iter();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    members.map(|(name, value)| (name.clone(), text(value))).collect()
}

/// A request to a server at 127.0.0.1:4410.
#[derive(Clone, Debug)]
struct Given {
    method: &'static str,
    path: String,
    headers: HeaderMap,
    peer: &'static str,
}

impl Given {
    fn new(method: &'static str, path: &str) -> Given {
        let given = Given {
            method,
            path: path.to_owned(),
            headers: HeaderMap::new(),
            peer: "127.0.0.1",
        };
        given.with("host", "127.0.0.1:4410")
    }

    fn with(mut self, name: &str, value: &str) -> Given {
        let name: HeaderName = name.parse().expect("a name");
        self.headers
            .insert(name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        self
    }

    fn with_all(self, fields: &[(String, String)]) -> Given {
        fields.iter().fold(self, |given, (name, value)| given.with(name, value))
    }

    fn judged(&self, rules: &Rules) -> Result<Admitted, Refusal> {
        let asked = Asked {
            method: &self.method.parse().expect("a method"),
            path: &self.path,
            headers: &self.headers,
            peer: self.peer.parse().expect("an address"),
            local: "127.0.0.1:4410",
            is_tls: false,
        };
        judge(&asked, rules)
    }

    fn code(&self, rules: &Rules) -> &'static str {
        self.judged(rules).map_or_else(|refusal| refusal.code, |_| "admitted")
    }
}

fn listing(origin: &str) -> Rules {
    Rules {
        origins: vec![origin.to_owned()],
        ..Rules::default()
    }
}

const AUDIENCES: [(&str, Audience); 3] = [
    ("anyone", Audience::Anyone),
    ("neighbours", Audience::Neighbours),
    ("self", Audience::Itself),
];

#[test]
fn every_path_has_the_audience_of_its_area() {
    for (name, audience) in AUDIENCES {
        for path in texts(&cases()["paths"][name]) {
            let found = Given::new("GET", &path).judged(&Rules::default()).expect("admitted");
            assert_eq!(found.audience, audience, "{path}");
        }
    }
}

#[test]
fn every_caller_gets_what_is_for_it_and_nothing_else() {
    let cases = cases();
    let rules = listing(cases["listedOrigin"].as_str().expect("an origin"));
    let json = [("content-type".to_owned(), "application/json".to_owned())];
    let mut count = 0;
    for caller in cases["callers"].as_array().expect("a list") {
        let name = caller["name"].as_str().expect("a name");
        let (headers, audiences) = (fields(&caller["headers"]), texts(&caller["audiences"]));
        // A link leads to what it reads only.
        let is_link = name.starts_with("a link in another page");
        for (audience, _) in AUDIENCES {
            for path in texts(&cases["paths"][audience]) {
                let may_read = audiences.iter().any(|each| each == audience);
                let may_change = audience == "anyone" || (may_read && !is_link);
                for (method, may) in [
                    ("GET", may_read),
                    ("HEAD", may_read),
                    ("POST", may_change),
                    ("PUT", may_change),
                    ("PATCH", may_change),
                    ("DELETE", may_change),
                ] {
                    let given = Given::new(method, &path).with_all(&headers).with_all(&json);
                    let expected = if may { "admitted" } else { "ORIGIN_NOT_ALLOWED" };
                    assert_eq!(given.code(&rules), expected, "{name}: {method} {path}");
                    count += 1;
                }
            }
        }
    }
    assert!(count > 5000, "{count} cases");
}

#[test]
fn frame_is_admitted_to_the_page_alone_and_only_if_some_origin_may_show_it() {
    let cases = &cases()["frames"];
    let headers = fields(&cases["headers"]);
    let framing = Rules {
        frames: vec!["https://app.example".to_owned()],
        ..Rules::default()
    };
    let framed = |method, path: &str| Given::new(method, path).with_all(&headers);
    for path in texts(&cases["page"]) {
        for method in ["GET", "HEAD"] {
            let given = framed(method, &path);
            assert_eq!(given.code(&framing), "admitted", "{method} {path}");
            assert_eq!(given.code(&Rules::default()), "ORIGIN_NOT_ALLOWED", "{method} {path}");
        }
        assert_eq!(framed("POST", &path).code(&framing), "ORIGIN_NOT_ALLOWED", "{path}");
        for other in cases["otherHeaders"].as_array().expect("a list") {
            let given = framed("GET", &path).with_all(&fields(other));
            assert_eq!(given.code(&framing), "ORIGIN_NOT_ALLOWED", "{other}");
        }
    }
    for path in texts(&cases["others"]) {
        assert_eq!(framed("GET", &path).code(&framing), "ORIGIN_NOT_ALLOWED", "{path}");
    }
}

#[test]
fn page_of_another_origin_changes_something_only_after_a_preflight() {
    let cases = cases();
    let listed = cases["listedOrigin"].as_str().expect("an origin");
    let rules = listing(listed);
    for (name, value) in [
        ("origin", "http://localhost:5173"),
        ("origin", listed),
        ("sec-fetch-site", "same-site"),
    ] {
        let from = |method| Given::new(method, "/site-media/v1/files").with(name, value);
        for simple in cases["preflight"]["simple"].as_array().expect("a list") {
            let simple = fields(simple);
            assert_eq!(
                from("POST").with_all(&simple).code(&rules),
                "PREFLIGHT_REQUIRED",
                "{simple:?}"
            );
            assert_eq!(from("GET").with_all(&simple).code(&rules), "admitted", "{simple:?}");
            let mut upload = from("POST").with_all(&simple);
            upload.path = "/upload/tus".to_owned();
            assert_eq!(upload.code(&rules), "admitted", "{simple:?}");
        }
        for asked in cases["preflight"]["preflighted"].as_array().expect("a list") {
            let given = from("POST").with_all(&fields(asked));
            assert_eq!(given.code(&rules), "admitted", "{asked}");
        }
    }
    let program = Given::new("POST", "/site-media/v1/files").with("content-type", "text/plain");
    assert_eq!(program.code(&rules), "admitted");
}

#[test]
fn only_names_of_this_machine_are_answered() {
    let cases = cases();
    let code = |host: &str, rules: &Rules| Given::new("GET", "/").with("host", host).code(rules);
    for host in texts(&cases["hosts"]["own"]) {
        assert_eq!(code(&host, &Rules::default()), "admitted", "{host}");
    }
    for host in texts(&cases["hosts"]["others"]) {
        for path in ["/", "/_wix-media/reset", "/media/a.jpg", "/site-media/v1/files"] {
            for method in ["GET", "POST", "OPTIONS"] {
                let given = Given::new(method, path).with("host", &host);
                assert_eq!(
                    given.code(&Rules::default()),
                    "HOST_NOT_ALLOWED",
                    "{method} {path} of {host}"
                );
                let own = given.with("origin", &format!("http://{host}"));
                assert_eq!(
                    own.code(&Rules::default()),
                    "HOST_NOT_ALLOWED",
                    "{method} {path} of {host}"
                );
            }
        }
    }
    for host in texts(&cases["hosts"]["invalid"]) {
        assert_eq!(code(&host, &Rules::default()), "INVALID_HOST", "{host}");
    }
    let open = Rules {
        is_open: true,
        ..Rules::default()
    };
    for host in texts(&cases["hosts"]["addresses"]) {
        assert_eq!(code(&host, &open), "admitted", "{host}");
        assert_eq!(code(&host, &Rules::default()), "HOST_NOT_ALLOWED", "{host}");
    }
    for host in texts(&cases["hosts"]["noAddresses"]) {
        assert_eq!(code(&host, &open), "HOST_NOT_ALLOWED", "{host}");
    }
    let rules = Rules {
        hosts: texts(&cases["listed"]["hosts"]),
        ..Rules::default()
    };
    for host in texts(&cases["listed"]["allowed"]) {
        assert_eq!(code(&host, &rules), "admitted", "{host}");
    }
    for host in texts(&cases["listed"]["refused"]) {
        assert_eq!(code(&host, &rules), "HOST_NOT_ALLOWED", "{host}");
    }
}

#[test]
fn two_hosts_are_refused_and_no_host_is_the_address_of_the_connection() {
    let mut given = Given::new("GET", "/");
    given.headers.append(HOST, HeaderValue::from_static("127.0.0.1:4410"));
    assert_eq!(given.code(&Rules::default()), "INVALID_HOST");
    given.headers.remove(HOST);
    assert_eq!(
        given.judged(&Rules::default()).expect("admitted").host,
        "127.0.0.1:4410"
    );
}

#[test]
fn message_says_which_option_allows_it() {
    let refusal = |given: Given| given.judged(&Rules::default()).expect_err("refused").message;
    let page = || Given::new("GET", "/");
    assert_eq!(
        refusal(page().with("host", "evil.example:4410")),
        "host not allowed: evil.example: start the server with --allow-host evil.example"
    );
    assert_eq!(
        refusal(page().with("origin", "http://evil.example")),
        "origin not allowed: http://evil.example: start the server with --allow-origin http://evil.example"
    );
    assert!(refusal(page().with("origin", &"a".repeat(5000))).len() < 600);
    assert_eq!(
        refusal(page().with_all(&fields(&cases()["frames"]["headers"]))),
        "frame not allowed: start the server with --allow-frame and the origin of the page around it"
    );
}

#[test]
fn only_named_proxies_say_host_and_scheme() {
    let rules = Rules {
        hosts: vec!["media.example".to_owned()],
        proxies: vec![Network::parse("192.0.2.7").expect("a network")],
        ..Rules::default()
    };
    let from = |peer: &'static str, host: &str, scheme: &str| Given {
        peer,
        ..Given::new("GET", "/")
            .with("x-forwarded-host", host)
            .with("x-forwarded-proto", scheme)
    };
    let found = |given: Given| {
        let found = given.judged(&rules).expect("admitted");
        (found.host, found.is_secure)
    };
    let proxied = ("media.example".to_owned(), true);
    assert_eq!(found(from("192.0.2.7", "media.example", "https")), proxied);
    assert_eq!(found(from("::ffff:192.0.2.7", "media.example", "https")), proxied);
    // The proxy appends to what its client has claimed.
    assert_eq!(
        found(from("192.0.2.7", "evil.example, media.example", "gopher, https")),
        proxied
    );
    let direct = ("127.0.0.1:4410".to_owned(), false);
    assert_eq!(found(from("192.0.2.8", "media.example", "https")), direct);
    assert_eq!(
        from("192.0.2.7", "evil.example", "https").code(&rules),
        "HOST_NOT_ALLOWED"
    );
    assert_eq!(from("192.0.2.7", "a/b", "https").code(&rules), "INVALID_HOST");
}

#[test]
fn settings_are_parsed_as_by_the_command() {
    let cases = cases();
    for text in texts(&cases["patterns"]["valid"]) {
        assert!(is_host_pattern(&text), "{text}");
    }
    for text in texts(&cases["patterns"]["invalid"]) {
        assert!(!is_host_pattern(&text), "{text}");
    }
    for pair in cases["origins"]["listed"].as_array().expect("a list") {
        let pair = texts(pair);
        assert_eq!(listed_origin(&pair[0]).as_deref(), Some(&*pair[1]));
    }
    for text in texts(&cases["origins"]["invalid"]) {
        assert_eq!(listed_origin(&text), None, "{text}");
    }
    for pair in cases["frames"]["listed"].as_array().expect("a list") {
        let pair = texts(pair);
        assert_eq!(frame_origin(&pair[0]).as_deref(), Some(&*pair[1]));
    }
    for text in texts(&cases["frames"]["invalid"]) {
        assert_eq!(frame_origin(&text), None, "{text}");
    }
    let networks = texts(&cases["proxies"]["networks"]);
    let networks: Vec<Network> = networks.iter().filter_map(|text| Network::parse(text)).collect();
    let contains = |text: &str| {
        let address = text.parse::<IpAddr>().ok();
        address.is_some_and(|address| networks.iter().any(|network| network.contains(address)))
    };
    for text in texts(&cases["proxies"]["members"]) {
        assert!(contains(&text), "{text}");
    }
    for text in texts(&cases["proxies"]["others"]) {
        assert!(!contains(&text), "{text}");
    }
    for text in texts(&cases["proxies"]["invalid"]) {
        assert_eq!(Network::parse(&text), None, "{text}");
    }
    let all = Network::parse("0.0.0.0/0").expect("a network");
    assert!(all.contains(IpAddr::from([255, 1, 2, 3])));
}

#[test]
fn judged_fields_are_named() {
    for name in texts(&cases()["judged"]["names"]) {
        assert!(is_judged(&name), "{name}");
    }
    for name in texts(&cases()["judged"]["others"]) {
        assert!(!is_judged(&name), "{name}");
    }
}

#[test]
fn uploaded_script_does_not_run_on_the_page_of_the_server() {
    let shown = |fields: &[(&str, &str)], path: &str, content_type: &str| {
        let given = fields
            .iter()
            .fold(Given::new("GET", path), |given, (name, value)| given.with(name, value));
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(content_type).expect("a value"));
        protect(&mut headers, &given.judged(&Rules::default()).expect("admitted"));
        headers
    };
    let type_of = |headers: &HeaderMap| value(headers, CONTENT_TYPE).unwrap_or_default();
    for content_type in texts(&cases()["scripts"]["types"]) {
        for (fields, is_shown) in [
            (&[("sec-fetch-site", "same-origin")][..], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("user-agent", "Mozilla/5.0 (X11)")], false),
            (
                &[("sec-fetch-site", "cross-site"), ("user-agent", "Mozilla/5.0 (X11)")],
                true,
            ),
            (&[("user-agent", "curl/8.5.0")], true),
            (&[], true),
        ] {
            let found = shown(fields, "/ugd/a.js", &content_type);
            let expected = if is_shown {
                &content_type
            } else {
                "text/plain; charset=utf-8"
            };
            assert_eq!(type_of(&found), expected, "{fields:?}");
            assert_eq!(value(&found, "x-content-type-options").as_deref(), Some("nosniff"));
            assert_eq!(value(&found, VARY).as_deref(), Some("Sec-Fetch-Site"));
        }
    }
    for content_type in texts(&cases()["scripts"]["others"]) {
        let found = shown(&[("sec-fetch-site", "same-origin")], "/ugd/a.js", &content_type);
        assert_eq!(type_of(&found), content_type);
    }
    // Those of the page itself.
    let own = shown(&[("sec-fetch-site", "same-origin")], "/main.js", "text/javascript");
    assert_eq!(type_of(&own), "text/javascript");
    assert_eq!(
        value(&own, "cross-origin-resource-policy").as_deref(),
        Some("same-origin")
    );
}

#[test]
fn listed_origin_may_read_what_only_the_owner_may() {
    let listed = "https://app.example";
    let asked = |method, path: &str| {
        let given = Given::new(method, path)
            .with("origin", listed)
            .with("access-control-request-headers", "content-type")
            .with("content-type", "application/json");
        let verdict = given.judged(&listing(listed)).expect("admitted");
        let asked = Asked {
            method: &given.method.parse().expect("a method"),
            path: &given.path,
            headers: &given.headers,
            peer: IpAddr::from([127, 0, 0, 1]),
            local: "localhost",
            is_tls: false,
        };
        let mut fields = HeaderMap::new();
        protect(&mut fields, &verdict);
        (
            preflight(&asked, &verdict),
            value(&fields, http::header::ACCESS_CONTROL_ALLOW_ORIGIN),
        )
    };
    let (answer, origin) = asked("OPTIONS", "/_wix-media/reset");
    let answer = answer.expect("an answer");
    assert_eq!(
        value(&answer, "access-control-allow-headers").as_deref(),
        Some("content-type")
    );
    assert_eq!(origin.as_deref(), Some(listed));
    assert!(asked("POST", "/_wix-media/reset").0.is_none());
    let (answer, origin) = asked("OPTIONS", "/site-media/v1/files");
    assert!(answer.is_none() && origin.is_none(), "the manager answers");
}
