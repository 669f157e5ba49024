//! One hop of a send: connect, converse, store what came of it.

use super::address::Reach;
use super::connect::{Connection, Connector, NoConnection};
use super::conversation::{End, converse};
use super::failure;
use super::outgoing::{Outgoing, Story};
use super::patience::{Patience, Stop};
use super::record::Record;
use crate::exchange::{Direction, ExchangeId, Failure, Mark, Micros, Timing, shown};
use crate::store::{NewExchange, Store, StoreError, micros_now};
use std::net::SocketAddr;
use std::time::Instant;

/// What a hop came to.
#[derive(Debug)]
pub(super) struct Hop {
    /// Its exchange.
    pub(super) id: ExchangeId,
    /// The status and the Location of a whole answer that has one.
    pub(super) location: Option<(u16, String)>,
    /// Who answered.
    pub(super) peer: Option<SocketAddr>,
}

/// What is known of a hop while it is under way.
struct Course {
    started_at: Micros,
    started: Instant,
    timing: Timing,
    peer: Option<SocketAddr>,
    record: Record,
}

impl Course {
    fn new(store: &Store) -> Self {
        let record = Record::new(store.clone());
        Self { started_at: micros_now(), started: Instant::now(), timing: Timing::default(), peer: None, record }
    }
}

/// Sends one request and stores the exchange. `failed` stores the failure in place of sending.
pub(super) async fn hop(
    store: &Store,
    connector: &Connector,
    outgoing: &Outgoing,
    story: Story,
    reach: &Reach,
    patience: &mut Patience,
    failed: Option<Failure>,
) -> Result<Hop, StoreError> {
    let mut course = Course::new(store);
    let failure = match failed {
        Some(failure) => Some(failure),
        None => carry(store, connector, outgoing, reach, patience, &mut course).await?,
    };
    if course.record.sent == 0 {
        course.record.unsent(&outgoing.upload).await?;
    }
    let duration = failure.is_none().then(|| super::connect::micros_since(course.started));
    course.record.timing(&mut course.timing);
    let answer = course.record.answer.as_ref();
    let status = answer.map(|head| head.status);
    let location = answer
        .filter(|_| failure.is_none())
        .and_then(|head| Some((head.status, shown(head.headers.first("location")?))));
    let marks = if course.record.truncated { vec![Mark::Truncated] } else { Vec::new() };
    let (request, response) = course.record.finish(outgoing.head.clone()).await?;
    let exchange = NewExchange {
        direction: Direction::Pull,
        origin: story.origin,
        started_at: course.started_at,
        duration,
        method: outgoing.method.clone(),
        url: outgoing.target.url(),
        source: story.source,
        makes_source: true,
        event_type: story.event_type,
        provider: None,
        status,
        request,
        response,
        timing: Some(course.timing),
        failure,
        peer: course.peer.map(|peer| peer.to_string()),
        parent: story.parent,
        request_id: story.request_id,
        answered: None,
        marks,
    };
    Ok(Hop { id: store.save(exchange).await?, location, peer: course.peer })
}

/// Finds a connection and has the conversation on it. A connection that was idle and has ended meanwhile is replaced by
/// a new one, once.
async fn carry(
    store: &Store,
    connector: &Connector,
    outgoing: &Outgoing,
    reach: &Reach,
    patience: &mut Patience,
    course: &mut Course,
) -> Result<Option<Failure>, StoreError> {
    let mut idle = connector.idle(&outgoing.target, reach);
    loop {
        let opened = match idle.take() {
            Some(connection) => Ok(connection),
            None => connector.open(&outgoing.target, reach, patience, &mut course.timing).await,
        };
        let mut connection = match opened {
            Ok(connection) => connection,
            Err(NoConnection::Failed(failure)) => return Ok(Some(*failure)),
            Err(NoConnection::Stopped(stop)) => return Ok(Some(stopped(stop, outgoing, patience, course))),
        };
        course.peer = Some(connection.peer);
        course.timing.protocol = Some(protocol(&connection));
        course.record = Record::new(store.clone());
        match converse(&mut connection, outgoing, &mut course.record, patience).await? {
            End::Whole { keep } => {
                if keep {
                    connector.pool.put(&outgoing.target, connection);
                }
                return Ok(None);
            }
            End::Silent if connection.reused => {}
            End::Silent => return Ok(Some(failure::reset(&outgoing.target))),
            End::Failed(failure) => return Ok(Some(failure)),
            End::Stopped(stop) => return Ok(Some(stopped(stop, outgoing, patience, course))),
        }
    }
}

fn stopped(stop: Stop, outgoing: &Outgoing, patience: &Patience, course: &Course) -> Failure {
    let answered = course.record.first_byte_at.is_some();
    match stop {
        Stop::Timeout => failure::timeout(&outgoing.target, patience.limit, answered),
        Stop::Cancelled => failure::cancelled(answered),
    }
}

fn protocol(connection: &Connection) -> String {
    match connection.wire.get_ref().tls_version() {
        Some(tls) => format!("HTTP/1.1, {tls}"),
        None => "HTTP/1.1".into(),
    }
}
