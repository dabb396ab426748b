//! How much room the browser gives, and whether it promises to keep what is stored.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{StorageEstimate, StorageManager};

/// The browser's own estimate, in bytes. It is rough on purpose, to keep sites from telling people apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// What this site takes.
    pub used: u64,
    /// What it may take.
    pub quota: u64,
}

impl Room {
    /// How much of it is taken, 0-100.
    pub fn percent(&self) -> u64 {
        self.used.saturating_mul(100).div_ceil(self.quota.max(1)).min(100)
    }
}

/// Asks how much room there is. None where the browser does not tell.
pub async fn room() -> Option<Room> {
    let estimate = settled(StorageManager::estimate).await?;
    let estimate: StorageEstimate = estimate.unchecked_into();
    let (used, quota) = (estimate.get_usage()?, estimate.get_quota()?);
    Some(Room { used: used as u64, quota: quota as u64 })
}

/// Whether the browser has promised not to clear what is stored.
pub async fn is_kept() -> bool {
    settled(StorageManager::persisted).await.is_some_and(|kept| kept.is_truthy())
}

/// Asks for that promise; some browsers ask the person, others decide by themselves. Whether it is given now.
pub async fn keep() -> bool {
    settled(StorageManager::persist).await.is_some_and(|kept| kept.is_truthy())
}

/// None where there is no storage manager, as outside secure contexts, or where it refuses.
async fn settled(ask: fn(&StorageManager) -> Result<Promise, JsValue>) -> Option<JsValue> {
    let manager = web_sys::window()?.navigator().storage();
    if manager.is_undefined() {
        return None;
    }
    JsFuture::from(ask(&manager).ok()?).await.ok()
}
