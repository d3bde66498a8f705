//! Where a bucket is, and how it is reached.

use crate::room::Room;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey, Checksum};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use std::fmt;
use std::time::Duration;
use url::Url;

/// How long a connection may take to open, and a request to end.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// How often a request is tried again, and until when.
const MAX_RETRIES: usize = 3;
const RETRY_TIMEOUT: Duration = Duration::from_secs(30);

/// The memory for uploads when nothing else is set.
const DEFAULT_MEMORY: usize = 512 << 20;

/// Why settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What is wrong: `bucket`, or the name of a variable.
    pub name: &'static str,
    /// What it has to be.
    pub expected: &'static str,
    /// What it is.
    pub found: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "invalid {}: expected {}, found {}",
            self.name, self.expected, self.found
        )
    }
}

impl std::error::Error for Wrong {}

/// Where a bucket is, and how it is reached.
///
/// ```
/// use wix_media_s3::Settings;
///
/// let variables = |name: &str| match name {
///     "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("secret".to_owned()),
///     _ => None,
/// };
/// let settings = Settings::new("s3://media/site", &variables)?;
/// assert_eq!((&*settings.bucket, &*settings.prefix), ("media", "site"));
/// assert!(Settings::new("https://media.example", &variables).is_err());
/// # Ok::<(), wix_media_s3::Wrong>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The name of the bucket.
    pub bucket: String,
    /// What the names of all objects begin with, without a slash at the end. May be empty.
    pub prefix: String,
    /// The URL of the store. `None` for that of AWS.
    pub endpoint: Option<String>,
    /// The region.
    pub region: String,
    /// Whether the name of the bucket is in the path of a URL, and not in its host.
    pub path_style: bool,
    /// The URL of the store as those reach it who use [signed URLs](crate::Bucket::signed_url). `None` for the same one.
    pub public_url: Option<String>,
    /// The memory that all uploads share, also those into the buckets of clones of these settings.
    pub memory: Room,
    /// The variables `AWS_…` that say who asks.
    credentials: Vec<(AmazonS3ConfigKey, String)>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the credentials.
        out.debug_struct("Settings")
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("path_style", &self.path_style)
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}

/// The variables that are read for credentials, as `aws` itself does.
const CREDENTIALS: [(&str, AmazonS3ConfigKey); 9] = [
    ("AWS_ACCESS_KEY_ID", AmazonS3ConfigKey::AccessKeyId),
    ("AWS_SECRET_ACCESS_KEY", AmazonS3ConfigKey::SecretAccessKey),
    ("AWS_SESSION_TOKEN", AmazonS3ConfigKey::Token),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", AmazonS3ConfigKey::WebIdentityTokenFile),
    ("AWS_ROLE_ARN", AmazonS3ConfigKey::RoleArn),
    ("AWS_ROLE_SESSION_NAME", AmazonS3ConfigKey::RoleSessionName),
    (
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        AmazonS3ConfigKey::ContainerCredentialsRelativeUri,
    ),
    (
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        AmazonS3ConfigKey::ContainerCredentialsFullUri,
    ),
    (
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        AmazonS3ConfigKey::ContainerAuthorizationTokenFile,
    ),
];

impl Settings {
    /// Reads `s3://NAME/PREFIX`, and the variables `AWS_…`: `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`, `AWS_REGION` or
    /// `AWS_DEFAULT_REGION`, and those of the credentials. `variable` looks one up.
    pub fn new(bucket: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Settings, Wrong> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let invalid = || Wrong {
            name: "bucket",
            expected: "s3://NAME or s3://NAME/PREFIX",
            found: shown(bucket),
        };
        let rest = bucket.strip_prefix("s3://").ok_or_else(invalid)?;
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_end_matches('/');
        let is_name =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'_');
        let is_path = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        let steps_are_plain = prefix.is_empty()
            || prefix
                .split('/')
                .all(|step| !step.is_empty() && !matches!(step, "." | "..") && step.bytes().all(is_path));
        if !(3..=255).contains(&name.len()) || !name.bytes().all(is_name) || !steps_are_plain {
            return Err(invalid());
        }
        let endpoint = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]
            .into_iter()
            .find_map(|name| Some((name, set(name)?)))
            .map(|(name, endpoint)| check_endpoint(name, &endpoint).map(|()| endpoint))
            .transpose()?;
        let credentials = CREDENTIALS
            .iter()
            .filter_map(|(name, key)| Some((*key, set(name)?)))
            .collect();
        Ok(Settings {
            bucket: name.to_owned(),
            prefix: prefix.to_owned(),
            region: set("AWS_REGION")
                .or_else(|| set("AWS_DEFAULT_REGION"))
                .unwrap_or_else(|| "us-east-1".to_owned()),
            // Stores of one's own seldom have a name for each bucket.
            path_style: endpoint.is_some(),
            endpoint,
            public_url: None,
            memory: Room::new(DEFAULT_MEMORY),
            credentials,
        })
    }

    /// The bucket as it is written in settings.
    ///
    /// ```
    /// # use wix_media_s3::Settings;
    /// assert_eq!(Settings::new("s3://media/site/", &|_| None)?.url(), "s3://media/site");
    /// # Ok::<(), wix_media_s3::Wrong>(())
    /// ```
    pub fn url(&self) -> String {
        if self.prefix.is_empty() {
            return format!("s3://{}", self.bucket);
        }
        format!("s3://{}/{}", self.bucket, self.prefix)
    }

    /// Sets the URL of the store for signed URLs. A signature counts for one host and path, so no proxy may change them.
    ///
    /// ```
    /// # use wix_media_s3::Settings;
    /// let mut settings = Settings::new("s3://media", &|_| None)?;
    /// settings.set_public_url("https://s3.example")?;
    /// assert!(settings.set_public_url("https://s3.example/files").is_err());
    /// # Ok::<(), wix_media_s3::Wrong>(())
    /// ```
    pub fn set_public_url(&mut self, text: &str) -> Result<(), Wrong> {
        let url = Url::parse(text).ok().filter(|url| {
            let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
            is_web && url.username().is_empty() && url.password().is_none() && url.path() == "/"
        });
        if url.is_none_or(|url| url.query().is_some() || url.fragment().is_some()) {
            return Err(Wrong {
                name: "bucket-public-url",
                expected: "a URL without a path, such as https://s3.example",
                found: shown(text),
            });
        }
        self.public_url = Some(text.to_owned());
        Ok(())
    }

    /// The client that signs URLs for the public URL of the store. It makes no request.
    pub(crate) fn signer(&self) -> object_store::Result<AmazonS3> {
        self.builder_at(self.public_url.as_ref()).build()
    }

    /// The client of the store. It makes no request.
    pub(crate) fn client(&self) -> object_store::Result<AmazonS3> {
        self.builder_at(self.endpoint.as_ref()).build()
    }

    /// The client that writes whole objects. It makes no request.
    ///
    /// When a process is killed between the head of a request and its body, SeaweedFS 4.48 writes an empty object, also over a whole one. It
    /// refuses the request if its head has a digest of the body. Parts need none: an empty one is in no completed object.
    pub(crate) fn writer(&self) -> object_store::Result<AmazonS3> {
        let builder = self.builder_at(self.endpoint.as_ref());
        builder.with_checksum_algorithm(Checksum::SHA256).build()
    }

    fn builder_at(&self, endpoint: Option<&String>) -> AmazonS3Builder {
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&self.bucket)
            .with_region(&self.region)
            .with_virtual_hosted_style_request(!self.path_style)
            // One request for each object: not every store knows the other one.
            .with_disable_bulk_delete(true)
            .with_retry(RetryConfig {
                backoff: BackoffConfig {
                    max_backoff: Duration::from_secs(2),
                    ..BackoffConfig::default()
                },
                max_retries: MAX_RETRIES,
                retry_timeout: RETRY_TIMEOUT,
            })
            .with_client_options(
                ClientOptions::new()
                    .with_allow_http(true)
                    .with_connect_timeout(CONNECT_TIMEOUT)
                    .with_timeout(REQUEST_TIMEOUT),
            );
        if let Some(endpoint) = endpoint {
            let endpoint = endpoint.trim_end_matches('/');
            builder = builder.with_endpoint(match self.path_style {
                true => endpoint.to_owned(),
                false => with_host(endpoint, &self.bucket),
            });
        }
        for (key, value) in &self.credentials {
            builder = builder.with_config(*key, value);
        }
        builder
    }
}

/// A value as errors show it, without what may be credentials.
fn shown(value: &str) -> String {
    if value.contains('@') {
        return "one with credentials".to_owned();
    }
    value.to_owned()
}

fn check_endpoint(name: &'static str, endpoint: &str) -> Result<(), Wrong> {
    // Errors of requests show it.
    let has_credentials = endpoint.contains('@');
    let is_web = Url::parse(endpoint).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if is_web && !has_credentials {
        return Ok(());
    }
    Err(Wrong {
        name,
        expected: match has_credentials {
            true => "a URL such as https://s3.example, without credentials",
            false => "a URL such as https://s3.example",
        },
        found: shown(endpoint),
    })
}

/// The endpoint of a bucket whose name is in the host.
fn with_host(endpoint: &str, bucket: &str) -> String {
    match endpoint.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{bucket}.{rest}"),
        None => endpoint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bucket: &str, variables: &[(&str, &str)]) -> Result<Settings, Wrong> {
        Settings::new(bucket, &|name| {
            let found = variables.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn bucket_and_prefix_are_read() {
        for (text, bucket, prefix) in [
            ("s3://media", "media", ""),
            ("s3://media/", "media", ""),
            ("s3://my.media-1/a/b", "my.media-1", "a/b"),
            ("s3://media/a/", "media", "a"),
        ] {
            let settings = read(text, &[]).expect(text);
            assert_eq!((&*settings.bucket, &*settings.prefix), (bucket, prefix));
        }
        for text in [
            "",
            "media",
            "s3://",
            "s3://ab",
            "s3:///a",
            "s3://Media",
            "s3://media/a//b",
            "s3://media/../b",
            "s3://media/a b",
        ] {
            let message = read(text, &[]).expect_err(text).to_string();
            assert!(message.contains("expected s3://NAME"), "{message}");
        }
    }

    #[test]
    fn variables_of_s3_come_before_those_of_all_services() {
        let variables = [
            ("AWS_ENDPOINT_URL", "http://all.example"),
            ("AWS_ENDPOINT_URL_S3", "https://s3.example"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
        ];
        let settings = read("s3://media", &variables).expect("settings");
        assert_eq!(settings.endpoint.as_deref(), Some("https://s3.example"));
        assert_eq!((&*settings.region, settings.path_style), ("eu-west-1", true));
        assert!(!read("s3://media", &[]).expect("settings").path_style);
        assert!(read("s3://media", &[("AWS_ENDPOINT_URL", "s3.example")]).is_err());
    }

    #[test]
    fn name_of_the_bucket_is_in_the_host_or_in_the_path() {
        assert_eq!(
            with_host("https://s3.example:9000", "media"),
            "https://media.s3.example:9000"
        );
        let variables = [("AWS_ENDPOINT_URL", "https://s3.example")];
        let mut settings = read("s3://media", &variables).expect("settings");
        _ = rustls::crypto::ring::default_provider().install_default();
        for (path_style, expected) in [(true, "https://s3.example/media"), (false, "https://media.s3.example")] {
            settings.path_style = path_style;
            let client = format!("{:?}", settings.client().expect("a client"));
            assert!(client.contains(&format!("bucket_endpoint: \"{expected}\"")), "{client}");
        }
    }

    #[test]
    fn endpoint_with_credentials_is_refused_without_them() {
        for endpoint in [
            "https://key:hidden@s3.example",
            "ftp://key:hidden@s3.example",
            "key:hidden@s3",
        ] {
            let wrong = read("s3://media", &[("AWS_ENDPOINT_URL", endpoint)]).expect_err(endpoint);
            let message = wrong.to_string();
            assert!(
                message.ends_with("without credentials, found one with credentials"),
                "{message}"
            );
        }
    }

    #[test]
    fn bucket_and_public_url_with_credentials_are_refused_without_them() {
        let wrong = read("s3://key:hidden@media", &[]).expect_err("credentials");
        assert!(wrong.to_string().ends_with("found one with credentials"), "{wrong}");
        let mut settings = read("s3://media", &[]).expect("settings");
        let wrong = settings
            .set_public_url("https://key:hidden@s3.example")
            .expect_err("credentials");
        assert!(wrong.to_string().ends_with("found one with credentials"), "{wrong}");
    }

    #[test]
    fn credentials_are_not_shown() {
        let settings = read("s3://media", &[("AWS_SECRET_ACCESS_KEY", "hidden")]).expect("settings");
        assert!(!format!("{settings:?}").contains("hidden"));
    }
}
