//! The folders that every site has (`contract/README.md`, system folders; ids of choice U29).

/// A folder of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemFolder {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its parent, empty for the three roots.
    pub parent: &'static str,
    /// Whether lists leave it out.
    pub hidden: bool,
}

/// The top of Site Files.
pub const MEDIA_ROOT: &str = "media-root";
/// The top of the trash.
pub const TRASH_ROOT: &str = "trash-root";
/// The top of what visitors and members uploaded.
pub const VISITOR_UPLOADS: &str = "visitor-uploads";
/// Holds media bought through a purchase flow.
pub const PURCHASED_ITEMS: &str = "purchased-items";
/// Holds media uploaded from mobile devices.
pub const MOBILE_UPLOADS: &str = "mobile-uploads";
/// Holds videos made with Wix Video Maker.
pub const VIDEO_MAKER: &str = "video-maker";

/// All of them: three roots, two virtual folders that nothing lists, and Video Maker.
pub static SYSTEM_FOLDERS: [SystemFolder; 6] = [
    row(MEDIA_ROOT, "Site Files", "", true),
    row(TRASH_ROOT, "Trash", "", true),
    row(VISITOR_UPLOADS, "Visitor Uploads", "", true),
    row(PURCHASED_ITEMS, "Purchased Items", MEDIA_ROOT, true),
    row(MOBILE_UPLOADS, "Mobile Uploads", MEDIA_ROOT, true),
    row(VIDEO_MAKER, "Video Maker", MEDIA_ROOT, false),
];

const fn row(id: &'static str, name: &'static str, parent: &'static str, hidden: bool) -> SystemFolder {
    SystemFolder {
        id,
        name,
        parent,
        hidden,
    }
}

/// The system folder with this id.
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
