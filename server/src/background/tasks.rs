//! Work that is under way, each piece with a name.

use std::collections::HashMap;
use tokio::task::{Id, JoinError, JoinSet};

/// Pieces of work that run at the same time, at most so many.
#[derive(Debug)]
pub(super) struct Tasks<Name> {
    max: usize,
    running: JoinSet<()>,
    names: HashMap<Id, Name>,
}

impl<Name: PartialEq> Tasks<Name> {
    pub(super) fn new(max: usize) -> Tasks<Name> {
        Tasks {
            max,
            running: JoinSet::new(),
            names: HashMap::new(),
        }
    }

    /// How many more may run.
    pub(super) fn free(&self) -> usize {
        self.max.saturating_sub(self.running.len())
    }

    /// Runs a piece of work. Its lease may have expired while it is still under way: then it is not run again.
    pub(super) fn run(&mut self, name: Name, work: impl Future<Output = ()> + Send + 'static) {
        if !self.names.values().any(|other| *other == name) {
            let task = self.running.spawn(work);
            self.names.insert(task.id(), name);
        }
    }

    /// Waits for a piece of work to end. Without any, forever.
    pub(super) async fn ended(&mut self) {
        let Some(ended) = self.running.join_next_with_id().await else {
            return std::future::pending().await;
        };
        let id = ended.map_or_else(
            |error: JoinError| {
                tracing::error!(%error, "unexpected error");
                error.id()
            },
            |(id, ())| id,
        );
        // Also after a panic: otherwise it would never be tried again.
        self.names.remove(&id);
    }

    /// Waits for all of them.
    pub(super) async fn finish(&mut self) {
        while self.running.join_next().await.is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn task_that_is_under_way_is_not_run_again_and_a_panic_frees_its_name() {
        let mut tasks = Tasks::new(2);
        let (go, gone) = oneshot::channel::<()>();
        tasks.run("a", async {
            _ = gone.await;
            panic!("on purpose");
        });
        tasks.run("a", async { unreachable!("it is under way") });
        assert_eq!(tasks.free(), 1);
        _ = go.send(());
        tasks.ended().await;
        tasks.run("a", async {});
        tasks.finish().await;
        assert_eq!(tasks.free(), 2);
    }
}
