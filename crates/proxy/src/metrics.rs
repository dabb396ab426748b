//! Numbers for Prometheus, on an address of their own.

mod exposition;

use crate::ledger::Outcome;
use crate::log;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use core::fmt;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeLabelSet, EncodeLabelValue, EncodeMetric,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::sync::Arc;
use std::time::Duration;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    area: Area,
    status: u16,
}

/// The part of the server that a path belongs to: a label may not hold what a caller wrote.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq, EncodeLabelValue)]
pub(crate) enum Area {
    Relay,
    Api,
    Page,
}

impl Area {
    /// The area of a path.
    pub(crate) fn of(path: &str) -> Self {
        if path == likeness_api::address::RELAY {
            Self::Relay
        } else if path.starts_with("/api/") {
            Self::Api
        } else {
            Self::Page
        }
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Refused {
    code: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Submitted {
    outcome: &'static str,
}

/// What is counted for the whole process, where it happens.
#[derive(Debug)]
struct OfProcess;

impl Collector for OfProcess {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for (name, help, count) in [
            ("log_lines_lost", "Lines of the log that nobody took", log::lost()),
            ("panics", "Faults of the server that stopped what it was doing", log::panics()),
        ] {
            let counter = ConstCounter::new(count);
            let kind = MetricType::Counter;
            counter.encode(encoder.encode_descriptor(name, help, None, kind)?)?;
        }
        Ok(())
    }
}

/// What is counted. Cheap to copy; counting takes no lock that a request could wait for long.
#[derive(Clone)]
pub(crate) struct Metrics {
    registry: Arc<Registry>,
    requests: Family<Request, Counter>,
    seconds: Histogram,
    refusals: Family<Refused, Counter>,
    submits: Family<Submitted, Counter>,
    spent: Counter,
    /// Connections that are open.
    pub(crate) connections: Gauge,
    /// Seconds by which the ledger's clock is ahead of the system's.
    pub(crate) clock_ahead: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("likeness");
        let requests = Family::default();
        let seconds = Histogram::new(exponential_buckets(0.001, 4.0, 8));
        let (refusals, submits) = (Family::default(), Family::default());
        let (spent, connections) = (Counter::default(), Gauge::default());
        registry.register("requests", "Requests by area and status", requests.clone());
        registry.register_with_unit(
            "request_duration",
            "Time to the head of the reply",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register("refusals", "Errors of the server itself, by code", refusals.clone());
        registry.register("submits", "Submits by what became of them", submits.clone());
        registry.register(
            "spent_micro_usd",
            "Settled as spent, in millionths of a dollar",
            spent.clone(),
        );
        registry.register("connections", "Open connections", connections.clone());
        let clock_ahead = Gauge::default();
        registry.register_with_unit(
            "ledger_clock_ahead",
            "By how much the ledger's clock is ahead of this machine's",
            Unit::Seconds,
            clock_ahead.clone(),
        );
        registry.register_collector(Box::new(OfProcess));
        let registry = Arc::new(registry);
        Self { registry, requests, seconds, refusals, submits, spent, connections, clock_ahead }
    }

    /// A request was answered.
    pub(crate) fn answered(
        &self,
        area: Area,
        status: u16,
        took: Duration,
        refusal: Option<&'static str>,
    ) {
        self.requests.get_or_create(&Request { area, status }).inc();
        self.seconds.observe(took.as_secs_f64());
        if let Some(code) = refusal {
            self.refusals.get_or_create(&Refused { code }).inc();
        }
    }

    /// A submit was settled.
    pub(crate) fn settled(&self, outcome: &Outcome, spent: u64) {
        let outcome = match outcome {
            Outcome::Sending => return,
            Outcome::Unsent => "unsent",
            Outcome::Unknown => "unknown",
            Outcome::Answered { stored, .. } if stored.status < 300 => "accepted",
            Outcome::Answered { .. } => "refused",
        };
        self.submits.get_or_create(&Submitted { outcome }).inc();
        self.spent.inc_by(spent);
    }

    /// `GET /metrics`, and nothing else.
    pub(crate) fn router(&self) -> Router {
        let registry = Arc::clone(&self.registry);
        let show = move |headers: HeaderMap| {
            let registry = Arc::clone(&registry);
            async move {
                let mut text = String::new();
                if encode(&mut text, &registry).is_err() {
                    return StatusCode::INTERNAL_SERVER_ERROR.into_response();
                }
                let format = exposition::wanted(&headers);
                let kind = [(header::CONTENT_TYPE, format.content_type())];
                (kind, [(header::VARY, "accept")], format.of_open_metrics(text)).into_response()
            }
        };
        Router::new().route("/metrics", get(show))
    }
}
