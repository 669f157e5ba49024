//! What is done with stored exchanges behind the captures: step by step, in small ones while captures come.

use super::Committed;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// How long nothing must have been stored before it counts as quiet.
const QUIET: Duration = Duration::from_millis(30);

/// The longest that a steady stream of captures can keep the next step waiting.
const PATIENCE: Duration = Duration::from_millis(100);

/// When a step that failed is taken again, if no exchange is stored meanwhile.
pub(crate) const AGAIN: Duration = Duration::from_secs(2);

/// How many exchanges one step takes, in one transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Steps {
    /// While others are stored: few, so that a capture never waits long behind them.
    pub(crate) busy: u32,
    /// While nothing is stored.
    pub(crate) quiet: u32,
}

/// Takes one step after the other until the store is closed. A step says whether there may be more to do. One that
/// failed ends nothing: what it could not have (a file, space, the vault) may be there the next time.
pub(crate) async fn keep_up<E, F>(committed: watch::Receiver<Committed>, steps: Steps, step: impl FnMut(u32) -> F)
where
    F: Future<Output = Result<bool, E>>,
{
    keep_up_with(committed, std::future::pending, steps, step).await;
}

/// Like [`keep_up`], where what is not stored can be more to do as well: then `asked` returns.
pub(crate) async fn keep_up_with<E, F, A>(
    mut committed: watch::Receiver<Committed>,
    mut asked: impl FnMut() -> A,
    steps: Steps,
    mut step: impl FnMut(u32) -> F,
) where
    F: Future<Output = Result<bool, E>>,
    A: Future<Output = ()>,
{
    let mut count = steps.quiet;
    loop {
        let newest = committed.borrow_and_update().newest;
        let next = match step(count).await {
            Ok(true) => Ok(()),
            Ok(false) => tokio::select! {
                changed = committed.changed() => changed,
                () = asked() => Ok(()),
            },
            // Not at every commit: a job of the step's own that failed counts among them.
            Err(_) => match timeout(AGAIN, committed.wait_for(|done| done.newest != newest)).await {
                Ok(stored) => stored.map(drop),
                Err(_) => Ok(()),
            },
        };
        if next.is_err() {
            return;
        }
        let is_busy = committed.borrow().newest != newest;
        let is_quiet = !is_busy || wait_for_quiet(&mut committed).await;
        count = if is_quiet { steps.quiet } else { steps.busy };
    }
}

/// Waits until nothing was stored for a moment, or until patience is at its end; true if it is quiet.
pub(crate) async fn wait_for_quiet(committed: &mut watch::Receiver<Committed>) -> bool {
    let quiet = async {
        loop {
            let newest = committed.borrow_and_update().newest;
            let next_save = committed.wait_for(|done| done.newest != newest);
            if !matches!(timeout(QUIET, next_save).await, Ok(Ok(_))) {
                return; // nothing came in time, or nothing can come any more
            }
        }
    };
    timeout(PATIENCE, quiet).await.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_failing_step_commits_itself_does_not_have_it_taken_again_at_once() {
        let (store, committed) = watch::channel(Committed::default());
        let mut store = Some(store);
        let began = std::time::Instant::now();
        let mut steps = 0;
        let step = |_| {
            steps += 1;
            store.as_ref().unwrap().send_modify(|done| done.commits += 1);
            store.take_if(|_| steps == 2); // closed, so that it ends
            async { Err::<bool, ()>(()) }
        };
        keep_up(committed, Steps { busy: 1, quiet: 9 }, step).await;
        assert!(began.elapsed() >= AGAIN);
    }

    #[tokio::test]
    async fn a_step_that_failed_is_taken_again_though_nothing_more_is_stored() {
        let (store, committed) = watch::channel(Committed::default());
        let mut store = Some(store);
        let mut steps = Vec::new();
        let step = |count| {
            steps.push(count);
            let failed = steps.len() == 1;
            if !failed {
                store.take(); // closed, so that it ends
            }
            async move { if failed { Err(()) } else { Ok(false) } }
        };
        keep_up(committed, Steps { busy: 1, quiet: 9 }, step).await;
        assert_eq!(steps, [9, 9]);
    }
}
