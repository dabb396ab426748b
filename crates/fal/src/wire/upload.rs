//! The first step of an upload: asking for an address, or for a token.

use super::{Unreadable, read};
use serde::Serialize;
use serde_json::Value;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UploadRequest {
    /// Type of the file.
    pub content_type: String,
    /// Its name.
    pub file_name: String,
}

impl UploadRequest {
    /// Reads the request, as a server gets it. A missing name is empty.
    ///
    /// # Errors
    /// Not a JSON object, or no content type.
    pub fn read(body: &Value) -> Result<Self, Unreadable> {
        let content_type =
            read::text(body, "content_type").ok_or(Unreadable { expected: "a content type" })?;
        Ok(Self { content_type, file_name: read::text(body, "file_name").unwrap_or_default() })
    }
}

/// What FAL answers: PUT the bytes to one address, without the key, and use the other as input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UploadReply {
    /// Where the bytes go.
    pub upload_url: String,
    /// Where they can be read afterwards.
    pub file_url: String,
}

impl UploadReply {
    /// Reads the reply.
    ///
    /// # Errors
    /// Not a JSON object, or one of the addresses is missing.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let expected = "an address to upload to";
        let reply = read::object(bytes, expected)?;
        let url = |key| read::text(&reply, key).ok_or(Unreadable { expected });
        Ok(Self { upload_url: url("upload_url")?, file_url: url("file_url")? })
    }
}

/// What FAL answers to whoever uploads with a token: where to, and until when it is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TokenReply {
    /// The token.
    pub token: String,
    /// The scheme of the `Authorization` header that it belongs into.
    pub token_type: String,
    /// The media host.
    pub base_url: String,
    /// The time, with its offset.
    pub expires_at: String,
}
