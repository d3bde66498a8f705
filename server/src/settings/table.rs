//! The table of settings, which `docs/server.md` lists too.

/// What the value of a setting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One text.
    Text,
    /// Texts: repeated on the command line, separated by commas in the environment, a list in the file.
    List,
    /// `true` or `false`. On the command line its name alone says `true`.
    Switch,
    /// A whole number.
    Number,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    /// The name in the file, and with `--` in front the option.
    pub(crate) name: &'static str,
    /// The variable of the environment. Empty for none.
    pub(crate) variable: &'static str,
    pub(crate) kind: Kind,
    /// The placeholder of the value, such as `DIR`.
    pub(crate) value: &'static str,
    /// What it means, and in brackets the default.
    pub(crate) about: &'static str,
}

/// A row. Names and variables are spelled out, so that a search finds them.
const fn row(
    name: &'static str,
    variable: &'static str,
    kind: Kind,
    value: &'static str,
    about: &'static str,
) -> Setting {
    Setting {
        name,
        variable,
        kind,
        value,
        about,
    }
}

/// All settings.
pub(crate) const SETTINGS: &[Setting] = &[
    row(
        "config",
        "WIX_MEDIA_CONFIG",
        Kind::Text,
        "FILE",
        "a TOML file with settings, by these names",
    ),
    row(
        "data",
        "WIX_MEDIA_DATA",
        Kind::Text,
        "DIR",
        "the directory that holds everything, or what is in no database and no bucket; created if it is missing",
    ),
    row(
        "database",
        "WIX_MEDIA_DATABASE",
        Kind::Text,
        "URL",
        "keep the catalog in this PostgreSQL, for several processes: postgres://USER:PASSWORD@HOST/NAME (in the directory)",
    ),
    row(
        "database-connections",
        "WIX_MEDIA_DATABASE_CONNECTIONS",
        Kind::Number,
        "N",
        "the most connections of this process to the database (16)",
    ),
    row(
        "audit-days",
        "WIX_MEDIA_AUDIT_DAYS",
        Kind::Number,
        "N",
        "with a database: for how many days records of changes are kept; 0 for no records (30)",
    ),
    row(
        "role",
        "WIX_MEDIA_ROLE",
        Kind::Text,
        "ROLE",
        "with a database: api answers calls, worker fetches imports, sends webhooks and sweeps, both does both (both)",
    ),
    row(
        "bucket",
        "WIX_MEDIA_BUCKET",
        Kind::Text,
        "URL",
        "keep the bytes of files in this bucket, s3://NAME or s3://NAME/PREFIX (in the directory)",
    ),
    row(
        "bucket-style",
        "WIX_MEDIA_BUCKET_STYLE",
        Kind::Text,
        "STYLE",
        "path or host: where the name of the bucket is in URLs (path with an AWS_ENDPOINT_URL, else host)",
    ),
    row(
        "bucket-public-url",
        "WIX_MEDIA_BUCKET_PUBLIC_URL",
        Kind::Text,
        "URL",
        "the URL of the store as callers reach it, for redirects (that of the server)",
    ),
    row(
        "downloads",
        "WIX_MEDIA_DOWNLOADS",
        Kind::Text,
        "MODE",
        "proxy: the server sends the bytes of files; redirect: callers get large files from the bucket (proxy)",
    ),
    row(
        "host",
        "WIX_MEDIA_HOST",
        Kind::Text,
        "HOST",
        "the address to listen on; other machines need a key (127.0.0.1)",
    ),
    row(
        "port",
        "WIX_MEDIA_PORT",
        Kind::Number,
        "N",
        "the port; 0 for any free one (4410)",
    ),
    row(
        "admin-port",
        "WIX_MEDIA_ADMIN_PORT",
        Kind::Number,
        "N",
        "a second port, for metrics and probes; 0 for any free one (none)",
    ),
    row(
        "admin-host",
        "WIX_MEDIA_ADMIN_HOST",
        Kind::Text,
        "HOST",
        "the address of the admin port, which needs no key (127.0.0.1)",
    ),
    row(
        "admin-tls",
        "WIX_MEDIA_ADMIN_TLS",
        Kind::Switch,
        "",
        "answer at the admin port over TLS too, with the same certificate (no TLS)",
    ),
    row(
        "tls-cert",
        "WIX_MEDIA_TLS_CERT",
        Kind::Text,
        "FILE",
        "answer over TLS with this certificate chain, as PEM; SIGHUP reads it again (no TLS)",
    ),
    row(
        "tls-key",
        "WIX_MEDIA_TLS_KEY",
        Kind::Text,
        "FILE",
        "the private key of the certificate, as PEM",
    ),
    row(
        "api-key-file",
        "WIX_MEDIA_API_KEY_FILE",
        Kind::Text,
        "FILE",
        "require one of the keys in this file, one a line (the key in WIX_API_KEY)",
    ),
    row(
        "site-id",
        "WIX_SITE_ID",
        Kind::Text,
        "ID",
        "the id of the site; the variable counts only with a key or a database",
    ),
    row(
        "page",
        "WIX_MEDIA_PAGE",
        Kind::Text,
        "DIR",
        "the folder of the npm package: serve its page at /, and its files at /wix-media/ (no page)",
    ),
    row(
        "external-url",
        "WIX_MEDIA_EXTERNAL_URL",
        Kind::Text,
        "URL",
        "the beginning of URLs in answers (the host of the request)",
    ),
    row(
        "allow-host",
        "WIX_MEDIA_ALLOW_HOST",
        Kind::List,
        "NAME",
        "answer under this name too; repeatable (names of this machine)",
    ),
    row(
        "allow-origin",
        "WIX_MEDIA_ALLOW_ORIGIN",
        Kind::List,
        "ORIGIN",
        "let pages of this origin call; repeatable (pages of this machine)",
    ),
    row(
        "allow-frame",
        "WIX_MEDIA_ALLOW_FRAME",
        Kind::List,
        "ORIGIN",
        "let pages of this origin show the page in a frame; repeatable (none)",
    ),
    row(
        "trust-proxy",
        "WIX_MEDIA_TRUST_PROXY",
        Kind::List,
        "ADDRESS",
        "believe X-Forwarded headers of this proxy; repeatable",
    ),
    row(
        "allow-private-imports",
        "WIX_MEDIA_ALLOW_PRIVATE_IMPORTS",
        Kind::Switch,
        "",
        "allow imports from private addresses",
    ),
    row(
        "webhook",
        "WIX_MEDIA_WEBHOOK",
        Kind::List,
        "URL",
        "send signed events to this address; repeatable (none)",
    ),
    row(
        "webhook-event",
        "WIX_MEDIA_WEBHOOK_EVENT",
        Kind::List,
        "NAME",
        "send events of this name only, such as file_ready; repeatable (all)",
    ),
    row(
        "quota",
        "WIX_MEDIA_QUOTA",
        Kind::Number,
        "BYTES",
        "the total size of all files (no limit)",
    ),
    row(
        "requests-per-minute",
        "WIX_MEDIA_REQUESTS_PER_MINUTE",
        Kind::Number,
        "N",
        "the calls of one caller within 60 seconds (no limit)",
    ),
    row(
        "max-connections",
        "WIX_MEDIA_MAX_CONNECTIONS",
        Kind::Number,
        "N",
        "the most connections at once (1000, or 3/4 of the open files that ulimit -n allows)",
    ),
    row(
        "shutdown-seconds",
        "WIX_MEDIA_SHUTDOWN_SECONDS",
        Kind::Number,
        "N",
        "how long requests may take after a signal (30)",
    ),
    row(
        "log-level",
        "WIX_MEDIA_LOG_LEVEL",
        Kind::Text,
        "LEVEL",
        "error, warn, info or debug; each request is logged at info (info)",
    ),
    row(
        "log-format",
        "WIX_MEDIA_LOG_FORMAT",
        Kind::Text,
        "FORMAT",
        "text or json, one event a line (text)",
    ),
    row(
        "otlp-endpoint",
        "WIX_MEDIA_OTLP_ENDPOINT",
        Kind::Text,
        "URL",
        "send traces to this collector by OTLP over HTTP, at /v1/traces below the URL (OTEL_EXPORTER_OTLP_ENDPOINT, or no traces)",
    ),
];

/// The variable that holds a key, as for the command `wix-media`. Keys are not in the table: a command line is visible to other
/// users of the machine, and a file of settings is often in version control.
pub(crate) const KEY_VARIABLE: &str = "WIX_API_KEY";

/// The variables of the environment that count.
pub(crate) fn variables() -> impl Iterator<Item = &'static str> {
    let of_settings = SETTINGS.iter().map(|setting| setting.variable);
    of_settings.filter(|name| !name.is_empty()).chain([KEY_VARIABLE])
}
