//! What is known of Telegram Mini Apps: pure, so the app and the server read Telegram's data by the
//! same rules.
//!
//! Nothing here knows a browser, a socket, a file or a clock; times come in as seconds since 1970.

pub mod bridge;
pub mod init_data;
pub mod launch;
pub mod sending;
pub mod theme;

pub use init_data::{InitData, InitDataError, User, UserId};
