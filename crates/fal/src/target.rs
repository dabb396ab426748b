//! Which address of FAL a caller means.
//!
//! An address is read, matched and then rebuilt from its parts; the text of the caller never becomes a request. Only the canonical spelling is taken, so
//! there is nothing to normalise and nothing that another parser could read differently.

mod media;
mod parse;
mod request_id;

#[cfg(test)]
mod tests;

pub use media::MediaUrl;
pub use request_id::RequestId;

use crate::catalogue::{Endpoint, Host};
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
            Self::Malformed | Self::ForeignHost => 400,
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
    pub const fn app(self) -> &'static str {
        match self {
            Self::App(app) => app,
            Self::Endpoint(route) => Endpoint::of(route).app,
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

/// What a caller wants of FAL. Its `Display` gives the address back byte for byte.
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
    /// Asks for an address to upload one file to.
    UploadInitiate,
}

impl Target {
    /// Reads an address.
    ///
    /// # Errors
    /// [`TargetError::Malformed`] for anything but canonical https addresses with known query keys, [`TargetError::ForeignHost`] and
    /// [`TargetError::UnknownEndpoint`] as they say. Never [`TargetError::WrongMethod`].
    pub fn parse(url: &str) -> Result<Self, TargetError> {
        parse::target(url)
    }

    /// Reads an address that is called with this method.
    ///
    /// # Errors
    /// As [`Target::parse`], and [`TargetError::WrongMethod`].
    pub fn parse_for(method: Method, url: &str) -> Result<Self, TargetError> {
        let target = Self::parse(url)?;
        if target.method() == method {
            Ok(target)
        } else {
            Err(TargetError::WrongMethod { allowed: target.method() })
        }
    }

    /// The one method that the address takes.
    pub const fn method(&self) -> Method {
        match self {
            Self::Submit { .. } | Self::Run { .. } | Self::UploadInitiate => Method::Post,
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
            Self::UploadInitiate => Host::Rest,
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
            Self::UploadInitiate => {
                return "/storage/upload/initiate?storage_type=fal-cdn-v3".to_owned();
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
