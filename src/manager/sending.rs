//! Reading the bodies of responses.

use super::http::body::{Body, Part, Piece};
use super::site::Site;
use crate::catalog;

/// Fills the buffer with the next bytes of a body. Returns 0 at the end.
pub(crate) fn read(site: &Site, body: &mut Body, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        if let Some(Part::Source(source)) = body.parts.front_mut() {
            let catalog = site.catalog.read().map_err(std::io::Error::other)?;
            let next = source.next(&*catalog, &*site.blobs).map_err(std::io::Error::other)?;
            if next.is_empty() {
                body.parts.pop_front();
            }
            for part in next.into_iter().rev() {
                body.parts.push_front(part);
            }
            continue;
        }
        let Some(part) = body.parts.front_mut() else { break };
        let room = &mut buffer[filled..];
        let (count, done) = match part {
            Part::Bytes(bytes) => {
                let count = room.len().min(bytes.len());
                room[..count].copy_from_slice(&bytes[..count]);
                bytes.drain(..count);
                (count, bytes.is_empty())
            }
            Part::Blob { id, offset, length } => {
                let most = room.len().min(usize::try_from(*length).unwrap_or(usize::MAX));
                let count = site.blobs.read(id, *offset, &mut room[..most])?;
                if count == 0 && most > 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
                *offset += count as u64;
                *length -= count as u64;
                (count, *length == 0)
            }
            Part::Source(_) => (0, false),
        };
        filled += count;
        if done {
            body.parts.pop_front();
        }
    }
    Ok(filled)
}

/// Returns the next pieces of a body, for a host that reads blobs itself. The list is empty at the end.
pub(crate) fn pieces(site: &Site, body: &mut Body) -> catalog::Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    while let Some(part) = body.parts.pop_front() {
        match part {
            Part::Bytes(bytes) => pieces.push(Piece::Bytes(bytes)),
            Part::Blob { id, offset, length } => pieces.push(Piece::Blob { id, offset, length }),
            // A source produces its next parts once the previous ones have been read.
            Part::Source(source) if !pieces.is_empty() => {
                body.parts.push_front(Part::Source(source));
                break;
            }
            Part::Source(mut source) => {
                let mut next = source.next(&*site.catalog.read()?, &*site.blobs)?;
                if !next.is_empty() {
                    next.push_back(Part::Source(source));
                }
                next.append(&mut body.parts);
                body.parts = next;
            }
        }
    }
    Ok(pieces)
}
