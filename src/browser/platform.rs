//! The engine's ports in a browser.

use super::{clock, fetch, fetch::PictureFile, store::Store};
use likeness_core::job::{Job, Millis};
use likeness_engine::{
    picture::Picture,
    ports::{Exchange, Fetched, Lost, PictureError, Ports, Reply, StoreError},
};
use web_sys::VisibilityState;

/// What the screen does when something changes.
pub trait Screen {
    /// A job changed.
    fn job_changed(&self, job: &Job);
    /// A picture arrived.
    fn picture_arrived(&self, picture: &Picture);
}

/// The browser as the engine sees it.
pub struct Platform<S> {
    /// The library.
    pub store: Store,
    /// What is told of changes.
    pub screen: S,
}

impl<S: Screen> Ports for Platform<S> {
    type Bytes = PictureFile;

    async fn exchange(&self, exchange: Exchange<'_>) -> Result<Reply, Lost> {
        fetch::exchange(exchange).await
    }

    async fn fetch_picture(&self, url: &str) -> Result<Fetched<PictureFile>, PictureError> {
        fetch::picture(url).await
    }

    async fn store_job(&self, job: &Job) -> Result<(), StoreError> {
        self.store.put_job(job).await
    }

    async fn store_picture(
        &self,
        picture: &Picture,
        bytes: Option<PictureFile>,
    ) -> Result<(), StoreError> {
        let (file, thumbnail) =
            bytes.map_or((None, None), |bytes| (Some(bytes.file), bytes.thumbnail));
        self.store.put_picture(picture, file, thumbnail).await
    }

    fn now(&self) -> Millis {
        clock::now()
    }

    async fn sleep(&self, duration: Millis) {
        clock::sleep(duration).await;
    }

    fn is_visible(&self) -> bool {
        let document = web_sys::window().and_then(|window| window.document());
        document.is_none_or(|document| document.visibility_state() != VisibilityState::Hidden)
    }

    fn job_changed(&self, job: &Job) {
        self.screen.job_changed(job);
    }

    fn picture_arrived(&self, picture: &Picture) {
        self.screen.picture_arrived(picture);
    }
}
