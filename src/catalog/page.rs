//! What a page of files or folders is asked with.

use super::{Area, File, Folder};

/// Which items a page is taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Children {
    /// Those directly in one folder.
    Of(String),
    /// Those at every depth of these areas.
    In(Vec<Area>),
}

/// What items are ordered by; equal ones by id, ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// By name, by code points.
    Name,
    /// By the time of the last change.
    Updated,
    /// By size; of files only.
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

/// A place in an order: that of an item.
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
    pub media_types: Option<Vec<String>>,
    /// Only private or only public files.
    pub private: Option<bool>,
    /// Only items that hold this text, folded with [`fold`](super::fold); an empty one is no condition.
    pub text: String,
    /// Only items that were last changed and deleted at this time or before.
    pub until: Option<i64>,
    /// The order.
    pub sort: Sort,
    /// Whether the order is reversed; equal items stay in ascending order of their ids.
    pub descending: bool,
    /// Only items behind this place; in front of it, when `backwards` is set.
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

/// What a page can hold.
pub trait Item {
    /// Where the item stands in an order.
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
