//! The pushes that `pushpull listen` sends on, a few at a time.

use super::say_not_begun;
use pushpull_engine::Engine;
use pushpull_engine::exchange::ExchangeId;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Forwards under way at once.
const AT_ONCE: usize = 16;

/// Sends pushes on to one URL.
#[derive(Debug)]
pub(super) struct Forwards {
    engine: Engine,
    to: String,
    places: Arc<Semaphore>,
    tasks: TaskTracker,
    cancel: CancellationToken,
    /// Those whose turn had not come when it was cancelled.
    not_begun: Arc<Mutex<Vec<ExchangeId>>>,
}

impl Forwards {
    pub(super) fn new(engine: Engine, to: String) -> Self {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        Self {
            engine,
            to,
            places,
            tasks: TaskTracker::new(),
            cancel: CancellationToken::new(),
            not_begun: Arc::default(),
        }
    }

    /// Sends a push on as soon as there is a place.
    pub(super) fn add(&self, push: ExchangeId) {
        let Self { engine, to, places, cancel, not_begun, .. } = self;
        let (engine, to, places, cancel, not_begun) =
            (engine.clone(), to.clone(), places.clone(), cancel.clone(), not_begun.clone());
        self.tasks.spawn(async move {
            let Ok(_place) = places.acquire().await else { return };
            if cancel.is_cancelled() {
                not_begun.lock().unwrap_or_else(PoisonError::into_inner).push(push);
            } else if let Err(problem) = engine.forward(push, &to, cancel).await {
                eprintln!("Forwarding exchange {push}: {problem}");
            }
        });
    }

    /// Cancels what is under way, which is kept as such, and says what was not begun.
    pub(super) async fn end(self) {
        self.cancel.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        let mut not_begun = std::mem::take(&mut *self.not_begun.lock().unwrap_or_else(PoisonError::into_inner));
        not_begun.sort_unstable();
        say_not_begun(&not_begun, "forward");
    }
}
