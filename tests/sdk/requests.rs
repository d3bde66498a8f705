//! Requests with every field set, against the operations table and against the requests of the JavaScript client.

use serde_json::{Map, Value, json};
use wix_media::client::packed::PackedOperation;
use wix_media::client::request;
use wix_media::operations::{Argument, Field, Kind, OPERATIONS, Operation};
use wix_media::sdk::{
    BulkDeleteFiles, BulkDeleteFolders, BulkImportFile, BulkImportFiles, BulkRestoreFilesFromTrashBin,
    BulkRestoreFoldersFromTrashBin, Call, ContentDisposition, CreateFolder, Credentials, CursorPaging, Endpoint, Error,
    ExternalInfo, FileChanges, FileFilter, FileQuery, FolderChanges, FolderFilter, FolderQuery,
    GenerateFileDownloadUrl, GenerateFileResumableUploadUrl, GenerateFileUploadUrl, GenerateFilesDownloadUrl,
    GenerateFolderDownloadUrl, GenerateVideoStreamingUrl, GetFileDescriptor, GetFileDescriptors, GetFolder, ImportFile,
    ListDeletedFiles, ListDeletedFolders, ListFiles, ListFolders, MediaType, QueryFileDescriptors, QueryFolders,
    Request, RootFolder, SearchFiles, SearchFolders, Sorting, State, StreamFormat, UpdateFileDescriptor, UpdateFolder,
    UploadProtocol,
};

const BASE: &str = "https://www.wixapis.com";

/// A call with every field set: its row, its members and its request.
struct Full {
    row: &'static Operation,
    fields: Map<String, Value>,
    request: Request,
}

fn full<C: Call>(call: C) -> Full {
    let Ok(Value::Object(fields)) = serde_json::to_value(&call) else {
        panic!("a call is an object");
    };
    Full {
        row: C::OPERATION.operation(),
        fields,
        request: Endpoint::wix(Credentials::None).request(&call).expect("a request"),
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn paging() -> Option<CursorPaging> {
    Some(CursorPaging {
        limit: Some(7),
        cursor: text("a+b/c="),
    })
}

fn sort() -> Option<Sorting> {
    Some(Sorting::descending("updatedDate"))
}

fn import() -> ImportFile {
    ImportFile {
        url: "https://example.com/river bank.jpg?a=1&b=2".to_owned(),
        media_type: Some(MediaType::Image),
        display_name: text("river \"bank\" 🌊.jpg"),
        parent_folder_id: text("f1"),
        private: Some(true),
        labels: vec!["water".to_owned()],
        mime_type: text("image/jpeg"),
        external_info: Some(ExternalInfo {
            origin: "crm".to_owned(),
            external_ids: vec!["7".to_owned()],
        }),
        url_params: Map::from_iter([("token".to_owned(), json!("x"))]),
        url_headers: Map::from_iter([("accept".to_owned(), json!("image/*"))]),
        file_path: text("/videos/2024"),
    }
}

/// Every call, with every field set.
fn calls() -> Vec<Full> {
    let ids = ["a~mv2.jpg", "wix:image://v1/b~mv2.jpg/b.jpg#originWidth=1"];
    vec![
        full(GenerateFilesDownloadUrl::new(ids)),
        full(GenerateFileDownloadUrl {
            file_id: ids[1].to_owned(),
            download_file_name: text("river.jpg"),
            expiration_in_minutes: Some(5),
            expiration_redirect_url: text("https://example.com/expired"),
            asset_keys: vec!["src".to_owned()],
            content_disposition: Some(ContentDisposition::Inline),
        }),
        full(GetFileDescriptor::new(ids[1])),
        full(GetFileDescriptors::new(ids)),
        full(UpdateFileDescriptor {
            file: FileChanges {
                id: ids[0].to_owned(),
                display_name: text("bank"),
                parent_folder_id: text("f2"),
                labels: Some(Vec::new()),
            },
        }),
        full(GenerateFileUploadUrl {
            mime_type: "image/jpeg".to_owned(),
            file_name: text("river.jpg"),
            size_in_bytes: Some(2_457_600),
            parent_folder_id: text("f1"),
            private: Some(false),
            labels: vec!["water".to_owned()],
            external_info: import().external_info,
            file_path: text("/a"),
        }),
        full(GenerateFileResumableUploadUrl {
            mime_type: "video/mp4".to_owned(),
            file_name: text("river.mp4"),
            size_in_bytes: Some(15_000_000_000),
            parent_folder_id: text("f1"),
            private: Some(true),
            labels: vec!["water".to_owned()],
            upload_protocol: Some(UploadProtocol::Tus),
            file_path: text("/a"),
        }),
        full(import()),
        full(BulkImportFiles {
            import_file_requests: vec![import()],
        }),
        full(BulkImportFile {
            import_file_requests: vec![import(), ImportFile::new("https://example.com/b.png")],
            return_entity: Some(false),
        }),
        full(ListFiles {
            parent_folder_id: text("f1"),
            media_types: vec![MediaType::Image, MediaType::Model3d],
            private: Some(false),
            sort: sort(),
            paging: paging(),
        }),
        full(SearchFiles {
            search: text("river & bank"),
            root_folder: Some(RootFolder::TrashRoot),
            media_types: vec![MediaType::Video],
            private: Some(true),
            sort: sort(),
            paging: paging(),
        }),
        full(GenerateVideoStreamingUrl {
            file_id: ids[0].to_owned(),
            format: Some(StreamFormat::Dash),
            expiration_in_minutes: Some(60),
        }),
        full(BulkDeleteFiles {
            permanent: Some(true),
            ..BulkDeleteFiles::new(ids)
        }),
        full(BulkRestoreFilesFromTrashBin::new(ids)),
        full(ListDeletedFiles {
            parent_folder_id: text("f1"),
            media_types: vec![MediaType::Image],
            private: Some(true),
            sort: sort(),
            paging: paging(),
        }),
        full(QueryFileDescriptors {
            query: FileQuery {
                filter: FileFilter {
                    private: Some(true),
                    media_type: vec![MediaType::Image, MediaType::Vector],
                    state: Some(State::Deleted),
                },
                sort: vec![Sorting::ascending("displayName")],
                cursor_paging: paging(),
            },
        }),
        full(CreateFolder {
            display_name: "Animals".to_owned(),
            parent_folder_id: text("f1"),
        }),
        full(GetFolder::new("f/1 ?")),
        full(ListFolders {
            parent_folder_id: text("f1"),
            sort: sort(),
            paging: paging(),
        }),
        full(SearchFolders {
            root_folder: Some(RootFolder::MediaRoot),
            sort: sort(),
            paging: paging(),
            search: text("river"),
        }),
        full(UpdateFolder {
            folder: FolderChanges {
                id: "f/1".to_owned(),
                display_name: text("Birds"),
                parent_folder_id: text("f2"),
            },
        }),
        full(GenerateFolderDownloadUrl::new("f1")),
        full(BulkDeleteFolders {
            permanent: Some(false),
            ..BulkDeleteFolders::new(["f1"])
        }),
        full(BulkRestoreFoldersFromTrashBin::new(["f1"])),
        full(ListDeletedFolders {
            parent_folder_id: text("f1"),
            sort: sort(),
            paging: paging(),
        }),
        full(QueryFolders {
            query: FolderQuery {
                filter: FolderFilter { state: Some(State::Ok) },
                sort: vec![Sorting::ascending("displayName")],
                cursor_paging: paging(),
            },
        }),
    ]
}

/// Fields of the table that the typed calls leave out, each for a reason.
const LEFT_OUT: [&str; 1] = [
    // A place to measure distances from, which files and folders have not.
    "sort.origin",
];

/// Adds the dotted names of fields to a list, those of objects and of the first item of lists too.
fn declared(prefix: &str, fields: &[Field], names: &mut Vec<String>) {
    for field in fields {
        let name = format!("{prefix}{}", field.name);
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        match field.kind {
            Kind::Object(members) => declared(&format!("{name}."), members, names),
            Kind::Objects { fields, .. } => declared(&format!("{name}.0."), fields, names),
            Kind::Query(query) => {
                let filters = query
                    .filters
                    .iter()
                    .map(|(filter, _)| format!("{name}.filter.{filter}"));
                names.extend(filters);
                for member in ["sort", "cursorPaging"] {
                    names.push(format!("{name}.{member}"));
                }
            }
            _ => names.push(name),
        }
    }
}

fn is_present(value: &Value, name: &str) -> bool {
    name.split('.')
        .try_fold(value, |value, step| {
            value.get(step).or_else(|| value.get(step.parse::<usize>().ok()?))
        })
        .is_some_and(|value| !value.is_null())
}

#[test]
fn calls_are_those_of_the_table_with_every_field() {
    let calls = calls();
    let typed: Vec<_> = calls.iter().map(|call| call.row.id).collect();
    let rows: Vec<_> = OPERATIONS.iter().map(|row| row.id).collect();
    assert_eq!(typed, rows, "calls in the order of the table");
    for call in calls {
        let mut names = Vec::new();
        for argument in call.row.arguments {
            match argument {
                Argument::Value { field, .. } => declared("", std::slice::from_ref(field), &mut names),
                Argument::Options(fields) => declared("", fields, &mut names),
            }
        }
        let value = Value::Object(call.fields);
        let missing: Vec<_> = names.iter().filter(|name| !is_present(&value, name)).collect();
        assert!(missing.is_empty(), "{} has no {missing:?}", call.row.name);
    }
}

#[test]
fn requests_are_those_of_the_client_in_javascript() {
    for call in calls() {
        let mut arguments = Map::new();
        for (at, argument) in call.row.arguments.iter().enumerate() {
            let value = match argument {
                Argument::Value { field, .. } if field.name == "folder.id" => call.fields["folder"]["id"].clone(),
                Argument::Value { field, .. } => call.fields[field.name].clone(),
                Argument::Options(fields) => {
                    let members = fields
                        .iter()
                        .map(|field| (field.name.to_owned(), call.fields[field.name].clone()));
                    Value::Object(members.collect())
                }
            };
            arguments.insert(at.to_string(), value);
        }
        let packed = PackedOperation::named(call.row.group.name(), call.row.name).expect("a row");
        let expected =
            request::build(&packed, Value::Object(arguments).to_string().as_bytes(), BASE).expect("a request");
        let name = call.row.name;
        assert_eq!(call.request.method, expected.verb.name(), "{name}");
        let parameters = |url: &str| {
            let (path, query) = url.split_once('?').unwrap_or((url, ""));
            let mut parameters: Vec<_> = query.split('&').map(str::to_owned).collect();
            parameters.sort();
            (path.to_owned(), parameters)
        };
        assert_eq!(parameters(&call.request.url), parameters(&expected.url), "{name}");
        let json = |body: Option<&str>| body.map(|body| serde_json::from_str::<Value>(body).expect("JSON"));
        assert_eq!(
            json(call.request.body.as_deref()),
            json(expected.body.as_deref()),
            "{name}"
        );
    }
}

#[test]
fn empty_id_in_the_path_is_refused_before_sending() {
    let endpoint = Endpoint::wix(Credentials::None);
    let error = endpoint.request(&GetFolder::new("")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid folderId: expected an id, found an empty text"
    );
    assert_eq!(error.code(), "INVALID_ARGUMENT");
    let changes = UpdateFolder {
        folder: FolderChanges::new(""),
    };
    assert!(matches!(endpoint.request(&changes), Err(Error::InvalidArgument { field, .. }) if field == "folder.id"));
}

#[test]
fn credentials_are_sent_and_never_shown() {
    let headers = |credentials: Credentials| {
        let endpoint = Endpoint::new("http://127.0.0.1:4410///", credentials);
        let request = endpoint.request(&GetFolder::new("f1")).expect("a request");
        assert_eq!(
            request.url,
            "http://127.0.0.1:4410/site-media/v1/folders/f1?folderId=f1"
        );
        for shown in [format!("{request:?}"), format!("{endpoint:?}")] {
            assert!(!shown.contains("secret"), "{shown}");
        }
        request.headers
    };
    assert_eq!(headers(Credentials::None), []);
    assert_eq!(
        headers(Credentials::Token("secret".to_owned())),
        [("authorization", "secret".to_owned())]
    );
    let key = Credentials::ApiKey {
        key: "secret".to_owned(),
        site_id: "s1".to_owned(),
    };
    assert_eq!(
        headers(key),
        [("authorization", "secret".to_owned()), ("wix-site-id", "s1".to_owned())]
    );
}
