//! Lists the pictures of a site: `cargo run -- http://127.0.0.1:4410` for one that `wix-media serve` has.

use wix_media::sdk::{Client, Credentials, Endpoint, Error, ListFiles, MediaType, Reqwest, Sorting};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let base = std::env::args().nth(1).unwrap_or("http://127.0.0.1:4410".to_owned());
    let credentials = match std::env::var("WIX_API_KEY") {
        Ok(key) => Credentials::ApiKey {
            key,
            site_id: std::env::var("WIX_SITE_ID").unwrap_or_default(),
        },
        Err(_) => Credentials::None,
    };
    let client = Client::new(Endpoint::new(&base, credentials), Reqwest::default());
    let pictures = ListFiles {
        media_types: vec![MediaType::Image],
        sort: Some(Sorting::ascending("displayName")),
        ..ListFiles::default()
    };
    let mut pages = client.pages(pictures);
    while let Some(page) = pages.next().await? {
        for file in page.files {
            println!("{} {}", file.display_name, file.url);
        }
    }
    Ok(())
}
