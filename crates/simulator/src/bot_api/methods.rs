//! What the methods of the Bot API do and answer.

use super::{Book, BotApi, BotCall};
use serde_json::{Value, json};

/// Carries a call out. The description of what is wrong with it, where it cannot be.
pub(super) fn answer(book: &mut Book, call: &BotCall) -> Result<Value, &'static str> {
    let text = |name: &str| call.texts.get(name).map(String::as_str);
    let has_file = |field: &str| call.file.as_ref().is_some_and(|file| file.field == field);
    match call.method.as_str() {
        "getMe" => Ok(
            json!({ "id": 1, "is_bot": true, "first_name": "Likeness", "username": BotApi::NAME }),
        ),
        "sendPhoto" | "sendDocument" => {
            let field = if call.method == "sendPhoto" { "photo" } else { "document" };
            let chat = text("chat_id").ok_or("Bad Request: chat_id is empty")?;
            let is_address = text(field).is_some_and(|url| url.starts_with("http"));
            if !has_file(field) && !is_address {
                return Err("Bad Request: there is no file in the request");
            }
            book.next += 1;
            let (id, file) = (book.next, format!("file-{}", book.next));
            book.messages.push((id, chat.to_owned()));
            book.files.insert(file.clone(), chat.to_owned());
            let file = match field {
                "photo" => json!([{ "file_id": format!("{file}-small") }, { "file_id": file }]),
                _ => json!({ "file_id": file }),
            };
            Ok(json!({ "message_id": id, field: file }))
        }
        "sendMessage" => {
            let chat = text("chat_id").ok_or("Bad Request: chat_id is empty")?;
            text("text").filter(|text| !text.is_empty()).ok_or("Bad Request: text is empty")?;
            book.next += 1;
            let id = book.next;
            book.messages.push((id, chat.to_owned()));
            Ok(json!({ "message_id": id }))
        }
        "deleteMessage" => {
            let id = text("message_id").and_then(|id| id.parse::<u64>().ok());
            let at = book
                .messages
                .iter()
                .position(|(known, of)| Some(*known) == id && text("chat_id") == Some(of));
            book.messages.remove(at.ok_or("Bad Request: message to delete not found")?);
            Ok(json!(true))
        }
        "savePreparedInlineMessage" => {
            let result: Value = text("result")
                .and_then(|result| serde_json::from_str(result).ok())
                .unwrap_or_default();
            let file = result["photo_file_id"].as_str().or(result["document_file_id"].as_str());
            let chat = file.and_then(|file| book.files.get(file));
            if chat.is_none() || chat.map(String::as_str) != text("user_id") {
                return Err("Bad Request: wrong file identifier specified");
            }
            if result["type"] == "document" && !result["title"].is_string() {
                return Err("Bad Request: a document needs a title");
            }
            Ok(
                json!({ "id": format!("prepared-{}", book.calls.len()), "expiration_date": 1_900_000_000 }),
            )
        }
        _ => Err("Bad Request: this stand-in knows no such method"),
    }
}
