//! Telling the kinds of failure apart.

use super::{Call, FalError, FieldProblem, Kind};
use likeness_api::{ServerCode, ServerError, header::SENT};
use serde_json::Value;

/// The longest wait that is believed of FAL, in milliseconds.
const LONGEST_WAIT_MS: u64 = 3_600_000;
/// The longest that our own server may name: until a month's budget begins anew.
pub(super) const A_MONTH_MS: u64 = 31 * 24 * 3_600_000;
/// The longest text that is kept of what the other side said, in characters.
const LONGEST_SAYING: usize = 300;

type Header<'a> = &'a dyn Fn(&str) -> Option<String>;

pub(super) fn error(call: Call, status: u16, header: Header<'_>, body: &[u8]) -> FalError {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let reply: Option<Value> = serde_json::from_slice(body).ok();
    let is_empty_handed = call == Call::Result && (200..300).contains(&status) && reply.is_some();
    let reply = reply.filter(Value::is_object);
    let mut error = FalError::of(call, Kind::Garbled);
    error.status = Some(status);
    error.request_id = header("x-fal-request-id").or_else(|| header("x-request-id"));
    error.was_held_back = header(SENT).as_deref() == Some("no");
    if is_empty_handed {
        error.kind = Kind::NoMedia;
        error.is_verdict = true;
        return error;
    }
    let Some(reply) = reply else {
        error.kind = without_json(call, status, header);
        return error;
    };
    if let Some(server) = ServerError::read(&reply) {
        error.request_id = server.request_id.clone().or(error.request_id);
        error.said = Some(server.message.clone());
        let may_run = server.is(ServerCode::UnknownOutcome) || server.is(ServerCode::InFlight);
        error.kind =
            if may_run && call.is_paid() { Kind::UnknownOutcome } else { Kind::Server(server) };
        return error;
    }
    let clue = Clue::read(status, header, &reply);
    error.is_verdict = call == Call::Result && clue.names_a_type();
    error.said = clue.said();
    error.kind = kind(call, &clue, header);
    error
}

/// What a reply in JSON says, whatever its shape.
struct Clue {
    status: u16,
    problems: Vec<FieldProblem>,
    text: Option<String>,
    error_type: Option<String>,
}

impl Clue {
    fn read(status: u16, header: Header<'_>, reply: &Value) -> Self {
        let text = |key: &str| reply.get(key).and_then(Value::as_str).map(str::to_owned);
        let list = reply.get("detail").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        Self {
            status,
            problems: list.iter().filter(|item| item.is_object()).map(FieldProblem::read).collect(),
            text: text("detail")
                .or_else(|| list.iter().find_map(Value::as_str).map(str::to_owned))
                .or_else(|| text("message"))
                .or_else(|| text("error")),
            error_type: text("error_type").or_else(|| header("x-fal-error-type")),
        }
    }

    fn said(&self) -> Option<String> {
        let text = self
            .text
            .as_deref()
            .or_else(|| self.problems.first().map(|problem| problem.message.as_str()))?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.chars().take(LONGEST_SAYING).collect())
    }

    fn names_a_type(&self) -> bool {
        self.error_type.is_some() || !self.problems.is_empty() || self.status == 422
    }

    fn has_type(&self, names: &[&str]) -> bool {
        self.problems.iter().any(|problem| names.contains(&problem.kind.as_str()))
            || self.error_type.as_deref().is_some_and(|kind| names.contains(&kind))
    }

    /// Whether all of these words stand in one of its sentences, ignoring case.
    fn speaks_of(&self, words: &[&str]) -> bool {
        let sentences = self
            .problems
            .iter()
            .map(|problem| problem.message.as_str())
            .chain(self.text.as_deref());
        sentences
            .map(str::to_ascii_lowercase)
            .any(|sentence| words.iter().all(|word| sentence.contains(word)))
    }

    fn is_about(&self, field: &str) -> bool {
        self.problems.iter().any(|problem| problem.field.split('.').next() == Some(field))
    }
}

fn kind(call: Call, clue: &Clue, header: Header<'_>) -> Kind {
    if clue.speaks_of(&["exhausted balance"])
        || clue.speaks_of(&["user is locked"])
        || clue.status == 402
    {
        return Kind::ExhaustedBalance;
    }
    by_type(clue, header).unwrap_or_else(|| by_status(call, clue, header))
}

/// By FAL's machine-readable type, which means the same under every status.
fn by_type(clue: &Clue, header: Header<'_>) -> Option<Kind> {
    Some(if clue.has_type(&["content_policy_violation"]) {
        Kind::ContentPolicy
    } else if clue.has_type(&["no_media_generated"]) {
        Kind::NoMedia
    } else if clue.has_type(&["file_download_error"]) || is_dead_lora(clue) {
        Kind::DeadLora
    } else if is_missing_finetune(clue) {
        Kind::FinetuneMissing
    } else if is_users_timeout(header) {
        Kind::StartTimeout
    } else if clue.has_type(&["generation_timeout", "request_timeout", "startup_timeout"]) {
        Kind::Timeout
    } else if clue.has_type(&["client_cancelled", "client_disconnected"]) {
        Kind::Cancelled
    } else if clue.has_type(&["concurrent_requests_limit"]) {
        Kind::RateLimited { retry_after_ms: retry_after(header) }
    } else if clue.has_type(&[
        "internal_server_error",
        "downstream_service_error",
        "downstream_service_unavailable",
    ]) {
        Kind::Upstream
    } else {
        return None;
    })
}

fn by_status(call: Call, clue: &Clue, header: Header<'_>) -> Kind {
    match clue.status {
        401 => Kind::Unauthorized,
        403 => Kind::Forbidden,
        404 => not_found(call, clue),
        408 | 504 => Kind::Timeout,
        413 => Kind::TooLarge,
        422 => Kind::Validation(problems(clue)),
        429 if clue.speaks_of(&["queue"]) => Kind::QueueFull,
        429 => Kind::RateLimited { retry_after_ms: retry_after(header) },
        499 => Kind::Cancelled,
        500..=599 => Kind::Upstream,
        400..=499 if !clue.problems.is_empty() => Kind::Validation(problems(clue)),
        400..=499 => Kind::Refused,
        _ => Kind::Garbled,
    }
}

/// On a submit nothing but the endpoint can be missing. A result says which of both is; a status is asked of the queue, which does not know endpoints.
fn not_found(call: Call, clue: &Clue) -> Kind {
    let names_the_application = clue.speaks_of(&["application", "not found"]);
    match call {
        Call::Submit | Call::Run => Kind::EndpointGone,
        Call::Result if names_the_application => Kind::EndpointGone,
        _ => Kind::UnknownRequest,
    }
}

/// A LoRA that cannot be loaded has its own type on newer models and is a plain `value_error` on others.
fn is_dead_lora(clue: &Clue) -> bool {
    clue.has_type(&["value_error"]) && clue.is_about("loras") && clue.status == 422
}

fn is_missing_finetune(clue: &Clue) -> bool {
    let says_so =
        clue.speaks_of(&["finetune", "not exist"]) || clue.speaks_of(&["finetune", "not found"]);
    matches!(clue.status, 400 | 404 | 422)
        && (says_so || (clue.is_about("finetune_id") && clue.has_type(&["value_error"])))
}

fn problems(clue: &Clue) -> Vec<FieldProblem> {
    if !clue.problems.is_empty() {
        return clue.problems.clone();
    }
    let message = clue.text.clone().unwrap_or_default();
    vec![FieldProblem { field: String::new(), message, kind: String::new() }]
}

/// A body that is not JSON still has a status that says something.
fn without_json(call: Call, status: u16, header: Header<'_>) -> Kind {
    match status {
        401 => Kind::Unauthorized,
        402 => Kind::ExhaustedBalance,
        404 if call.is_paid() => Kind::Garbled,
        413 => Kind::TooLarge,
        429 => Kind::RateLimited { retry_after_ms: retry_after(header) },
        504 if is_users_timeout(header) => Kind::StartTimeout,
        _ => Kind::Garbled,
    }
}

fn is_users_timeout(header: Header<'_>) -> bool {
    header("x-fal-request-timeout-type").is_some_and(|value| value.eq_ignore_ascii_case("user"))
}

/// Whole seconds; a date needs a clock, which this crate does not have.
fn retry_after(header: Header<'_>) -> Option<u64> {
    let seconds: u64 = header("retry-after")?.trim().parse().ok()?;
    Some(seconds.saturating_mul(1000).min(LONGEST_WAIT_MS))
}
