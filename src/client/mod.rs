//! The client's half of a call: the request of some arguments, the result or error of an answer, and when to try again.
//! Values only; JavaScript does the sending and the waiting.

pub mod call;
pub mod failure;
pub mod request;
pub mod result;
pub mod retry;
