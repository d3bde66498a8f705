//! Blobs around other blobs.

/// Methods of `Blobs` that do what those of the field `blobs` do.
macro_rules! as_inside {
    ($($method:ident),+ $(,)?) => { $($crate::decorated::as_inside! { @ $method })+ };
    (@ open_writer) => {
        fn open_writer(&self, id: &str, offset: u64) -> std::io::Result<wix_media::blobs::Writer> {
            self.blobs.open_writer(id, offset)
        }
    };
    (@ take_over) => {
        fn take_over(&self, id: &str, offset: u64, epoch: u64) -> std::io::Result<wix_media::blobs::Writer> {
            self.blobs.take_over(id, offset, epoch)
        }
    };
    (@ append) => {
        fn append(&self, writer: &mut wix_media::blobs::Writer, bytes: &[u8]) -> std::io::Result<()> {
            self.blobs.append(writer, bytes)
        }
    };
    (@ end_writer) => {
        fn end_writer(&self, id: &str) -> std::io::Result<()> {
            self.blobs.end_writer(id)
        }
    };
    (@ open_end) => {
        fn open_end(&self, id: &str) -> Option<u64> {
            self.blobs.open_end(id)
        }
    };
    (@ open_epoch) => {
        fn open_epoch(&self, id: &str) -> Option<u64> {
            self.blobs.open_epoch(id)
        }
    };
    (@ sync) => {
        fn sync(&self, id: &str) -> std::io::Result<()> {
            self.blobs.sync(id)
        }
    };
    (@ read) => {
        fn read(&self, id: &str, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.blobs.read(id, offset, buffer)
        }
    };
    (@ size) => {
        fn size(&self, id: &str) -> std::io::Result<Option<u64>> {
            self.blobs.size(id)
        }
    };
    (@ remove) => {
        fn remove(&self, id: &str) -> std::io::Result<()> {
            self.blobs.remove(id)
        }
    };
    (@ list) => {
        fn list(&self, after: &str, limit: usize) -> std::io::Result<Vec<String>> {
            self.blobs.list(after, limit)
        }
    };
}

pub(crate) use as_inside;
