//! The parts of a site that hold items.

use super::spelled::spelled;

spelled! {
    /// The part of a site that an item is in, which is also what one scope of a search covers.
    ///
    /// The module `system_folder` (feature `manager`) says which system folders belong to an area, and which is its top.
    ///
    /// ```
    /// use wix_media::model::area::Area;
    ///
    /// assert_eq!(Area::Visitors.as_str(), "visitors");
    /// assert_eq!(Area::parse("trash"), Some(Area::Trash));
    /// assert_eq!(Area::from_number(0), Some(Area::Site));
    /// ```
    pub enum Area {
        /// Below `media-root`, virtual folders included.
        Site = "site",
        /// Below `visitor-uploads`.
        Visitors = "visitors",
        /// In the trash.
        Trash = "trash",
    }
}

impl Area {
    /// The number that stores and cursors keep for the area.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The area with this number, `None` for any other number.
    pub fn from_number(number: i64) -> Option<Area> {
        usize::try_from(number)
            .ok()
            .and_then(|number| Area::ALL.get(number))
            .copied()
    }

    /// The scope of a search that covers the area: a value of the API's enum `RootFolder`.
    ///
    /// ```
    /// assert_eq!(wix_media::model::area::Area::Site.scope(), "MEDIA_ROOT");
    /// ```
    pub const fn scope(self) -> &'static str {
        match self {
            Area::Site => "MEDIA_ROOT",
            Area::Visitors => "VISITOR_UPLOADS_ROOT",
            Area::Trash => "TRASH_ROOT",
        }
    }

    /// The area that a scope covers, `None` for any other text.
    ///
    /// ```
    /// use wix_media::model::area::Area;
    ///
    /// assert_eq!(Area::from_scope("TRASH_ROOT"), Some(Area::Trash));
    /// assert_eq!(Area::from_scope("trash-root"), None);
    /// ```
    pub fn from_scope(scope: &str) -> Option<Area> {
        Area::ALL.iter().copied().find(|area| area.scope() == scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_and_scope_of_every_area_lead_back_to_it() {
        for &area in Area::ALL {
            assert_eq!(Area::from_number(area.number().into()), Some(area));
            assert_eq!(Area::from_scope(area.scope()), Some(area));
            assert_eq!(Area::parse(area.as_str()), Some(area));
        }
        assert_eq!(Area::from_number(-1), None);
        assert_eq!(Area::from_number(3), None);
    }

    #[test]
    fn stored_numbers_never_change() {
        assert_eq!(
            Area::ALL.iter().map(|area| area.number()).collect::<Vec<_>>(),
            [0, 1, 2]
        );
        assert_eq!(Area::ALL, [Area::Site, Area::Visitors, Area::Trash]);
    }
}
