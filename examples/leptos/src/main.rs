//! A page that lists the pictures of a site, and creates folders.

use leptos::mount::mount_to_body;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wix_media::sdk::{
    Client, CreateFolder, Credentials, CursorPaging, Endpoint, Error, FileDescriptor, ListFiles, Listing as _,
    MediaType, Reqwest, Sorting,
};

/// Pictures on a page.
const PAGE_SIZE: u32 = 12;

fn main() {
    mount_to_body(Pictures);
}

/// The service on the host of the page. One that is elsewhere has to allow the page's origin.
fn client() -> Client<Reqwest> {
    Client::new(
        Endpoint::new(&location().origin().unwrap_or_default(), Credentials::None),
        Reqwest::default(),
    )
}

fn first_page() -> ListFiles {
    ListFiles {
        media_types: vec![MediaType::Image],
        sort: Some(Sorting::ascending("displayName")),
        paging: Some(CursorPaging {
            limit: Some(PAGE_SIZE),
            ..CursorPaging::default()
        }),
        ..ListFiles::default()
    }
}

#[component]
fn Pictures() -> impl IntoView {
    let client = StoredValue::new_local(std::rc::Rc::new(client()));
    let pictures = RwSignal::new(Vec::<FileDescriptor>::new());
    // The call of the page to load next, and `None` after the last one or while one is loading.
    let next = RwSignal::new_local(Some(first_page()));
    let status = RwSignal::new(String::new());
    let show = move |error: Error| status.set(format!("{}: {error}", error.code()));

    let load = move || {
        let Some(mut call) = next.write().take() else {
            return;
        };
        let client = client.get_value();
        spawn_local(async move {
            match client.call(&call).await {
                Ok(page) => {
                    let goes_on = call.advance(&page);
                    pictures.write().extend(page.files);
                    next.set(goes_on.then_some(call));
                }
                Err(error) => {
                    show(error);
                    next.set(Some(call));
                }
            }
        });
    };
    load();

    let name = RwSignal::new(String::new());
    let create = move || {
        let client = client.get_value();
        let call = CreateFolder::new(name.get_untracked());
        spawn_local(async move {
            match client.call(&call).await {
                Ok(created) => status.set(format!("created {}", created.folder.display_name)),
                Err(error) => show(error),
            }
        });
    };

    view! {
        <h1>"Pictures"</h1>
        <form on:submit=move |event| { event.prevent_default(); create() }>
            <label>"New folder " <input bind:value=name /></label>
            <button>"Create"</button>
        </form>
        <p role="status">{status}</p>
        <ul>
            <For each=move || pictures.get() key=|file| file.id.clone() let(file)>
                <li><img src=file.thumbnail_url.unwrap_or_default() alt="" /> {file.display_name}</li>
            </For>
        </ul>
        <button disabled=move || next.read().is_none() on:click=move |_| load()>"More"</button>
    }
}
