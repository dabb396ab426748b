//! What bots say to Telegram.
//!
//! The address of a call holds the bot's token, so no address is ever in an error or in the log.

use super::form::{File, Form};
use super::kept::Kept;
use crate::config::{Origin, TelegramBot};
use crate::entropy;
use crate::outgoing::{self, Client, Unanswered};
use crate::refusal::Refusal;
use crate::secret::Secret;
use axum::body::Body;
use axum::http::StatusCode;
use likeness_api::ServerCode;
use likeness_api::telegram::{Prepared, SendAs};
use likeness_telegram::UserId;
use likeness_telegram::init_data::BotId;
use serde_json::Value;
use std::time::Duration;

/// How long Telegram may take with a large file on a slow line, and with words alone. A share is
/// two files at worst, and a word: that fits into the 130 seconds for which the app waits.
const PATIENCE: Duration = Duration::from_secs(55);
const PATIENCE_WITH_WORDS: Duration = Duration::from_secs(15);
/// Longest pause that Telegram's `retry_after` is believed for.
const LONGEST_PAUSE: u64 = 3600;

/// Calls in the name of each bot whose token is known.
pub(super) struct BotApi {
    client: Client<Body>,
    base: Origin,
    tokens: Vec<(BotId, Secret)>,
}

/// A message with a picture in a chat.
pub(super) struct Message {
    pub(super) id: u64,
    /// By this name Telegram knows the file from now on.
    pub(super) file: String,
}

/// Why Telegram did not do it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It does not take this picture as a photo.
    NotAPhoto,
    /// Anything else, as the caller is told.
    Refused(Refusal),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotAPhoto => ServerCode::TelegramRefused.into(),
            Failure::Refused(refusal) => refusal,
        }
    }
}

impl From<ServerCode> for Failure {
    fn from(code: ServerCode) -> Self {
        Self::Refused(code.into())
    }
}

/// Telegram's method that sends a picture so.
const fn method(send_as: SendAs) -> &'static str {
    match send_as {
        SendAs::Photo => "sendPhoto",
        SendAs::Document => "sendDocument",
    }
}

impl BotApi {
    /// # Errors
    /// The system's certificates cannot be read.
    pub(super) fn new(base: &Origin, bots: &[TelegramBot]) -> Result<Self, rustls::Error> {
        let token = |bot: &TelegramBot| Some((bot.proof.id(), bot.token.clone()?));
        Ok(Self {
            client: outgoing::client()?,
            base: base.clone(),
            tokens: bots.iter().filter_map(token).collect(),
        })
    }

    /// Whether any bot can send.
    pub(super) fn can_send(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// Whether this one can.
    pub(super) fn can_send_as(&self, bot: BotId) -> bool {
        self.token(bot).is_some()
    }

    fn token(&self, bot: BotId) -> Option<&Secret> {
        self.tokens.iter().find(|(id, _)| *id == bot).map(|(_, token)| token)
    }

    /// Sends a picture to somebody's own chat with the bot.
    pub(super) async fn send(
        &self,
        bot: BotId,
        to: UserId,
        send_as: SendAs,
        picture: &Kept,
        is_silent: bool,
    ) -> Result<Message, Failure> {
        let mut form = Form::default();
        form.text("chat_id", to);
        if is_silent {
            form.text("disable_notification", true);
        }
        if send_as == SendAs::Document {
            // A WebP would become a sticker.
            form.text("disable_content_type_detection", true);
        }
        form.file(File {
            field: send_as.name(),
            name: picture.name.clone(),
            mime: picture.picture().format.mime(),
            bytes: picture.bytes(),
        });
        let message = self.call(bot, method(send_as), form, PATIENCE).await?;
        // Of a photo there are several sizes, the largest last.
        let file = match send_as {
            SendAs::Photo => message["photo"].as_array().and_then(|sizes| sizes.last()),
            SendAs::Document => message.get("document"),
        };
        let file = file.and_then(|file| file["file_id"].as_str());
        match (message["message_id"].as_u64(), file) {
            (Some(id), Some(file)) => Ok(Message { id, file: file.to_owned() }),
            _ => Err(ServerCode::TelegramUnknown.into()),
        }
    }

    /// Takes a message back.
    pub(super) async fn delete(&self, bot: BotId, from: UserId, id: u64) -> Result<(), Failure> {
        let mut form = Form::default();
        form.text("chat_id", from);
        form.text("message_id", id);
        self.call(bot, "deleteMessage", form, PATIENCE_WITH_WORDS).await.map(drop)
    }

    /// Prepares a message that its owner can send into any of their chats.
    pub(super) async fn prepare(
        &self,
        bot: BotId,
        owner: UserId,
        send_as: SendAs,
        file: &str,
    ) -> Result<Prepared, Failure> {
        let result = match send_as {
            SendAs::Photo => {
                serde_json::json!({ "type": "photo", "id": "1", "photo_file_id": file })
            }
            SendAs::Document => {
                serde_json::json!({ "type": "document", "id": "1", "title": "Likeness", "document_file_id": file })
            }
        };
        let mut form = Form::default();
        form.text("user_id", owner);
        form.text("result", result);
        for chats in ["allow_user_chats", "allow_group_chats", "allow_channel_chats"] {
            form.text(chats, true);
        }
        let method = "savePreparedInlineMessage";
        let prepared = self.call(bot, method, form, PATIENCE_WITH_WORDS).await?;
        let id = prepared["id"].as_str().ok_or(ServerCode::TelegramRefused)?;
        Ok(Prepared {
            expires_at: prepared["expiration_date"].as_u64().unwrap_or_default(),
            prepared_message_id: id.to_owned(),
        })
    }

    async fn call(
        &self,
        bot: BotId,
        method: &'static str,
        form: Form,
        patience: Duration,
    ) -> Result<Value, Failure> {
        let token = self.token(bot).ok_or(ServerCode::TelegramOff)?;
        let url = format!("{}/bot{}/{method}", self.base, token.expose());
        let url = url.parse().map_err(|_| ServerCode::Internal)?;
        let boundary = entropy::hex().map_err(|_| ServerCode::Internal)?;
        let (headers, body) = form.written(&boundary);
        let answered = outgoing::post(&self.client, &url, headers, body, patience).await;
        let (status, answer) = answered.map_err(|unanswered| {
            tracing::warn!(method, error = %unanswered, "Telegram gave no answer");
            match unanswered {
                Unanswered::NotSent => ServerCode::TelegramAway,
                Unanswered::Lost | Unanswered::TimedOut => ServerCode::TelegramUnknown,
            }
        })?;
        read(method, status, &answer)
    }
}

/// What stands in Telegram's answer. A fault of its own, told by itself or by what stands before
/// it, passes.
fn read(method: &'static str, status: StatusCode, answer: &[u8]) -> Result<Value, Failure> {
    let Ok(mut answer) = serde_json::from_slice::<Value>(answer) else {
        tracing::warn!(method, status = status.as_u16(), "Telegram gave an answer that is no JSON");
        if status.is_server_error() {
            return Err(ServerCode::TelegramAway.into());
        }
        return Err(ServerCode::TelegramUnknown.into());
    };
    if answer["ok"] == true {
        return Ok(answer["result"].take());
    }
    let description = answer["description"].as_str().unwrap_or_default();
    let code = answer["error_code"].as_u64();
    tracing::warn!(
        method,
        code,
        description = description.get(..200).unwrap_or(description),
        "Telegram refused a call"
    );
    Err(match code {
        Some(500..) => ServerCode::TelegramAway.into(),
        None if status.is_server_error() => ServerCode::TelegramAway.into(),
        Some(429) => {
            let pause = answer["parameters"]["retry_after"].as_u64().unwrap_or(1);
            let pause = Duration::from_secs(pause.clamp(1, LONGEST_PAUSE));
            Failure::Refused(Refusal::later(ServerCode::TelegramBusy, pause))
        }
        Some(403) => ServerCode::WriteAccessRequired.into(),
        // A person who never spoke to the bot is a chat that it does not know.
        Some(400) if description.contains("chat not found") => {
            ServerCode::WriteAccessRequired.into()
        }
        Some(400) if method == self::method(SendAs::Photo) => Failure::NotAPhoto,
        _ => ServerCode::TelegramRefused.into(),
    })
}
