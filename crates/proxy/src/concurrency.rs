//! How much of the server one client may take at a time: a share for others is always left.

use crate::client::Client;
use crate::permit::{Permit, Permits};
use crate::refusal::Refusal;
use likeness_api::ServerCode;
use std::time::Duration;

/// Requests under way, until the last byte of the reply is taken.
const REQUESTS: usize = 64;
/// The same of all programs together, which may wait two minutes for a picture.
const REQUESTS_OF_PROGRAMS: usize = 512;
/// Streams of events.
const STREAMS: usize = 8;
/// Uploads.
const UPLOADS: usize = 3;
/// When to come again.
const A_MOMENT: Duration = Duration::from_secs(1);

/// A part of what one client may take, until it is dropped.
pub(crate) type ClientPermit = Permit<Client>;

/// What all clients have taken.
#[derive(Default)]
pub(crate) struct Concurrency {
    requests: Permits<Client>,
    streams: Permits<Client>,
    uploads: Permits<Client>,
}

impl Concurrency {
    /// One more request.
    ///
    /// # Errors
    /// Too many of this caller are under way.
    pub(crate) fn request(&self, client: Client) -> Result<ClientPermit, Refusal> {
        let most = if client == Client::Programs { REQUESTS_OF_PROGRAMS } else { REQUESTS };
        acquire(&self.requests, client, most)
    }

    /// One more stream of events.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn stream(&self, client: Client) -> Result<ClientPermit, Refusal> {
        acquire(&self.streams, client, STREAMS)
    }

    /// One more upload.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn upload(&self, client: Client) -> Result<ClientPermit, Refusal> {
        acquire(&self.uploads, client, UPLOADS)
    }
}

fn acquire(
    permits: &Permits<Client>,
    client: Client,
    most: usize,
) -> Result<ClientPermit, Refusal> {
    let permit = permits.acquire(client, most, usize::MAX);
    permit.ok_or(Refusal::later(ServerCode::TooManyRequests, A_MOMENT))
}
