//! Sorting, and pages of lists, searches and queries.

use super::call::Call;
use super::enums::SortOrder;
use serde::{Deserialize, Serialize};

/// The order of a list or search.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sorting {
    /// `displayName`, `updatedDate` or, for files only, `sizeInBytes`.
    pub field_name: String,
    /// The direction. Default: ascending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<SortOrder>,
}

impl Sorting {
    /// Smallest first.
    pub fn ascending(field_name: &str) -> Sorting {
        Sorting {
            field_name: field_name.to_owned(),
            order: Some(SortOrder::Ascending),
        }
    }

    /// Largest first.
    pub fn descending(field_name: &str) -> Sorting {
        Sorting {
            field_name: field_name.to_owned(),
            order: Some(SortOrder::Descending),
        }
    }
}

/// The page to get.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CursorPaging {
    /// Items per page, 1 to 100. Default: 50.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// The cursor of an earlier page. Default: the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Where a page stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct PagingMetadata {
    /// The number of items in the page. Sent by queries.
    pub count: Option<u32>,
    /// The number of all items. Not sent with cursors.
    pub total: Option<u32>,
    /// Cursors of the pages before and after.
    pub cursors: Cursors,
    /// Whether there is a next page.
    pub has_next: Option<bool>,
}

impl PagingMetadata {
    /// Returns the cursor of the next page, `None` on the last one.
    pub fn next(&self) -> Option<&str> {
        let cursor = self.cursors.next.as_deref()?;
        (self.has_next != Some(false) && !cursor.is_empty()).then_some(cursor)
    }
}

/// Cursors of the pages before and after a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Cursors {
    /// That of the next page, empty or absent on the last one.
    pub next: Option<String>,
    /// That of the previous page, empty or absent on the first one. Sent by queries only.
    pub prev: Option<String>,
}

/// A call whose result is a page.
pub trait Listing: Call<Output: Page> {
    /// Changes the call to that of the page at a cursor.
    fn set_cursor(&mut self, cursor: String);

    /// Changes the call to that of the page after `page`. Returns whether there is one.
    ///
    /// It returns `false` for a cursor that is the call's own too, which would go on forever.
    ///
    /// ```
    /// use wix_media::sdk::{Call, ListFiles, Listing, Response};
    ///
    /// let mut call = ListFiles::default();
    /// let answers = [
    ///     &br#"{"files": [{"id": "a"}], "nextCursor": {"cursors": {"next": "c"}, "hasNext": true}}"#[..],
    ///     br#"{"files": [{"id": "b"}], "nextCursor": {"cursors": {"next": ""}, "hasNext": false}}"#,
    /// ];
    /// let mut ids = Vec::new();
    /// for answer in answers {
    ///     let page = ListFiles::receive(&Response::new(200, answer))?;
    ///     let goes_on = call.advance(&page);
    ///     assert_eq!(goes_on, ids.is_empty());
    ///     ids.extend(page.files.into_iter().map(|file| file.id));
    /// }
    /// assert_eq!(ids, ["a", "b"]);
    /// # Ok::<(), wix_media::sdk::Error>(())
    /// ```
    fn advance(&mut self, page: &Self::Output) -> bool {
        match page.next_cursor() {
            Some(next) if self.cursor() != Some(next) => {
                self.set_cursor(next.to_owned());
                true
            }
            _ => false,
        }
    }

    /// Returns the cursor of the call.
    fn cursor(&self) -> Option<&str>;
}

/// A page of a list, a search or a query.
pub trait Page {
    /// A file or a folder.
    type Item;

    /// Returns the cursor of the next page, `None` on the last one.
    fn next_cursor(&self) -> Option<&str>;

    /// Returns the items.
    fn into_items(self) -> Vec<Self::Item>;
}

/// Declares pages and the calls that return them.
macro_rules! pages {
    ($($(#[$attribute:meta])* $page:ident, $items:ident: $item:ty, $paging:ident, [$($call:ident: $($step:ident).+),+];)+) => {$(
        $(#[$attribute])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        #[non_exhaustive]
        pub struct $page {
            /// The items of this page.
            pub $items: Vec<$item>,
            /// Where the page stands.
            pub $paging: Option<crate::sdk::PagingMetadata>,
        }

        impl crate::sdk::Page for $page {
            type Item = $item;

            fn next_cursor(&self) -> Option<&str> {
                self.$paging.as_ref().and_then(crate::sdk::PagingMetadata::next)
            }

            fn into_items(self) -> Vec<$item> {
                self.$items
            }
        }

        $(
            impl crate::sdk::Listing for $call {
                fn set_cursor(&mut self, cursor: String) {
                    self.$($step).+.get_or_insert_default().cursor = Some(cursor);
                }

                fn cursor(&self) -> Option<&str> {
                    self.$($step).+.as_ref()?.cursor.as_deref()
                }
            }
        )+
    )+};
}

pub(super) use pages;
