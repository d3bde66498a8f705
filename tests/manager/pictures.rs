//! Image transforms and colours, as the host of a manager sees them.

use crate::site::{Site, target, text};
use serde_json::{Value, json};
use wix_media::manager::{Picture, Request, Response};

fn photo() -> Vec<u8> {
    let path = format!("{}/tests/data/photos/chelsea.jpg", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("a photograph")
}

fn uploaded(site: &Site, mut options: Value) -> Value {
    options["fileName"] = "cat.jpg".into();
    let (status, answer) = site.upload("image/jpeg", options, &photo());
    assert_eq!(status, 200, "{answer}");
    answer["file"].clone()
}

fn get(site: &Site, path: &str, accept: &str) -> Response {
    site.send(Request::new("GET", path).header("Accept", accept))
}

#[test]
fn transform_url_returns_the_picture_and_its_normalised_transform() {
    let site = Site::new();
    let file = uploaded(&site, json!({}));
    let path = target(&text(&file["url"]));
    let tail = "v1/fill/h_80,w_100,al_c,q_80,usm_0.66_1.00_0.01,enc_auto/cat.jpg";
    let (response, bytes) = site.fetch(Request::new("GET", &format!("{path}/{tail}")).header("Accept", "image/webp"));
    let asked = "fill/w_100,h_80,al_c,q_80,usm_0.66_1_0.01,enc_auto/0.jpg";
    assert_eq!((response.status, response.transform.as_deref()), (200, Some(asked)));
    assert_eq!(bytes, photo());
    assert_eq!(response.header("vary"), Some("Accept"));
    assert_eq!(
        response.header("cache-control"),
        Some("public, max-age=15552000, immutable")
    );
    let tag = response.header("etag").expect("a tag").to_owned();
    let other = get(&site, &format!("{path}/{tail}"), "image/png");
    assert_ne!(
        other.header("etag"),
        Some(tag.as_str()),
        "the tag depends on the format"
    );
    let again = Request::new(
        "HEAD",
        &format!("{path}/v1/fill/w_100,h_80,q_80,usm_0.66_1_0.01,enc_auto/other.jpg"),
    );
    let again = site.send(again.header("Accept", "text/html,image/webp"));
    assert_eq!(
        again.header("etag"),
        Some(tag.as_str()),
        "equal transforms have one tag"
    );
    assert_eq!(
        again.transform.as_deref(),
        Some(asked),
        "a HEAD needs the transform to know the length"
    );
    let known = Request::new("GET", &format!("{path}/{tail}"));
    let known = site.send(known.header("Accept", "image/webp").header("If-None-Match", &tag));
    assert_eq!((known.status, known.transform), (304, None));
    let plain = get(&site, &format!("{path}/v1/fit/w_10,h_10/cat.jpg"), "image/webp");
    assert_eq!(plain.header("vary"), None);
}

#[test]
fn impossible_transform_is_refused_with_its_parameter() {
    let site = Site::new();
    let file = uploaded(&site, json!({}));
    let path = target(&text(&file["url"]));
    for (tail, status, named) in [
        ("v1/fit/w_0,h_10/cat.jpg", 400, "w_0"),
        ("v1/fit/w_5001,h_10/cat.jpg", 400, "w_5001"),
        ("v1/fit/h_10/cat.jpg", 400, "w_"),
        ("v1/fit/w_10,h_10,zoom_3/cat.jpg", 400, "zoom_3"),
        ("v1/crop/x_480,y_0,w_1,h_1/cat.jpg", 400, "x_480"),
        ("v1/stretch/w_10,h_10/cat.jpg", 403, "stretch"),
        ("v1", 403, "method"),
    ] {
        let (response, bytes) = site.fetch(Request::new("GET", &format!("{path}/{tail}")));
        let said = String::from_utf8_lossy(&bytes);
        assert_eq!(response.status, status, "{tail}: {said}");
        assert!(said.contains(named), "{tail}: {said}");
        assert_eq!(response.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(response.transform, None);
    }
    let post = site.send(Request::new("POST", &format!("{path}/v1/fit/w_1,h_1/cat.jpg")));
    assert_eq!(post.status, 405);
    for nowhere in [
        "/media/unknown.jpg/v1/fit/w_1,h_1/a.jpg",
        &format!("{path}/v2/fit/w_1,h_1/a.jpg"),
    ] {
        assert_eq!(get(&site, nowhere, "").status, 404, "{nowhere}");
    }
    let private = uploaded(&site, json!({ "private": true }));
    let id = text(&private["id"]);
    let answer = get(&site, &format!("/media/{id}/v1/fit/w_1,h_1/a.jpg"), "");
    assert_eq!((answer.status, answer.transform), (403, None));
    // Raw photographs of cameras.
    let (_, answer) = site.upload(
        "image/x-fuji-raf",
        json!({ "fileName": "a.raf" }),
        b"FUJIFILMCCD-RAW 0201 and what follows",
    );
    assert_eq!(answer["file"]["mediaType"], "IMAGE");
    let path = target(&text(&answer["file"]["url"]));
    assert_eq!(get(&site, &format!("{path}/v1/fit/w_1,h_1/a.jpg"), "").status, 415);
}

#[test]
fn preview_of_public_image_is_a_transform() {
    let site = Site::new();
    let file = uploaded(&site, json!({}));
    let preview = &file["media"]["image"]["previewImage"];
    assert_eq!(
        (&preview["id"], &preview["width"], &preview["height"]),
        (&json!("image.preview"), &json!(480), &json!(319))
    );
    let answer = get(&site, &target(&text(&preview["url"])), "");
    assert_eq!(answer.transform.as_deref(), Some("fit/w_800,h_450/0.jpg"));
    let private = uploaded(&site, json!({ "private": true }));
    assert_eq!(private["media"]["image"]["previewImage"], Value::Null);
}

/// Sends a request, and passes these colours if the manager asks for those of a picture.
fn colored(site: &Site, request: Request, colors: &Value) -> (Option<Picture>, Value) {
    let mut intake = site.manager.open(request.head);
    site.manager.feed(&mut intake, &request.body);
    let picture = site.manager.picture(&mut intake);
    if picture.is_some() {
        site.manager.color(&mut intake, colors.clone());
    }
    let response = site.manager.close(intake);
    assert_eq!(response.status, 200);
    let bytes = site.manager.collect(response.body).expect("a body");
    (picture, serde_json::from_slice(&bytes).expect("JSON"))
}

fn url(site: &Site, kind: &str, mime: &str, name: &str) -> Value {
    let body = json!({ "mimeType": mime, "fileName": name });
    site.post(&format!("/files/generate-{kind}-url"), body)
}

#[test]
fn drawing_has_colours_a_preview_and_transforms() {
    let site = Site::new();
    let colors = json!({ "prominent": { "hex": "#FF0000" }, "palette": [] });
    let drawing = b"<svg xmlns='http://www.w3.org/2000/svg' width='120' height='80'/>".to_vec();
    let target = target(&text(&url(&site, "upload", "image/svg+xml", "a.svg")["uploadUrl"]));
    let (picture, answer) = colored(&site, Request::new("PUT", &target).body(drawing), &colors);
    assert!(picture.is_some());
    let vector = &answer["file"]["media"]["vector"];
    assert_eq!(vector["colors"], colors);
    let preview = text(&vector["previewImage"]["url"]);
    assert!(
        preview.contains("/shapes/") && preview.ends_with("/v1/fit/w_800,h_450/preview.png"),
        "{preview}"
    );

    // Other texts are not read for their colours.
    let page = target_of_page(&site);
    let (picture, _) = colored(
        &site,
        Request::new("PUT", &page).body(b"<html></html>".to_vec()),
        &colors,
    );
    assert!(picture.is_none());
}

fn target_of_page(site: &Site) -> String {
    target(&text(&url(site, "upload", "text/html", "a.html")["uploadUrl"]))
}

#[test]
fn colours_from_the_host_are_stored_with_the_image() {
    let site = Site::new();
    let colors = json!({
        "prominent": { "hex": "#A0795D", "rgb": { "r": 160, "g": 121, "b": 93 } },
        "palette": [{ "hex": "#A0795D", "rgb": { "r": 160, "g": 121, "b": 93 } }],
    });
    let target = target(&text(&url(&site, "upload", "image/jpeg", "cat.jpg")["uploadUrl"]));
    let request = Request::new("PUT", &target).body(photo());
    let (picture, answer) = colored(&site, request, &colors);
    assert_eq!(picture.map(|picture| picture.size), Some(photo().len() as u64));
    assert_eq!(answer["file"]["media"]["image"]["colors"], colors);
    let id = text(&answer["file"]["id"]);
    assert_eq!(
        site.get(&format!("/files/{id}"))["file"]["media"]["image"]["colors"],
        colors
    );
    let bare = uploaded(&site, json!({}));
    assert_eq!(
        bare["media"]["image"]["colors"],
        Value::Null,
        "the colours belong to one request"
    );

    // For a resumable upload, the finalising PUT finds the picture in the blob of the upload.
    let answer = url(&site, "resumable-upload", "image/jpeg", "cat.jpg");
    let token = text(&answer["uploadToken"]);
    let metadata = format!("token {}", data_encoding::BASE64.encode(token.as_bytes()));
    let create = Request::new("POST", "/upload/tus")
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Length", &photo().len().to_string())
        .header("Upload-Metadata", &metadata);
    let place = crate::site::target(site.send(create).header("location").expect("a place"));
    let patch = Request::new("PATCH", &place)
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Offset", "0")
        .header("Content-Type", "application/offset+octet-stream")
        .body(photo());
    assert_eq!(site.send(patch).status, 204);
    let finalise = Request::new("PUT", &format!("/upload/tus/{token}")).body("{}");
    let (picture, answer) = colored(&site, finalise, &colors);
    assert_eq!(picture.map(|picture| picture.size), Some(photo().len() as u64));
    assert_eq!(answer["file"]["media"]["image"]["colors"], colors);

    // The manager does not ask for colours of other types.
    let target = crate::site::target(&text(&url(&site, "upload", "application/pdf", "a.pdf")["uploadUrl"]));
    let (picture, answer) = colored(&site, Request::new("PUT", &target).body("%PDF-1.7"), &colors);
    assert_eq!((picture, &answer["file"]["media"]["image"]), (None, &Value::Null));
}
