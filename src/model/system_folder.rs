//! The folders that every site has, and the areas they belong to (`docs/contract/README.md#system-folders`).

use super::area::Area;

/// A folder of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemFolder {
    /// Its id (`docs/contract/choices.md#u29`).
    pub id: &'static str,
    /// Its display name.
    pub name: &'static str,
    /// The id of its parent, empty for the three tops.
    pub parent: &'static str,
    /// Whether lists omit it.
    pub hidden: bool,
    /// The area of everything inside it.
    pub area: Area,
}

/// The top of Site Files.
pub const MEDIA_ROOT: &str = "media-root";
/// The top of the trash.
pub const TRASH_ROOT: &str = "trash-root";
/// The top of what visitors and members of the site uploaded.
pub const VISITOR_UPLOADS: &str = "visitor-uploads";
/// Media bought through a purchase flow.
pub const PURCHASED_ITEMS: &str = "purchased-items";
/// Media uploaded from mobile devices.
pub const MOBILE_UPLOADS: &str = "mobile-uploads";
/// Videos made with Wix Video Maker.
pub const VIDEO_MAKER: &str = "video-maker";

/// All system folders: three tops, two virtual folders that lists omit, and Video Maker.
pub static SYSTEM_FOLDERS: [SystemFolder; 6] = [
    row(MEDIA_ROOT, "Site Files", "", true, Area::Site),
    row(TRASH_ROOT, "Trash", "", true, Area::Trash),
    row(VISITOR_UPLOADS, "Visitor Uploads", "", true, Area::Visitors),
    row(PURCHASED_ITEMS, "Purchased Items", MEDIA_ROOT, true, Area::Site),
    row(MOBILE_UPLOADS, "Mobile Uploads", MEDIA_ROOT, true, Area::Site),
    row(VIDEO_MAKER, "Video Maker", MEDIA_ROOT, false, Area::Site),
];

const fn row(id: &'static str, name: &'static str, parent: &'static str, hidden: bool, area: Area) -> SystemFolder {
    SystemFolder {
        id,
        name,
        parent,
        hidden,
        area,
    }
}

/// The system folder with this id, `None` for any other id.
///
/// ```
/// use wix_media::model::system_folder;
///
/// assert_eq!(system_folder::find("media-root").unwrap().name, "Site Files");
/// assert_eq!(system_folder::find("MEDIA_ROOT"), None);
/// ```
pub fn find(id: &str) -> Option<&'static SystemFolder> {
    SYSTEM_FOLDERS.iter().find(|folder| folder.id == id)
}

/// The area of what is inside a system folder, `None` for the id of any other folder.
///
/// ```
/// use wix_media::model::{area::Area, system_folder};
///
/// assert_eq!(system_folder::area_of("video-maker"), Some(Area::Site));
/// assert_eq!(system_folder::area_of("visitor-uploads"), Some(Area::Visitors));
/// assert_eq!(system_folder::area_of("f1"), None);
/// ```
pub fn area_of(id: &str) -> Option<Area> {
    find(id).map(|folder| folder.area)
}

/// The id of the folder at the top of an area.
///
/// ```
/// use wix_media::model::{area::Area, system_folder};
///
/// assert_eq!(system_folder::top_of(Area::Trash), "trash-root");
/// ```
pub const fn top_of(area: Area) -> &'static str {
    match area {
        Area::Site => MEDIA_ROOT,
        Area::Visitors => VISITOR_UPLOADS,
        Area::Trash => TRASH_ROOT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn top_of_every_area_is_a_system_folder_without_parent_in_that_area() {
        for &area in Area::ALL {
            let top = find(top_of(area)).expect("a system folder");
            assert_eq!((top.area, top.parent), (area, ""));
        }
        assert_eq!(
            SYSTEM_FOLDERS.iter().filter(|folder| folder.parent.is_empty()).count(),
            Area::ALL.len()
        );
    }

    #[test]
    fn system_folder_with_parent_is_in_the_area_of_its_parent() {
        for folder in SYSTEM_FOLDERS.iter().filter(|folder| !folder.parent.is_empty()) {
            assert_eq!(area_of(folder.parent), Some(folder.area), "{}", folder.id);
        }
    }
}
