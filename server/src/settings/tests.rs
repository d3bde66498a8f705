use super::sources::Given;
use super::table::SETTINGS;
use super::*;
use std::fs;

fn settings(line: &[&str], variables: &[(&str, &str)]) -> Result<Settings, Wrong> {
    let words = ["wix-media-server", "serve"].iter().chain(line);
    let matches = command().try_get_matches_from(words).expect("a command line");
    let arguments = matches.subcommand_matches("serve").expect("serve").clone();
    let environment = |name: &str| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    read(&arguments, &environment)
}

fn wrong(line: &[&str], variables: &[(&str, &str)]) -> String {
    settings(line, variables).expect_err("a wrong setting").to_string()
}

/// A file with a text, which is removed with the value.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, text: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("wix-media-server-{name}-{}", std::process::id()));
        fs::write(&path, text).expect("a file");
        Scratch(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("a text")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.0);
    }
}

#[test]
fn flag_counts_before_environment_and_environment_before_file() {
    let file = Scratch::new(
        "order.toml",
        "data = \"in-file\"\nport = 1\nhost = \"127.0.0.3\"\nallow-host = [\"a.example\"]\nallow-private-imports = true\n",
    );
    let found = settings(
        &["--config", file.path(), "--data", "on-line"],
        &[("WIX_MEDIA_DATA", "in-environment"), ("WIX_MEDIA_PORT", "2")],
    )
    .expect("settings");
    assert_eq!(
        (found.place.directory(), found.port, &*found.host),
        (Some("on-line".as_ref()), 2, "127.0.0.3")
    );
    assert_eq!(found.rules.hosts, ["a.example", "127.0.0.3"]);
    assert!(found.allow_private_imports);
    let found = settings(&[], &[("WIX_MEDIA_CONFIG", file.path())]).expect("settings");
    assert_eq!((found.place.directory(), found.port), (Some("in-file".as_ref()), 1));
}

#[test]
fn defaults_are_those_of_the_table() {
    let found = settings(&["--data", "d"], &[("WIX_SITE_ID", "elsewhere")]).expect("settings");
    assert_eq!((&*found.host, found.port), ("127.0.0.1", 4410));
    assert_eq!(
        (found.shutdown, found.site_id, found.quota),
        (Duration::from_secs(30), None, None)
    );
    assert!(found.keys.is_empty() && !found.rules.is_open && !found.allow_private_imports);
}

#[test]
fn connections_take_three_quarters_of_the_descriptors() {
    let max = |asked: Option<&str>, descriptors| {
        let given = asked.map(|text| {
            let values = vec![text.to_owned()];
            let place = "--max-connections".to_owned();
            ("max-connections", Given { values, place })
        });
        let reader = Reader {
            given: given.into_iter().collect(),
            environment: &|_| None,
            descriptors,
        };
        reader.max_connections().map_err(|wrong| wrong.to_string())
    };
    assert_eq!(
        (max(None, None), max(None, Some(1024)), max(None, Some(65_536))),
        (Ok(1000), Ok(768), Ok(1000))
    );
    assert_eq!((max(None, Some(1)), max(Some("768"), Some(1024))), (Ok(1), Ok(768)));
    assert_eq!(
        max(Some("769"), Some(1024)).expect_err("too many"),
        "invalid --max-connections: expected at most 768 with 1024 open files (ulimit -n), found 769"
    );
    assert_eq!(max(Some("5000"), None), Ok(5000));
}

#[test]
fn keys_come_from_a_file_or_the_environment() {
    let file = Scratch::new("keys", "one\n\n two \n");
    let line = ["--data", "d", "--api-key-file", file.path()];
    let found = settings(&line, &[("WIX_API_KEY", "three")]).expect("settings");
    assert_eq!(found.keys, ["one", "two"]);
    let found = settings(&["--data", "d"], &[("WIX_API_KEY", "three"), ("WIX_SITE_ID", "s")]).expect("settings");
    assert_eq!(
        (found.keys, found.site_id.as_deref()),
        (vec!["three".to_owned()], Some("s"))
    );
    assert_eq!(
        wrong(&["--data", "d"], &[("WIX_API_KEY", " ")]),
        "WIX_API_KEY must not be empty: set a key, or unset it"
    );
    let empty = Scratch::new("no-keys", "\n");
    assert!(wrong(&["--data", "d", "--api-key-file", empty.path()], &[]).ends_with("is empty"));
}

#[test]
fn other_machines_need_a_key() {
    let line = ["--data", "d", "--host", "0.0.0.0"];
    assert_eq!(
        wrong(&line, &[]),
        "--host 0.0.0.0 lets other machines in: set WIX_API_KEY, or use --api-key-file FILE"
    );
    let found = settings(&line, &[("WIX_API_KEY", "key")]).expect("settings");
    assert!(found.rules.is_open);
    assert!(wrong(&["--data", "d", "--allow-origin", "*"], &[]).contains("lets every web page in"));
}

#[test]
fn wrong_setting_is_one_sentence_with_its_place() {
    let no_environment: &[(&str, &str)] = &[];
    for (line, variables, expected) in [
        (
            &[][..],
            no_environment,
            "no directory: use --data DIR, or set WIX_MEDIA_DATA",
        ),
        (&["--data", ""], no_environment, "--data must not be empty"),
        (
            &["--data", "d", "--port", "70000"],
            no_environment,
            "invalid --port: expected a whole number from 0 to 65535, found 70000",
        ),
        (
            &["--data", "d"],
            &[("WIX_MEDIA_PORT", "x")],
            "invalid WIX_MEDIA_PORT: expected a whole number from 0 to 65535, found x",
        ),
        (
            &["--data", "d", "--allow-host", "a/b"],
            no_environment,
            "invalid --allow-host: expected a name such as media.example or *.media.example, found a/b",
        ),
        (
            &["--data", "d", "--allow-frame", "*"],
            no_environment,
            "invalid --allow-frame: expected an origin such as https://app.example, found *",
        ),
        (
            &["--data", "d", "--trust-proxy", "10.0.0.0/33"],
            no_environment,
            "invalid --trust-proxy: expected addresses such as 127.0.0.1 or 10.0.0.0/8, found 10.0.0.0/33",
        ),
        (
            &["--data", "d", "--external-url", "https://a.example/?q"],
            no_environment,
            "invalid --external-url: expected a URL without query, fragment and user name, found https://a.example/?q",
        ),
        (
            &["--data", "d", "--log-level", "all"],
            no_environment,
            "invalid --log-level: expected error, warn, info or debug, found all",
        ),
        (
            &["--data", "d"],
            &[("WIX_MEDIA_ALLOW_PRIVATE_IMPORTS", "perhaps")],
            "invalid WIX_MEDIA_ALLOW_PRIVATE_IMPORTS: expected true or false, found perhaps",
        ),
        (
            &["--data", "d", "--max-connections", "0"],
            no_environment,
            "invalid --max-connections: expected a whole number from 1 to 1000000, found 0",
        ),
    ] {
        assert_eq!(wrong(line, variables), expected);
    }
}

#[test]
fn wrong_file_is_one_sentence() {
    for (text, expected) in [
        ("data = 5", "expected a text, found 5"),
        ("port = \"5\"", "expected a whole number, found \"5\""),
        ("allow-host = \"a\"", "expected a list of texts, found \"a\""),
        ("prot = 5", "unknown setting in"),
        ("api-key = \"secret\"", "unknown setting in"),
        ("config = \"other\"", "unknown setting in"),
        ("data = \"a\"\nport =", "line 2: "),
        ("data = \"a\"\n\n= 5", "line 3: "),
        ("= 5", "line 1: "),
    ] {
        let file = Scratch::new("wrong.toml", text);
        let found = wrong(&["--config", file.path()], &[]);
        assert!(found.contains(expected) && !found.contains('\n'), "{text}: {found}");
        assert!(!found.contains("secret"), "{found}");
    }
    assert!(wrong(&["--config", "/nowhere/at/all"], &[]).starts_with("cannot read the settings in /nowhere"));
}

#[test]
fn role_of_a_process_needs_a_database() {
    let database = ["--data", "d", "--database", "postgres://db.example/media"];
    for (text, role) in [("api", Role::Api), ("worker", Role::Worker), ("both", Role::Both)] {
        let line = [&database[..], &["--role", text]].concat();
        assert_eq!(settings(&line, &[]).expect("settings").role, role);
    }
    assert_eq!(settings(&["--data", "d"], &[]).expect("settings").role, Role::Both);
    assert_eq!(
        wrong(&["--data", "d", "--role", "worker"], &[]),
        "--role needs --database URL: a directory belongs to one process, which does both"
    );
    assert_eq!(
        wrong(&["--data", "d"], &[("WIX_MEDIA_ROLE", "all")]),
        "invalid WIX_MEDIA_ROLE: expected api, worker or both, found all"
    );
}

fn database_of(place: Place) -> DatabasePlace {
    match place.catalog {
        CatalogPlace::Database(database) => database,
        CatalogPlace::Directory(directory) => panic!("no database: {}", directory.display()),
    }
}

#[test]
fn bucket_is_part_of_the_place() {
    let bucket = [("WIX_MEDIA_BUCKET", "s3://media/site")];
    let found = settings(&["--data", "d"], &bucket).expect("settings").place;
    assert_eq!(found.directory(), Some("d".as_ref()));
    assert_eq!(found.bucket_url().as_deref(), Some("s3://media/site"));
    assert!(!found.has_database());
    assert!(wrong(&[], &bucket).starts_with("no directory: "));
    // With a database nothing is left for a directory.
    for line in [&[][..], &["--data", "d"]] {
        let line = [line, &["--database", "postgres://db.example/media"]].concat();
        let found = settings(&line, &bucket).expect("settings").place;
        assert_eq!(found.directory(), None);
        assert!(found.has_database() && found.bucket_url().is_some());
    }
    let BlobsPlace::Bucket(found) = settings(&["--data", "d", "--bucket-style", "path"], &bucket)
        .expect("settings")
        .place
        .blobs
    else {
        panic!("no bucket");
    };
    assert!(found.path_style);
}

#[test]
fn database_is_part_of_the_place() {
    let url = "postgres://user:secret@db.example/media";
    let found = settings(&["--data", "d"], &[("WIX_MEDIA_DATABASE", url)]).expect("settings");
    let database = database_of(found.place);
    assert_eq!((&*database.url, database.connections), (url, 16));
    assert!(!format!("{database:?}").contains("secret"));
    let line = ["--data", "d", "--database", url, "--database-connections", "8"];
    let found = settings(&line, &[]).expect("settings");
    assert_eq!(database_of(found.place).connections, 8);
    for wrong_url in [
        "mysql://user:secret@db.example/media",
        "postgres://user:secret@db.example:x/media",
    ] {
        let found = wrong(&["--data", "d", "--database", wrong_url], &[]);
        assert!(found.starts_with("invalid --database: expected postgres://"), "{found}");
        assert!(!found.contains("secret"), "{found}");
    }
    assert_eq!(
        wrong(&["--data", "d", "--database-connections", "9"], &[]),
        "--database-connections needs --database URL"
    );
    let few = wrong(&["--data", "d", "--database", url, "--database-connections", "7"], &[]);
    assert_eq!(
        few,
        "invalid --database-connections: expected a whole number from 8 to 1000, found 7"
    );
}

#[test]
fn documentation_lists_every_setting() {
    let page = include_str!("../../../docs/server.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `--")).collect();
    let expected: Vec<String> = SETTINGS
        .iter()
        .map(|setting| {
            let option = format!("--{} {}", setting.name, setting.value);
            let about = setting.about;
            format!("| `{}` | `{}` | {about} |", option.trim_end(), setting.variable)
        })
        .collect();
    assert_eq!(rows, expected);
}
