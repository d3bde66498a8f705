//! Results have the members that the package declares for JavaScript.

use serde::Serialize;
use std::collections::BTreeSet;
use wix_media::operations::{OPERATIONS, Output};
use wix_media::sdk;

const DECLARATIONS: [&str; 6] = [
    include_str!("../../pkg-template/types/files/descriptor.d.ts"),
    include_str!("../../pkg-template/types/files/bulk.d.ts"),
    include_str!("../../pkg-template/types/files/options.d.ts"),
    include_str!("../../pkg-template/types/files/refusals.d.ts"),
    include_str!("../../pkg-template/types/folders/folder.d.ts"),
    include_str!("../../pkg-template/types/folders/options.d.ts"),
];
const PAGING: &str = include_str!("../../pkg-template/types/shared/paging.d.ts");

/// Returns the names of an interface's members, as REST spells them.
fn members(name: &str) -> Option<BTreeSet<String>> {
    let opening = format!("export interface {name} {{\n");
    let text = DECLARATIONS
        .iter()
        .chain([&PAGING])
        .find_map(|text| text.split_once(&opening))?
        .1;
    let names = text
        .lines()
        .take_while(|line| *line != "}")
        .filter_map(|line| line.strip_prefix("  ")?.split_once(':'))
        .map(|(name, _)| name.trim_end_matches('?'))
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
        .map(|name| name.trim_start_matches('_').to_owned());
    Some(names.collect())
}

/// Returns the declared members that a type lacks.
fn missing<T: Serialize + Default>(name: &str) -> Vec<String> {
    let value = serde_json::to_value(T::default()).expect("JSON");
    let declared = members(name).unwrap_or_else(|| panic!("no interface {name}"));
    assert!(!declared.is_empty(), "no members of {name}");
    let lacking = declared.into_iter().filter(|member| value.get(member).is_none());
    lacking.map(|member| format!("{name}.{member}")).collect()
}

#[test]
fn results_have_every_declared_member() {
    // Videos, documents and renditions of sounds are `wix:` strings in JavaScript; tests against the manager compare those.
    let missing = [
        missing::<sdk::FileDescriptor>("FileDescriptor"),
        missing::<sdk::Identity>("IdentityInfo"),
        missing::<sdk::FileMedia>("FileMedia"),
        missing::<sdk::ImageMedia>("ImageMedia"),
        missing::<sdk::Colors>("Colors"),
        missing::<sdk::Color>("Color"),
        missing::<sdk::Rgb>("ColorRGB"),
        missing::<sdk::Face>("FaceRecognition"),
        missing::<sdk::VideoResolution>("VideoResolution"),
        missing::<sdk::Audio>("AudioV2"),
        missing::<sdk::Archive>("Archive"),
        missing::<sdk::Model3d>("Model3D"),
        missing::<sdk::Folder>("Folder"),
        missing::<sdk::ItemMetadata>("ItemMetadata"),
        missing::<sdk::BulkActionMetadata>("BulkActionMetadata"),
        missing::<sdk::ApplicationError>("ApplicationError"),
        missing::<sdk::BulkImportFileResult>("BulkImportFileResult"),
        missing::<sdk::DownloadUrl>("DownloadUrl"),
        missing::<sdk::PagingMetadata>("PagingMetadataV2"),
        missing::<sdk::Cursors>("Cursors"),
        missing::<sdk::ZipUrl>("GenerateFilesDownloadUrlResponse"),
        missing::<sdk::DownloadUrls>("GenerateFileDownloadUrlResponse"),
        missing::<sdk::FileResults>("GetFileDescriptorsResponse"),
        missing::<sdk::UploadUrl>("GenerateFileUploadUrlResponse"),
        missing::<sdk::ResumableUpload>("GenerateFileResumableUploadUrlResponse"),
        missing::<sdk::FileResult>("ImportFileResponse"),
        missing::<sdk::FileResults>("BulkImportFilesResponse"),
        missing::<sdk::BulkImportResults>("BulkImportFileResponse"),
        missing::<sdk::FilesPage>("ListFilesResponse"),
        missing::<sdk::FilesPage>("SearchFilesResponse"),
        missing::<sdk::StreamUrl>("GenerateVideoStreamingUrlResponse"),
        missing::<sdk::FilesPage>("ListDeletedFilesResponse"),
        missing::<sdk::FilesQueryPage>("QueryFileDescriptorsResponse"),
        missing::<sdk::FolderResult>("CreateFolderResponse"),
        missing::<sdk::FoldersPage>("ListFoldersResponse"),
        missing::<sdk::FoldersPage>("SearchFoldersResponse"),
        missing::<sdk::ZipUrl>("GenerateFolderDownloadUrlResponse"),
        missing::<sdk::FoldersPage>("ListDeletedFoldersResponse"),
        missing::<sdk::FoldersQueryPage>("QueryFoldersResponse"),
    ];
    assert_eq!(missing.concat(), [""; 0]);
}

#[test]
fn whole_bodies_are_compared_above() {
    let source = include_str!("declarations.rs");
    for row in OPERATIONS.iter().filter(|row| row.output == Output::Body) {
        let mut name = row.name.to_owned();
        name[..1].make_ascii_uppercase();
        assert!(source.contains(&format!("(\"{name}Response\")")), "{}", row.name);
    }
}
