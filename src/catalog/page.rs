//! Pages of files or folders: what they are asked with.

use super::{Area, File, Folder};
use crate::model::media_type::MediaType;

/// The items that a page is taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Children {
    /// The items directly in one folder.
    Of(String),
    /// The items of these areas, at every depth.
    In(Vec<Area>),
}

/// The order of items. Items with equal keys are in ascending order of their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// By name, by code points.
    Name,
    /// By the time of the last change.
    Updated,
    /// By size. For folders, which have none, by the time of the last change.
    Size,
}

/// The value that an item is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A time or a size.
    Number(i64),
    /// A name.
    Text(String),
}

/// The place of an item in an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// What the item is sorted by.
    pub key: Key,
    /// The item's id.
    pub id: String,
}

/// One page of an ordered and filtered list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where the items are.
    pub children: Children,
    /// Only files of these media types.
    pub media_types: Option<Vec<MediaType>>,
    /// Only private or only public files.
    pub private: Option<bool>,
    /// Only items that hold this text, folded with [`fold`](super::fold). Empty for all items.
    pub text: String,
    /// Only items whose last change and deletion were at this time or before.
    pub until: Option<i64>,
    /// The order.
    pub sort: Sort,
    /// Whether the order of the keys is reversed. Items with equal keys stay in ascending order of their ids.
    pub descending: bool,
    /// Only items behind this place, or in front of it when `backwards` is set.
    pub from: Option<Position>,
    /// Whether to take the items in front of `from`, nearest first.
    pub backwards: bool,
    /// The most items.
    pub limit: u32,
}

impl Page {
    /// The first page, by the time of the last change, latest first, without conditions.
    ///
    /// ```
    /// use wix_media::catalog::{Children, Page, Sort};
    ///
    /// let page = Page::new(Children::Of("media-root".into()), 50);
    /// assert_eq!((page.sort, page.descending), (Sort::Updated, true));
    /// ```
    pub fn new(children: Children, limit: u32) -> Page {
        Page {
            children,
            media_types: None,
            private: None,
            text: String::new(),
            until: None,
            sort: Sort::Updated,
            descending: true,
            from: None,
            backwards: false,
            limit,
        }
    }
}

/// An item that a page can hold.
pub trait Item {
    /// The place of the item in an order.
    ///
    /// ```
    /// use wix_media::catalog::{Area, Folder, Item, Key, Sort};
    ///
    /// let folder = Folder::new("f1", "Animals", "media-root", Area::Site, 7);
    /// assert_eq!(folder.position(Sort::Name).key, Key::Text("Animals".into()));
    /// ```
    fn position(&self, sort: Sort) -> Position;
}

impl Item for File {
    fn position(&self, sort: Sort) -> Position {
        Position {
            key: match sort {
                Sort::Name => Key::Text(self.name.clone()),
                Sort::Updated => Key::Number(self.updated),
                Sort::Size => Key::Number(self.size),
            },
            id: self.id.clone(),
        }
    }
}

impl Item for Folder {
    fn position(&self, sort: Sort) -> Position {
        Position {
            key: match sort {
                Sort::Name => Key::Text(self.name.clone()),
                Sort::Updated | Sort::Size => Key::Number(self.updated),
            },
            id: self.id.clone(),
        }
    }
}
