//! The way to the network: requests and answers in the types of the platform's `fetch`.

pub(crate) mod fetch;
