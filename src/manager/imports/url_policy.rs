//! The URLs that may be imported (`docs/contract/uploads-and-downloads.md#s4-2`).
//!
//! An import makes this machine fetch a URL of the caller's choice, so the check is stricter than a browser: it refuses
//! every URL that two parsers could read differently, such as numeric forms of addresses and characters that browsers
//! drop. The tests compare it with the `url` crate.

use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The limits that a host applies when it fetches imports.
///
/// ```
/// use wix_media::manager::IMPORT_RULES;
///
/// assert!(IMPORT_RULES.first_byte_ms < IMPORT_RULES.total_ms);
/// assert!(IMPORT_RULES.dropped_headers.contains(&"host"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportRules {
    /// The maximum milliseconds from the first attempt to the last byte.
    pub total_ms: u32,
    /// The maximum milliseconds until the first byte.
    pub first_byte_ms: u32,
    /// The maximum number of redirects. Check each of them with [`check_import_url`].
    pub redirects: u32,
    /// Headers that calls cannot set, in lower case.
    pub dropped_headers: &'static [&'static str],
}

/// The limits of this version.
///
/// ```
/// assert_eq!(wix_media::manager::IMPORT_RULES.redirects, 5);
/// ```
pub const IMPORT_RULES: ImportRules = ImportRules {
    total_ms: 60_000,
    first_byte_ms: 20_000,
    redirects: 5,
    dropped_headers: &["host", "content-length", "connection", "transfer-encoding"],
};

impl ImportRules {
    pub(crate) fn to_json(self) -> Value {
        json!({
            "totalMs": self.total_ms,
            "firstByteMs": self.first_byte_ms,
            "redirects": self.redirects,
            "droppedHeaders": self.dropped_headers,
        })
    }
}

/// The reason why a URL is refused.
///
/// ```
/// use wix_media::manager::{UnfitUrl, check_import_url};
///
/// match check_import_url("ftp://example.com/a.jpg", false) {
///     Ok(origin) => println!("fetch from {origin}"),
///     Err(UnfitUrl::Malformed(expected)) => println!("the URL {expected}"),
///     Err(UnfitUrl::Private) => println!("the address is not public"),
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnfitUrl {
    /// It is not a plain web URL. The text says what was expected.
    Malformed(&'static str),
    /// It names this machine, its network, or an address that is not public.
    Private,
}

/// Checks a URL and returns its origin.
///
/// Check the URL of an import and of each redirect, and drop credentials and headers when the origin changes.
/// `allow_private` accepts addresses of this machine and its network, for tests.
///
/// ```
/// use wix_media::manager::{UnfitUrl, check_import_url};
///
/// assert_eq!(check_import_url("https://Example.com/a.jpg", false).unwrap(), "https://example.com:443");
/// assert_eq!(check_import_url("http://[::1]/a.jpg", false), Err(UnfitUrl::Private));
/// assert_eq!(check_import_url("http://[::1]/a.jpg", true).unwrap(), "http://[::1]:80");
/// assert!(matches!(check_import_url("file:///etc/passwd", true), Err(UnfitUrl::Malformed(_))));
/// ```
pub fn check_import_url(url: &str, allow_private: bool) -> Result<String, UnfitUrl> {
    let malformed = |text| Err(UnfitUrl::Malformed(text));
    if url.contains(|character: char| character.is_control() || character.is_whitespace() || character == '\\') {
        return malformed("must be free of white space, control characters and backslashes");
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return malformed("must be a URL that begins with http:// or https://");
    };
    let scheme = scheme.to_ascii_lowercase();
    let usual_port = match scheme.as_str() {
        "http" => 80,
        "https" => 443,
        _ => return malformed("must be a URL that begins with http:// or https://"),
    };
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    if authority.contains('@') {
        return malformed("must be free of credentials");
    }
    let (host, port) = match authority.find(']') {
        Some(end) => (&authority[..=end], &authority[end + 1..]),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => Some(usual_port),
        None => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse::<u16>().ok(),
        Some(_) => None,
    };
    let Some(port) = port else {
        return malformed("must have a port that is a number, or none");
    };
    let host = host.to_ascii_lowercase();
    let address = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => match inner.parse::<Ipv6Addr>() {
            Ok(address) => Some(IpAddr::V6(address)),
            Err(_) => return malformed("must have a host that is a name or an address"),
        },
        None => match named_host(&host) {
            Some(address) => address.map(IpAddr::V4),
            None => return malformed("must have a host of letters, digits, dots and hyphens, or an address"),
        },
    };
    let local = host.trim_end_matches('.');
    let is_local = local == "localhost" || local.ends_with(".localhost");
    if !allow_private && (is_local || address.is_some_and(is_private_address)) {
        return Err(UnfitUrl::Private);
    }
    let host = address.map_or(host, |address| match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    });
    Ok(format!("{scheme}://{host}:{port}"))
}

/// Checks a host name, and returns the address if it is one. Returns `None` for an invalid name.
///
/// Browsers read a name whose last part is a number as an address, in many notations. Only the dotted decimal one is
/// accepted here.
fn named_host(host: &str) -> Option<Option<Ipv4Addr>> {
    let name = host.strip_suffix('.').unwrap_or(host);
    let plain = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if name.len() > 253 || !name.split('.').all(plain) {
        return None;
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(last) || last.starts_with("0x") {
        return name.parse().ok().filter(|_| name == host).map(Some);
    }
    // Invalid Punycode fails when the name is resolved.
    Some(None)
}

/// Returns whether an address is not public: private, loopback, link-local, shared, documentation, multicast and
/// reserved ones, and IPv6 addresses that embed such an IPv4 address. Text that is not an address counts as private.
///
/// Check every address that a name resolves to, and connect to the checked address itself: a second lookup could return
/// another one.
///
/// ```
/// use wix_media::manager::is_private;
///
/// assert!(is_private("10.0.0.1") && is_private("fe80::1") && is_private("::ffff:10.0.0.1"));
/// assert!(!is_private("93.184.215.14") && !is_private("2606:2800:21f:cb07:6820:80da:af6b:8b2c"));
/// ```
pub fn is_private(address: &str) -> bool {
    let bare = address.split('%').next().unwrap_or_default();
    bare.parse().map_or(true, is_private_address)
}

fn is_private_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => is_private_v6(address),
    }
}

/// The registry of special-purpose IPv4 addresses, each as bits and length of its prefix.
const PRIVATE_V4: [(u32, u32); 17] = [
    (0x0000_0000, 8),  // this network
    (0x0a00_0000, 8),  // private
    (0x6440_0000, 10), // shared by carriers
    (0x7f00_0000, 8),  // loopback
    (0xa9fe_0000, 16), // link-local, metadata services of clouds among them
    (0xa83f_8110, 32), // the host of a machine on Azure, with its metadata
    (0xac10_0000, 12), // private
    (0xc000_0000, 24), // protocol assignments
    (0xc000_0200, 24), // documentation
    (0xc034_c100, 24), // AMT
    (0xc058_6300, 24), // former relays of 6to4
    (0xc0a8_0000, 16), // private
    (0xc612_0000, 15), // benchmarks
    (0xc633_6400, 24), // documentation
    (0xcb00_7100, 24), // documentation
    (0xe000_0000, 4),  // multicast
    (0xf000_0000, 4),  // reserved, broadcast
];

fn is_private_v4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    let within = |&(prefix, length): &(u32, u32)| (bits ^ prefix) >> (32 - length) == 0;
    PRIVATE_V4.iter().any(within)
}

/// The prefixes in 2000::/3 that are not public. All other addresses outside 2000::/3 are private.
const PRIVATE_V6: [(u128, u32); 4] = [
    (0x2001_0000 << 96, 23), // protocol assignments, Teredo among them
    (0x2001_0db8 << 96, 32), // documentation
    (0x2002_0000 << 96, 16), // 6to4
    (0x3fff_0000 << 96, 20), // documentation
];

fn is_private_v6(address: Ipv6Addr) -> bool {
    let bits = u128::from(address);
    // NAT64: this prefix embeds an IPv4 address.
    if bits >> 32 == 0x0064_ff9b << 64 {
        return is_private_v4(Ipv4Addr::from(bits as u32));
    }
    let within = |&(prefix, length): &(u128, u32)| (bits ^ prefix) >> (128 - length) == 0;
    bits >> 125 != 1 || PRIVATE_V6.iter().any(within)
}

/// Adds parameters to the query of a URL and removes its fragment. Values become text, and a list repeats the name.
pub(crate) fn with_parameters(url: &str, parameters: &[(String, String)]) -> String {
    let mut full = url.split('#').next().unwrap_or_default().to_owned();
    for (name, value) in parameters {
        let mut pair = Vec::new();
        crate::wire::uri::push_component(&mut pair, name.as_bytes());
        pair.push(b'=');
        crate::wire::uri::push_component(&mut pair, value.as_bytes());
        let glue = match (full.contains('?'), full.ends_with(['?', '&'])) {
            (false, _) => "?",
            (true, true) => "",
            (true, false) => "&",
        };
        full.push_str(glue);
        full.push_str(&String::from_utf8_lossy(&pair));
    }
    full
}

/// Converts the members of a free-form object to pairs of texts. `null` is left out.
pub(crate) fn pairs(object: Option<&Value>) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let members = object.and_then(Value::as_object).into_iter().flatten();
    let mut pairs = Vec::new();
    for (name, value) in members {
        let values = match value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        pairs.extend(values.iter().filter_map(|value| Some((name.clone(), text(value)?))));
    }
    pairs
}

/// Returns the file name in a URL: the last part of its path, decoded, or else its host.
pub(crate) fn name_in(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = path.split_once('/').unwrap_or((path, ""));
    let last = path.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
    let decoded = crate::wire::uri::decode_component(last.as_bytes());
    let name = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let name = name.unwrap_or_else(|| last.to_owned());
    if name.trim().is_empty() { host.to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn check_import_url_accepts_only_plain_web_urls() {
        for url in [
            "",
            "a",
            "ftp://h/a",
            "javascript:alert(1)",
            "http:/h/a",
            "http:h",
            "//h/a",
            "http://",
            "http:///a",
            "http://u@h/a",
            "http://u:p@h/a",
            "http://h\\@i/a",
            "http://h:99999/a",
            "http://h:x/a",
            "http://h:-1/",
            "http://h a/",
            " http://h/",
            "http://h/\na",
            "http://h..i/",
            "http://.h/",
            "http://%31/",
            "http://h%2ei/",
            "http://[::1/",
            "http://[::1%25lo]/",
            "http://[::1]x/",
            "http://１２７.0.0.1/",
            "http://127.1/",
            "http://0x7f.0.0.1/",
            "http://0x7f000001/",
            "http://2130706433/",
            "http://0177.0.0.1/",
            "http://127.0.0.1./",
            "http://1.2.3.4.5/",
            "http://h.9/",
        ] {
            assert!(
                matches!(check_import_url(url, true), Err(UnfitUrl::Malformed(_))),
                "{url}"
            );
        }
        for (url, origin) in [
            ("HTTPS://Example.COM", "https://example.com:443"),
            ("http://example.com.:8080?x@y", "http://example.com.:8080"),
            ("https://a_b.c-d/@:/ünder#x", "https://a_b.c-d:443"),
            ("http://93.184.215.14/", "http://93.184.215.14:80"),
            ("http://[2606:2800::0001]:81/", "http://[2606:2800::1]:81"),
        ] {
            assert_eq!(check_import_url(url, false).as_deref(), Ok(origin), "{url}");
        }
    }

    #[test]
    fn check_import_url_refuses_private_addresses() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "4000::1",
            "fe80::1%eth0",
            "nonsense",
            "",
        ] {
            assert!(is_private(address), "{address}");
        }
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "128.0.0.1",
            "169.253.1.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.1.1",
            "198.17.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2600::1",
            "2001:4860:4860::8888",
            "64:ff9b::8.8.8.8",
        ] {
            assert!(!is_private(address), "{address}");
        }
        for url in [
            "http://localhost",
            "http://a.LOCALHOST./",
            "http://10.0.0.1/a",
            "http://[fd00::1]/",
        ] {
            assert_eq!(check_import_url(url, false), Err(UnfitUrl::Private), "{url}");
            assert!(check_import_url(url, true).is_ok(), "{url}");
        }
    }

    proptest! {
        /// Every accepted URL has the same host and port for the `url` crate.
        #[test]
        fn accepted_url_has_the_same_origin_for_the_url_crate(
            scheme in "(http|https|HTTP|hTtPs|ftp|)", colon in "(://|:/|:|:///)",
            authority in r"([a-z0-9.@:\[\]%x_-]{0,12}|[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|0x[0-9a-f]{1,8}|\[[0-9a-f:]{2,12}\]|.{0,8})",
            tail in r"([/?#\\].{0,10}|)",
        ) {
            let url = format!("{scheme}{colon}{authority}{tail}");
            if let Ok(origin) = check_import_url(&url, true) {
                let parsed = url::Url::parse(&url);
                // Punycode can still be invalid.
                prop_assert!(parsed.is_ok() || authority.contains("xn--"), "{}", url);
                if let Ok(parsed) = parsed {
                    let theirs = format!(
                        "{}://{}:{}", parsed.scheme(), parsed.host_str().unwrap_or(""),
                        parsed.port_or_known_default().unwrap_or(0)
                    );
                    prop_assert_eq!(theirs, origin, "{}", url);
                    prop_assert_eq!(parsed.username(), "");
                }
            }
        }
    }

    #[test]
    fn with_parameters_extends_the_query() {
        let parameters = pairs(Some(
            &json!({ "a": [1, "two words", null], "b": true, "c": null, "d&": { "x": 1 } }),
        ));
        assert_eq!(
            with_parameters("https://h/a.jpg?q=1#top", &parameters),
            "https://h/a.jpg?q=1&a=1&a=two%20words&b=true&d%26=%7B%22x%22%3A1%7D"
        );
        assert_eq!(with_parameters("https://h", &parameters[..1]), "https://h?a=1");
        assert_eq!(with_parameters("https://h/?", &parameters[..1]), "https://h/?a=1");
    }

    #[test]
    fn name_in_returns_last_segment_or_host() {
        for (url, name) in [
            ("https://h/photos/r%C3%A9sum%C3%A9.pdf?x=/y#z", "résumé.pdf"),
            ("https://h/photos/", "photos"),
            ("https://h:80/", "h:80"),
            ("https://h", "h"),
            ("https://h/%zz", "%zz"),
            ("https://h/%20", "h"),
        ] {
            assert_eq!(name_in(url), name, "{url}");
        }
    }
}
