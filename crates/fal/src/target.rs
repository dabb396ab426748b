//! Which address of FAL a caller means.
//!
//! An address is read, matched and then rebuilt from its parts; the text of the caller never becomes a request. Only the canonical spelling of host and
//! path is taken, so there is nothing to normalise and nothing that another parser could read differently. A query is taken by what it means: each client
//! of FAL writes it in its own way.

mod media;
mod parse;
mod query;
mod request_id;

#[cfg(test)]
mod tests;

pub use media::MediaUrl;
pub use request_id::RequestId;

use crate::host::Host;
use core::fmt;
use likeness_core::Route;

/// The longest address that is looked at, in bytes.
pub const MAX_URL: usize = 2048;

/// The method of a request to FAL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Submits, runs and begins uploads.
    Post,
    /// Cancels.
    Put,
}

impl Method {
    /// The method as HTTP writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }

    /// The method that HTTP writes so, upper case; none for those that FAL's queue does not use.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Get, Self::Post, Self::Put].into_iter().find(|method| method.name() == name)
    }
}

/// Why an address is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Not an address of FAL in canonical form.
    #[error("The target is not an address of FAL in canonical form.")]
    Malformed,
    /// A well-formed host that is none of FAL's.
    #[error("The target lies on a host that this server does not call.")]
    ForeignHost,
    /// An address that FAL would report a run to, named by whoever calls.
    #[error("The target names a fal_webhook, which this server does not pass on.")]
    Webhook,
    /// A model or service of FAL that Likeness does not use.
    #[error("The target is an endpoint that this server does not offer.")]
    UnknownEndpoint,
    /// The right address with another method.
    #[error("The target takes the method {}.", .allowed.name())]
    WrongMethod {
        /// The one that it takes.
        allowed: Method,
    },
}

impl TargetError {
    /// The HTTP status that says so: 400, 403 or 405.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed | Self::ForeignHost | Self::Webhook => 400,
            Self::UnknownEndpoint => 403,
            Self::WrongMethod { .. } => 405,
        }
    }
}

/// The part of a queue address before `/requests/`. FAL's reference uses the app, its per-model descriptions the whole endpoint id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `owner/app`, shared by all endpoints of the app.
    App(&'static str),
    /// The endpoint id with its sub-path.
    Endpoint(Route),
}

impl Place {
    /// As it stands in an address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::App(app) => app,
            Self::Endpoint(route) => route.endpoint(),
        }
    }

    /// `owner/app`.
    pub fn app(self) -> &'static str {
        match self {
            Self::App(app) => app,
            Self::Endpoint(route) => route.app(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How the status is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// One JSON object.
    Once,
    /// Server-sent events until the run is over.
    Stream,
}

/// How the address of a result ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// In the request id, as the reference has it.
    Id,
    /// In `/response`, as some replies have it.
    Response,
}

/// Where FAL keeps an uploaded file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// FAL's own media hosts.
    Cdn,
    /// A bucket: what FAL's Python client falls back to.
    Bucket,
}

impl Storage {
    const ALL: [Self; 2] = [Self::Cdn, Self::Bucket];

    /// As `storage_type` has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cdn => "fal-cdn-v3",
            Self::Bucket => "gcs",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|storage| storage.name() == name)
    }
}

/// How an upload begins. The bytes then go to where the reply says, without the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upload {
    /// With an address for one file.
    File(Storage),
    /// With an address for one large file that comes in parts.
    Parts,
    /// With a token for the media hosts that is good for a while.
    Token,
}

/// What becomes of keys in a query that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// They are refused, and with them what an address may not say here.
    Refuse,
    /// As FAL: they are ignored.
    Ignore,
}

/// What a caller wants of FAL. Its `Display` gives the address, with its query in one spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Puts a run into the queue. Costs money.
    Submit {
        /// The endpoint.
        route: Route,
        /// `fal_max_queue_length`: FAL answers 429 rather than queue behind more than this.
        max_queue: Option<u32>,
    },
    /// Asks how a run stands.
    Status {
        /// App or endpoint.
        place: Place,
        /// The run.
        id: RequestId,
        /// `logs=0|1`, where given.
        logs: Option<bool>,
        /// Once or as a stream.
        delivery: Delivery,
    },
    /// Fetches the output, or the error that the run ended with.
    Result {
        /// App or endpoint.
        place: Place,
        /// The run.
        id: RequestId,
        /// The spelling.
        ending: Ending,
    },
    /// Takes a run back.
    Cancel {
        /// App or endpoint.
        place: Place,
        /// The run.
        id: RequestId,
    },
    /// Runs without the queue. Costs money.
    Run {
        /// The endpoint.
        route: Route,
    },
    /// Begins an upload.
    Upload(Upload),
}

impl Target {
    /// Reads an address.
    ///
    /// # Errors
    /// [`TargetError::Malformed`] for anything but canonical https addresses with known query keys, [`TargetError::ForeignHost`],
    /// [`TargetError::Webhook`] and [`TargetError::UnknownEndpoint`] as they say. Never [`TargetError::WrongMethod`].
    pub fn parse(url: &str) -> Result<Self, TargetError> {
        parse::target(url, Unknown::Refuse)
    }

    /// Reads an address as FAL does, which minds nothing in a query that it does not know.
    ///
    /// # Errors
    /// As [`Target::parse`], but never [`TargetError::Webhook`].
    pub fn parse_as_fal(url: &str) -> Result<Self, TargetError> {
        parse::target(url, Unknown::Ignore)
    }

    /// Reads an address that is called with this method.
    ///
    /// # Errors
    /// As [`Target::parse`], and [`TargetError::WrongMethod`].
    pub fn parse_for(method: Method, url: &str) -> Result<Self, TargetError> {
        Self::parse(url)?.called_by(method)
    }

    /// The same, if this is its method.
    ///
    /// # Errors
    /// [`TargetError::WrongMethod`].
    pub fn called_by(self, method: Method) -> Result<Self, TargetError> {
        let allowed = self.method();
        if allowed == method { Ok(self) } else { Err(TargetError::WrongMethod { allowed }) }
    }

    /// The one method that the address takes.
    pub const fn method(&self) -> Method {
        match self {
            Self::Submit { .. } | Self::Run { .. } | Self::Upload(_) => Method::Post,
            Self::Status { .. } | Self::Result { .. } => Method::Get,
            Self::Cancel { .. } => Method::Put,
        }
    }

    /// The host that it lies on.
    pub const fn host(&self) -> Host {
        match self {
            Self::Submit { .. }
            | Self::Status { .. }
            | Self::Result { .. }
            | Self::Cancel { .. } => Host::Queue,
            Self::Run { .. } => Host::Run,
            Self::Upload(_) => Host::Rest,
        }
    }

    /// The endpoint that a body is for; none where no body with settings belongs.
    pub const fn paid_route(&self) -> Option<Route> {
        match self {
            Self::Submit { route, .. } | Self::Run { route } => Some(*route),
            _ => None,
        }
    }

    /// Path and query, beginning with a slash.
    pub fn path_and_query(&self) -> String {
        let (place, id, rest) = match self {
            Self::Submit { route, max_queue: None } | Self::Run { route } => {
                return format!("/{}", route.endpoint());
            }
            Self::Submit { route, max_queue: Some(length) } => {
                return format!("/{}?fal_max_queue_length={length}", route.endpoint());
            }
            Self::Upload(upload) => {
                let (path, storage) = match upload {
                    Upload::File(storage) => ("upload/initiate", *storage),
                    Upload::Parts => ("upload/initiate-multipart", Storage::Cdn),
                    Upload::Token => ("auth/token", Storage::Cdn),
                };
                return format!("/storage/{path}?storage_type={}", storage.name());
            }
            Self::Status { place, id, logs, delivery } => {
                let rest = match (delivery, logs) {
                    (Delivery::Once, None) => "/status",
                    (Delivery::Once, Some(false)) => "/status?logs=0",
                    (Delivery::Once, Some(true)) => "/status?logs=1",
                    (Delivery::Stream, None) => "/status/stream",
                    (Delivery::Stream, Some(false)) => "/status/stream?logs=0",
                    (Delivery::Stream, Some(true)) => "/status/stream?logs=1",
                };
                (place, id, rest)
            }
            Self::Result { place, id, ending: Ending::Id } => (place, id, ""),
            Self::Result { place, id, ending: Ending::Response } => (place, id, "/response"),
            Self::Cancel { place, id } => (place, id, "/cancel"),
        };
        ["/", place.name(), "/requests/", id.as_str(), rest].concat()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}{}", self.host().name(), self.path_and_query())
    }
}
