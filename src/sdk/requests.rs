//! How calls are declared: structs that serialise to the fields of the row, without those that are not set.

use serde_json::{Map, Value};

/// Declares calls: first the required members, in brackets, then those that may be left out.
macro_rules! requests {
    ($(
        $(#[$attribute:meta])*
        pub struct $name:ident {
            [$($(#[$doc:meta])* pub $required:ident: $kind:ty,)*]
            $($(#[$note:meta])* pub $member:ident: $optional:ty,)*
        }
    )+) => {$(
        $(#[$attribute])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($(#[$doc])* pub $required: $kind,)*
            $(
                $(#[$note])*
                #[serde(skip_serializing_if = "crate::sdk::requests::Absent::is_absent")]
                pub $member: $optional,
            )*
        }
    )+};
}

/// Declares constructors of calls with one required text.
macro_rules! by_text {
    ($($name:ident($member:ident)),+ $(,)?) => {$(
        impl $name {
            #[doc = concat!("The call with its `", stringify!($member), "`.")]
            // Some calls have no other member.
            #[allow(clippy::needless_update)]
            pub fn new($member: impl Into<String>) -> $name {
                $name {
                    $member: $member.into(),
                    ..$name::default()
                }
            }
        }
    )+};
}

/// Declares constructors of calls with one required list of texts.
macro_rules! by_list {
    ($($name:ident($member:ident)),+ $(,)?) => {$(
        impl $name {
            #[doc = concat!("The call with its `", stringify!($member), "`.")]
            // Some calls have no other member.
            #[allow(clippy::needless_update)]
            pub fn new($member: impl IntoIterator<Item: Into<String>>) -> $name {
                $name {
                    $member: $member.into_iter().map(Into::into).collect(),
                    ..$name::default()
                }
            }
        }
    )+};
}

pub(super) use {by_list, by_text, requests};

/// Whether a member is left out of the request.
pub(super) trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for Map<String, Value> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}
