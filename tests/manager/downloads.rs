//! Downloads: static media, temporary links, zips and streams.

use crate::site::{FILM, Site, reason, target, text};
use serde_json::{Value, json};
use wix_media::manager::Request;

const PDF: &[u8] = b"%PDF-1.7 0123456789";

fn uploaded(site: &Site, mut options: Value) -> Value {
    if options.get("fileName").is_none() {
        options["fileName"] = "price list.pdf".into();
    }
    let (status, answer) = site.upload("application/pdf", options, PDF);
    assert_eq!(status, 200, "{answer}");
    answer["file"].clone()
}

#[test]
fn static_file_is_served_with_ranges_and_caching() {
    let site = Site::new();
    let file = uploaded(&site, json!({}));
    let path = target(&text(&file["url"]));
    let (response, bytes) = site.fetch(Request::new("GET", &path));
    assert_eq!((response.status, &bytes[..]), (200, PDF));
    assert_eq!(response.header("content-type"), Some("application/pdf"));
    assert_eq!(response.header("content-length"), Some("19"));
    assert_eq!(
        response.header("cache-control"),
        Some("public, max-age=15552000, immutable")
    );
    assert_eq!(response.header("accept-ranges"), Some("bytes"));
    let tag = response.header("etag").expect("a tag").to_owned();
    let (response, bytes) = site.fetch(Request::new("HEAD", &path));
    assert_eq!((response.status, bytes.len()), (200, 0));
    assert_eq!(response.header("content-length"), Some("19"));
    for (range, status, body, content) in [
        ("bytes=0-3", 206, &PDF[..4], Some("bytes 0-3/19")),
        ("bytes=9-", 206, &PDF[9..], Some("bytes 9-18/19")),
        ("bytes=-2", 206, &PDF[17..], Some("bytes 17-18/19")),
        ("bytes=99-", 416, b"", Some("bytes */19")),
        ("bytes=0-0,2-2", 200, PDF, None),
    ] {
        let (response, bytes) = site.fetch(Request::new("GET", &path).header("Range", range));
        assert_eq!((response.status, &bytes[..]), (status, body), "{range}");
        assert_eq!(response.header("content-range"), content, "{range}");
    }
    let other = Request::new("GET", &path)
        .header("Range", "bytes=0-3")
        .header("If-Range", "\"other\"");
    assert_eq!(site.send(other).status, 200);
    let unchanged = site.send(Request::new("GET", &path).header("If-None-Match", &tag));
    assert_eq!((unchanged.status, unchanged.header("content-length")), (304, None));
    let weak = Request::new("GET", &path).header("If-None-Match", &format!("W/{tag}"));
    assert_eq!(site.send(weak).status, 304);
    let since = response.header("last-modified").expect("a date").to_owned();
    assert_eq!(
        site.send(Request::new("GET", &path).header("If-Modified-Since", &since))
            .status,
        304
    );
    let other = Request::new("GET", &path)
        .header("If-Match", "\"other\"")
        .header("Range", "bytes=0-3");
    assert_eq!(site.send(other).status, 412);
    let head = Request::new("HEAD", &path).header("Range", "bytes=0-3");
    assert_eq!(site.send(head).status, 200, "only GET has ranges");
    let beyond = site.send(Request::new("GET", &path).header("Range", "bytes=99-"));
    assert_eq!(beyond.header("cache-control"), Some("no-store"));
    let wrong_place = format!("/media/{}", text(&file["id"]));
    assert_eq!(site.send(Request::new("GET", &wrong_place)).status, 404);
}

#[test]
fn download_by_another_method_is_refused() {
    let site = Site::new();
    let file = uploaded(&site, json!({}));
    let zip = site.post("/files/generate-download-url", json!({ "fileIds": [file["id"]] }));
    let link = link_to(&site, json!({ "fileId": file["id"] }));
    let zip = target(&text(&zip["downloadUrl"]));
    for path in [&target(&text(&file["url"])), &zip, &link, "/icons/document.svg"] {
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let response = site.send(Request::new(method, path));
            assert_eq!(
                (response.status, response.header("allow")),
                (405, Some("GET, HEAD")),
                "{method} {path}"
            );
        }
    }
    assert_eq!(site.send(Request::new("POST", "/media/unknown.jpg")).status, 404);
}

#[test]
fn media_url_of_private_or_purged_file_is_refused() {
    let site = Site::new();
    let open = uploaded(&site, json!({}));
    let closed = uploaded(&site, json!({ "private": true }));
    assert_eq!(closed["media"]["document"]["url"], "");
    let (open_path, closed_path) = (target(&text(&open["url"])), target(&text(&closed["url"])));
    assert_eq!(site.send(Request::new("GET", &closed_path)).status, 403);
    let icon = target(&text(&closed["thumbnailUrl"]));
    assert_eq!(site.send(Request::new("GET", &icon)).status, 200);
    let both = json!({ "fileIds": [open["id"], closed["id"]] });
    let link = link_to(&site, json!({ "fileId": closed["id"] }));
    site.post("/bulk/files/delete", both.clone());
    assert_eq!(site.send(Request::new("GET", &open_path)).status, 200);
    assert_eq!(site.send(Request::new("GET", &link)).status, 200);
    let mut gone = both;
    gone["permanent"] = true.into();
    site.post("/bulk/files/delete", gone);
    for path in [&open_path, &closed_path, &link] {
        assert_eq!(site.send(Request::new("GET", path)).status, 404);
    }
    assert_eq!(site.manager.into_parts().blobs.list("", 100_000).expect("ids"), [""; 0]);
}

fn link_to(site: &Site, body: Value) -> String {
    let answer = site.post("/files/generate-file-download-url", body);
    let urls = answer["downloadUrls"].as_array().expect("a list");
    assert_eq!((urls.len(), &urls[0]["assetKey"]), (1, &json!("src")));
    target(&text(&urls[0]["url"]))
}

#[test]
fn temporary_link_after_its_expiry_redirects_or_returns_403() {
    let site = Site::new();
    let id = uploaded(&site, json!({ "private": true }))["id"].clone();
    let link = link_to(&site, json!({ "fileId": id, "downloadFileName": "prix é.pdf" }));
    let (response, bytes) = site.fetch(Request::new("GET", &link));
    assert_eq!((response.status, &bytes[..]), (200, PDF));
    assert_eq!(
        response.header("content-disposition"),
        Some("attachment; filename=\"prix _.pdf\"; filename*=UTF-8''prix%20%C3%A9.pdf")
    );
    let inline = link_to(&site, json!({ "fileId": id, "contentDisposition": "INLINE" }));
    let response = site.send(Request::new("GET", &inline));
    assert_eq!(
        response.header("content-disposition"),
        Some("inline; filename=\"price list.pdf\"")
    );
    let (response, bytes) = site.fetch(Request::new("GET", &link).header("Range", "bytes=0-3"));
    assert_eq!((response.status, &bytes[..]), (206, &PDF[..4]));
    let (path, _) = link.split_once('?').expect("a token");
    for forged in [
        path.to_owned(),
        format!("{path}?token=x"),
        link.replace(text(&id).as_str(), "other"),
    ] {
        assert_eq!(site.send(Request::new("GET", &forged)).status, 403, "{forged}");
    }
    let short = json!({ "fileId": id, "expirationInMinutes": "1", "expirationRedirectUrl": "https://h/later?a=b" });
    let short = link_to(&site, short);
    site.clock.advance(69_000);
    assert_eq!(site.send(Request::new("GET", &short)).status, 200);
    site.clock.advance(1_000);
    let response = site.send(Request::new("GET", &short));
    assert_eq!(
        (response.status, response.header("location")),
        (302, Some("https://h/later?a=b"))
    );
    site.clock.advance(36_010_000);
    assert_eq!(site.send(Request::new("GET", &link)).status, 403);
    for (body, code) in [
        (
            json!({ "fileId": id, "assetKeys": ["src", "720p.mp4"] }),
            "INVALID_ASSET_KEY",
        ),
        (json!({ "fileId": "nobody" }), "RESOURCE_NOT_FOUND"),
        (json!({ "fileId": id, "expirationInMinutes": 525_601 }), "MAX"),
        (
            json!({ "fileId": id, "expirationRedirectUrl": "javascript:x" }),
            "FORMAT",
        ),
    ] {
        assert_eq!(site.refused("POST", "/files/generate-file-download-url", body).1, code);
    }
}

/// Reads name and content of each stored entry through the central directory.
fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let short = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let long = |at: usize| short(at) | short(at + 2) << 16;
    let end = bytes.len() - 22;
    assert_eq!(&bytes[end..end + 4], b"PK\x05\x06");
    let mut at = long(end + 16);
    let mut entries = Vec::new();
    for _ in 0..short(end + 10) {
        assert_eq!(&bytes[at..at + 4], b"PK\x01\x02");
        let (length, name, extra) = (long(at + 24), short(at + 28), short(at + 30));
        let path = String::from_utf8(bytes[at + 46..at + 46 + name].to_vec()).expect("UTF-8");
        let local = long(at + 42);
        assert_eq!(&bytes[local..local + 4], b"PK\x03\x04");
        assert_eq!(
            &bytes[local + 14..local + 26],
            &bytes[at + 16..at + 28],
            "the checksum and sizes of both headers are equal"
        );
        let start = local + 30 + short(local + 26) + short(local + 28);
        entries.push((path, bytes[start..start + length].to_vec()));
        at += 46 + name + extra + short(at + 32);
    }
    assert_eq!(at, end);
    entries
}

#[test]
fn zip_of_folder_holds_its_files_and_folders() {
    let site = Site::new();
    let top = site.folder("top", "media-root");
    let inner = site.folder("in/ner".replace('/', ".").as_str(), &top);
    site.folder("empty", &top);
    uploaded(&site, json!({ "parentFolderId": top }));
    uploaded(&site, json!({ "parentFolderId": top }));
    uploaded(&site, json!({ "parentFolderId": top, "private": true }));
    let kept = uploaded(&site, json!({ "parentFolderId": inner, "fileName": "../é.pdf" }));
    let url = text(
        &site.post(
            &format!("/folders/{top}/generate-download-url"),
            json!({ "folderId": top }),
        )["downloadUrl"],
    );
    // The URL keeps the files that the folder had when it was generated.
    site.post("/bulk/folders/delete", json!({ "folderIds": [top], "permanent": true }));
    let (response, bytes) = site.fetch(Request::new("GET", &target(&url)));
    assert_eq!(response.header("content-length"), Some(&bytes.len().to_string()[..]));
    assert_eq!(
        response.header("content-disposition"),
        Some("attachment; filename=\"top.zip\"")
    );
    let entries = unzip(&bytes);
    let names: Vec<_> = entries.iter().map(|(name, _)| &name[..]).collect();
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for (name, content) in &entries {
        if name.ends_with('/') {
            folders.push(&name[..])
        } else {
            files.push((&name[..], &content[..]))
        }
    }
    folders.sort_unstable();
    assert_eq!(folders, ["empty/", "in.ner/"], "{names:?}");
    assert_eq!(
        files,
        [
            ("price list.pdf", PDF),
            ("price list (1).pdf", PDF),
            ("in.ner/___é.pdf", PDF)
        ]
    );
    assert_eq!(site.send(Request::new("GET", &target(&text(&kept["url"])))).status, 404);
    assert_eq!(site.send(Request::new("GET", "/archive/wix/nobody")).status, 404);
}

#[test]
fn zip_is_served_in_ranges_and_by_its_tag() {
    let site = Site::new();
    let folder = site.folder("top", "media-root");
    for name in ["a.pdf", "b.pdf", "c.pdf"] {
        site.file(name, &folder);
    }
    site.folder("empty", &folder);
    let answer = site.post(&format!("/folders/{folder}/generate-download-url"), json!({}));
    let path = target(&text(&answer["downloadUrl"]));
    let get = |headers: &[(&str, &str)]| {
        let request = headers
            .iter()
            .fold(Request::new("GET", &path), |request, (name, value)| {
                request.header(name, value)
            });
        site.fetch(request)
    };
    let (whole, bytes) = get(&[]);
    let size = bytes.len();
    let tag = whole.header("etag").expect("a tag").to_owned();
    let date = whole.header("last-modified").expect("a date").to_owned();
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    assert_eq!(whole.header("content-length"), Some(&size.to_string()[..]));
    let (head, nothing) = site.fetch(Request::new("HEAD", &path));
    assert_eq!((head.status, nothing.len()), (200, 0));
    assert_eq!(head.header("content-length"), whole.header("content-length"));

    // Every range, however it lies across headers, files and the directory.
    for from in 0..size {
        let to = (from * 7 % size).max(from);
        let (part, some) = get(&[("Range", &format!("bytes={from}-{to}"))]);
        assert_eq!((part.status, &some[..]), (206, &bytes[from..=to]), "{from}-{to}");
        assert_eq!(
            part.header("content-range"),
            Some(&format!("bytes {from}-{to}/{size}")[..])
        );
        assert_eq!(part.header("content-length"), Some(&some.len().to_string()[..]));
    }
    assert_eq!(get(&[("Range", "bytes=-10")]).1, bytes[size - 10..]);
    let (none, _) = get(&[("Range", &format!("bytes={size}-"))]);
    assert_eq!(
        (none.status, none.header("content-range")),
        (416, Some(&format!("bytes */{size}")[..]))
    );

    let range = ("Range", "bytes=0-3");
    assert_eq!(get(&[range, ("If-Range", &tag)]).0.status, 206);
    assert_eq!(get(&[range, ("If-Range", &date)]).0.status, 206);
    assert_eq!(get(&[range, ("If-Range", "\"other\"")]).1, bytes);
    assert_eq!(get(&[("If-None-Match", &tag)]).0.status, 304);
    assert_eq!(get(&[("If-Modified-Since", &date)]).0.status, 304);
    assert_eq!(get(&[("If-Match", "\"other\"")]).0.status, 412);
    assert_eq!(get(&[("If-Match", &tag)]).0.status, 200);
}

#[test]
fn zip_beyond_the_limit_takes_the_place_of_the_oldest() {
    let site = Site::new();
    let kept = site.file("kept.pdf", "media-root");
    let first = site.post("/files/generate-download-url", json!({ "fileIds": [kept] }));
    let first = target(&text(&first["downloadUrl"]));
    site.post("/bulk/files/delete", json!({ "fileIds": [kept], "permanent": true }));
    assert_eq!(
        site.fetch(Request::new("GET", &first)).0.status,
        200,
        "it keeps the bytes of a deleted file"
    );
    let Site { manager, clock, .. } = site;
    let parts = manager.into_parts();
    let mut writer = parts.catalog.write().expect("a writer");
    for number in 1..10_000 {
        writer
            .insert_bundle(&format!("{number:032}"), "files", false, crate::site::START + number)
            .expect("added");
    }
    writer.commit().expect("committed");
    let site = Site::on(wix_media::manager::Manager::new(parts).expect("a manager"), clock);
    site.clock.advance(20_000);
    assert_eq!(site.fetch(Request::new("GET", &first)).0.status, 200);
    let other = site.file("other.pdf", "media-root");
    let second = site.post("/files/generate-download-url", json!({ "fileIds": [other] }));
    let second = target(&text(&second["downloadUrl"]));
    assert_eq!(
        site.fetch(Request::new("GET", &first)).0.status,
        404,
        "the oldest has gone"
    );
    assert_eq!(site.fetch(Request::new("GET", &second)).0.status, 200);
    let blobs = site.manager.into_parts().blobs.list("", 10).expect("blobs");
    assert_eq!(blobs.len(), 1, "and the bytes that only it kept");
}

#[test]
fn zip_of_files_omits_private_and_unknown_ones() {
    let site = Site::new();
    let open = text(&uploaded(&site, json!({}))["id"]);
    let closed = text(&uploaded(&site, json!({ "private": true }))["id"]);
    let body = json!({ "fileIds": [open, closed, open, "nobody"] });
    let url = text(&site.post("/files/generate-download-url", body)["downloadUrl"]);
    let (_, bytes) = site.fetch(Request::new("GET", &target(&url)));
    assert_eq!(unzip(&bytes).len(), 1);
    let refused = site.refused("POST", "/files/generate-download-url", json!({ "fileIds": [closed] }));
    assert_eq!(refused.1, "RESOURCE_NOT_FOUND");
    assert_eq!(
        site.refused("POST", "/folders/nobody/generate-download-url", json!({}))
            .0,
        404
    );
    let empty = site.folder("empty", "media-root");
    let url = text(&site.post(&format!("/folders/{empty}/generate-download-url"), json!({}))["downloadUrl"]);
    let (response, bytes) = site.fetch(Request::new("GET", &target(&url)));
    assert_eq!((response.status, unzip(&bytes)), (200, vec![]));
}

#[test]
fn zip_of_root_includes_system_folders_with_files() {
    let site = Site::new();
    uploaded(&site, json!({ "parentFolderId": "mobile-uploads" }));
    uploaded(&site, json!({ "parentFolderId": "visitor-uploads" }));
    let url = text(&site.post("/folders/media-root/generate-download-url", json!({}))["downloadUrl"]);
    let (_, bytes) = site.fetch(Request::new("GET", &target(&url)));
    let names: Vec<_> = unzip(&bytes).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Mobile Uploads/", "Mobile Uploads/price list.pdf"]);
}

#[test]
fn response_names_the_blob_that_it_is_and_until_when() {
    let site = Site::new();
    let (open, closed) = (uploaded(&site, json!({})), uploaded(&site, json!({ "private": true })));
    let whole = |path: &str| site.send(Request::new("GET", path)).whole;
    let path = target(&text(&open["url"]));
    let found = whole(&path).expect("a public file");
    assert_eq!((found.size, found.until), (19, None));
    let link = |minutes: i64| link_to(&site, json!({ "fileId": closed["id"], "expirationInMinutes": minutes }));
    let until = |minutes| whole(&link(minutes)).and_then(|found| found.until).expect("an end");
    let (short, long) = (until(1), until(2));
    assert_eq!((short % 1000, long - short), (0, 60_000));
    let ranged = site.send(Request::new("GET", &path).header("Range", "bytes=0-3"));
    assert_eq!((ranged.status, ranged.whole.as_ref()), (206, Some(&found)));
    for (name, value, status) in [
        ("If-None-Match", "*", 304),
        ("If-Match", "x", 412),
        ("Range", "bytes=99-", 416),
    ] {
        let answer = site.send(Request::new("GET", &path).header(name, value));
        assert_eq!((answer.status, answer.whole), (status, None));
    }
    let (_, film) = site.upload("video/mp4", json!({ "fileName": "a.mp4", "private": true }), FILM);
    site.clock.advance(500);
    let film = json!({ "fileId": film["file"]["id"] });
    let master = site.post("/files/generate-video-stream-url", film);
    let master = target(&text(&master["downloadUrl"]["url"]));
    assert_eq!(whole(&master), None, "a playlist");
    let segment = whole(&master.replace("master.m3u8", "segment.mp4")).expect("a segment");
    assert_eq!((segment.size, segment.until.is_some()), (FILM.len() as u64, true));
    let zip = site.post("/files/generate-download-url", json!({ "fileIds": [open["id"]] }));
    assert_eq!(whole(&target(&text(&zip["downloadUrl"]))), None, "a zip");
    let blobs = site.manager.into_parts().blobs;
    let mut bytes = [0; 19];
    assert_eq!(blobs.read(&found.id, 0, &mut bytes).expect("the blob"), 19);
    assert_eq!(bytes, PDF);
}

#[test]
fn stream_playlist_leads_to_the_original_video() {
    let site = Site::new();
    let film = FILM;
    let made = |private: bool| {
        let options = json!({ "fileName": "a.mp4", "private": private });
        let (_, answer) = site.upload("video/mp4", options, film);
        text(&answer["file"]["id"])
    };
    let (open, closed) = (made(false), made(true));
    site.clock.advance(500);
    for id in [&open, &closed] {
        let answer = site.post("/files/generate-video-stream-url", json!({ "fileId": id }));
        assert_eq!(answer["downloadUrl"]["assetKey"], "HLS");
        let master = target(&text(&answer["downloadUrl"]["url"]));
        assert_eq!(master.contains("token="), *id == closed);
        let folder = &master[..master.rfind("master").expect("a playlist")];
        let mut path = master.clone();
        for line in 0..2 {
            let (response, bytes) = site.fetch(Request::new("GET", &path));
            assert_eq!(response.status, 200, "{path} {line}");
            let playlist = String::from_utf8(bytes).expect("text");
            let next = playlist.lines().find(|line| !line.starts_with('#')).expect("an entry");
            path = format!("{folder}{next}");
        }
        let (response, bytes) = site.fetch(Request::new("GET", &path).header("Range", "bytes=4-7"));
        assert_eq!((response.status, &bytes[..]), (206, &b"ftyp"[..]));
        if *id == closed {
            let (bare, _) = path.split_once('?').expect("a token");
            assert_eq!(site.send(Request::new("GET", bare)).status, 403);
            site.clock.advance(1440 * 60_000 + 10_000);
            assert_eq!(site.send(Request::new("GET", &path)).status, 403);
        }
    }
    let pdf = text(&uploaded(&site, json!({}))["id"]);
    let (status, answer) = site.call("POST", "/files/generate-video-stream-url", json!({ "fileId": pdf }));
    assert_eq!((status, &reason(&answer)[..]), (400, "UNSUPPORTED_MEDIA_TYPE"));
    let dash = site.post(
        "/files/generate-video-stream-url",
        json!({ "fileId": open, "format": "DASH" }),
    );
    let (response, _) = site.fetch(Request::new("GET", &target(&text(&dash["downloadUrl"]["url"]))));
    assert_eq!(response.header("content-type"), Some("application/dash+xml"));
}

#[test]
fn stream_of_unknown_duration_states_an_estimate() {
    let site = Site::new();
    for (name, duration) in [("film.avi", "2.000"), ("bare.m2v", "1.000")] {
        let (_, answer) = site.upload("application/octet-stream", json!({ "fileName": name }), &sample(name));
        let id = text(&answer["file"]["id"]);
        site.clock.advance(500);
        let stream = |format: &str| {
            let fields = json!({ "fileId": id, "format": format });
            let answer = site.post("/files/generate-video-stream-url", fields);
            target(&text(&answer["downloadUrl"]["url"]))
        };
        let body = |path: &str| {
            let (response, bytes) = site.fetch(Request::new("GET", path));
            (response.status, String::from_utf8(bytes).expect("text"))
        };
        let (status, manifest) = body(&stream("DASH"));
        assert_eq!(status, 200, "{name}");
        let stated = format!("minBufferTime=\"PT2.000S\" mediaPresentationDuration=\"PT{duration}S\"");
        assert!(manifest.contains(&stated), "{manifest}");
        assert!(manifest.contains("<BaseURL>segment.mp4</BaseURL>"), "{manifest}");
        let (status, playlist) = body(&stream("HLS").replace("master.m3u8", "index.m3u8"));
        assert_eq!(status, 200, "{name}");
        let target = &duration[..1];
        assert!(
            playlist.contains(&format!("\n#EXT-X-TARGETDURATION:{target}\n")),
            "{playlist}"
        );
        assert!(
            playlist.contains(&format!("\n#EXTINF:{duration},\nsegment.mp4\n")),
            "{playlist}"
        );
    }
}

/// A file of `tests/data/media`.
fn sample(name: &str) -> Vec<u8> {
    let path: std::path::PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/data/media", name].iter().collect();
    std::fs::read(path).expect("a sample")
}

#[test]
fn cover_of_sound_is_its_thumbnail() {
    let site = Site::new();
    for (name, mime, end) in [
        ("cover.mp3", "image/jpeg", &b"\xff\xd9"[..]),
        ("cover.m4a", "image/jpeg", b"\xff\xd9"),
        ("cover.flac", "image/png", b"IEND\xaeB`\x82"),
    ] {
        let (_, answer) = site.upload("application/octet-stream", json!({ "fileName": name }), &sample(name));
        let file = &answer["file"];
        let thumbnail = text(&file["thumbnailUrl"]);
        assert!(
            thumbnail.starts_with(&format!("{}/cover.", text(&file["url"]))),
            "{thumbnail}"
        );
        let (response, bytes) = site.fetch(Request::new("GET", &target(&thumbnail)));
        assert_eq!(
            (response.status, response.header("content-type")),
            (200, Some(mime)),
            "{name}"
        );
        assert!(bytes.ends_with(end), "{name}: the picture is whole");
        assert_eq!(
            response.header("content-length"),
            Some(bytes.len().to_string().as_str())
        );
        let part = Request::new("GET", &target(&thumbnail)).header("Range", "bytes=1-3");
        let (response, part) = site.fetch(part);
        assert_eq!((response.status, part.as_slice()), (206, &bytes[1..4]));
        site.clock.advance(1000);
        site.manager.tick().expect("ticked");
        let file = site.get(&format!("/files/{}", text(&file["id"])));
        let audio = &file["file"]["media"]["audio"];
        assert_eq!(
            (&audio["title"], &audio["artist"]),
            (&json!("Bells"), &json!("Ringers")),
            "{name}"
        );
    }
}

#[test]
fn cover_of_private_sound_and_of_none_is_not_served() {
    let site = Site::new();
    let upload = |name: &str, private: bool| {
        let options = json!({ "fileName": name, "private": private });
        let (_, answer) = site.upload("application/octet-stream", options, &sample(name));
        answer["file"].clone()
    };
    let secret = upload("cover.mp3", true);
    assert!(text(&secret["thumbnailUrl"]).ends_with("/icons/audio.svg"));
    let path = format!("/mp3/{}/cover.jpg", text(&secret["id"]));
    assert_eq!(site.send(Request::new("GET", &path)).status, 403);
    let plain = upload("sound.aac", false);
    assert!(text(&plain["thumbnailUrl"]).ends_with("/icons/audio.svg"));
    let path = format!("/mp3/{}/cover.jpg", text(&plain["id"]));
    assert_eq!(site.send(Request::new("GET", &path)).status, 404);
}

#[test]
fn film_of_another_container_says_so_and_has_the_url_of_its_original() {
    let site = Site::new();
    for (name, format, is_mp4) in [
        ("rotated.mp4", "mp4", true),
        ("live.webm", "webm", false),
        ("film.avi", "avi", false),
    ] {
        let (_, answer) = site.upload("application/octet-stream", json!({ "fileName": name }), &sample(name));
        site.clock.advance(1000);
        site.manager.tick().expect("ticked");
        let file = site.get(&format!("/files/{}", text(&answer["file"]["id"])));
        let video = &file["file"]["media"]["video"];
        let resolution = &video["resolutions"][0];
        assert_eq!(
            (&resolution["format"], &resolution["quality"]),
            (&json!(format), &json!("144p")),
            "{name}"
        );
        let end = if is_mp4 { "/144p/mp4/file.mp4" } else { "/file" };
        assert!(text(&resolution["url"]).ends_with(end), "{name}");
        let (response, bytes) = site.fetch(Request::new("GET", &target(&text(&resolution["url"]))));
        assert_eq!((response.status, bytes), (200, sample(name)));
    }
}
