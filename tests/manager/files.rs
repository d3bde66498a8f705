//! Files: descriptors, updates, the forms of ids, scopes and events.

use crate::site::{Site, ids, text};
use serde_json::json;
use wix_media::manager::Origin;

#[test]
fn media_url_in_place_of_an_id_finds_the_file() {
    let site = Site::new();
    let id = site.file("a.pdf", "media-root");
    let url = format!("wix:document://v1/ugd/{id}/a.pdf");
    let encoded = url.replace(':', "%3A").replace('/', "%2F");
    for path in [
        format!("/files/get-file-by-id?fileId={id}"),
        format!("/files/get-file-by-id?fileId={encoded}"),
        format!("/files/{id}"),
        format!("/files/{encoded}"),
    ] {
        assert_eq!(site.get(&path)["file"]["id"], id, "{path}");
    }
    let answer = site.post("/files/get-files", json!({ "fileIds": ["nobody", url, id] }));
    assert_eq!(ids(&answer["files"]), [id]);
    let refused = site.refused("POST", "/files/get-files", json!({ "fileIds": ["nobody"] }));
    assert_eq!(refused, (400, "RESOURCE_NOT_FOUND".to_owned()));
    assert_eq!(
        site.refused("GET", "/files/get-file-by-id?fileId=nobody", json!(null))
            .1,
        "RESOURCE_NOT_FOUND"
    );
    assert_eq!(
        site.refused("GET", "/files/get-file-by-id", json!(null)).1,
        "REQUIRED_FIELD"
    );
}

#[test]
fn update_with_read_only_fields_ignores_them() {
    let mut site = Site::new();
    let id = site.file("a.pdf", "media-root");
    let before = site.get(&format!("/files/{id}"))["file"].clone();
    site.events();
    site.clock.advance(1000);
    let mut sent = before.clone();
    sent["displayName"] = "river".into();
    sent["labels"] = json!(["water", "bank"]);
    for (name, value) in [
        ("hash", "x"),
        ("private", "true"),
        ("url", "x"),
        ("state", "DELETED"),
        ("mediaType", "IMAGE"),
    ] {
        sent[name] = value.into();
    }
    let (status, answer) = site.call("PATCH", "/files/update-file-descriptor", json!({ "file": sent }));
    assert_eq!(status, 200, "{answer}");
    let mut expected = before;
    expected["displayName"] = "river".into();
    expected["labels"] = json!(["water", "bank"]);
    expected["updatedDate"] = "2023-11-14T22:13:21.000Z".into();
    expected["media"]["document"]["filename"] = "river".into();
    assert_eq!(answer["file"], expected);
    let events = site.event_bodies();
    assert_eq!(events[0]["updatedEvent"]["currentEntity"], expected);
    assert_eq!(events[0]["entityEventSequence"], "2");

    let patch = |site: &Site, file| {
        site.call("PATCH", "/files/update-file-descriptor", json!({ "file": file }))
            .1
    };
    let answer = patch(&site, json!({ "id": id, "labels": null, "displayName": "brook" }));
    assert_eq!(answer["file"]["labels"], json!(["water", "bank"]));
    let answer = patch(&site, json!({ "id": id, "labels": [] }));
    assert_eq!(answer["file"]["labels"], json!([]));
    assert_eq!(site.events().len(), 2);
    patch(&site, json!({ "id": id, "labels": [] }));
    assert_eq!(site.events(), [], "an update without a change sends no event");

    let body = json!({ "file": { "id": id, "displayName": " " } });
    assert_eq!(
        site.refused("PATCH", "/files/update-file-descriptor", body).1,
        "MIN_LENGTH"
    );
    let flat = site.call("PATCH", &format!("/files/{id}"), json!({ "displayName": "flat" }));
    assert_eq!(flat.1["file"]["displayName"], "flat");
    let masked =
        json!({ "file": { "displayName": "masked", "labels": ["x"] }, "fieldMask": { "paths": ["file.displayName"] } });
    let masked = site.call("PATCH", &format!("/files/{id}/update"), masked);
    assert_eq!(
        (&masked.1["file"]["displayName"], &masked.1["file"]["labels"]),
        (&json!("masked"), &json!([]))
    );
}

#[test]
fn upload_without_folder_lands_in_the_folder_of_its_origin() {
    let site = Site::new();
    for (origin, folder, scope) in [
        (Origin::Site, "media-root", "MEDIA_ROOT"),
        (Origin::Visitor, "visitor-uploads", "VISITOR_UPLOADS_ROOT"),
        (Origin::Mobile, "mobile-uploads", "MEDIA_ROOT"),
        (Origin::Purchase, "purchased-items", "MEDIA_ROOT"),
        (Origin::VideoMaker, "video-maker", "MEDIA_ROOT"),
    ] {
        let (_, answer) = site.upload_from(origin, "application/pdf", json!({ "fileName": "a.pdf" }), b"%PDF-");
        assert_eq!(answer["file"]["parentFolderId"], folder);
        let found = site.post("/files/search", json!({ "rootFolder": scope }));
        assert!(ids(&found["files"]).contains(&text(&answer["file"]["id"])), "{folder}");
    }
    assert_eq!(ids(&site.post("/files/search", json!({}))["files"]).len(), 4);
    assert_eq!(ids(&site.get("/files")["files"]).len(), 1);
}

#[test]
fn folder_moved_to_visitor_uploads_changes_the_scope_of_its_files() {
    let site = Site::new();
    let top = site.folder("top", "media-root");
    let inner = site.folder("inner", &top);
    let file = site.file("a.pdf", &inner);
    let body = json!({ "folder": { "parentFolderId": "visitor-uploads" } });
    site.call("PATCH", &format!("/folders/{top}"), body);
    assert!(ids(&site.post("/files/search", json!({}))["files"]).is_empty());
    let found = site.post("/files/search", json!({ "rootFolder": "VISITOR_UPLOADS_ROOT" }));
    assert_eq!(ids(&found["files"]), [&file[..]]);
    // Its parent is gone, so a restored file goes to the root of its scope.
    site.post("/bulk/files/delete", json!({ "fileIds": [file] }));
    site.post("/bulk/folders/delete", json!({ "folderIds": [top], "permanent": true }));
    site.post("/bulk/trash-bin/files/restore", json!({ "fileIds": [file] }));
    assert_eq!(
        site.get(&format!("/files/{file}"))["file"]["parentFolderId"],
        "visitor-uploads"
    );
}

#[test]
fn events_of_deleted_tree_are_bottom_up_and_of_restored_tree_top_down() {
    let mut site = Site::new();
    let top = site.folder("top", "media-root");
    let inner = site.folder("inner", &top);
    let (low, high) = (site.file("low.pdf", &inner), site.file("high.pdf", &top));
    site.events();
    site.post("/bulk/folders/delete", json!({ "folderIds": [inner, top, top] }));
    let bodies = site.event_bodies();
    let seen: Vec<_> = bodies.iter().map(|body| text(&body["entityId"])).collect();
    assert_eq!(seen, [&low[..], &inner, &high, &top]);
    assert!(
        bodies
            .iter()
            .all(|body| body["deletedEvent"] == json!({ "movedToTrash": true }))
    );
    site.post("/bulk/trash-bin/folders/restore", json!({ "folderIds": [top] }));
    let bodies = site.event_bodies();
    let seen: Vec<_> = bodies.iter().map(|body| text(&body["entityId"])).collect();
    assert_eq!(seen, [&top[..], &high, &inner, &low]);
    assert_eq!(bodies[1]["actionEvent"]["body"]["triggeredByUndelete"], true);
    assert_eq!(bodies[1]["actionEvent"]["body"]["externalInfo"], json!({}));
    site.post("/bulk/folders/delete", json!({ "folderIds": [top], "permanent": true }));
    let bodies = site.event_bodies();
    assert_eq!(bodies.len(), 4);
    assert!(
        bodies
            .iter()
            .all(|body| body["deletedEvent"] == json!({ "movedToTrash": false }))
    );
}
