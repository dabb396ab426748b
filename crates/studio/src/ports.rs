//! What the engine asks of the platform. Adapters carry these out and decide nothing.

use crate::picture::{Picture, PictureId};
use likeness_core::job::{Job, JobId, Millis};

/// The HTTP method of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Status and result.
    Get,
    /// Submit.
    Post,
    /// Cancel.
    Put,
}

/// One request to FAL, through the proxy.
#[derive(Clone, Debug)]
pub struct Exchange<'a> {
    /// Its method.
    pub method: Method,
    /// FAL's address.
    pub target: &'a str,
    /// JSON, for a submit.
    pub body: Option<&'a str>,
    /// Made before the first attempt of a submit, so that the proxy can tell a repeat.
    pub idempotency_key: Option<&'a str>,
}

/// What came back, whatever its status.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, complete.
    pub body: Vec<u8>,
}

impl Reply {
    /// The value of a header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// No reply came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The request provably did not leave.
    Unsent,
    /// It may have arrived.
    Unknown,
}

/// Why a picture's bytes could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureError {
    /// Nothing answered, or with an error that may pass.
    Network,
    /// The address is gone for good.
    Gone,
    /// Our server does not fetch from this address, whoever asks and whenever.
    Refused,
    /// Our server hands it only to whom it knows, and does not know who asks.
    Locked,
    /// The bytes are no picture, or none that the platform can show.
    Corrupt,
}

/// Why something could not be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room left.
    #[error("the storage is full")]
    Full,
    /// The browser refuses to store anything here.
    #[error("the browser refuses storage")]
    Refused,
    /// The library belongs to a newer version of the app, which may have changed its shape.
    #[error("a newer version of the app has the library")]
    Newer,
    /// Anything else.
    #[error("the storage failed")]
    Failed,
}

/// A picture's bytes as the platform holds them, checked to be a picture.
pub struct Fetched<B> {
    /// The bytes.
    pub bytes: B,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Such as `image/png`.
    pub content_type: String,
    /// Size of the file.
    pub size: u64,
}

/// Everything the engine needs of the platform.
#[allow(async_fn_in_trait, reason = "one thread, in the browser and in tests")]
pub trait Ports {
    /// A picture's bytes as the platform holds them. A clone is another hold on the same bytes.
    type Bytes: Clone;
    /// The right to drive one job, among all tabs. It ends when it is dropped, or with the tab.
    type Claim;

    /// Sends one request and reads the whole reply.
    async fn exchange(&self, exchange: Exchange<'_>) -> Result<Reply, Lost>;
    /// Asks our server what became of the submit with this key.
    async fn inquire(&self, key: &str) -> Result<Reply, Lost>;
    /// Waits until no other tab drives this job.
    async fn claim(&self, id: &JobId) -> Self::Claim;
    /// Tells the tab that drives this job that it shall be cancelled.
    fn pass_cancel_on(&self, id: &JobId);
    /// Tells the tab that drives this job where it shall stand among those that wait for the network.
    fn pass_place_on(&self, id: &JobId, place: Millis);
    /// Whether our server draws pictures instead of buying them; none if it does not say.
    async fn is_free(&self) -> Option<bool>;
    /// A job as it is stored now; none if it was removed.
    async fn load_job(&self, id: &JobId) -> Result<Option<Job>, StoreError>;
    /// Fetches a picture and makes sure that it is one.
    async fn fetch_picture(&self, url: &str) -> Result<Fetched<Self::Bytes>, PictureError>;
    /// Stores a job. When this returns, the job survives a crash.
    async fn store_job(&self, job: &Job) -> Result<(), StoreError>;
    /// Stores a picture with its bytes, if it has any. When this returns, both survive a crash.
    async fn store_picture(
        &self,
        picture: &Picture,
        bytes: Option<Self::Bytes>,
    ) -> Result<(), StoreError>;
    /// The time.
    fn now(&self) -> Millis;
    /// Waits.
    async fn sleep(&self, duration: Millis);
    /// Whether there may be a network: a no is certain, a yes is not.
    fn is_online(&self) -> bool;
    /// Whether anyone is looking.
    fn is_visible(&self) -> bool;
    /// Tells the screen that a job changed.
    fn job_changed(&self, job: &Job);
    /// Tells the screen that another tab removed a job.
    fn job_gone(&self, id: &JobId);
    /// Tells the screen that a picture is here, with its bytes, if it has any. It is not stored yet, and perhaps never will be.
    fn picture_arrived(&self, picture: &Picture, bytes: Option<&Self::Bytes>);
    /// Tells the screen whether a picture that is here could be stored.
    fn picture_kept(&self, id: &PictureId, outcome: Result<(), StoreError>);
}
