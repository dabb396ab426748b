//! What answers in FAL's name: FAL, or the simulator inside.

mod demo;
mod live;

pub(crate) use demo::{Demo, MEDIA_PATH};
pub(crate) use live::Live;

use crate::client::Client;
use crate::outgoing::Unanswered;
use crate::secret::Scrubber;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use likeness_fal::target::{MediaUrl, Target};
use std::time::Duration;

/// How long FAL may take to begin its answer.
const FIRST_BYTE: Duration = Duration::from_secs(30);
/// The same for a direct run, which answers when the picture is made.
const FIRST_BYTE_OF_RUN: Duration = Duration::from_secs(180);

/// One request to FAL, ready to leave.
pub(crate) struct FalRequest<'a> {
    /// Where to.
    pub(crate) target: &'a Target,
    /// Everything but credentials.
    pub(crate) headers: HeaderMap,
    /// The body, as it was judged.
    pub(crate) body: Option<Vec<u8>>,
    /// For whom. FAL is not told.
    pub(crate) client: Client,
}

/// What answers in FAL's name.
pub(crate) enum Upstream {
    /// The simulator inside.
    Demo(Demo),
    /// FAL.
    Live(Box<Live>),
}

impl Upstream {
    /// Whether it costs money.
    pub(crate) const fn is_live(&self) -> bool {
        matches!(self, Self::Live(_))
    }

    /// Sends a request. The body of the reply arrives as it comes.
    pub(crate) async fn call(&self, call: FalRequest<'_>) -> Result<Response, Unanswered> {
        let patience = match call.target {
            Target::Run { .. } => FIRST_BYTE_OF_RUN,
            _ => FIRST_BYTE,
        };
        let reply = async {
            match self {
                Self::Demo(demo) => demo.call(call).await,
                Self::Live(live) => live.call(call).await,
            }
        };
        tokio::time::timeout(patience, reply).await.unwrap_or(Err(Unanswered::TimedOut))
    }

    /// Fetches a picture, without the key.
    pub(crate) async fn picture(&self, url: &MediaUrl) -> Result<Response, Unanswered> {
        let reply = async {
            match self {
                Self::Demo(demo) => demo.picture(url).await,
                Self::Live(live) => live.picture(url).await,
            }
        };
        tokio::time::timeout(FIRST_BYTE, reply).await.unwrap_or(Err(Unanswered::TimedOut))
    }

    /// FAL's prices, as it writes them; none in the demo, or if they cannot be had.
    pub(crate) async fn prices(&self) -> Option<bytes::Bytes> {
        match self {
            Self::Demo(_) => None,
            Self::Live(live) => {
                tokio::time::timeout(FIRST_BYTE, live.prices()).await.ok().flatten()
            }
        }
    }

    /// Takes out of replies what must not be in them.
    pub(crate) fn scrubber(&self) -> &Scrubber {
        match self {
            Self::Demo(demo) => demo.scrubber(),
            Self::Live(live) => live.scrubber(),
        }
    }
}

/// The body type that both kinds of reply share.
fn stream_body<S, B, E>(stream: S) -> Body
where
    S: futures_util::Stream<Item = Result<B, E>> + Send + 'static,
    B: Into<bytes::Bytes> + 'static,
    E: Into<axum::BoxError> + 'static,
{
    Body::from_stream(stream)
}
