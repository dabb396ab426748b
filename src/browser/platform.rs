//! The engine's ports in a browser.

use super::{
    clock, fetch,
    fetch::PictureFile,
    store::Store,
    tabs::{self, Channel, Claim, News},
    tombstones,
};
use likeness_core::job::{Job, JobId, Millis};
use likeness_studio::{
    picture::{Picture, PictureId},
    ports::{Exchange, Fetched, Lost, PictureError, Ports, Reply, StoreError},
    tombstones::Kind,
};
use web_sys::VisibilityState;

/// What the screen does when something changes.
pub trait Screen {
    /// A job changed.
    fn job_changed(&self, job: &Job);
    /// A job was removed.
    fn job_gone(&self, id: &JobId);
    /// A picture arrived. It is not stored yet.
    fn picture_arrived(&self, picture: &Picture);
    /// A picture that has arrived was stored, or could not be.
    fn picture_kept(&self, id: &PictureId, outcome: Result<(), StoreError>);
}

/// The browser as the engine sees it.
pub struct Platform<S> {
    /// The library.
    pub store: Store,
    /// What is told of changes.
    pub screen: S,
    /// The way to the other tabs.
    pub channel: Channel,
}

impl<S: Screen> Ports for Platform<S> {
    type Bytes = PictureFile;
    type Claim = Claim;

    async fn exchange(&self, exchange: Exchange<'_>) -> Result<Reply, Lost> {
        fetch::exchange(exchange).await
    }

    async fn inquire(&self, key: &str) -> Result<Reply, Lost> {
        fetch::inquire(key).await
    }

    async fn claim(&self, id: &JobId) -> Claim {
        tabs::claim(&format!("likeness-job-{}", id.0)).await
    }

    fn pass_cancel_on(&self, id: &JobId) {
        self.channel.tell(&News::Cancel(id.0.clone()));
    }

    fn pass_place_on(&self, id: &JobId, place: Millis) {
        self.channel.tell(&News::Place(id.0.clone(), place));
    }

    async fn is_free(&self) -> Option<bool> {
        fetch::config().await.map(|config| config.is_demo())
    }

    async fn load_job(&self, id: &JobId) -> Result<Option<Job>, StoreError> {
        // One that was dismissed is gone, whether the store knows it yet or not.
        if tombstones::all().has(Kind::Job, &id.0) {
            return Ok(None);
        }
        self.store.job(id).await
    }

    async fn fetch_picture(&self, url: &str) -> Result<Fetched<PictureFile>, PictureError> {
        fetch::picture(url).await
    }

    async fn store_job(&self, job: &Job) -> Result<(), StoreError> {
        self.store.put_job(job).await?;
        self.channel.tell(&News::Job(job.id.0.clone()));
        Ok(())
    }

    async fn store_picture(
        &self,
        picture: &Picture,
        bytes: Option<PictureFile>,
    ) -> Result<(), StoreError> {
        let (file, thumbnail) =
            bytes.map_or((None, None), |bytes| (Some(bytes.file), bytes.thumbnail));
        self.store.put_picture(picture, file, thumbnail).await?;
        self.channel.tell(&News::Picture(picture.id.0.clone()));
        Ok(())
    }

    fn now(&self) -> Millis {
        clock::now()
    }

    async fn sleep(&self, duration: Millis) {
        clock::sleep(duration).await;
    }

    fn is_online(&self) -> bool {
        fetch::is_online()
    }

    fn is_visible(&self) -> bool {
        let document = web_sys::window().and_then(|window| window.document());
        document.is_none_or(|document| document.visibility_state() != VisibilityState::Hidden)
    }

    fn job_changed(&self, job: &Job) {
        self.screen.job_changed(job);
    }

    fn job_gone(&self, id: &JobId) {
        self.screen.job_gone(id);
    }

    fn picture_arrived(&self, picture: &Picture, bytes: Option<&PictureFile>) {
        if self.store.is_deleted(&picture.id) {
            return;
        }
        if let Some(bytes) = bytes {
            self.store.hold(&picture.id, bytes.clone());
        }
        self.screen.picture_arrived(picture);
    }

    fn picture_kept(&self, id: &PictureId, outcome: Result<(), StoreError>) {
        self.screen.picture_kept(id, outcome);
    }
}
