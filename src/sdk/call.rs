//! A call and its result, by the operations table.

use super::error::{self, Error};
use super::response::Response;
use crate::client::packed::PackedOperation;
use crate::operations::{Operation, OperationId, Output};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A call of the API: the members are its fields, by their names in REST.
///
/// Each call of [`OPERATIONS`](crate::operations::OPERATIONS) has a type of its own name, such as
/// [`ListFiles`](super::ListFiles) for `listFiles`.
pub trait Call: Serialize {
    /// The row of the call.
    const OPERATION: OperationId;

    /// The result.
    type Output: DeserializeOwned;

    /// Turns a response into the result.
    ///
    /// Returns [`Error::Refused`] for any status but 200, and [`Error::InvalidResponse`] for a body that is not the JSON of
    /// the result.
    ///
    /// ```
    /// use wix_media::sdk::{Call, Error, GetFolder, Response};
    ///
    /// let folder = GetFolder::receive(&Response::new(200, br#"{"folder":{"id":"f1","displayName":"Animals"}}"#))?;
    /// assert_eq!(folder.display_name, "Animals");
    ///
    /// let body = br#"{"details":{"applicationError":{"code":"FOLDER_NOT_FOUND","description":"no such folder"}}}"#;
    /// let error = GetFolder::receive(&Response::new(404, body)).unwrap_err();
    /// assert_eq!((error.code(), error.status()), ("FOLDER_NOT_FOUND", Some(404)));
    /// # Ok::<(), Error>(())
    /// ```
    fn receive(response: &Response<'_>) -> Result<Self::Output, Error> {
        let row = Self::OPERATION.operation();
        if response.status != 200 {
            return Err(Error::Refused(Box::new(error::refusal(&packed(row), response))));
        }
        parse(row, response.body).map_err(|reason| Error::InvalidResponse {
            reason: reason.to_string(),
            advice: error::advice_without_answer(&packed(row)),
        })
    }
}

/// Returns the row as the client's retries read it.
pub(super) fn packed(row: &Operation) -> PackedOperation {
    PackedOperation::at(row.id as usize).expect("the number of a variant is the position of its row")
}

fn parse<T: DeserializeOwned>(row: &Operation, body: &[u8]) -> Result<T, serde_json::Error> {
    match row.output {
        Output::Body => serde_json::from_slice(body),
        Output::Member(name) => {
            let mut answer: Value = serde_json::from_slice(body)?;
            serde_json::from_value(answer.get_mut(name).map(Value::take).unwrap_or_default())
        }
        Output::Nothing => {
            serde_json::from_slice::<Value>(body)?;
            serde_json::from_value(Value::Null)
        }
    }
}
