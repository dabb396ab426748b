//! One call for programs such as bots: avatar, words and preset in, the address of a picture out.
//!
//! `POST /api/v1/generate` takes what compose takes and orders it, by the same way and from the
//! same budgets as everybody else's orders. `GET /api/v1/jobs/{id}` tells how a run stands. `job`
//! follows runs, `webhook` tells the owner's address of those that ended.

mod job;
mod webhook;

use crate::body;
use crate::caller::{self, Caller};
use crate::config;
use crate::issues;
use crate::ledger::{Ledger, User, system_now};
use crate::lockout::Lockout;
use crate::memory::Memory;
use crate::named::Named;
use crate::refusal::Refusal;
use crate::relay::{self, Relay};
use crate::secret::Secret;
use crate::start_error::StartError;
use crate::submissions;
use crate::worker::Worker;
use axum::extract::{FromRef, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use job::Jobs;
use likeness_api::{ServerCode, address};
use likeness_core::field::Rule;
use likeness_core::{Issue, Route, validate};
use likeness_fal::RequestId;
use likeness_fal::compose::{Composed, compose};
use likeness_fal::error::{Call, FalError};
use likeness_fal::wire::SubmitReply;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
pub(crate) use webhook::Webhook;

/// The name of all programs in the ledger.
const USER: &str = "api";
/// The largest request, in bytes: that of compose.
const MOST_REQUEST: usize = 512 << 10;
/// How long an answer may be waited for, in seconds: by rule, and where the caller says nothing.
const WAIT: Rule = Rule::Whole { min: 0, max: 120 };
const USUAL_WAIT: u64 = 60;
/// Wrong tokens from one address within [`FORGIVEN`], after which it has to wait.
const WRONG_TOKENS: usize = 5;
const FORGIVEN: Duration = Duration::from_secs(60);
/// The largest answer to a submit, in bytes.
const MOST_ANSWER: usize = 1 << 20;

/// What programs are let in by, and where they are told of ends.
pub(crate) struct Programs {
    token: Secret,
    wrong: Lockout<IpAddr>,
    front: Vec<IpAddr>,
    jobs: Jobs,
    webhook: Option<Arc<Webhook>>,
}

impl Programs {
    /// By the configuration.
    ///
    /// # Errors
    /// There is no way to make TLS connections on this machine.
    pub(crate) fn new(
        config: &config::Programs,
        relay: &Arc<Relay>,
        public: &config::Origin,
    ) -> Result<Self, StartError> {
        let jobs = Jobs::new(Arc::clone(relay), public);
        let webhook = config.webhook.as_ref();
        let webhook = webhook.map(|webhook| Webhook::new(webhook, jobs.clone())).transpose()?;
        Ok(Self {
            token: config.token.clone(),
            wrong: Lockout::new(WRONG_TOKENS, FORGIVEN),
            front: config.front.clone(),
            jobs,
            webhook: webhook.map(Arc::new),
        })
    }

    /// Forgets wrong tokens that no longer count.
    pub(crate) fn forget(&self) {
        self.wrong.forget();
    }

    /// Tells the owner's address of runs that ended, if it wants that.
    pub(crate) fn webhook(&self) -> Option<Arc<Webhook>> {
        self.webhook.clone()
    }

    /// Whether a caller shows their token. Nothing is held against who does not.
    pub(crate) fn are(&self, caller: &Caller<'_>) -> bool {
        caller::bearer(caller.headers()).is_ok_and(|given| self.token.is(given))
    }

    fn admit(&self, caller: &Caller<'_>) -> Result<(), Refusal> {
        let client = caller.network(&self.front);
        let given = caller::bearer(caller.headers())?;
        self.wrong.attempt(&client, ServerCode::WrongCode, || self.token.check(given))
    }
}

/// What programs work with, for a request of one that showed its token.
pub(crate) struct Admitted(Arc<Programs>);

impl<S: Send + Sync> FromRequestParts<S> for Admitted
where
    Option<Arc<Programs>>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let programs = Option::<Arc<Programs>>::from_ref(state).ok_or(ServerCode::ApiOff)?;
        programs.admit(&Caller::of_parts(parts))?;
        Ok(Self(programs))
    }
}

/// Whether an address is theirs.
pub(crate) fn is_for_programs(path: &str) -> bool {
    path == address::GENERATE || path.starts_with(address::start(address::JOB))
}

/// Whose runs are told of when they end.
pub(crate) fn outbox_user(config: Option<&config::Programs>) -> Option<User> {
    config.filter(|programs| programs.webhook.is_some()).map(|_| User(USER.to_owned()))
}

/// `POST /api/v1/generate`.
pub(crate) async fn handle(
    Admitted(programs): Admitted,
    State(memory): State<Memory>,
    State(worker): State<Worker>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let key = submissions::key(&parts.headers)?;
    let mut room = memory.room();
    let text = body::json_bytes(&parts.headers, body, MOST_REQUEST, &mut room).await?;
    let (size, reading) = (text.len(), move || Ok::<_, Refusal>(read(body::read_request(&text)?)));
    let (wait, composed) = match worker.run(size, reading).await?? {
        Ok(read) => read,
        Err(issues) => return Ok(issues::refused(&issues)),
    };
    let route = Route::of_endpoint(composed.endpoint).ok_or(ServerCode::UnknownEndpoint)?;
    let body = serde_json::to_value(&composed.body).map_err(|_| ServerCode::Internal)?;
    // What was asked for is gone by now; waiting takes none of it.
    drop(room);
    let reply =
        relay::order(&programs.jobs.relay, &User(USER.to_owned()), key, route, &body).await?;
    let (parts, answer) = reply.into_parts();
    let answer =
        axum::body::to_bytes(answer, MOST_ANSWER).await.map_err(|_| ServerCode::UnknownOutcome)?;
    if !parts.status.is_success() {
        let header = |name: &str| parts.headers.get(name)?.to_str().ok().map(str::to_owned);
        let error = FalError::read(Call::Submit, parts.status.as_u16(), &header, &answer);
        return Ok(job::refused(&error));
    }
    let id = SubmitReply::read(&answer).map_err(|_| ServerCode::UnknownOutcome)?.request_id;
    let job = programs.jobs.job(id, route);
    if let Some(webhook) = &programs.webhook {
        webhook.wake();
    }
    Ok(job.wait(wait).await.reply(&job))
}

/// The wait and the order, or everything that is wrong with both.
fn read(mut asked: Value) -> Result<(Duration, Composed), Vec<Issue>> {
    let wait = asked.as_object_mut().and_then(|asked| asked.remove("wait"));
    let wait = wait.filter(|wait| !wait.is_null()).unwrap_or(json!(USUAL_WAIT));
    let mut issues = validate::value(WAIT, &wait, "wait");
    match compose(&asked, system_now()) {
        Ok(composed) if issues.is_empty() => {
            Ok((Duration::from_secs(wait.as_u64().unwrap_or(USUAL_WAIT)), composed))
        }
        Ok(composed) => {
            issues.extend(composed.issues);
            Err(issues)
        }
        Err(more) => {
            issues.extend(more);
            Err(issues)
        }
    }
}

/// `GET /api/v1/jobs/{id}`.
pub(crate) async fn ask(
    Admitted(programs): Admitted,
    State(ledger): State<Arc<Ledger>>,
    Named(id): Named,
) -> Result<Response, Refusal> {
    let id = RequestId::parse(&id).map_err(|_| ServerCode::UnknownRun)?;
    let run = ledger.run(&id).await?.filter(|run| run.user == USER);
    let run = run.ok_or(ServerCode::UnknownRun)?;
    let route = Route::of_endpoint(&run.endpoint).ok_or(ServerCode::UnknownRun)?;
    let job = programs.jobs.job(id, route);
    Ok(job.look().await?.reply(&job))
}
