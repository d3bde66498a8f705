//! Posters of videos, as a host that decodes films makes them.

use crate::site::{FILM, Site, target, text};
use serde_json::{Value, json};
use wix_media::catalog::{Error, Fault};
use wix_media::manager::{Check, Conclusion, Intake, Manager, Options, Request};

/// A site whose host decodes films.
fn decoding() -> Site {
    Site::with(Options {
        transcodes: true,
        ..Options::default()
    })
}

fn photo(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/data/photos/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("a photograph")
}

fn film(site: &Site, mut options: Value) -> Value {
    options["fileName"] = "film.mp4".into();
    let (status, answer) = site.upload("video/mp4", options, FILM);
    assert_eq!(status, 200, "{answer}");
    answer["file"].clone()
}

fn descriptor(site: &Site, id: &str) -> Value {
    site.get(&format!("/files/get-file-by-id?fileId={id}"))["file"].clone()
}

/// Passes an asset in, and returns the status and the reason.
fn give(site: &Site, file: &str, name: &str, bytes: &[u8]) -> (u16, Value) {
    give_segments(site, file, name, bytes, &Value::Null)
}

fn give_segments(site: &Site, file: &str, name: &str, bytes: &[u8], segments: &Value) -> (u16, Value) {
    let mut intake = site.manager.open_asset(file, name, segments);
    site.manager.feed(&mut intake, bytes);
    let response = site.manager.close(intake);
    let body = site.manager.collect(response.body).expect("a body");
    (response.status, serde_json::from_slice(&body).expect("JSON"))
}

/// Does what a host does: four posters of the first film in the queue.
fn transcode(site: &Site) -> String {
    let order = site.manager.take_transcodes(1).expect("taken").remove(0);
    for number in 0..4 {
        let (status, answer) = give(site, &order.file, &format!("poster.{number}"), &photo("chelsea.jpg"));
        assert_eq!(status, 200, "{answer}");
    }
    site.manager.transcoded(&order.file, true).expect("recorded");
    order.file
}

fn orphans(site: &Site) -> usize {
    site.manager.sweep(0).expect("swept").removed as usize
}

fn bytes_in_use(site: &Site) -> i64 {
    let usage = site.manager.control("usage", &json!({})).expect("the usage");
    usage["bytes"].as_i64().expect("a number")
}

#[test]
fn video_is_pending_until_its_posters_are_made() {
    let mut site = decoding();
    let file = film(&site, json!({}));
    let id = text(&file["id"]);
    assert_eq!(file["operationStatus"], "PENDING");
    site.clock.advance(3_600_000);
    assert_eq!(descriptor(&site, &id)["operationStatus"], "PENDING");
    assert!(site.events().is_empty());

    assert_eq!(transcode(&site), id);
    let file = descriptor(&site, &id);
    assert_eq!(file["operationStatus"], "READY");
    let posters = file["media"]["video"]["posters"].as_array().expect("posters").clone();
    assert_eq!(posters.len(), 4);
    let url = |number| format!("http://127.0.0.1/media/{id}f00{number}.jpg");
    for (number, poster) in posters.iter().enumerate() {
        let expected = json!({ "id": "", "url": url(number), "width": 480, "height": 319 });
        assert_eq!(*poster, expected);
    }
    assert_eq!(file["thumbnailUrl"], url(2));
    let bodies = site.event_bodies();
    assert_eq!((bodies.len(), &bodies[0]["slug"]), (1, &json!("file_ready")));
    let shown = &bodies[0]["actionEvent"]["body"]["file"]["media"]["video"]["posters"];
    assert_eq!(shown.as_array().map(Vec::len), Some(4));
    assert!(site.manager.take_transcodes(9).expect("taken").is_empty());
}

#[test]
fn video_is_not_ready_before_its_time() {
    let mut site = decoding();
    let id = text(&film(&site, json!({}))["id"]);
    transcode(&site);
    assert_eq!(descriptor(&site, &id)["operationStatus"], "PENDING");
    site.clock.advance(500);
    site.manager.tick().expect("done");
    assert_eq!(descriptor(&site, &id)["operationStatus"], "READY");
    assert_eq!(site.events().len(), 1);
}

#[test]
fn poster_is_a_picture_that_can_be_transformed() {
    let site = decoding();
    let id = text(&film(&site, json!({}))["id"]);
    site.clock.advance(500);
    transcode(&site);
    let path = format!("/media/{id}f003.jpg");
    let (response, bytes) = site.fetch(Request::new("GET", &path));
    assert_eq!((response.status, bytes), (200, photo("chelsea.jpg")));
    assert_eq!(response.header("content-type"), Some("image/jpeg"));
    let (response, _) = site.fetch(Request::new("GET", &format!("{path}/v1/fit/w_100,h_100/0.jpg")));
    assert_eq!(
        (response.status, response.transform.as_deref()),
        (200, Some("fit/w_100,h_100/0.jpg"))
    );
    for path in [
        format!("/media/{id}f004.jpg"),
        format!("/media/{id}f03.jpg"),
        format!("/media/{id}f+03.jpg"),
        format!("/media/{id}f003.png"),
        format!("/media/{id}f003.jpg/file"),
        format!("/video/{id}f003.jpg/file"),
        format!("/media/{id}/v1/fit/w_100,h_100/0.jpg"),
    ] {
        assert_eq!(site.send(Request::new("GET", &path)).status, 404, "{path}");
    }
}

#[test]
fn download_link_leads_to_a_poster() {
    let site = decoding();
    let id = text(&film(&site, json!({ "private": true }))["id"]);
    site.clock.advance(500);
    transcode(&site);
    let file = descriptor(&site, &id);
    assert_eq!(file["media"]["video"]["posters"][0]["url"], "");
    assert_eq!(file["thumbnailUrl"], "http://127.0.0.1/icons/video.svg");
    let direct = site.send(Request::new("GET", &format!("/media/{id}f000.jpg")));
    assert_eq!(direct.status, 403);
    let body = json!({ "fileId": id, "assetKeys": ["poster.0", "src"] });
    let links = site.post("/files/generate-file-download-url", body);
    let link = target(&text(&links["downloadUrls"][0]["url"]));
    let (response, bytes) = site.fetch(Request::new("GET", &link));
    assert_eq!((response.status, bytes), (200, photo("chelsea.jpg")));
    assert_eq!(response.header("content-type"), Some("image/jpeg"));
    let named = response.header("content-disposition").expect("a name");
    assert!(named.contains(&format!("{id}f000.jpg")), "{named}");
    let body = json!({ "fileId": id, "assetKeys": ["poster.4"] });
    assert_eq!(
        site.refused("POST", "/files/generate-file-download-url", body),
        (400, "INVALID_ASSET_KEY".into())
    );
}

#[test]
fn video_without_posters_becomes_ready_as_it_came() {
    let site = decoding();
    let id = text(&film(&site, json!({}))["id"]);
    site.clock.advance(500);
    let order = site.manager.take_transcodes(1).expect("taken").remove(0);
    assert_eq!((order.size, &order.mime[..]), (FILM.len() as u64, "video/mp4"));
    site.manager.transcoded(&order.file, true).expect("recorded");
    let file = descriptor(&site, &id);
    assert_eq!(file["operationStatus"], "READY");
    assert_eq!(file["media"]["video"]["posters"], json!([]));
    assert_eq!(file["thumbnailUrl"], "http://127.0.0.1/icons/video.svg");
    assert_eq!(
        site.send(Request::new("GET", &format!("/media/{id}f000.jpg"))).status,
        404
    );
}

#[test]
fn unfit_assets_are_refused_and_leave_nothing() {
    let site = decoding();
    let id = text(&film(&site, json!({}))["id"]);
    let before = bytes_in_use(&site);
    for (file, name, bytes, status) in [
        (&id[..], "poster.4", photo("chelsea.jpg"), 400),
        (&id, "../poster", photo("chelsea.jpg"), 400),
        (&id, "poster.0", b"<svg/>".to_vec(), 400),
        (&id, "poster.0", Vec::new(), 400),
        ("nobody", "poster.0", photo("chelsea.jpg"), 404),
    ] {
        let (found, answer) = give(&site, file, name, &bytes);
        assert_eq!(found, status, "{name}: {answer}");
    }
    assert_eq!(bytes_in_use(&site), before);
    assert_eq!(orphans(&site), 0);
}

#[test]
fn assets_count_for_the_quota() {
    let size = photo("chelsea.jpg").len() as u64;
    let site = Site::with(Options {
        transcodes: true,
        quota: Some(FILM.len() as u64 + size),
        ..Options::default()
    });
    let id = text(&film(&site, json!({}))["id"]);
    assert_eq!(give(&site, &id, "poster.0", &photo("chelsea.jpg")).0, 200);
    assert_eq!(bytes_in_use(&site) as u64, FILM.len() as u64 + size);
    let (status, answer) = give(&site, &id, "poster.1", &photo("chelsea.jpg"));
    assert_eq!(status, 400, "{answer}");
    assert_eq!(crate::site::reason(&answer), "SITE_QUOTA_EXCEEDED");
}

#[test]
fn assets_go_with_their_file_and_are_checked_with_it() {
    for by_folder in [false, true] {
        let site = decoding();
        let folder = site.folder("Films", "media-root");
        let id = text(&film(&site, json!({ "parentFolderId": folder }))["id"]);
        site.clock.advance(500);
        transcode(&site);
        let mut check = Check::default();
        while site.manager.check(&mut check).expect("a step") {}
        let posters = 4 * photo("chelsea.jpg").len() as u64;
        assert_eq!((check.files(), check.bytes()), (1, FILM.len() as u64 + posters));
        assert!(check.take_damage().is_empty());
        if by_folder {
            site.post(
                "/bulk/folders/delete",
                json!({ "folderIds": [folder], "permanent": true }),
            );
        } else {
            site.post("/bulk/files/delete", json!({ "fileIds": [id], "permanent": true }));
        }
        assert_eq!(bytes_in_use(&site), 0);
        let parts = site.manager.into_parts();
        assert_eq!(
            parts.blobs.list("", 9).expect("listed"),
            [""; 0],
            "by folder: {by_folder}"
        );
    }
}

#[test]
fn made_again_asset_replaces_the_one_before() {
    let site = decoding();
    let id = text(&film(&site, json!({}))["id"]);
    assert_eq!(give(&site, &id, "poster.0", &photo("chelsea.jpg")).0, 200);
    assert_eq!(give(&site, &id, "poster.0", &photo("coffee.jpg")).0, 200);
    site.manager.transcoded(&id, true).expect("recorded");
    let (_, bytes) = site.fetch(Request::new("GET", &format!("/media/{id}f000.jpg")));
    assert_eq!(bytes, photo("coffee.jpg"));
    assert_eq!(bytes_in_use(&site) as usize, FILM.len() + photo("coffee.jpg").len());
}

#[test]
fn damaged_poster_is_named_by_a_check() {
    let site = decoding();
    let id = text(&film(&site, json!({}))["id"]);
    site.clock.advance(500);
    transcode(&site);
    let Site { manager, clock, .. } = site;
    let parts = manager.into_parts();
    for blob in parts.blobs.list("", 9).expect("listed") {
        if parts.blobs.size(&blob).expect("read") != Some(FILM.len() as u64) {
            parts.blobs.remove(&blob).expect("removed");
        }
    }
    let site = Site::on(Manager::new(parts).expect("a manager"), clock);
    let mut check = Check::default();
    while site.manager.check(&mut check).expect("a step") {}
    let damage = check.take_damage();
    assert_eq!(damage.len(), 4);
    assert_eq!(
        (&damage[2].file_id, &damage[2].display_name[..]),
        (&id, "film.mp4 (poster.2)")
    );
}

#[test]
fn crash_of_the_host_keeps_the_transcode() {
    let site = decoding();
    let id = text(&film(&site, json!({}))["id"]);
    site.clock.advance(500);
    for _ in 0..5 {
        assert_eq!(site.manager.take_transcodes(9).expect("taken").len(), 1);
        assert!(site.manager.take_transcodes(9).expect("taken").is_empty());
        site.manager.end_leases().expect("ended");
    }
    // A film that ends every host is not tried for ever.
    assert!(site.manager.take_transcodes(9).expect("taken").is_empty());
    assert_eq!(descriptor(&site, &id)["operationStatus"], "READY");
}

#[test]
fn given_up_video_makes_room_for_the_next_one() {
    let site = decoding();
    let fatal = text(&film(&site, json!({}))["id"]);
    site.clock.advance(500);
    for _ in 0..5 {
        assert_eq!(site.manager.take_transcodes(1).expect("taken")[0].file, fatal);
        site.manager.end_leases().expect("ended");
    }
    let next = text(&film(&site, json!({}))["id"]);
    assert_eq!(site.manager.take_transcodes(1).expect("taken")[0].file, next);
    assert_eq!(descriptor(&site, &fatal)["operationStatus"], "READY");
}

#[test]
fn host_without_a_decoder_gives_up_what_waits() {
    let site = decoding();
    let id = text(&film(&site, json!({}))["id"]);
    site.clock.advance(500);
    let site = restarted(site, false);
    assert_eq!(descriptor(&site, &id)["operationStatus"], "PENDING");
    let due = json!({ "imports": 1, "deliveries": 1, "transcodes": 1 });
    let taken = site.manager.control("takeDue", &due).expect("taken");
    assert_eq!(taken["transcodes"], json!([]));
    assert_eq!(descriptor(&site, &id)["operationStatus"], "READY");
    assert_eq!(waiting(&site), 1);
    let site = restarted(site, true);
    assert_eq!(transcode(&site), id);
}

#[test]
fn seeded_video_is_ready_at_once_and_gets_its_posters_later() {
    let mut site = decoding();
    let mut intake = site.manager.open_seed(&json!({ "path": "/film.mp4" }), "");
    site.manager.feed(&mut intake, FILM);
    let response = site.manager.close(intake);
    let body = site.manager.collect(response.body).expect("a body");
    let answer: Value = serde_json::from_slice(&body).expect("JSON");
    let id = text(&answer["file"]["id"]);
    assert_eq!(answer["file"]["operationStatus"], "READY");
    site.events();
    assert_eq!(transcode(&site), id);
    assert_eq!(
        descriptor(&site, &id)["media"]["video"]["posters"]
            .as_array()
            .map(Vec::len),
        Some(4)
    );
    let events = site.events();
    assert_eq!((events.len(), &events[0].1[..]), (1, "updated"));
}

#[test]
fn imported_archive_has_no_posters_until_they_are_made_again() {
    let site = decoding();
    let id = text(&film(&site, json!({}))["id"]);
    site.clock.advance(500);
    transcode(&site);
    let pending = text(&film(&site, json!({}))["id"]);
    let export = site.manager.export().expect("an export");
    let archive = site.manager.collect(export.body).expect("read");

    let other = decoding();
    let mut intake = other.manager.open_archive();
    other.manager.feed(&mut intake, &archive);
    assert_eq!(other.manager.close(intake).status, 200);
    let file = descriptor(&other, &id);
    assert_eq!(file["operationStatus"], "READY");
    assert_eq!(file["media"]["video"]["posters"], json!([]));
    other.clock.advance(1000);
    other.manager.tick().expect("done");
    assert_eq!(descriptor(&other, &pending)["operationStatus"], "READY");
    let mut made = vec![transcode(&other), transcode(&other)];
    made.sort();
    let mut expected = vec![id.clone(), pending];
    expected.sort();
    assert_eq!(made, expected);
    assert_eq!(
        descriptor(&other, &id)["media"]["video"]["posters"]
            .as_array()
            .map(Vec::len),
        Some(4)
    );
}

/// The same stores with a host that decodes videos, or does not.
fn restarted(site: Site, is_decoding: bool) -> Site {
    let Site { manager, clock, .. } = site;
    let mut parts = manager.into_parts();
    parts.options.transcodes = is_decoding;
    Site::on(Manager::new(parts).expect("a manager"), clock)
}

fn waiting(site: &Site) -> Value {
    site.manager.control("waitingTranscodes", &json!({})).expect("a number")
}

#[test]
fn videos_stored_without_a_decoder_follow_once_there_is_one() {
    let site = Site::new();
    let first = text(&film(&site, json!({}))["id"]);
    let second = text(&film(&site, json!({}))["id"]);
    site.clock.advance(500);
    site.manager.tick().expect("done");
    assert_eq!(waiting(&site), 2);
    let due = json!({ "imports": 1, "deliveries": 1, "transcodes": 1 });
    let taken = site.manager.control("takeDue", &due).expect("taken");
    assert_eq!(taken["transcodes"], json!([]));
    let site = restarted(site, true);
    // New videos do not wait for old ones.
    let new = text(&film(&site, json!({}))["id"]);
    assert_eq!(transcode(&site), new);
    assert_eq!(waiting(&site), 2);
    assert_eq!(transcode(&site), first);
    let shown = descriptor(&site, &first);
    assert_eq!(shown["operationStatus"], "READY");
    assert_eq!(shown["media"]["video"]["posters"].as_array().map(Vec::len), Some(4));
    assert_eq!(transcode(&site), second);
    assert_eq!(site.manager.take_transcodes(9).expect("taken"), []);
    assert_eq!(waiting(&site), 0);
}

#[test]
fn imported_archive_waits_for_a_host_with_a_decoder() {
    let site = Site::new();
    let id = text(&film(&site, json!({}))["id"]);
    let export = site.manager.export().expect("an export");
    let archive = site.manager.collect(export.body).expect("read");
    let other = Site::new();
    let mut intake = other.manager.open_archive();
    other.manager.feed(&mut intake, &archive);
    assert_eq!(other.manager.close(intake).status, 200);
    other.clock.advance(1000);
    other.manager.tick().expect("done");
    assert_eq!(descriptor(&other, &id)["operationStatus"], "READY");
    assert_eq!(waiting(&other), 1);
    assert_eq!(transcode(&restarted(other, true)), id);
}

/// Begins the upload of a file to which a step adds posters, and returns what the manager said to each.
fn begin_with_posters(site: &Site, name: &str, bytes: &[u8], posters: &[Vec<u8>]) -> (Vec<bool>, Intake) {
    let body = json!({ "mimeType": "application/octet-stream", "fileName": name });
    let url = target(&text(&site.post("/files/generate-upload-url", body)["uploadUrl"]));
    let mut intake = site.manager.open(Request::new("PUT", &url).head);
    site.manager.feed(&mut intake, bytes);
    let add = |poster: &Vec<u8>| site.manager.add_poster(&mut intake, poster).expect("stored");
    (posters.iter().map(add).collect(), intake)
}

/// Uploads a file to which a step adds posters, and returns what the manager said to each, and the file.
fn with_posters(site: &Site, name: &str, bytes: &[u8], posters: &[Vec<u8>], fault: Option<&str>) -> (Vec<bool>, Value) {
    let (added, mut intake) = begin_with_posters(site, name, bytes, posters);
    let conclusion = Conclusion {
        fault: fault.map(str::to_owned),
        ..Conclusion::default()
    };
    site.manager.conclude(&mut intake, conclusion);
    let body = site.manager.collect(site.manager.close(intake).body).expect("a body");
    let answer: Value = serde_json::from_slice(&body).expect("JSON");
    (added, answer["file"].clone())
}

#[test]
fn posters_of_a_step_are_those_of_its_video() {
    let mut site = decoding();
    let given = [photo("chelsea.jpg"), b"no picture".to_vec(), photo("coffee.jpg")];
    let (added, file) = with_posters(&site, "film.mp4", FILM, &given, None);
    assert_eq!(added, [true, false, true]);
    let id = text(&file["id"]);
    assert_eq!(file["operationStatus"], "PENDING");
    let order = site.manager.take_transcodes(1).expect("taken").remove(0);
    assert!(order.has_posters);
    site.clock.advance(500);
    site.manager.transcoded(&id, true).expect("recorded");
    assert_eq!(site.event_bodies()[0]["slug"], "file_ready");
    let file = descriptor(&site, &id);
    let posters = file["media"]["video"]["posters"].as_array().expect("posters");
    let heights: Vec<_> = posters.iter().map(|poster| &poster["height"]).collect();
    assert_eq!(heights, [319, 320]);
    let (_, bytes) = site.fetch(Request::new("GET", &format!("/media/{id}f001.jpg")));
    assert_eq!(bytes, photo("coffee.jpg"));
    let size = FILM.len() + photo("chelsea.jpg").len() + photo("coffee.jpg").len();
    assert_eq!(bytes_in_use(&site) as usize, size);
    assert_eq!(orphans(&site), 0);
    site.post("/bulk/files/delete", json!({ "fileIds": [id], "permanent": true }));
    assert_eq!(site.manager.into_parts().blobs.list("", 9).expect("listed"), [""; 0]);
}

#[test]
fn posters_of_a_step_show_at_once_without_a_decoder() {
    let site = Site::with(Options {
        pending: vec![("VIDEO".to_owned(), 0)],
        ..Options::default()
    });
    let (added, file) = with_posters(&site, "film.mp4", FILM, &vec![photo("chelsea.jpg"); 5], None);
    assert_eq!(added, [true, true, true, true, false]);
    assert_eq!(file["operationStatus"], "READY");
    assert_eq!(file["media"]["video"]["posters"].as_array().map(Vec::len), Some(4));
    let site = restarted(site, true);
    assert!(site.manager.take_transcodes(1).expect("taken")[0].has_posters);
}

#[test]
fn posters_that_no_video_has_leave_nothing() {
    let size = photo("chelsea.jpg").len() as u64;
    let site = Site::with(Options {
        quota: Some(3 * FILM.len() as u64 + size),
        pending: vec![("VIDEO".to_owned(), 0)],
        ..Options::default()
    });
    let poster = [photo("chelsea.jpg"), photo("chelsea.jpg")];
    // It is no video, it fails, its upload is broken off, and the quota has room for one poster.
    with_posters(&site, "film.txt", b"text", &poster, None);
    with_posters(&site, "film.mp4", FILM, &poster, Some("a virus"));
    let mut intake = site.manager.open(Request::new("PUT", "/upload/forged").head);
    assert!(site.manager.add_poster(&mut intake, &poster[0]).expect("stored"));
    site.manager.abandon(intake);
    let (_, file) = with_posters(&site, "film.mp4", FILM, &poster, None);
    assert_eq!(file["media"]["video"]["posters"].as_array().map(Vec::len), Some(1));
    assert_eq!(orphans(&site), 0);
    assert_eq!(site.manager.into_parts().blobs.list("", 9).expect("listed").len(), 4);
}

#[test]
fn usage_that_cannot_be_read_is_no_full_quota() {
    let (site, catalog) = Site::faulty(Options {
        quota: Some(1 << 30),
        pending: vec![("VIDEO".to_owned(), 0)],
        ..Options::default()
    });
    let poster = [photo("chelsea.jpg")];
    let (_, intake) = begin_with_posters(&site, "film.mp4", FILM, &poster);
    // The first read is for the video.
    catalog.fail(Fault::TotalSize(1), Error::Store("a bad sector".into()));
    assert_eq!(site.manager.close(intake).status, 500);
    assert_eq!(bytes_in_use(&site), 0);
    let (_, file) = with_posters(&site, "film.mp4", FILM, &poster, None);
    assert_eq!(file["media"]["video"]["posters"].as_array().map(Vec::len), Some(1));
}

#[test]
fn unfit_videos_do_not_wait() {
    let site = Site::with(Options {
        failing: vec!["broken*".to_owned()],
        ..Options::default()
    });
    site.upload("video/mp4", json!({ "fileName": "broken.mp4" }), FILM);
    site.upload("image/jpeg", json!({ "fileName": "a.jpg" }), &photo("chelsea.jpg"));
    assert_eq!(waiting(&site), 0);
}

fn sample(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/data/media/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("a film")
}

/// Makes two renditions of the first film in the queue, one of them with segments.
fn render(site: &Site) -> String {
    let order = site.manager.take_transcodes(1).expect("taken").remove(0);
    site.manager.transcoded(&order.file, false).expect("recorded");
    let small = sample("film-fragments.mp4");
    assert_eq!(give(site, &order.file, "480p.mp4", &sample("rotated.mp4")).0, 200);
    assert_eq!(give(site, &order.file, "240p.mp4", &small).0, 200);
    let segments = json!({ "header": 100, "segments": [[6000, 200], [1500, small.len() - 300]], "codecs": "avc1.64001f,mp4a.40.2" });
    let (status, answer) = give_segments(site, &order.file, "240p.m4s", &small, &segments);
    assert_eq!(status, 200, "{answer}");
    site.manager.transcoded(&order.file, true).expect("recorded");
    order.file
}

#[test]
fn renditions_follow_once_the_video_is_ready() {
    let mut site = decoding();
    let id = text(&film(&site, json!({}))["id"]);
    site.clock.advance(500);
    render(&site);
    let slugs: Vec<_> = site.events().into_iter().map(|(_, slug, _)| slug).collect();
    assert_eq!(slugs, ["file_ready", "updated"]);
    let file = descriptor(&site, &id);
    let resolutions = file["media"]["video"]["resolutions"]
        .as_array()
        .expect("resolutions")
        .clone();
    let shown: Vec<_> = resolutions
        .iter()
        .map(|resolution| {
            (
                resolution["quality"].as_str(),
                text(&resolution["format"]),
                text(&resolution["url"]),
            )
        })
        .collect();
    let url = |quality: &str| format!("http://127.0.0.1/video/{id}/{quality}/mp4/file.mp4");
    let hls = format!(
        "http://127.0.0.1/site/media/video/{id}/{}/repackage/hls",
        text(&file["siteId"])
    );
    assert_eq!(
        shown,
        [
            (Some("240p"), "mp4".to_owned(), url("240p")),
            (Some("480p"), "mp4".to_owned(), url("480p")),
            (None, "hls".to_owned(), hls.clone()),
        ]
    );
    let (response, bytes) = site.fetch(Request::new("GET", &target(&url("240p"))));
    assert_eq!((response.status, bytes), (200, sample("film-fragments.mp4")));
    assert_eq!(response.header("content-type"), Some("video/mp4"));
    assert_eq!(site.send(Request::new("GET", &target(&url("720p")))).status, 404);
    let (_, original) = site.fetch(Request::new("GET", &format!("/video/{id}/file")));
    assert_eq!(original, FILM);
    let response = site.send(Request::new("GET", &target(&hls)));
    let stream = format!("http://127.0.0.1/repackager/video/{id}/,240p,480p,/mp4/file.mp4.urlset/master.m3u8");
    assert_eq!((response.status, response.header("location")), (302, Some(&stream[..])));
}

#[test]
fn stream_has_a_variant_for_each_rendition_with_segments() {
    for private in [false, true] {
        let site = decoding();
        let id = text(&film(&site, json!({ "private": private }))["id"]);
        site.clock.advance(500);
        render(&site);
        let answer = site.post("/files/generate-video-stream-url", json!({ "fileId": id }));
        let url = target(&text(&answer["downloadUrl"]["url"]));
        let (path, token) = url
            .split_once('?')
            .map_or((&url[..], ""), |(path, token)| (path, token));
        assert_eq!(token.is_empty(), !private);
        let suffix = if private { format!("?{token}") } else { String::new() };
        let read = |name: &str| {
            let path = path.replace("master.m3u8", name);
            let (response, bytes) = site.fetch(Request::new("GET", &format!("{path}{suffix}")));
            assert_eq!(response.status, 200, "{name}");
            bytes
        };
        let small = sample("film-fragments.mp4");
        let peak = (small.len() as u64 - 300) * 8000 / 1500;
        let average = small.len() as u64 * 8000 / 2000;
        let master = String::from_utf8(read("master.m3u8")).expect("text");
        assert!(
            master.contains(&format!(
                "AVERAGE-BANDWIDTH={average},RESOLUTION=64x48,CODECS=\"avc1.64001f,mp4a.40.2\"\n240p.m3u8{suffix}\n"
            )) && !master.contains("480p"),
            "{master}"
        );
        assert!(master.contains(&format!("BANDWIDTH={peak},")), "{master}");
        let index = String::from_utf8(read("240p.m3u8")).expect("text");
        let rest = small.len() - 300;
        assert_eq!(
            index,
            format!(
                "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:6\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n\
                 #EXT-X-MAP:URI=\"240p.m4s{suffix}\",BYTERANGE=\"100@0\"\n\
                 #EXTINF:6.000,\n#EXT-X-BYTERANGE:200@100\n240p.m4s{suffix}\n\
                 #EXTINF:1.500,\n#EXT-X-BYTERANGE:{rest}@300\n240p.m4s{suffix}\n#EXT-X-ENDLIST\n"
            )
        );
        assert_eq!(read("240p.m4s"), small);
        assert_eq!(read("480p.mp4"), sample("rotated.mp4"));
        let manifest = String::from_utf8(read("manifest.mpd")).expect("text");
        let end = small.len() - 1;
        assert!(
            manifest.contains(&format!(
                "<Representation id=\"240p\" bandwidth=\"{peak}\" width=\"64\" height=\"48\" codecs=\"avc1.64001f,mp4a.40.2\">\
                 <BaseURL>240p.m4s{suffix}</BaseURL><SegmentList timescale=\"1000\"><Initialization range=\"0-99\"/>\
                 <SegmentTimeline><S d=\"6000\"/><S d=\"1500\"/></SegmentTimeline>\
                 <SegmentURL mediaRange=\"100-299\"/><SegmentURL mediaRange=\"300-{end}\"/></SegmentList></Representation>"
            )),
            "{manifest}"
        );
        assert!(!manifest.contains("480p"), "{manifest}");
        for name in ["720p.m3u8", "480p.m3u8", "720p.m4s"] {
            let path = path.replace("master.m3u8", name);
            let response = site.send(Request::new("GET", &format!("{path}{suffix}")));
            assert_eq!(response.status, 404, "{name}");
        }
        if private {
            let direct = format!("/video/{id}/240p/mp4/file.mp4");
            assert_eq!(site.send(Request::new("GET", &direct)).status, 403);
            let bare = site.send(Request::new("GET", &path.replace("master.m3u8", "240p.m4s")));
            assert_eq!(bare.status, 403);
            let hls = format!("/site/media/video/{id}/s/repackage/hls");
            assert_eq!(site.send(Request::new("GET", &hls)).status, 403);
        }
        let body = json!({ "fileId": id, "assetKeys": ["240p.mp4"] });
        let links = site.post("/files/generate-file-download-url", body);
        let link = target(&text(&links["downloadUrls"][0]["url"]));
        let (response, bytes) = site.fetch(Request::new("GET", &link));
        assert_eq!((response.status, bytes), (200, small));
        assert!(
            response
                .header("content-disposition")
                .expect("a name")
                .contains("film-240p.mp4")
        );
    }
}

#[test]
fn unfit_renditions_are_refused() {
    let site = decoding();
    let id = text(&film(&site, json!({}))["id"]);
    let bytes = sample("film-fragments.mp4");
    let length = bytes.len();
    for (name, bytes, segments) in [
        ("240p.mp4", photo("chelsea.jpg"), Value::Null),
        ("300p.mp4", bytes.clone(), Value::Null),
        (
            "240p.m4s",
            bytes.clone(),
            json!({ "header": 100, "segments": [[1, length]] }),
        ),
        (
            "240p.m4s",
            bytes.clone(),
            json!({ "header": u64::MAX, "segments": [[1, u64::MAX]] }),
        ),
        (
            "240p.m4s",
            bytes.clone(),
            json!({ "header": 0, "segments": [[1, length]], "codecs": "avc1\"><x" }),
        ),
    ] {
        let (status, answer) = give_segments(&site, &id, name, &bytes, &segments);
        assert_eq!(status, 400, "{name} {segments}: {answer}");
    }
}

#[test]
fn segments_of_a_whole_rendition_are_ignored() {
    let site = decoding();
    let id = text(&film(&site, json!({}))["id"]);
    site.clock.advance(500);
    let bytes = sample("film-fragments.mp4");
    let segments = json!({ "header": 0, "segments": [[1, bytes.len()]] });
    assert_eq!(give_segments(&site, &id, "240p.mp4", &bytes, &segments).0, 200);
    site.manager.transcoded(&id, true).expect("recorded");
    let shown = &descriptor(&site, &id)["media"]["video"]["resolutions"];
    assert_eq!((&shown[0]["quality"], &shown[0]["width"]), (&json!("240p"), &json!(64)));
}

#[test]
fn renditions_are_made_after_a_crash_without_new_posters() {
    let site = decoding();
    film(&site, json!({}));
    site.clock.advance(500);
    let order = site.manager.take_transcodes(1).expect("taken").remove(0);
    assert!(!order.has_posters);
    assert_eq!(give(&site, &order.file, "poster.0", &photo("chelsea.jpg")).0, 200);
    site.manager.transcoded(&order.file, false).expect("recorded");
    site.manager.end_leases().expect("ended");
    let order = site.manager.take_transcodes(1).expect("taken").remove(0);
    assert!(order.has_posters);
}
