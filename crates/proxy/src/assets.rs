//! The built app: files beside each other with their compressed twins (`x.js`, `x.js.br`,
//! `x.js.gz`).

mod page;

use crate::config::Origin;
use crate::refusal::Refusal;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use likeness_api::ServerCode;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower_http::services::ServeDir;

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK: HeaderValue = HeaderValue::from_static("no-cache");
/// The icons are asked for whenever a new one is drawn, also without a network; an old drawing for
/// one visit does no harm.
const ICONS: HeaderValue =
    HeaderValue::from_static("public, max-age=600, stale-while-revalidate=604800");

/// So much of a file is in memory at a time, in bytes, for each who reads it.
const CHUNK: usize = 32 << 10;

/// The folder of the built app.
pub(crate) struct Assets {
    folder: PathBuf,
    files: ServeDir,
    /// Where the page may read pictures from, beside FAL's hosts and its own address.
    media: Option<Origin>,
    /// Sites that may show the page in a frame, beside its own.
    frame_ancestors: Vec<Origin>,
}

impl Assets {
    /// Serves a folder, which need not exist yet.
    pub(crate) fn new(folder: &Path, media: Option<Origin>, frame_ancestors: &[Origin]) -> Self {
        let files = ServeDir::new(folder).append_index_html_on_directories(false);
        let files = files.precompressed_br().precompressed_gzip();
        Self {
            folder: folder.to_owned(),
            files: files.with_buf_chunk_size(CHUNK),
            media,
            frame_ancestors: frame_ancestors.to_vec(),
        }
    }

    /// A file, or `None` where there is none that may be shown.
    async fn file(&self, mut request: Request<()>) -> Option<Response> {
        let path = request.uri().path().to_owned();
        if !is_plain(&path) || !self.holds(&path).await {
            return None;
        }
        // A twin that is no file of the folder is not there.
        for twin in ["br", "gz"] {
            let twin = format!("{path}.{twin}");
            if self.exists(&twin).await && !self.holds(&twin).await {
                request.headers_mut().remove(header::ACCEPT_ENCODING);
            }
        }
        let mut files = self.files.clone();
        let reply = files.try_call(request).await.ok()?;
        let mut reply = reply.map(Body::new);
        if reply.status() == StatusCode::NOT_FOUND {
            return None;
        }
        let cache = match path.as_str() {
            path if is_hashed(path) => FOREVER,
            "/icons.svg" => ICONS,
            _ => ASK,
        };
        reply.headers_mut().insert(header::CACHE_CONTROL, cache);
        reply.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        Some(reply)
    }

    async fn exists(&self, path: &str) -> bool {
        let file = self.folder.join(path.trim_start_matches('/'));
        tokio::fs::symlink_metadata(file).await.is_ok()
    }

    /// A whole file of the folder; none where there is none.
    async fn whole(&self, name: &str) -> Option<Vec<u8>> {
        // Reading a pipe would wait for somebody to write to it.
        if !self.holds(name).await {
            return None;
        }
        tokio::fs::read(self.folder.join(name)).await.ok()
    }

    /// Whether the path leads to a file inside the folder, links followed.
    async fn holds(&self, path: &str) -> bool {
        let Ok(folder) = tokio::fs::canonicalize(&self.folder).await else { return false };
        let file = tokio::fs::canonicalize(folder.join(path.trim_start_matches('/'))).await;
        file.is_ok_and(|file| file.starts_with(&folder) && file.is_file())
    }
}

/// Everything outside `/api/`.
pub(crate) async fn handle(State(assets): State<Arc<Assets>>, request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") {
        return Refusal::from(ServerCode::NotFound).into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Refusal::method("GET, HEAD").into_response();
    }
    if matches!(path, "/" | "/index.html") {
        return page::reply(&assets, request.headers()).await;
    }
    let is_navigation = is_navigation(path, request.headers());
    let (parts, _) = request.into_parts();
    let headers = parts.headers.clone();
    match assets.file(Request::from_parts(parts, ())).await {
        Some(reply) => reply,
        None if is_navigation => page::reply(&assets, &headers).await,
        None => {
            (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, ASK)], "Not found\n").into_response()
        }
    }
}

/// Whether somebody opens a page of the app by its address. A missing file is not answered with a
/// page: a script that gets HTML fails in a way that nobody understands.
fn is_navigation(path: &str, headers: &HeaderMap) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let accept =
        headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    !last.contains('.') && accept.contains("text/html")
}

/// Names that the build gives: no hidden files, nothing to decode, no way up.
fn is_plain(path: &str) -> bool {
    let segment = |segment: &str| {
        segment.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    path.strip_prefix('/').is_some_and(|path| path.split('/').all(segment))
}

/// Whether a name changes with its content: Trunk puts 16 hexadecimal digits after a hyphen.
fn is_hashed(path: &str) -> bool {
    path.split('-').skip(1).any(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        digits == 16 && part[digits..].starts_with(['.', '_', '/'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_hash_are_told_from_names_without() {
        for path in [
            "/studio-0123456789abcdef.js",
            "/studio-0123456789abcdef_bg.wasm",
            "/snippets/x-0123456789abcdef/inline0.js",
        ] {
            assert!(is_hashed(path), "{path}");
        }
        for path in [
            "/boot.js",
            "/icons.svg",
            "/a-0123456789abcde.js",
            "/a-0123456789abcdef0.js",
            "/a-0123456789abcdeg.js",
            "/0123456789abcdef.js",
        ] {
            assert!(!is_hashed(path), "{path}");
        }
    }

    #[test]
    fn only_names_that_the_build_gives_are_looked_up() {
        assert!(is_plain("/icons.svg") && is_plain("/snippets/a-1/b.js"));
        for path in [
            "/../etc/passwd",
            "/.env",
            "/a/.git/config",
            "/%2e%2e/x",
            "//etc",
            "/a\\b",
            "/c:/x",
            "/a/",
            "/....//x",
            "/é",
            "",
        ] {
            assert!(!is_plain(path), "{path}");
        }
    }
}
