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

/// Declares constructors of calls with one required member: what they take, and what makes the member of it.
macro_rules! constructors {
    ($argument:ty, $convert:expr, $($name:ident($member:ident),)+) => {$(
        impl $name {
            #[doc = concat!("The call with its `", stringify!($member), "`.")]
            // Some calls have no other member.
            #[allow(clippy::needless_update)]
            pub fn new($member: $argument) -> $name {
                $name {
                    $member: $convert($member),
                    ..$name::default()
                }
            }
        }
    )+};
}

/// Declares constructors of calls with one required text.
macro_rules! by_text {
    ($($calls:tt)+) => { $crate::sdk::requests::constructors! { impl Into<String>, Into::into, $($calls)+ } };
}

/// Declares constructors of calls with one required list of texts.
macro_rules! by_list {
    ($($calls:tt)+) => {
        $crate::sdk::requests::constructors! {
            impl IntoIterator<Item: Into<String>>, $crate::sdk::requests::texts, $($calls)+
        }
    };
}

pub(super) use {by_list, by_text, constructors, requests};

pub(super) fn texts(items: impl IntoIterator<Item: Into<String>>) -> Vec<String> {
    items.into_iter().map(Into::into).collect()
}

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
