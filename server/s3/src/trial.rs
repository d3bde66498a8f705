//! What a store can be trusted with.

use crate::draft::is_of_other_parts;
use crate::remote::{Remote, Written};
use bytes::Bytes;
use object_store::path::Path;
use std::io::Result;

/// What a store does, from [`Bucket::try_out`](crate::Bucket::try_out).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    faults: Vec<&'static str>,
}

impl Trial {
    /// What is wrong with the store, a sentence each. Empty for one that processes can share.
    ///
    /// ```
    /// assert!(wix_media_s3::Trial::default().faults().is_empty());
    /// ```
    pub fn faults(&self) -> &[&'static str] {
        &self.faults
    }
}

/// The least size of a part that is not the last one.
const LEAST_PART: usize = 5 << 20;

/// Tries a store out. Fails where a plain request fails.
pub(crate) fn run(remote: &Remote, nonce: &str) -> Result<Trial> {
    let id = format!("check-{nonce}");
    let outcome = attempt(remote, &id);
    // Whatever has failed before, nothing is left behind.
    for name in ["bytes", "once", "parts"] {
        let deleted = remote.delete(remote.object(&id, name));
        if outcome.is_ok() {
            deleted?;
        }
    }
    outcome
}

fn attempt(remote: &Remote, id: &str) -> Result<Trial> {
    let mut faults = Vec::new();
    let mut expect = |holds: bool, fault: &'static str| {
        if !holds {
            faults.push(fault);
        }
    };
    let whole = remote.object(id, "bytes");
    remote.put(whole.clone(), Bytes::from_static(b"0123456789"))?;
    expect(
        remote.get(whole.clone())? == "0123456789",
        "the bucket does not return the bytes that were written",
    );
    let (part, size) = remote.stream(whole.clone(), 3..6)?;
    let part = remote.wait("check", async move {
        Ok(crate::draft::collected(part, 3, "check").await.unwrap_or_default())
    })?;
    expect(part == b"345" && size == 10, "the bucket does not answer ranges");
    let listed = remote.list(remote.folder(id), None, 9, |name| Some(name.to_owned()))?;
    expect(
        listed == ["bytes"],
        "the bucket does not list an object that was just written",
    );
    let once = remote.object(id, "once");
    let first = remote.put_if(once.clone(), Bytes::from_static(b"1"), None)?;
    let again = remote.put_if(once.clone(), Bytes::from_static(b"2"), None)?;
    expect(
        matches!(first, Written::Done(_)) && matches!(again, Written::Refused),
        "the bucket ignores If-None-Match: it cannot be shared by processes",
    );
    let Written::Done(Some(tag)) = first else {
        expect(false, "the bucket returns no ETags: it cannot be shared by processes");
        return Ok(Trial { faults });
    };
    let next = remote.put_if(once.clone(), Bytes::from_static(b"3"), Some(tag.clone()))?;
    let late = remote.put_if(once, Bytes::from_static(b"4"), Some(tag))?;
    expect(
        matches!(next, Written::Done(_)) && matches!(late, Written::Refused),
        "the bucket ignores If-Match: it cannot be shared by processes",
    );
    let parts = remote.object(id, "parts");
    let upload = remote.create_multipart(parts.clone())?;
    let put = put_together(remote, &parts, &upload);
    let tags = put.inspect_err(|_| _ = remote.abort_multipart(parts.clone(), &upload))?;
    let (size, tag) = remote.head(parts)?.unwrap_or_default();
    expect(size == LEAST_PART as u64 + 3, "the bucket does not put parts together");
    expect(
        !is_of_other_parts(tag.as_deref(), &tags),
        "the bucket does not make ETags of parts as S3 does: uploads of more than 8 MiB would fail",
    );
    Ok(Trial { faults })
}

/// Makes an object of two parts, and returns their tags.
fn put_together(remote: &Remote, path: &Path, upload: &str) -> Result<Vec<String>> {
    let mut tags = Vec::new();
    for (index, size) in [LEAST_PART, 3].into_iter().enumerate() {
        let sending = remote.begin_part(path.clone(), upload, index, vec![b'x'; size].into(), ());
        tags.push(sending.recv().map_err(std::io::Error::other).flatten()?);
    }
    remote.complete_multipart(path.clone(), upload, &tags)?;
    Ok(tags)
}
