//! Every call against the embedded Media Manager. Each answer is compared with what its type kept of it.

use serde::Serialize;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeSet;
use wix_media::blobs::Memory;
use wix_media::catalog::Sqlite;
use wix_media::manager::{Manager, ManualClock, Options, Parts, Request, Seeded};
use wix_media::operations::{OPERATIONS, OperationId, Output};
use wix_media::sdk::{
    Advice, BulkDeleteFiles, BulkDeleteFolders, BulkImportFile, BulkImportFiles, BulkRestoreFilesFromTrashBin,
    BulkRestoreFoldersFromTrashBin, Call, CreateFolder, Credentials, CursorPaging, Endpoint, Error, FileChanges,
    FileFilter, FileQuery, FolderChanges, FolderQuery, GenerateFileDownloadUrl, GenerateFileResumableUploadUrl,
    GenerateFileUploadUrl, GenerateFilesDownloadUrl, GenerateFolderDownloadUrl, GenerateVideoStreamingUrl,
    GetFileDescriptor, GetFileDescriptors, GetFolder, ImportFile, ListDeletedFiles, ListDeletedFolders, ListFiles,
    ListFolders, Listing, MediaType, OperationStatus, QueryFileDescriptors, QueryFolders, Response, SearchFiles,
    SearchFolders, Sorting, State, UpdateFileDescriptor, UpdateFolder, UploadProtocol,
};

const HOST: &str = "http://127.0.0.1";

/// The smallest film: a file type and an empty index.
const FILM: &[u8] = b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x08moov";

struct Site {
    manager: Manager,
    clock: ManualClock,
    endpoint: Endpoint,
    called: RefCell<BTreeSet<OperationId>>,
}

impl Site {
    fn new() -> Site {
        let clock = ManualClock::at(1_700_000_000_000);
        let manager = Manager::new(Parts {
            catalog: Box::new(Sqlite::memory().expect("a catalog")),
            blobs: Box::new(Memory::default()),
            clock: Box::new(clock.clone()),
            random: Box::new(Seeded::new(7)),
            options: Options::default(),
        });
        Site {
            manager: manager.expect("a manager"),
            clock,
            endpoint: Endpoint::new(HOST, Credentials::None),
            called: RefCell::default(),
        }
    }

    fn fetch(&self, request: Request) -> (u16, Vec<u8>) {
        let response = self.manager.handle(request);
        let body = self.manager.collect(response.body.clone()).expect("a body");
        (response.status, body)
    }

    fn send<C: Call>(&self, call: &C) -> (u16, Vec<u8>) {
        let request = self.endpoint.request(call).expect("a request");
        let target = request.url.strip_prefix(HOST).expect("a URL of the manager");
        self.called.borrow_mut().insert(C::OPERATION);
        self.fetch(Request::new(request.method, target).body(request.body.unwrap_or_default()))
    }

    /// Sends a call, and checks that its result has everything of the answer.
    fn call<C: Call<Output: Serialize>>(&self, call: &C) -> C::Output {
        let (status, body) = self.send(call);
        let result = C::receive(&Response::new(status, &body))
            .unwrap_or_else(|error| panic!("{:?}: {error}: {}", C::OPERATION, String::from_utf8_lossy(&body)));
        let mut sent: Value = serde_json::from_slice(&body).expect("JSON");
        if let Output::Member(name) = C::OPERATION.operation().output {
            sent = sent[name].take();
        }
        let kept = serde_json::to_value(&result).expect("JSON");
        if C::OPERATION.operation().output != Output::Nothing {
            assert_eq!(present(sent), present(kept), "{:?}", C::OPERATION);
        }
        result
    }

    fn refusal<C: Call>(&self, call: &C) -> Error {
        let (status, body) = self.send(call);
        C::receive(&Response::new(status, &body)).err().expect("a refusal")
    }

    fn upload(&self, mime: &str, name: &str, bytes: &[u8]) -> String {
        let call = GenerateFileUploadUrl {
            file_name: Some(name.to_owned()),
            ..GenerateFileUploadUrl::new(mime)
        };
        let url = self.call(&call).upload_url;
        let target = url.strip_prefix(HOST).expect("a URL of the manager");
        let (status, body) = self.fetch(Request::new("PUT", target).body(bytes));
        let answer: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(status, 200, "{answer}");
        // Until it is processed.
        self.clock.advance(60_000);
        answer["file"]["id"].as_str().expect("an id").to_owned()
    }
}

/// Removes what means absence: null, empty lists, and unknown sizes.
fn present(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members
                .into_iter()
                .filter(|(name, value)| !(name == "sizeInBytes" && value == "-1"))
                .map(|(name, value)| (name, present(value)))
                .filter(|(_, value)| !matches!(value, Value::Null) && value != &Value::Array(Vec::new()));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(present).collect(),
        scalar => scalar,
    }
}

fn media(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/data/corpus/media/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_call_returns_all_that_the_manager_answers() {
    let site = Site::new();

    let folder = site.call(&CreateFolder::new("Animals")).folder;
    let inner = CreateFolder {
        parent_folder_id: Some(folder.id.clone()),
        ..CreateFolder::new("Birds")
    };
    let inner = site.call(&inner).folder;
    assert_eq!((&inner.parent_folder_id, &inner.state), (&folder.id, &State::Ok));
    assert_eq!(site.call(&GetFolder::new(&folder.id)), folder);
    let changes = UpdateFolder {
        folder: FolderChanges {
            display_name: Some("Wild animals".to_owned()),
            ..FolderChanges::new(&folder.id)
        },
    };
    assert_eq!(site.call(&changes).display_name, "Wild animals");
    assert_eq!(site.call(&ListFolders::default()).folders[0].id, folder.id);
    let search = SearchFolders {
        search: Some("bird".to_owned()),
        ..SearchFolders::default()
    };
    assert_eq!(site.call(&search).folders[0].id, inner.id);
    let query = QueryFolders {
        query: FolderQuery {
            sort: vec![Sorting::ascending("displayName")],
            ..FolderQuery::default()
        },
    };
    assert_eq!(site.call(&query).folders.len(), 2);

    let picture = site.upload("image/png", "turned.png", &media("turned.png"));
    let film = site.upload("video/mp4", "film.mp4", FILM);
    let sound = site.upload("audio/mpeg", "short.mp3", &media("short.mp3"));
    let document = site.upload("application/pdf", "a.pdf", b"%PDF-1.7");
    for (mime, name, bytes) in [
        ("image/svg+xml", "plain.svg", media("plain.svg")),
        ("audio/mp4", "short.m4a", media("short.mp4")),
        (
            "application/zip",
            "a.zip",
            b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec(),
        ),
        ("model/gltf-binary", "a.glb", b"glTF\x02\0\0\0\x0c\0\0\0".to_vec()),
    ] {
        let id = site.upload(mime, name, &bytes);
        site.call(&GetFileDescriptor::new(id));
    }
    let upload = site.call(&GenerateFileResumableUploadUrl::new("video/mp4"));
    assert_eq!(upload.upload_protocol, UploadProtocol::Tus);

    let file = site.call(&GetFileDescriptor::new(&picture));
    assert_eq!(
        (&file.media_type, &file.operation_status),
        (&MediaType::Image, &OperationStatus::Ready)
    );
    assert!(file.size_in_bytes.is_some_and(|size| size > 0));
    let image = file.media.and_then(|media| media.image?.image).expect("an image");
    assert!(image.width.is_some_and(|width| width > 0));
    let kept = file.undocumented.keys().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(kept, ["internalTags", "mimeType"]);
    let files = site.call(&GetFileDescriptors::new([&film, &sound, &document])).files;
    let media = |id: &str| {
        files
            .iter()
            .find(|file| file.id == id)
            .and_then(|file| file.media.clone())
    };
    assert!(media(&film).and_then(|media| media.video).is_some());
    assert!(
        media(&sound)
            .and_then(|media| media.audio)
            .is_some_and(|audio| !audio.assets.is_empty())
    );
    assert!(media(&document).and_then(|media| media.document).is_some());
    let changes = UpdateFileDescriptor {
        file: FileChanges {
            labels: Some(vec!["water".to_owned()]),
            parent_folder_id: Some(folder.id.clone()),
            ..FileChanges::new(&document)
        },
    };
    assert_eq!(site.call(&changes).labels, ["water"]);

    let mut list = ListFiles {
        sort: Some(Sorting::ascending("displayName")),
        paging: Some(CursorPaging {
            limit: Some(4),
            cursor: None,
        }),
        ..ListFiles::default()
    };
    let mut names = Vec::new();
    loop {
        let page = site.call(&list);
        names.extend(page.files.iter().map(|file| file.display_name.clone()));
        if !list.advance(&page) {
            break;
        }
    }
    assert_eq!(
        names,
        [
            "a.glb",
            "a.zip",
            "film.mp4",
            "plain.svg",
            "short.m4a",
            "short.mp3",
            "turned.png"
        ]
    );
    let search = SearchFiles {
        search: Some("water".to_owned()),
        ..SearchFiles::default()
    };
    assert_eq!(site.call(&search).files[0].id, document);
    let query = QueryFileDescriptors {
        query: FileQuery {
            filter: FileFilter {
                media_type: vec![MediaType::Video, MediaType::Audio],
                ..FileFilter::default()
            },
            ..FileQuery::default()
        },
    };
    assert_eq!(site.call(&query).files.len(), 3);

    assert!(
        site.call(&GenerateFilesDownloadUrl::new([&picture]))
            .download_url
            .starts_with(HOST)
    );
    let links = site.call(&GenerateFileDownloadUrl::new(&picture)).download_urls;
    assert_eq!(links[0].asset_key, "src");
    assert!(
        site.call(&GenerateVideoStreamingUrl::new(&film))
            .download_url
            .url
            .starts_with(HOST)
    );
    assert!(
        site.call(&GenerateFolderDownloadUrl::new(&folder.id))
            .download_url
            .starts_with(HOST)
    );

    let source = "https://static.wixstatic.com/media/a.jpg";
    let file = site.call(&ImportFile::new(source)).file;
    assert_eq!(file.operation_status, OperationStatus::Pending);
    assert_eq!(file.size_in_bytes, None);
    let call = BulkImportFiles {
        import_file_requests: vec![ImportFile::new(source)],
    };
    assert_eq!(site.call(&call).files.len(), 1);
    let call = BulkImportFile {
        import_file_requests: vec![ImportFile::new(source), ImportFile::new("ftp://x/y")],
        return_entity: Some(true),
    };
    let results = site.call(&call);
    assert_eq!(results.results.len(), 2);
    assert_eq!(results.bulk_action_metadata.total_successes, 1);

    site.call(&BulkDeleteFiles::new([&picture, &film]));
    assert_eq!(site.call(&ListDeletedFiles::default()).files.len(), 2);
    site.call(&BulkRestoreFilesFromTrashBin::new([&picture]));
    assert_eq!(site.call(&GetFileDescriptor::new(&picture)).state, State::Ok);
    site.call(&BulkDeleteFolders::new([&folder.id]));
    assert_eq!(site.call(&ListDeletedFolders::default()).folders[0].id, folder.id);
    site.call(&BulkRestoreFoldersFromTrashBin::new([&folder.id]));
    assert_eq!(site.call(&GetFolder::new(&folder.id)).state, State::Ok);

    let called = site.called.borrow();
    let missing = OPERATIONS
        .iter()
        .filter(|row| !called.contains(&row.id))
        .map(|row| row.name);
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0], "operations that no test calls");
}

#[test]
fn refusal_has_code_status_and_fields() {
    let site = Site::new();
    let error = site.refusal(&GetFileDescriptor::new("nobody"));
    assert_eq!((error.code(), error.status()), ("RESOURCE_NOT_FOUND", Some(400)));
    assert_eq!(error.advice(), Advice::Never);
    assert!(error.to_string().ends_with("(400 RESOURCE_NOT_FOUND)"), "{error}");

    let call = ListFiles {
        paging: Some(CursorPaging {
            limit: Some(101),
            cursor: None,
        }),
        ..ListFiles::default()
    };
    let Error::Refused(refusal) = site.refusal(&call) else {
        panic!("expected a refusal");
    };
    assert_eq!(refusal.violations[0].field, "paging.limit");
    assert_eq!(refusal.violations[0].violated_rule, "MAX");
    assert_eq!(refusal.code, "INVALID_ARGUMENT");
}

#[test]
fn refusals_agree_with_those_of_the_client_in_javascript() {
    use wix_media::client::failure;
    use wix_media::client::packed::PackedOperation;
    use wix_media::client::response::ResponseHead;
    let bodies = [
        &br#"{"message":"m","details":{"applicationError":{"code":"X","description":"d","data":{"a":1}}}}"#[..],
        br#"{"message":"","details":{}}"#,
        br#"{"message":"sorry"}"#,
        br#"{"details":{"validationError":{"fieldViolations":[{"field":"b","ruleName":"R"},{"field":"a","description":"x"}]}}}"#,
        br#"{"details":{"validationError":{"fieldViolations":[{"field":"a"}]}}}"#,
        br#"{"details":{"applicationError":{}}}"#,
        b"<html>no</html>",
        b"",
    ];
    for (name, status) in [
        ("listFiles", 503),
        ("createFolder", 503),
        ("listFiles", 400),
        ("importFile", 429),
    ] {
        for body in bodies {
            let head = ResponseHead {
                status,
                status_text: "",
                request_id: Some("r"),
                content_type: None,
            };
            let packed = PackedOperation::named("files", name).or(PackedOperation::named("folders", name));
            let expected = failure::of_answer(&packed.expect("a row"), head, body);
            let expected: Value = serde_json::from_slice(&expected).expect("JSON");
            let response = Response {
                status,
                request_id: Some("r"),
                body,
            };
            let error = match name {
                "listFiles" => ListFiles::receive(&response).unwrap_err(),
                "createFolder" => CreateFolder::receive(&response).unwrap_err(),
                _ => ImportFile::receive(&response).unwrap_err(),
            };
            let text = String::from_utf8_lossy(body);
            assert_eq!(error.code(), expected["code"], "{text}");
            let advice = match error.advice() {
                Advice::Never => "never",
                Advice::Maybe => "maybe",
                Advice::After => "after",
            };
            assert_eq!(advice, expected["retry"], "{text}");
            assert_eq!(error.to_string(), expected["message"], "{text}");
        }
    }
}

#[test]
fn unreadable_result_is_an_invalid_response() {
    for body in [&b""[..], b"<html>", b"[]", br#"{"file":7}"#, br#"{"folder":{}}"#] {
        let error = ImportFile::receive(&Response::new(200, body)).unwrap_err();
        assert_eq!((error.code(), error.advice()), ("INVALID_RESPONSE", Advice::Maybe));
        let error = GetFileDescriptor::receive(&Response::new(200, body)).unwrap_err();
        assert_eq!((error.code(), error.advice()), ("INVALID_RESPONSE", Advice::After));
    }
}
