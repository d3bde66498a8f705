//! Where traces are sent.

use super::Wrong;
use super::reader::Reader;
use url::Url;

/// The path of traces below an endpoint.
const PATH: &str = "v1/traces";

/// The variables of the environment that every program with OpenTelemetry reads. The first names the address of traces itself.
const TRACES_VARIABLE: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const ENDPOINT_VARIABLE: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

impl Reader<'_> {
    /// The address of traces. The own setting takes precedence over the variables that all programs read.
    pub(super) fn traces(&self) -> Result<Option<Url>, Wrong> {
        if let Some(text) = self.text("otlp-endpoint")? {
            return below(&text, &self.place("otlp-endpoint")).map(Some);
        }
        // Empty means unset, as OpenTelemetry says.
        let given = |name: &str| (self.environment)(name).filter(|text| !text.trim().is_empty());
        if let Some(text) = given(TRACES_VARIABLE) {
            return endpoint(&text, TRACES_VARIABLE).map(Some);
        }
        let text = given(ENDPOINT_VARIABLE);
        text.map(|text| below(&text, ENDPOINT_VARIABLE)).transpose()
    }
}

/// The address of traces below an endpoint.
fn below(text: &str, place: &str) -> Result<Url, Wrong> {
    let mut url = endpoint(text, place)?;
    let path = format!("{}/{PATH}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

fn endpoint(text: &str, place: &str) -> Result<Url, Wrong> {
    let url = Url::parse(text.trim()).ok();
    let is_plain = |url: &Url| {
        let has_user = !url.username().is_empty() || url.password().is_some();
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && !has_user
            && url.query().is_none()
            && url.fragment().is_none()
    };
    // Not the text itself, which may contain a password.
    url.filter(is_plain).ok_or_else(|| {
        Wrong(format!(
            "invalid {place}: expected http:// or https:// and a host, without user name, query and fragment, such as http://127.0.0.1:4318"
        ))
    })
}
