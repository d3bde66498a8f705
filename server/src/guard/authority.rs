//! Names and addresses with ports, as `Host` and `Origin` carry them.

use std::net::IpAddr;

/// A name or an address, with a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Authority {
    /// In lower case, without a dot at the end.
    pub(super) name: String,
    pub(super) port: String,
}

impl Authority {
    /// Splits `name:port`. Returns `None` for any other text.
    pub(super) fn parse(text: &str) -> Option<Authority> {
        let (name, port) = if text.starts_with('[') {
            let end = text.find(']')? + 1;
            let (name, rest) = text.split_at(end);
            let inner = &name[1..end - 1];
            let is_address = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
            if inner.is_empty() || !inner.bytes().all(is_address) {
                return None;
            }
            (name, rest)
        } else {
            let end = text.find(':').unwrap_or(text.len());
            let (name, rest) = text.split_at(end);
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
            if name.is_empty() || !name.bytes().all(is_plain) {
                return None;
            }
            (name, rest)
        };
        let port = match port.strip_prefix(':') {
            Some(digits) if is_port(digits) => digits,
            None if port.is_empty() => "",
            _ => return None,
        };
        let name = name.to_ascii_lowercase();
        Some(Authority {
            name: name.strip_suffix('.').unwrap_or(&name).to_owned(),
            port: port.to_owned(),
        })
    }

    /// Whether the name always leads to this machine.
    pub(super) fn is_loopback(&self) -> bool {
        let name = &self.name;
        name == "localhost"
            || name.ends_with(".localhost")
            || name == "[::1]"
            || (name.starts_with("127.") && is_v4_text(name))
    }

    pub(super) fn is_address(&self) -> bool {
        let inner = self.name.trim_start_matches('[').trim_end_matches(']');
        inner.parse::<IpAddr>().is_ok()
    }

    pub(super) fn is_listed(&self, hosts: &[String]) -> bool {
        hosts.iter().any(|text| {
            let (is_wildcard, rest) = match text.strip_prefix('*') {
                Some(rest) => (true, rest),
                None => (false, text.as_str()),
            };
            let listed = Authority::parse(&if is_wildcard {
                format!("x{rest}")
            } else {
                rest.to_owned()
            });
            let Some(listed) = listed else { return false };
            if !listed.port.is_empty() && listed.port != self.port {
                return false;
            }
            if is_wildcard {
                self.name.ends_with(&listed.name[1..])
            } else {
                self.name == listed.name
            }
        })
    }
}

fn is_port(digits: &str) -> bool {
    (1..=5).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.parse::<u32>().is_ok_and(|port| port <= 65_535)
}

/// Whether a text has the form of an address of the fourth version, whatever its numbers are.
fn is_v4_text(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 4 && parts.iter().all(is_number)
}

/// Whether a text can be listed as a host.
pub(crate) fn is_host_pattern(text: &str) -> bool {
    let name = match text.strip_prefix("*.") {
        Some(rest) => format!("x.{rest}"),
        None => text.to_owned(),
    };
    Authority::parse(&name).is_some()
}
