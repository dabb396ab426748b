//! A run that a program ordered: how it stands, and how that is told.

use crate::config::Origin;
use crate::refusal::Refusal;
use crate::relay::{self, Relay};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use likeness_api::{self as api, address};
use likeness_core::Route;
use likeness_fal::RequestId;
use likeness_fal::error::{Call, FalError, Kind};
use likeness_fal::target::{Delivery, Ending, Place, Target};
use likeness_fal::wire::{Image, Output, QueueStatus, State};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The first pause between two questions, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The way to runs: through the relay, and by addresses of this server.
#[derive(Clone)]
pub(super) struct Jobs {
    pub(super) relay: Arc<Relay>,
    public: Arc<Origin>,
}

impl Jobs {
    pub(super) fn new(relay: Arc<Relay>, public: &Origin) -> Self {
        Self { relay, public: Arc::new(public.clone()) }
    }

    /// The run with this id.
    pub(super) fn job(&self, id: RequestId, route: Route) -> Job {
        Job { jobs: self.clone(), id, route }
    }
}

/// A run by its id and route.
pub(super) struct Job {
    jobs: Jobs,
    id: RequestId,
    route: Route,
}

/// How a run stands.
pub(super) enum Standing {
    /// In FAL's queue, with so many ahead, if FAL says.
    Queued(Option<u64>),
    /// Being made, or in a state that this version does not know.
    Running,
    /// Made.
    Done(Output),
    /// Ended without a picture.
    Failed(FalError),
}

impl Job {
    /// Asks once.
    ///
    /// # Errors
    /// FAL cannot be reached, or gives an answer that says nothing about the run.
    pub(super) async fn look(&self) -> Result<Standing, Refusal> {
        let place = Place::App(self.route.app());
        let target =
            Target::Status { place, id: self.id.clone(), logs: None, delivery: Delivery::Once };
        let answer = relay::asked(&self.jobs.relay, &target).await?;
        if !answer.status.is_success() {
            return ended_or(answer.error(Call::Status));
        }
        let standing = match QueueStatus::read(&answer.body) {
            Ok(standing) => standing,
            Err(_) => return ended_or(answer.error(Call::Status)),
        };
        match standing.status {
            State::InQueue => Ok(Standing::Queued(standing.queue_position)),
            State::InProgress | State::Other(_) => Ok(Standing::Running),
            State::Completed => self.result(place).await,
        }
    }

    async fn result(&self, place: Place) -> Result<Standing, Refusal> {
        let target = Target::Result { place, id: self.id.clone(), ending: Ending::Id };
        let answer = relay::asked(&self.jobs.relay, &target).await?;
        match Output::read(&answer.body) {
            Ok(output) if answer.status.is_success() => Ok(Standing::Done(output)),
            _ => ended_or(answer.error(Call::Result)),
        }
    }

    /// Asks until the run has ended, or the time is over. A question that fails is asked again: the
    /// run goes on all the same.
    pub(super) async fn wait(&self, most: Duration) -> Standing {
        let (begun, mut pause) = (Instant::now(), FIRST_PAUSE);
        let mut last = Standing::Queued(None);
        while begun.elapsed() < most {
            match self.look().await {
                Ok(ended @ (Standing::Done(_) | Standing::Failed(_))) => return ended,
                Ok(standing) => last = standing,
                Err(refusal) => {
                    tracing::warn!(code = refusal.code().name(), "a run could not be asked about");
                }
            }
            tokio::time::sleep(pause.min(most.saturating_sub(begun.elapsed()))).await;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
        last
    }
}

/// An error that says how the run ended, or that FAL no longer knows it; any other says nothing
/// about it.
fn ended_or(error: FalError) -> Result<Standing, Refusal> {
    if error.ends_run() {
        return Ok(Standing::Failed(error));
    }
    Err(api::ServerCode::BadReply.into())
}

impl Standing {
    /// Whether nothing more will come.
    pub(super) const fn is_over(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Failed(_))
    }

    /// The reply: 200 with pictures, 202 while the run goes on, 422 or 500 where it failed.
    pub(super) fn reply(&self, job: &Job) -> Response {
        let body = self.body(job);
        let status = match self {
            Self::Queued(_) | Self::Running => StatusCode::ACCEPTED,
            Self::Done(_) => StatusCode::OK,
            Self::Failed(error) => status(error),
        };
        (status, Json(body)).into_response()
    }

    /// What programs are told, in replies and by the webhook.
    pub(super) fn body(&self, job: &Job) -> Value {
        let poll_url =
            format!("{}{}", job.jobs.public, address::filled(address::JOB, job.id.as_str()));
        let standing = match self {
            Self::Queued(position) => api::Standing::Queued { queue_position: *position },
            Self::Running => api::Standing::Running,
            Self::Done(output) => completed(output),
            // The key means this run, and this run is over.
            Self::Failed(error) => api::Standing::Failed { error: of(error, false) },
        };
        json!(api::Run { job_id: job.id.to_string(), poll_url, standing })
    }
}

fn completed(output: &Output) -> api::Standing {
    let image = |(at, image): (usize, &Image)| api::RunImage {
        content_type: image.content_type.clone(),
        height: image.height,
        is_blocked: output.is_blocked(at),
        url: image.url.clone(),
        width: image.width,
    };
    let images: Vec<_> = output.images.iter().enumerate().map(image).collect();
    let shown = images.iter().find(|image| !image.is_blocked);
    api::Standing::Completed {
        image_url: shown.map(|image| image.url.clone()),
        seed: output.seed.map(likeness_core::Seed::get),
        images,
    }
}

/// The reply where FAL started nothing.
pub(super) fn refused(error: &FalError) -> Response {
    let mut reply = (status(error), Json(json!({ "error": of(error, error.may_be_sent_again()) })))
        .into_response();
    if let Some(wait) = error.retry_after_ms() {
        reply.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.div_ceil(1000)));
    }
    reply
}

fn status(error: &FalError) -> StatusCode {
    match error.kind() {
        Kind::RateLimited { .. } | Kind::QueueFull => StatusCode::TOO_MANY_REQUESTS,
        Kind::ContentPolicy
        | Kind::NoMedia
        | Kind::DeadLora
        | Kind::FinetuneMissing
        | Kind::Validation(_)
        | Kind::Cancelled => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// An error of FAL in the shape of the server's own. `is_retryable` says whether the same call
/// under the same key may lead to a picture.
fn of(error: &FalError, is_retryable: bool) -> api::Failed {
    api::Failed {
        code: error.kind().failure().into(),
        field: error.field(),
        message: message(error.kind()),
        request_id: error.request_id().map(str::to_owned),
        retry_after_ms: error.retry_after_ms(),
        retryable: is_retryable,
        said: error.said().map(str::to_owned),
    }
}

fn message(kind: &Kind) -> &'static str {
    match kind {
        Kind::Unauthorized | Kind::Forbidden => "FAL does not take the key of this server.",
        Kind::ExhaustedBalance => {
            "FAL has locked the account of this server until it is topped up."
        }
        Kind::ContentPolicy => "FAL's safety filter refused the words or the picture.",
        Kind::NoMedia => "The model ran and made no picture.",
        Kind::EndpointGone => "FAL no longer has this model.",
        Kind::UnknownRequest => "FAL no longer knows this run.",
        Kind::DeadLora => "FAL could not download the LoRA.",
        Kind::FinetuneMissing => "FAL does not know the finetune.",
        Kind::Validation(_) => "FAL refused values of the request.",
        Kind::RateLimited { .. } | Kind::QueueFull => {
            "FAL has too many runs of this server. Nothing was started."
        }
        Kind::StartTimeout | Kind::Timeout => "The run took too long.",
        Kind::Cancelled => "The run was cancelled.",
        _ => "FAL failed to make this picture.",
    }
}
