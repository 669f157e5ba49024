//! Sends requests, follows redirects, and keeps what came of it.

use super::address::{Reach, is_inner};
use super::connect::{Connector, Resolve, SystemResolver};
use super::definition::RequestDefinition;
use super::hop::{Hop, hop};
use super::outgoing::{Outgoing, Story};
use super::patience::Patience;
use super::pool::Pool;
use super::prepare::prepare;
use super::problem::{FieldProblem, SendError};
use super::redirect;
use super::tls::Tls;
use super::variables::Variables;
use crate::exchange::{ExchangeId, Origin};
use crate::store::{Store, StoreError};
use rustls::ClientConfig;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What is to be sent, and what its exchange says about itself.
#[derive(Debug, Clone)]
pub struct SendJob {
    /// The request.
    pub definition: RequestDefinition,
    /// What `{{name}}` in it stands for.
    pub variables: Variables,
    /// The saved request it came from.
    pub request_id: Option<i64>,
    /// What made it happen.
    pub origin: Origin,
    /// What it was made from.
    pub parent: Option<ExchangeId>,
    /// The source that its exchange carries.
    pub source: Option<String>,
    /// The event type that its exchange carries.
    pub event_type: Option<String>,
}

impl SendJob {
    /// A request that the user sends, without variables.
    pub fn of(definition: RequestDefinition) -> Self {
        Self {
            definition,
            variables: Variables::new(),
            request_id: None,
            origin: Origin::Sent,
            parent: None,
            source: None,
            event_type: None,
        }
    }
}

/// Sends requests and keeps idle connections between them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sender {
    store: Store,
    connector: Arc<Connector>,
}

impl Sender {
    /// A sender that trusts the certificates that this computer trusts and keeps what it sends in `store`.
    pub fn new(store: Store) -> Self {
        Self::build(store, Tls::default(), Arc::new(SystemResolver))
    }

    /// A sender that trusts what `config` trusts and looks names up with `resolver`.
    pub fn with(store: Store, config: ClientConfig, resolver: Arc<dyn Resolve>) -> Self {
        Self::build(store, Tls::with(config), resolver)
    }

    fn build(store: Store, tls: Tls, resolver: Arc<dyn Resolve>) -> Self {
        Self { store, connector: Arc::new(Connector { pool: Pool::default(), tls, resolver }) }
    }

    /// Sends a request and, if its options say so, follows redirects. Returns the last hop's exchange, which may be a
    /// failure; the first hop is found through the parents.
    ///
    /// # Errors
    /// `Field` if it can't be sent as it is written; nothing is stored then. `Store` if it could not be kept.
    pub async fn send(&self, job: SendJob, cancel: CancellationToken) -> Result<ExchangeId, SendError> {
        let random = random_bytes()?;
        let mut prepared = prepare(&job.definition, &job.variables, || random)?;
        let mut patience = Patience::new(prepared.options.timeout_ms, cancel);
        let mut story = story(&job);
        let mut reach = Reach::Anywhere;
        let mut refused = None;
        let mut hops = 0;
        loop {
            let (outgoing, failed) = Outgoing::of(&prepared).await;
            let failed = refused.take().or(failed);
            let done = self.hop(&outgoing, story.clone(), &reach, &mut patience, failed).await?;
            let Some(next) = done.location.filter(|_| prepared.options.follow_redirects) else { return Ok(done.id) };
            let Some(next) = redirect::next(&prepared, next.0, &next.1) else { return Ok(done.id) };
            refused = redirect::refusal(&prepared, &next, hops);
            if done.peer.is_some_and(|peer| !is_inner(peer.ip())) {
                reach = Reach::Public; // and it stays so: a public server must not reach in through a second redirect
            }
            story = Story { origin: Origin::Redirect, parent: Some(done.id), ..story };
            prepared = next;
            hops += 1;
        }
    }

    /// Sends a request that is bytes already, without following redirects. A timeout of 0 is none.
    pub(crate) async fn deliver(
        &self,
        outgoing: &Outgoing,
        story: Story,
        reach: &Reach,
        timeout_ms: u32,
        cancel: CancellationToken,
    ) -> Result<ExchangeId, StoreError> {
        let mut patience = Patience::new(timeout_ms, cancel);
        Ok(self.hop(outgoing, story, reach, &mut patience, None).await?.id)
    }

    async fn hop(
        &self,
        outgoing: &Outgoing,
        story: Story,
        reach: &Reach,
        patience: &mut Patience,
        failed: Option<crate::exchange::Failure>,
    ) -> Result<Hop, StoreError> {
        hop(&self.store, &self.connector, outgoing, story, reach, patience, failed).await
    }
}

fn story(job: &SendJob) -> Story {
    Story {
        origin: job.origin,
        parent: job.parent,
        request_id: job.request_id,
        source: job.source.clone(),
        event_type: job.event_type.clone(),
    }
}

/// For the boundary of a multipart body.
fn random_bytes() -> Result<[u8; 16], FieldProblem> {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(FieldProblem::new("body", format!("The system gives no random bytes: {error}. Try again."))),
    }
}
