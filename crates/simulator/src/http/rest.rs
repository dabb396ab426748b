//! The beginning of an upload.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use likeness_fal::schema::Detail;
use likeness_fal::target::{self, Target, TargetError, Upload};
use likeness_fal::wire::{TokenReply, UploadReply, UploadRequest};
use std::time::SystemTime;
use tokio::time::Instant;

use super::media::{file_url, new_name, upload_url};
use super::{access, reply};
use crate::Simulator;

/// Every request to the host where uploads begin.
pub(super) async fn handle(
    State(simulator): State<Simulator>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match begin(&simulator, &method, &uri, &headers, &body) {
        Ok(reply) => reply,
        Err(refusal) => *refusal,
    }
}

fn begin(
    simulator: &Simulator,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Box<Response>> {
    access::account(&simulator.config().access, headers)?;
    let path_and_query = uri.path_and_query().map_or("/", |path| path.as_str());
    let target = Target::parse_as_fal(&format!("https://rest.fal.ai{path_and_query}"));
    let upload = match target {
        Ok(Target::Upload(upload)) => upload,
        Err(TargetError::Malformed) => {
            let said = "Unsupported storage type";
            return Err(Box::new(reply::gateway(StatusCode::BAD_REQUEST, said)));
        }
        _ => return Err(Box::new(reply::gateway(StatusCode::NOT_FOUND, "Not Found"))),
    };
    if target::Method::parse(method.as_str()) != Some(target::Method::Post) {
        let said = "Method Not Allowed";
        return Err(Box::new(reply::gateway(StatusCode::METHOD_NOT_ALLOWED, said)));
    }
    let body = reply::json_body(body)?;
    if upload == Upload::Token {
        return Ok(Json(token(simulator)).into_response());
    }
    let request = UploadRequest::read(&body)
        .map_err(|_| Box::new(reply::unprocessable(&[Detail::missing("content_type")])))?;
    let name = new_name(&request.file_name);
    let mut uploads = simulator.uploads();
    let upload_url = match upload {
        Upload::Parts => {
            let id = uploads.announce_parts(&name, Instant::now());
            format!("{}/multipart/{id}", upload_url(simulator, &name))
        }
        _ => {
            uploads.announce(&name, Instant::now());
            upload_url(simulator, &name)
        }
    };
    Ok(Json(UploadReply { upload_url, file_url: file_url(simulator, &name) }).into_response())
}

fn token(simulator: &Simulator) -> TokenReply {
    let (token, until) = simulator.uploads().token(Instant::now());
    TokenReply {
        token,
        token_type: "Bearer".to_owned(),
        base_url: simulator.config().upload_base.clone(),
        expires_at: with_offset(until),
    }
}

/// A time as older Pythons read it: they know no `Z`.
fn with_offset(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string().replace('Z', "+00:00")
}
