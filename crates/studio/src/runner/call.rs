//! One step of a job: the call that an effect asks for, and the event that its answer means.

use super::{LONGEST_WAIT, POLL_VISIBLE, Runner, Step};
use crate::{
    picture::{Picture, PictureId},
    ports::{Exchange, Lost, Method, PictureError, Ports, Reply, StoreError},
};
use likeness_api::{Answered, ServerCode, Submission};
use likeness_core::{
    Route,
    job::{
        Cancel, Charge, Delivery, Effect, Event, Failure, FailureKind, Handle, Job, JobId, State,
        TRAVEL_TIME,
    },
};
use likeness_fal::{
    error::{Call, FalError, Kind},
    wire::{CancelOutcome, Output, QueueStatus, State as QueueState, SubmitReply},
};

/// What our server says in words of its own.
pub const TOLD_APART: [ServerCode; 11] = [
    ServerCode::UserDaySpent,
    ServerCode::DaySpent,
    ServerCode::MonthSpent,
    ServerCode::TooManyRuns,
    ServerCode::TooManySubmits,
    ServerCode::UnknownPrice,
    ServerCode::LedgerAway,
    ServerCode::SignInRequired,
    ServerCode::WrongCode,
    ServerCode::SessionOver,
    ServerCode::LoopbackOnly,
];

/// Where submits go.
const QUEUE: &str = "https://queue.fal.run/";

impl<P: Ports> Runner<P> {
    pub(super) async fn perform(&self, job: &Job, effect: &Effect) -> Step {
        match (effect, job.handle()) {
            (Effect::Inquire, _) => self.inquire(job).await,
            (Effect::Poll, Some(handle)) => self.poll(job, handle).await,
            (Effect::FetchResult, Some(handle)) => self.fetch_result(job, handle).await,
            (Effect::FetchPicture { .. }, _) => self.bring_pictures(job).await,
            (Effect::Cancel, Some(handle)) => self.send_cancel(handle).await,
            _ => Step { event: None, wait: None },
        }
    }

    /// Sends an order, once it is stored that it leaves. The one call that may start a run.
    pub(super) async fn send(&self, id: &JobId) {
        match self.record(id, Event::Sent).await {
            Some(Ok(())) => {}
            Some(Err(error)) => return self.refuse(id, error).await,
            None => return,
        }
        let Some(job) = self.job(id) else { return };
        let target = format!("{QUEUE}{}", job.order.endpoint);
        let exchange = Exchange {
            method: Method::Post,
            target: &target,
            body: Some(&job.order.body),
            idempotency_key: Some(&job.id.0),
        };
        let event = match self.ports.exchange(exchange).await {
            Ok(reply) => self.answer(&job, &reply),
            Err(Lost::Unknown) => Event::ReplyLost,
            Err(Lost::Unsent) if !self.ports.is_online() => Event::Held,
            Err(Lost::Unsent) => {
                let error = FalError::network(Call::Submit);
                Event::Refused(Failure { charge: Charge::No, ..self.failure(&error) })
            }
        };
        self.record(id, event).await;
    }

    /// What an answer to a submit means, whether it came by itself or was kept by our server.
    fn answer(&self, job: &Job, reply: &Reply) -> Event {
        if reply.is_success() {
            // Without a request id the run may exist, but nobody can follow it.
            return match (SubmitReply::read(&reply.body), job.order.route()) {
                (Ok(submitted), Some(route)) => accepted(&submitted, route),
                _ => Event::ReplyLost,
            };
        }
        let error = read_error(Call::Submit, reply);
        let is_reused =
            matches!(error.kind(), Kind::Server(server) if server.is(ServerCode::KeyReused));
        // A key that was used before may have started a run.
        if is_reused || error.costs() == Charge::Unknown {
            return Event::ReplyLost;
        }
        Event::Refused(self.failure(&error))
    }

    /// Asks our server what became of a submit whose reply was lost.
    async fn inquire(&self, job: &Job) -> Step {
        let Ok(reply) = self.ports.inquire(&job.id.0).await else {
            return Step::of(Event::Troubled(FailureKind::Network));
        };
        if !reply.is_success() {
            let error = read_error(Call::Status, &reply);
            let is_absent = matches!(error.kind(), Kind::Server(server) if server.is(ServerCode::UnknownSubmission));
            return if is_absent {
                Step { event: Some(Event::NotThere), wait: Some(TRAVEL_TIME) }
            } else {
                Step { event: Some(Event::Troubled(kind(&error))), wait: error.retry_after_ms() }
            };
        }
        match read_submission(&reply.body) {
            Some(Submission::InFlight) => {
                let seconds = reply.header("retry-after").and_then(|text| text.trim().parse().ok());
                let wait = seconds.map_or(POLL_VISIBLE, |seconds: u64| {
                    seconds.saturating_mul(1000).min(LONGEST_WAIT)
                });
                Step { event: Some(Event::InFlight), wait: Some(wait) }
            }
            Some(Submission::Answered(answer)) => {
                Step::of(match self.answer(job, &answer.into()) {
                    // The answer is there and says nothing; it will not say more.
                    Event::ReplyLost => Event::OutcomeLost,
                    event => event,
                })
            }
            Some(Submission::Unknown) => Step::of(Event::OutcomeLost),
            // It may be said of an earlier attempt under the same key, while the one that a press sent is still travelling.
            Some(Submission::Unsent) => {
                Step { event: Some(Event::NotThere), wait: Some(TRAVEL_TIME) }
            }
            None => Step::of(Event::Troubled(FailureKind::Garbled)),
        }
    }

    async fn poll(&self, job: &Job, handle: &Handle) -> Step {
        let reply = match self.get(&handle.status_url).await {
            Ok(reply) => reply,
            Err(step) => return step,
        };
        if reply.is_success() {
            let event = match QueueStatus::read(&reply.body) {
                Ok(status) => seen(&status),
                Err(_) => Event::Troubled(FailureKind::Garbled),
            };
            return Step::of(event);
        }
        let error = read_error(Call::Status, &reply);
        let event = match error.kind() {
            Kind::UnknownRequest if job.cancel == Cancel::Sent => Event::Cancelled,
            Kind::UnknownRequest => Event::Failed(self.failure(&error)),
            _ if is_refused_address(&error) => {
                Event::Failed(self.refused_address(&error, &handle.status_url))
            }
            _ => Event::Troubled(kind(&error)),
        };
        Step { event: Some(event), wait: error.retry_after_ms() }
    }

    async fn fetch_result(&self, job: &Job, handle: &Handle) -> Step {
        let reply = match self.get(&handle.response_url).await {
            Ok(reply) => reply,
            Err(step) => return step,
        };
        if reply.is_success()
            && let Ok(output) = Output::read(&reply.body)
        {
            return Step::of(delivered(&output));
        }
        let error = read_error(Call::Result, &reply);
        let event = match error.kind() {
            Kind::Cancelled | Kind::UnknownRequest if job.cancel == Cancel::Sent => {
                Event::Cancelled
            }
            _ if error.ends_run() => Event::Failed(self.failure(&error)),
            _ if is_refused_address(&error) => {
                Event::Failed(self.refused_address(&error, &handle.response_url))
            }
            _ => Event::Troubled(kind(&error)),
        };
        Step { event: Some(event), wait: error.retry_after_ms() }
    }

    async fn send_cancel(&self, handle: &Handle) -> Step {
        let exchange = Exchange {
            method: Method::Put,
            target: &handle.cancel_url,
            body: None,
            idempotency_key: None,
        };
        let Ok(reply) = self.ports.exchange(exchange).await else {
            return Step::of(Event::Troubled(FailureKind::Network));
        };
        match CancelOutcome::read(reply.status, &reply.body) {
            Ok(CancelOutcome::Requested) => Step::of(Event::CancelSent),
            Ok(CancelOutcome::AlreadyCompleted) => Step::of(Event::CancelTooLate),
            Ok(CancelOutcome::NotFound) => Step::of(Event::Cancelled),
            Err(_) => {
                let error = read_error(Call::Cancel, &reply);
                Step { event: Some(Event::Troubled(kind(&error))), wait: error.retry_after_ms() }
            }
        }
    }

    /// Brings what is left of a delivery: first every picture to the screen, then each into the store, so that one that cannot be stored keeps no other waiting.
    async fn bring_pictures(&self, job: &Job) -> Step {
        let State::Delivered { pictures, .. } = &job.state else {
            return Step { event: None, wait: None };
        };
        let mut trouble = Step { event: None, wait: None };
        let left = || pictures.iter().enumerate().filter(|(_, picture)| picture.is_left());
        for (index, delivery) in left() {
            match self.receive(job, index, delivery).await {
                Ok(()) => {}
                Err(event @ Event::Troubled(_)) => trouble = Step::of(event),
                Err(event) => drop(self.record(&job.id, event).await),
            }
        }
        for (index, _) in left() {
            match self.keep(&PictureId::of(&job.id, index)).await {
                None => {}
                Some(Ok(())) => drop(self.record(&job.id, Event::PictureStored { index }).await),
                Some(Err(error)) => {
                    let wait = (error == StoreError::Full).then_some(LONGEST_WAIT);
                    trouble = Step { event: Some(Event::Troubled(super::trouble(error))), wait };
                }
            }
        }
        trouble
    }

    /// Fetches a picture, unless it is here already, and shows it.
    async fn receive(&self, job: &Job, index: usize, delivery: &Delivery) -> Result<(), Event> {
        let State::Delivered { seed, .. } = &job.state else { return Ok(()) };
        let id = PictureId::of(&job.id, index);
        if self.received.borrow().contains_key(&id) {
            return Ok(());
        }
        let mut picture = Picture {
            id: id.clone(),
            created_at: job.created_at,
            took: self.ports.now().saturating_sub(job.created_at),
            width: 0,
            height: 0,
            content_type: String::new(),
            bytes: 0,
            seed: seed.clone(),
            is_blocked: delivery.is_blocked,
            order: job.order.clone(),
        };
        let mut bytes = None;
        if !delivery.is_blocked {
            let fetched = self.ports.fetch_picture(&delivery.url).await;
            let fetched = fetched.map_err(|error| match error {
                PictureError::Network => Event::Troubled(FailureKind::Network),
                PictureError::Locked => Event::Troubled(FailureKind::SignInRequired),
                PictureError::Corrupt => Event::Troubled(FailureKind::Unreadable),
                PictureError::Gone => Event::PictureGone { index },
                PictureError::Refused => Event::PictureRefused { index },
            })?;
            (picture.width, picture.height) = (fetched.width, fetched.height);
            picture.content_type = fetched.content_type;
            picture.bytes = fetched.size;
            bytes = Some(fetched.bytes);
        }
        // The person may have dismissed the run meanwhile.
        if self.job(&job.id).is_some() {
            self.ports.picture_arrived(&picture, bytes.as_ref());
            self.received.borrow_mut().insert(id, (picture, bytes));
        }
        Ok(())
    }

    /// Stores a picture that is here. None if it is not.
    async fn keep(&self, id: &PictureId) -> Option<Result<(), StoreError>> {
        let (picture, bytes) = self.received.borrow().get(id).cloned()?;
        let outcome = self.ports.store_picture(&picture, bytes).await;
        if outcome.is_ok() {
            self.received.borrow_mut().remove(id);
        }
        self.ports.picture_kept(id, outcome);
        Some(outcome)
    }

    fn failure(&self, error: &FalError) -> Failure {
        Failure {
            kind: kind(error),
            said: error.said().map(str::to_owned),
            field: error.field(),
            charge: error.costs(),
            retry_at: error.retry_after_ms().map(|wait| self.ports.now() + wait),
        }
    }

    /// A run that nobody can follow, because our server takes the address for none of FAL's. The address is said, so that somebody can look.
    fn refused_address(&self, error: &FalError, url: &str) -> Failure {
        Failure { said: Some(url.to_owned()), charge: Charge::Maybe, ..self.failure(error) }
    }

    async fn get(&self, url: &str) -> Result<Reply, Step> {
        let exchange =
            Exchange { method: Method::Get, target: url, body: None, idempotency_key: None };
        self.ports
            .exchange(exchange)
            .await
            .map_err(|_| Step::of(Event::Troubled(FailureKind::Network)))
    }
}

fn accepted(reply: &SubmitReply, route: Route) -> Event {
    let links = reply.links(route);
    Event::Accepted {
        handle: Handle {
            request_id: reply.request_id.to_string(),
            status_url: links.status_url,
            response_url: links.response_url,
            cancel_url: links.cancel_url,
        },
        position: reply.queue_position.map(short),
    }
}

fn seen(status: &QueueStatus) -> Event {
    match status.status {
        QueueState::InProgress => Event::SeenRunning,
        QueueState::Completed => Event::SeenCompleted,
        QueueState::InQueue | QueueState::Other(_) => {
            Event::SeenQueued { position: status.queue_position.map(short) }
        }
    }
}

fn short(position: u64) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

fn delivered(output: &Output) -> Event {
    let picture = |(index, image): (usize, &likeness_fal::wire::Image)| Delivery {
        url: image.url.clone(),
        width: image.width,
        height: image.height,
        content_type: image.content_type.clone(),
        is_blocked: output.is_blocked(index),
        is_stored: false,
        is_gone: false,
        is_refused: false,
    };
    Event::Delivered {
        pictures: output.images.iter().enumerate().map(picture).collect(),
        seed: output.seed.map(|seed| seed.to_string()),
    }
}

fn read_error(call: Call, reply: &Reply) -> FalError {
    FalError::read(call, reply.status, &|name| reply.header(name).map(str::to_owned), &reply.body)
}

fn read_submission(body: &[u8]) -> Option<Submission> {
    Submission::read(&serde_json::from_slice(body).ok()?)
}

impl From<Answered> for Reply {
    fn from(Answered { headers, reply, status }: Answered) -> Self {
        Self { status, headers, body: reply.to_string().into_bytes() }
    }
}

/// Whether our server will never ask at this address.
fn is_refused_address(error: &FalError) -> bool {
    matches!(error.kind(), Kind::Server(server) if server.is(ServerCode::BadTarget))
}

/// What a job keeps of an error: the server's own code where it has one that people have to be told apart.
fn kind(error: &FalError) -> FailureKind {
    match error.kind() {
        Kind::Server(server) if TOLD_APART.iter().any(|code| server.is(*code)) => {
            server.code.clone().into()
        }
        kind => kind.failure(),
    }
}
