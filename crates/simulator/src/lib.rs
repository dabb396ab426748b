//! A stand-in for fal.ai over HTTP: queue, direct run, storage, media and drawn pictures.
//!
//! It answers as FAL's public documents say FAL answers, takes its time as FAL does (divided by a
//! speed), and draws instead of generating. The server's demo mode runs on it in process, and tests
//! of anything that talks to FAL run against it.
//!
//! What it must not know: Likeness' own server, its ledger, its users. To it, everybody with a key
//! is one account; callers within one are numbers, which take turns.
//!
//! - [`likeness_painter`] draws; it knows nothing of HTTP.
//! - `order` reads what a valid body asks for; the rules of bodies are those of `likeness-fal`.
//! - `queue`: two runs at once for an account, the others in line. It has no clock.
//! - [`Simulator`] joins these with a clock; `http` is FAL's hosts as four routers.
//! - [`BotApi`] stands in for Telegram, for the one who sends pictures there.
//! - [`Script`] says what is to go wrong; `player` draws from it, `http::fault` puts it on replies
//!   and `wire` on connections. [`Account`] counts what was asked for, whatever became of the
//!   replies.

mod account;
pub mod background;
mod behaviour;
mod bot_api;
mod caller;
mod config;
mod entropy;
mod http;
mod order;
mod pace;
mod player;
mod queue;
mod run;
pub mod script;
mod simulator;
mod uploads;
mod wire;

pub use account::{Account, Tally};
pub use bot_api::{BotApi, BotCall, BotFault, BotFile};
pub use caller::Caller;
pub use config::{Access, Config};
pub use queue::Stats;
pub use script::Script;
pub use simulator::Simulator;
