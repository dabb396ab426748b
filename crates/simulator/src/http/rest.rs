//! The beginning of an upload.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use likeness_fal::schema::Detail;
use likeness_fal::wire::{UploadReply, UploadRequest};
use tokio::time::Instant;

use super::{access, reply};
use crate::{Simulator, entropy};

/// Gives out an address to upload one file to.
pub(super) async fn initiate(
    State(simulator): State<Simulator>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refusal) = access::account(&simulator.config().access, &headers) {
        return *refusal;
    }
    if uri.query() != Some("storage_type=fal-cdn-v3") {
        return reply::gateway(StatusCode::BAD_REQUEST, "Unsupported storage type");
    }
    let request = match reply::json_body(&body).map(|body| UploadRequest::read(&body)) {
        Ok(Ok(request)) => request,
        Ok(Err(_)) => return reply::unprocessable(&[Detail::missing("content_type")]),
        Err(refusal) => return *refusal,
    };
    let name = format!("{:016x}_{}", entropy::random(), plain(&request.file_name));
    simulator.uploads().announce(name.clone(), request.content_type, Instant::now());
    let config = simulator.config();
    Json(UploadReply {
        upload_url: format!("{}/files/b/uploads/{name}", config.upload_base),
        file_url: format!("{}/files/b/uploads/{name}", config.media_base),
    })
    .into_response()
}

/// The end of a file name, with what could matter in an address taken out.
fn plain(name: &str) -> String {
    let harmless =
        |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' };
    let end = name.chars().count().saturating_sub(60);
    name.chars().skip(end).map(harmless).collect()
}
