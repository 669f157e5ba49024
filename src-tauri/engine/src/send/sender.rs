//! Sends requests, follows redirects, and keeps what came of it.

use super::address::Reach;
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
use std::sync::{Arc, PoisonError, RwLock};
use tokio_util::sync::CancellationToken;

/// What is to be sent.
#[derive(Debug, Clone)]
pub struct SendJob {
    /// The request.
    pub definition: RequestDefinition,
    /// What `{{name}}` in it stands for.
    pub variables: Variables,
    /// The saved request it came from.
    pub request_id: Option<i64>,
}

impl SendJob {
    /// A request without variables that comes from no saved one.
    pub fn new(definition: RequestDefinition) -> Self {
        Self { definition, variables: Variables::new(), request_id: None }
    }

    /// The saved request it comes from.
    pub fn of_request(self, request_id: Option<i64>) -> Self {
        Self { request_id, ..self }
    }

    /// What `{{name}}` in it stands for.
    pub fn with_variables(self, variables: Variables) -> Self {
        Self { variables, ..self }
    }
}

/// Sends requests and keeps idle connections between them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sender {
    store: Store,
    connector: Arc<Connector>,
    ourselves: Arc<RwLock<Ourselves>>,
}

/// What tells our own listener from the servers of others.
#[derive(Debug, Default)]
struct Ourselves {
    ports: Arc<[u16]>,
    instance: String,
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
        let connector = Arc::new(Connector { pool: Pool::default(), tls, resolver });
        Self { store, connector, ourselves: Arc::default() }
    }

    /// The ports that our own listener has on this computer: replays and forwards to them are refused.
    pub fn set_own_ports(&self, ports: Vec<u16>) {
        self.ourselves.write().unwrap_or_else(PoisonError::into_inner).ports = ports.into();
    }

    /// The id of this instance, which every replay and forward carries in a header, so that the listener knows a push
    /// that has come round. Without one there is no such header.
    pub fn set_instance(&self, instance: impl Into<String>) {
        self.ourselves.write().unwrap_or_else(PoisonError::into_inner).instance = instance.into();
    }

    /// What was set with [`Sender::set_instance`].
    pub(crate) fn instance(&self) -> String {
        self.ourselves.read().unwrap_or_else(PoisonError::into_inner).instance.clone()
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
            reach = reach.after(done.peer);
            story = Story { origin: Origin::Redirect, parent: Some(done.id), ..story };
            prepared = next;
            hops += 1;
        }
    }

    /// Sends a request that is bytes already, but never to our own ports and without following redirects. A timeout
    /// of 0 is none.
    pub(crate) async fn deliver(
        &self,
        outgoing: &Outgoing,
        story: Story,
        timeout_ms: u32,
        cancel: CancellationToken,
    ) -> Result<ExchangeId, StoreError> {
        let mut patience = Patience::new(timeout_ms, cancel);
        let ports = self.ourselves.read().unwrap_or_else(PoisonError::into_inner).ports.clone();
        Ok(self.hop(outgoing, story, &Reach::NotOwnPorts(ports), &mut patience, None).await?.id)
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
    Story { origin: Origin::Sent, parent: None, request_id: job.request_id, source: None, event_type: None }
}

/// For the boundary of a multipart body.
fn random_bytes() -> Result<[u8; 16], FieldProblem> {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(FieldProblem::new("body", format!("The system gives no random bytes: {error}. Try again."))),
    }
}
