//! The queue: submit, status, result, cancel.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::stream;
use likeness_core::Route;
use likeness_fal::target::{self, Delivery, Place, RequestId, Target, TargetError};
use likeness_fal::wire::{Metrics, QueueStatus, State as QueueState, SubmitReply};
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

use super::{access, reply};
use crate::caller::Lane;
use crate::queue::{Cancelled, Queue};
use crate::run::{Outcome, Phase, Run};
use crate::{Caller, Simulator};

/// How often a status stream looks for news.
const STREAM_PACE: Duration = Duration::from_millis(100);

/// Every request to the queue's host.
pub(super) async fn handle(
    State(simulator): State<Simulator>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    caller: Option<Extension<Caller>>,
    body: Bytes,
) -> Response {
    let account = match access::account(&simulator.config().access, &headers) {
        Ok(account) => account,
        Err(refusal) => return *refusal,
    };
    let target = match target(&method, &uri) {
        Ok(target) => target,
        Err(refusal) => return *refusal,
    };
    match target {
        Target::Submit { route, max_queue } => {
            let Extension(caller) = caller.unwrap_or_default();
            submit(&simulator, Lane { account, caller }, route, max_queue, &body)
        }
        Target::Status { place, id, logs, delivery } => {
            let asked = Asked { simulator, account, place, id };
            match delivery {
                Delivery::Once => status(&asked, logs == Some(true)),
                Delivery::Stream => status_stream(asked, logs == Some(true)),
            }
        }
        Target::Result { place, id, .. } => {
            let asked = Asked { simulator, account, place, id };
            asked.look(|_, run| reply::result(asked.simulator.config(), run))
        }
        Target::Cancel { place, id } => cancel(&Asked { simulator, account, place, id }),
        Target::Run { .. } | Target::Upload(_) => reply::no_application(uri.path()),
    }
}

/// What the address means on the queue's host.
fn target(method: &Method, uri: &Uri) -> Result<Target, Box<Response>> {
    let path_and_query = uri.path_and_query().map_or("/", |path| path.as_str());
    let address = format!("https://queue.fal.run{path_and_query}");
    let not_allowed =
        || Box::new(reply::gateway(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"));
    let method = target::Method::parse(method.as_str()).ok_or_else(not_allowed)?;
    let target = Target::parse_as_fal(&address).and_then(|target| target.called_by(method));
    target.map_err(|error| match error {
        TargetError::WrongMethod { .. } => not_allowed(),
        TargetError::Malformed if uri.path().contains("/requests/") => {
            Box::new(reply::no_request())
        }
        _ => Box::new(reply::no_application(uri.path())),
    })
}

/// A run that somebody asks for.
struct Asked {
    simulator: Simulator,
    account: Arc<str>,
    place: Place,
    id: RequestId,
}

impl Asked {
    /// Looks the run up and answers; a run of another account or app does not exist.
    fn look(&self, answer: impl FnOnce(&Queue, &Run) -> Response) -> Response {
        let queue = self.simulator.queue();
        match self.find(&queue) {
            Some(run) => reply::of_run(&self.id, answer(&queue, run)),
            None => reply::no_request(),
        }
    }

    fn find<'a>(&self, queue: &'a Queue) -> Option<&'a Run> {
        let run = queue.run(&self.account, &self.id)?;
        (run.route.app() == self.place.app()).then_some(run)
    }
}

fn submit(
    simulator: &Simulator,
    lane: Lane,
    route: Route,
    max_queue: Option<u32>,
    body: &[u8],
) -> Response {
    let read = match reply::json_body(body) {
        Ok(read) => read,
        Err(refusal) => return *refusal,
    };
    let run = simulator.new_run(route, lane, &read);
    let (id, price) = (run.id.clone(), run.price());
    let position = {
        let mut queue = simulator.queue();
        let length = queue.queue_length(&run.lane);
        if max_queue.is_some_and(|most| length > most as usize) {
            return reply::gateway(StatusCode::TOO_MANY_REQUESTS, "Maximum queue length exceeded");
        }
        queue.submit(run);
        queue.any_run(&id).map_or(0, |run| queue.position(run))
    };
    simulator.accept(body, price);
    simulator.announce_change();
    let [status_url, response_url, cancel_url] = links(simulator, route, &id);
    let accepted = SubmitReply {
        status: QueueState::InQueue,
        request_id: id.clone(),
        response_url: Some(response_url),
        status_url: Some(status_url),
        cancel_url: Some(cancel_url),
        queue_position: Some(position),
    };
    reply::of_run(&id, Json(accepted).into_response())
}

/// Status, result and cancel address of a run.
fn links(simulator: &Simulator, route: Route, id: &RequestId) -> [String; 3] {
    let base = &simulator.config().queue_base;
    let request = format!("{base}/{}/requests/{id}", route.app());
    [format!("{request}/status"), request.clone(), format!("{request}/cancel")]
}

fn status(asked: &Asked, logs: bool) -> Response {
    asked.look(|queue, run| {
        let code = if run.is_over() { StatusCode::OK } else { StatusCode::ACCEPTED };
        (code, Json(describe(&asked.simulator, queue, run, logs))).into_response()
    })
}

fn describe(simulator: &Simulator, queue: &Queue, run: &Run, logs: bool) -> QueueStatus {
    let now = Instant::now();
    let [status_url, response_url, cancel_url] = links(simulator, run.route, &run.id);
    let logs = logs.then(|| run.logs(now));
    let status = QueueStatus {
        status: QueueState::InQueue,
        request_id: Some(run.id.clone()),
        response_url: Some(response_url),
        status_url: Some(status_url),
        cancel_url: Some(cancel_url),
        queue_position: None,
        logs,
        metrics: None,
        error: None,
        error_type: None,
    };
    match &run.phase {
        Phase::Waiting => QueueStatus { queue_position: Some(queue.position(run)), ..status },
        Phase::Working { start, .. } if now < *start => {
            QueueStatus { queue_position: Some(0), ..status }
        }
        Phase::Working { .. } => QueueStatus { status: QueueState::InProgress, ..status },
        Phase::Over { worked, outcome } => {
            let (error, error_type) = match outcome {
                Outcome::Delivered => (None, None),
                Outcome::Refused => (Some("Invalid input"), Some("validation_error")),
                Outcome::Cancelled => (Some("Request was cancelled"), Some("client_cancelled")),
            };
            QueueStatus {
                status: QueueState::Completed,
                metrics: Some(Metrics { inference_time: Some(worked.as_secs_f64()) }),
                error: error.map(str::to_owned),
                error_type: error_type.map(str::to_owned),
                ..status
            }
        }
    }
}

fn cancel(asked: &Asked) -> Response {
    let outcome = {
        let mut queue = asked.simulator.queue();
        match asked.find(&queue) {
            Some(_) => queue.cancel(&asked.id, Instant::now()),
            None => None,
        }
    };
    asked.simulator.announce_change();
    let (code, word) = match outcome {
        Some(Cancelled::Requested) => (StatusCode::ACCEPTED, "CANCELLATION_REQUESTED"),
        Some(Cancelled::TooLate) => (StatusCode::BAD_REQUEST, "ALREADY_COMPLETED"),
        None => return reply::no_request(),
    };
    reply::of_run(&asked.id, (code, Json(json!({ "status": word }))).into_response())
}

/// Every change of the status as an event, until the run is over.
fn status_stream(asked: Asked, logs: bool) -> Response {
    if asked.find(&asked.simulator.queue()).is_none() {
        return reply::no_request();
    }
    let id = asked.id.clone();
    let events = stream::unfold(Some((asked, String::new())), move |state| async move {
        let (asked, told) = state?;
        loop {
            let (news, is_over) = {
                let queue = asked.simulator.queue();
                let run = asked.find(&queue)?;
                (json!(describe(&asked.simulator, &queue, run, logs)).to_string(), run.is_over())
            };
            if news != told {
                let event = Ok::<_, Infallible>(Event::default().data(&news));
                return Some((event, (!is_over).then_some((asked, news))));
            }
            tokio::time::sleep(STREAM_PACE).await;
        }
    });
    reply::of_run(&id, Sse::new(events).into_response())
}
