//! Whether anybody still waits for a response.

use tokio::sync::watch;

/// Tells work that can stop halfway whether anybody still waits for its result.
#[derive(Clone, Debug)]
pub(crate) struct Caller(watch::Receiver<()>);

impl Caller {
    /// A caller that waits for as long as the first value lives.
    pub(crate) fn new() -> (watch::Sender<()>, Caller) {
        let (here, receiver) = watch::channel(());
        (here, Caller(receiver))
    }

    /// Returns when the caller has left.
    pub(crate) async fn left(&self) {
        let mut receiver = self.0.clone();
        while receiver.changed().await.is_ok() {}
    }

    pub(crate) fn has_left(&self) -> bool {
        self.0.has_changed().is_err()
    }
}
