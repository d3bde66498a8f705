//! Folders, beyond what the model covers: names, system folders, depth, forms of requests, error bodies.

use crate::site::{Site, ids, text};
use serde_json::{Value, json};
use wix_media::manager::{Origin, Request};

#[test]
fn new_folder_has_every_documented_field() {
    let mut site = Site::new();
    let answer = site.post("/folders", json!({ "displayName": " Animals " }));
    let folder = &answer["folder"];
    assert_eq!(folder["displayName"], " Animals ");
    assert_eq!(folder["parentFolderId"], "media-root");
    assert_eq!(folder["state"], "OK");
    assert_eq!(folder["createdDate"], "2023-11-14T22:13:20.000Z");
    assert_eq!(folder["siteId"], "00000000-0000-4000-8000-000000000000");
    let id = text(&folder["id"]);
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(site.get(&format!("/folders/{id}?folderId={id}")), answer);
    let event = &site.event_bodies()[0];
    assert_eq!(event["entityFqdn"], "wix.media.site_media.v1.folder");
    assert_eq!(event["entityEventSequence"], "1");
    assert_eq!(event["createdEvent"]["entity"], *folder);
}

#[test]
fn folder_with_invalid_name_is_refused() {
    let mut site = Site::new();
    for (name, rule) in [
        (json!(""), "REQUIRED_FIELD"),
        (Value::Null, "REQUIRED_FIELD"),
        (json!("  "), "MIN_LENGTH"),
        (json!("a/b"), "FORMAT"),
        (json!("a\nb"), "FORMAT"),
        (json!(7), "FORMAT"),
        (json!("x".repeat(1001)), "MAX_LENGTH"),
    ] {
        let refused = site.refused("POST", "/folders", json!({ "displayName": name }));
        assert_eq!(refused, (400, rule.to_owned()), "{name}");
    }
    site.post("/folders", json!({ "displayName": "x".repeat(1000) }));
    assert_eq!(site.events().len(), 1);
}

#[test]
fn invalid_request_returns_the_documented_error() {
    let site = Site::new();
    let (status, answer) = site.call(
        "POST",
        "/folders",
        json!({ "displayName": "x".repeat(1001), "parentFolderId": 5 }),
    );
    assert_eq!(status, 400);
    assert_eq!(
        answer,
        json!({
            "message": "INVALID_ARGUMENT: \"displayName\" must have at most 1000 characters, \"parentFolderId\" must be a string",
            "details": { "validationError": { "fieldViolations": [
                { "field": "displayName", "description": "must have at most 1000 characters",
                  "violatedRule": "MAX_LENGTH", "data": { "threshold": 1000 } },
                { "field": "parentFolderId", "description": "must be a string", "violatedRule": "FORMAT" },
            ] } }
        })
    );
    let (status, answer) = site.call("GET", "/folders/nobody", Value::Null);
    assert_eq!(status, 404);
    assert_eq!(answer["details"]["applicationError"]["code"], "FOLDER_NOT_FOUND");
    assert_eq!(answer["message"], answer["details"]["applicationError"]["description"]);
    let response = site.send(Request::new("GET", "/site-media/v1/folders"));
    assert_eq!(response.header("x-wix-request-id").map(str::len), Some(36));
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
    for body in ["{", "[]", "nothing", "\u{feff}{}"] {
        let request = Request::new("POST", "/site-media/v1/folders").body(body);
        let (status, answer) = site.json(request);
        assert_eq!(status, 400, "{body}");
        assert_eq!(answer["details"]["applicationError"]["code"], "INVALID_ARGUMENT");
    }
}

#[test]
fn system_folder_is_shown_and_cannot_be_changed() {
    let site = Site::new();
    for (id, name, parent) in [
        ("media-root", "Site Files", ""),
        ("trash-root", "Trash", ""),
        ("visitor-uploads", "Visitor Uploads", ""),
        ("purchased-items", "Purchased Items", "media-root"),
        ("mobile-uploads", "Mobile Uploads", "media-root"),
        ("video-maker", "Video Maker", "media-root"),
    ] {
        let folder = &site.get(&format!("/folders/{id}"))["folder"];
        assert_eq!(folder["displayName"], name);
        assert_eq!(folder["parentFolderId"], parent);
        let body = json!({ "folder": { "displayName": "x" } });
        assert_eq!(
            site.refused("PATCH", &format!("/folders/{id}"), body).1,
            "SYSTEM_FOLDER"
        );
        let own = site.folder("own", "media-root");
        let refused = site.refused("POST", "/bulk/folders/delete", json!({ "folderIds": [own, id] }));
        assert_eq!(refused, (400, "SYSTEM_FOLDER".to_owned()));
        assert_eq!(site.get(&format!("/folders/{own}"))["folder"]["state"], "OK");
    }
}

#[test]
fn video_maker_folder_is_listed_once_it_holds_a_file() {
    let site = Site::new();
    let first = site.folder("Aa", "media-root");
    site.clock.advance(1000);
    let last = site.folder("Zz", "media-root");
    assert_eq!(ids(&site.get("/folders")["folders"]), [&last[..], &first]);
    site.upload_from(
        Origin::VideoMaker,
        "application/pdf",
        json!({ "fileName": "a.pdf" }),
        b"%PDF-",
    );
    site.upload_from(
        Origin::Mobile,
        "application/pdf",
        json!({ "fileName": "a.pdf" }),
        b"%PDF-",
    );
    let sorted = "sort.fieldName=displayName";
    let listed = site.get(&format!("/folders?{sorted}"));
    assert_eq!(ids(&listed["folders"]), [&first[..], "video-maker", &last]);
    // It keeps its place when the list is read in pages.
    let mut path = format!("/folders?{sorted}&paging.limit=1");
    let mut walked = Vec::new();
    loop {
        let page = site.get(&path);
        walked.extend(ids(&page["folders"]));
        let next = text(&page["nextCursor"]["cursors"]["next"]);
        assert_eq!(page["nextCursor"]["hasNext"], !next.is_empty());
        if next.is_empty() {
            break;
        }
        path = format!("/folders?paging.limit=1&paging.cursor={next}");
    }
    assert_eq!(walked, [&first[..], "video-maker", &last]);
    assert_eq!(ids(&site.post("/folders/search", json!({}))["folders"]).len(), 2);
}

#[test]
fn folder_below_a_hundred_levels_is_refused() {
    let site = Site::new();
    let mut parent = "media-root".to_owned();
    for _ in 0..100 {
        parent = site.folder("f", &parent);
    }
    let deeper = json!({ "displayName": "f", "parentFolderId": parent });
    assert_eq!(site.refused("POST", "/folders", deeper), (400, "MAX_DEPTH".to_owned()));
    let tall = site.folder("f", "media-root");
    let under = site.folder("f", &tall);
    let move_to = |parent: &str| json!({ "folder": { "parentFolderId": parent } });
    let above = text(&site.get(&format!("/folders/{parent}"))["folder"]["parentFolderId"]);
    assert_eq!(
        site.refused("PATCH", &format!("/folders/{tall}"), move_to(&above)).1,
        "MAX_DEPTH"
    );
    assert_eq!(site.call("PATCH", &format!("/folders/{under}"), move_to(&above)).0, 200);
}

#[test]
fn folder_restored_too_deep_lands_in_the_root() {
    let site = Site::new();
    let home = site.folder("home", "media-root");
    let child = site.folder("child", &home);
    site.post("/bulk/folders/delete", json!({ "folderIds": [child] }));
    let mut parent = "media-root".to_owned();
    for _ in 0..99 {
        parent = site.folder("f", &parent);
    }
    let body = json!({ "folder": { "parentFolderId": parent } });
    assert_eq!(site.call("PATCH", &format!("/folders/{home}"), body).0, 200);
    site.post("/bulk/trash-bin/folders/restore", json!({ "folderIds": [child] }));
    assert_eq!(
        site.get(&format!("/folders/{child}"))["folder"]["parentFolderId"],
        "media-root"
    );
}

#[test]
fn update_with_older_body_or_mask_is_accepted() {
    let site = Site::new();
    let id = site.folder("a", "media-root");
    let path = format!("/folders/{id}");
    let other = site.folder("other", "media-root");
    for (body, name) in [
        (json!({ "displayName": "flat" }), "flat"),
        (
            json!({ "folder": { "id": other, "displayName": "path wins" } }),
            "path wins",
        ),
        (
            json!({ "folder": { "displayName": "mask", "parentFolderId": other }, "fieldMask": { "paths": ["folder.displayName"] } }),
            "mask",
        ),
        (
            json!({ "folder": { "displayName": "text mask", "parentFolderId": "x" }, "fieldMask": "displayName,id" }),
            "text mask",
        ),
    ] {
        let (status, answer) = site.call("PATCH", &path, body);
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["folder"]["displayName"], name);
        assert_eq!(answer["folder"]["parentFolderId"], "media-root");
    }
    for body in [
        json!({}),
        json!({ "folder": {} }),
        json!({ "folder": { "displayName": "x" }, "fieldMask": "state" }),
    ] {
        assert_eq!(site.refused("PATCH", &path, body).1, "FIELD_MASK_IS_EMPTY_OR_MISSING");
    }
    assert_eq!(
        site.refused("PATCH", "/folders/nobody", json!({})),
        (404, "FOLDER_NOT_FOUND".to_owned())
    );
}

#[test]
fn unknown_method_returns_405_and_unknown_path_404() {
    let site = Site::new();
    assert_eq!(site.call("DELETE", "/folders", Value::Null).0, 405);
    assert_eq!(site.call("GET", "/nothing", Value::Null).0, 404);
    assert_eq!(site.json(Request::new("GET", "/")).0, 404);
    assert_eq!(site.json(Request::new("GET", "/site-media/v1/folders/%zz")).0, 404);
    let options = site.send(Request::new("OPTIONS", "/site-media/v1/folders"));
    assert_eq!((options.status, options.body.length()), (204, 0));
}

/// A tree of two folders with this many files each, and the ids of both.
fn large_tree(site: &Site, files: usize) -> (String, String) {
    let top = site.folder("top", "media-root");
    let inner = site.folder("inner", &top);
    for number in 0..files {
        site.file(&format!("{number}.pdf"), &top);
        site.file(&format!("{number}.pdf"), &inner);
    }
    (top, inner)
}

fn deletion_of(site: &Site, folder: &str) -> wix_media::manager::Intake {
    let head = Request::new("POST", "/site-media/v1/bulk/folders/delete").head;
    let mut intake = site.manager.open(head);
    let body = json!({ "folderIds": [folder], "permanent": true }).to_string();
    assert!(site.manager.feed(&mut intake, body.as_bytes()));
    intake
}

#[test]
fn permanent_deletion_in_steps_deletes_the_tree_with_its_events() {
    let mut site = Site::new();
    let (top, inner) = large_tree(&site, 160);
    let kept = site.folder("kept", "media-root");
    site.events();
    let mut intake = deletion_of(&site, &top);
    let mut steps = 0;
    while site.manager.work(&mut intake) {
        steps += 1;
        if steps == 1 {
            // Others get their turn, and may take out of the tree what is left of it.
            let change = json!({ "folder": { "parentFolderId": kept } });
            assert_eq!(site.call("PATCH", &format!("/folders/{inner}"), change).0, 200);
        }
    }
    assert!(steps >= 3, "{steps}");
    assert_eq!(site.manager.close(intake).status, 200);
    assert_eq!(site.call("GET", &format!("/folders/{top}"), Value::Null).0, 404);
    let left = site.get(&format!("/files?parentFolderId={inner}&paging.limit=100"));
    assert_eq!(
        left["files"].as_array().map(Vec::len),
        Some(60),
        "it was moved after 100 of its files had gone"
    );
    let mut gone = deleted(&mut site);
    assert_eq!(gone.last(), Some(&top), "parents come after their children");
    gone.sort();
    gone.dedup();
    assert_eq!(gone.len(), 100 + 160 + 1, "one event for each item");
    assert_eq!(site.manager.into_parts().blobs.list("", 1000).expect("blobs").len(), 60);
}

/// The ids of the items that were deleted since the last call.
fn deleted(site: &mut Site) -> Vec<String> {
    let events = site.events().into_iter().filter(|(_, slug, _)| slug == "deleted");
    events.map(|(_, _, id)| id).collect()
}

#[test]
fn permanent_deletion_that_breaks_off_leaves_a_tree_that_can_be_deleted() {
    let mut site = Site::new();
    let (top, inner) = large_tree(&site, 160);
    let mut intake = deletion_of(&site, &top);
    for _ in 0..2 {
        assert!(site.manager.work(&mut intake));
    }
    site.manager.abandon(intake);
    assert_eq!(deleted(&mut site).len(), 200);
    site.get(&format!("/folders/{inner}"));
    site.post("/bulk/folders/delete", json!({ "folderIds": [top], "permanent": true }));
    assert_eq!(site.call("GET", &format!("/folders/{inner}"), Value::Null).0, 404);
    assert_eq!(deleted(&mut site).len(), 120 + 2);
    assert!(site.manager.into_parts().blobs.list("", 10).expect("blobs").is_empty());
}

/// Sends a call about a folder, and goes on until it has been carried out and files are to follow.
fn change_begun(site: &Site, path: &str, folder: &str) -> wix_media::manager::Intake {
    let mut intake = site
        .manager
        .open(Request::new("POST", &format!("/site-media/v1{path}")).head);
    let body = json!({ "folderIds": [folder] }).to_string();
    assert!(site.manager.feed(&mut intake, body.as_bytes()));
    assert!(site.manager.work(&mut intake), "files are to follow");
    intake
}

#[test]
fn large_folder_goes_to_the_trash_and_back_at_once_and_its_files_follow() {
    let mut site = Site::new();
    let (top, inner) = large_tree(&site, 120);
    let first = ids(&site.get(&format!("/files?parentFolderId={inner}"))["files"]).remove(0);
    let trashed = |site: &Site| {
        let query = json!({ "query": { "filter": { "state": "DELETED" } } });
        let found = ids(&site.post("/files/query", query)["files"]);
        let searched = site.post(
            "/files/search",
            json!({ "rootFolder": "TRASH_ROOT", "search": "7.pdf" }),
        );
        (found.len(), ids(&searched["files"]).len())
    };
    site.events();
    let mut intake = change_begun(&site, "/bulk/folders/delete", &top);
    assert_eq!(
        deleted(&mut site),
        [inner.clone(), top.clone()],
        "the files have not followed yet"
    );
    assert_eq!(site.get(&format!("/files/{first}"))["file"]["state"], "DELETED");
    assert_eq!(trashed(&site), (50, 24));
    let refused = site.refused(
        "POST",
        "/folders",
        json!({ "displayName": "a", "parentFolderId": inner }),
    );
    assert_eq!(refused, (400, "PARENT_FOLDER_IN_TRASH".to_owned()));
    // A change of a file brings its event along.
    site.post("/bulk/trash-bin/files/restore", json!({ "fileIds": [first] }));
    let of_file = |slug: &str| ("file_descriptor".to_owned(), slug.to_owned(), first.clone());
    assert_eq!(site.events(), [of_file("deleted"), of_file("file_ready")]);
    assert_eq!(
        site.get(&format!("/files/{first}"))["file"]["parentFolderId"],
        "media-root"
    );
    while site.manager.work(&mut intake) {}
    assert_eq!(site.manager.close(intake).status, 200);
    assert_eq!(deleted(&mut site).len(), 239);

    let mut intake = change_begun(&site, "/bulk/trash-bin/folders/restore", &top);
    assert_eq!(trashed(&site), (0, 0));
    assert_eq!(
        ids(&site.get(&format!("/files?parentFolderId={top}&paging.limit=100"))["files"]).len(),
        100
    );
    while site.manager.work(&mut intake) {}
    assert_eq!(site.manager.close(intake).status, 200);
    let back = site.events();
    assert_eq!((&back[0].1[..], &back[0].2), ("created", &top));
    assert_eq!(back.iter().filter(|(_, slug, _)| slug == "file_ready").count(), 239);
}

#[test]
fn large_folder_moved_to_the_visitors_is_there_at_once() {
    let site = Site::new();
    let (top, inner) = large_tree(&site, 120);
    let mut intake = site
        .manager
        .open(Request::new("PATCH", &format!("/site-media/v1/folders/{top}")).head);
    let change = json!({ "folder": { "parentFolderId": "visitor-uploads" } }).to_string();
    assert!(site.manager.feed(&mut intake, change.as_bytes()));
    assert!(site.manager.work(&mut intake), "files are to follow");
    let found = |root: &str| {
        let body = json!({ "rootFolder": root, "search": "119", "paging": { "limit": 100 } });
        ids(&site.post("/files/search", body)["files"]).len()
    };
    assert_eq!((found("VISITOR_UPLOADS_ROOT"), found("MEDIA_ROOT")), (2, 0));
    site.file("119", &inner);
    while site.manager.work(&mut intake) {}
    let response = site.manager.close(intake);
    let body = site.manager.collect(response.body).expect("a body");
    assert!(String::from_utf8_lossy(&body).contains(&top));
    assert_eq!((found("VISITOR_UPLOADS_ROOT"), found("MEDIA_ROOT")), (3, 0));
}

#[test]
fn files_left_by_a_request_that_broke_off_follow_in_ticks() {
    let mut site = Site::new();
    let (top, _) = large_tree(&site, 120);
    site.events();
    let intake = change_begun(&site, "/bulk/folders/delete", &top);
    assert_eq!(
        site.manager.next_tick().expect("a time"),
        None,
        "the request takes care of them"
    );
    site.manager.take_changed();
    site.manager.abandon(intake);
    assert!(site.manager.take_changed(), "the host looks for the next tick");
    let mut ticks = 0;
    while site.manager.next_tick().expect("a time").is_some() {
        site.manager.tick().expect("a tick");
        ticks += 1;
    }
    assert!((2..=4).contains(&ticks), "{ticks}");
    assert_eq!(deleted(&mut site).len(), 242);
}

#[test]
fn change_of_a_folder_waits_for_the_files_of_another() {
    let mut site = Site::new();
    let (top, _) = large_tree(&site, 120);
    site.events();
    let intake = change_begun(&site, "/bulk/folders/delete", &top);
    site.post("/bulk/folders/delete", json!({ "folderIds": [top], "permanent": true }));
    site.manager.abandon(intake);
    let moved_to_trash: Vec<_> = site
        .event_bodies()
        .iter()
        .map(|event| event["deletedEvent"]["movedToTrash"].clone())
        .collect();
    assert_eq!(moved_to_trash.iter().filter(|moved| **moved == true).count(), 242);
    assert_eq!(moved_to_trash.iter().filter(|moved| **moved == false).count(), 242);
}

#[test]
fn invalid_deletion_does_no_work_before_its_refusal() {
    let site = Site::new();
    let mut intake = deletion_of(&site, "media-root");
    assert!(!site.manager.work(&mut intake));
    assert_eq!(site.manager.close(intake).status, 400);
}
