//! The built app as browsers get it.

use crate::common::{FakeFal, TestServer, client, code, row};
use std::path::Path;

const SCRIPT: &str = "studio-0123456789abcdef.js";
const WASM: &str = "studio-0123456789abcdef_bg.wasm";

fn build(folder: &Path) {
    let file = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    file("index.html", "<!doctype html><script type=\"module\">start()</script>");
    file("index.html.br", "page as brotli");
    file("index.html.gz", "page as gzip");
    for name in [
        SCRIPT,
        WASM,
        "boot.js",
        "icons.svg",
        "manifest.webmanifest",
        "favicon.svg",
        "tokens-fedcba9876543210.css",
    ] {
        file(name, "plain");
        file(&format!("{name}.br"), "as brotli");
        file(&format!("{name}.gz"), "as gzip");
    }
    file(".secret", "no");
    std::fs::create_dir(folder.join("folder")).unwrap();
}

async fn server(folder: &Path) -> TestServer {
    TestServer::start(&["--static", folder.to_str().unwrap()], None).await
}

#[tokio::test]
async fn files_have_the_right_type_the_best_coding_and_the_right_life() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let server = server(folder.path()).await;
    let forever = "public, max-age=31536000, immutable";
    for (name, kind, cache) in [
        (SCRIPT, "text/javascript", forever),
        (WASM, "application/wasm", forever),
        ("tokens-fedcba9876543210.css", "text/css", forever),
        ("boot.js", "text/javascript", "no-cache"),
        ("icons.svg", "image/svg+xml", "public, max-age=600, stale-while-revalidate=604800"),
        ("manifest.webmanifest", "application/manifest+json", "no-cache"),
    ] {
        for (accept, coding, text) in [
            ("gzip, br", Some("br"), "as brotli"),
            ("gzip", Some("gzip"), "as gzip"),
            ("identity", None, "plain"),
        ] {
            let reply = server
                .get(&format!("/{name}"))
                .header("accept-encoding", accept)
                .send()
                .await
                .unwrap();
            let headers = reply.headers();
            assert_eq!(headers["content-type"].to_str().unwrap().split(';').next().unwrap(), kind);
            assert_eq!(
                headers.get("content-encoding").map(|value| value.to_str().unwrap()),
                coding,
                "{name}"
            );
            assert_eq!(
                (&headers["cache-control"], &headers["vary"]),
                (&cache.parse().unwrap(), &"accept-encoding".parse().unwrap())
            );
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(reply.text().await.unwrap(), text);
        }
    }
}

#[tokio::test]
async fn the_page_comes_with_its_policy_and_is_asked_for_anew() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let server = server(folder.path()).await;
    let reply = server.get("/").header("accept-encoding", "br").send().await.unwrap();
    let headers = reply.headers().clone();
    assert_eq!(
        (&headers["content-encoding"], &headers["cache-control"]),
        (&"br".parse().unwrap(), &"no-cache".parse().unwrap())
    );
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    let policy = headers["content-security-policy"].to_str().unwrap();
    for part in [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval' 'sha256-",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(
        policy.contains(&server.url("")),
        "the demo's pictures may be shown under another name of the server: {policy}"
    );
    assert_eq!(reply.text().await.unwrap(), "page as brotli");
    let again = async |coding: &str| {
        let again = server.get("/").header("accept-encoding", coding);
        again.header("if-none-match", &headers["etag"]).send().await.unwrap().status().as_u16()
    };
    let not_modified = (again("br").await, again("gzip, br").await);
    assert_eq!(not_modified, (304, 304));
    for (coding, text) in [
        ("gzip", "page as gzip"),
        ("br;q=0.5, gzip;q=0.9", "page as gzip"),
        ("identity, br;q=0.1", "<!doctype html>"),
        ("br;q=0", "<!doctype html>"),
    ] {
        assert_eq!(again(coding).await, 200, "another coding is another page: {coding}");
        let page = server.get("/").header("accept-encoding", coding).send().await.unwrap();
        let page = page.text().await.unwrap();
        assert!(page.starts_with(text), "{coding}: {page}");
    }
}

#[tokio::test]
async fn a_live_servers_policy_names_fals_hosts_only() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let fal = FakeFal::json(200, "{}").await;
    let arguments = ["--static", folder.path().to_str().unwrap(), "--fal-queue", &fal.base()];
    let server = TestServer::start(&arguments, Some(crate::common::KEY)).await;
    let reply = server.get("/").send().await.unwrap();
    let policy = reply.headers()["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("connect-src 'self' https://fal.media https://*.fal.media;"),
        "{policy}"
    );
}

#[tokio::test]
async fn a_page_of_the_app_is_found_by_its_address_and_a_missing_file_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let server = server(folder.path()).await;
    let html = "text/html,application/xhtml+xml";
    for path in ["/pictures", "/pictures/0190-0", "/avatars/main/edit", "/help"] {
        let page = server.get(path).header("accept", html).send().await.unwrap();
        assert_eq!(
            (page.status().as_u16(), &page.headers()["cache-control"]),
            (200, &"no-cache".parse().unwrap()),
            "{path}"
        );
        assert_eq!(
            server.get(path).header("accept", "*/*").send().await.unwrap().status(),
            404,
            "{path}"
        );
    }
    for path in ["/studio-ffffffffffffffff.js", "/missing.wasm", "/favicon.ico"] {
        assert_eq!(
            server.get(path).header("accept", html).send().await.unwrap().status(),
            404,
            "{path}"
        );
    }
    let post = client().post(server.url("/pictures")).send().await.unwrap();
    assert_eq!(code(post).await, (405, "method_not_allowed".to_owned()));
    let head = client().head(server.url(&format!("/{SCRIPT}"))).send().await.unwrap();
    assert_eq!((head.status().as_u16(), head.text().await.unwrap().as_str()), (200, ""));
}

#[tokio::test]
async fn a_file_is_the_same_for_everybody_and_nothing_of_the_request_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let server = server(folder.path()).await;
    for path in ["/", "/boot.js", &format!("/{SCRIPT}")] {
        let plain = server.get(path).header("accept-encoding", "br").send().await.unwrap();
        let headers = plain.headers().clone();
        let plain = plain.bytes().await.unwrap();
        for (name, value) in [
            ("host", "evil.example"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "javascript"),
            ("x-original-url", "/api/v1/config"),
            ("accept-language", "ru"),
            ("cookie", "a=b"),
            ("range", "bytes=0-"),
        ] {
            let request = server.get(path).header("accept-encoding", "br").header(name, value);
            let other = request.send().await.unwrap();
            let is_same = ["content-type", "cache-control", "vary", "content-security-policy"]
                .iter()
                .all(|name| headers.get(*name) == other.headers().get(*name));
            assert!(!format!("{:?}", other.headers()).contains("evil"), "{path} {name}");
            let what = format!("{path} with {name}: the same head, the same bytes");
            row("H3", &what, (true, true), (is_same, plain == other.bytes().await.unwrap()));
        }
    }
}

#[tokio::test]
async fn what_no_build_has_is_missing_and_never_remembered() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let server = server(folder.path()).await;
    for (id, path) in [
        ("H2", "/studio-0123456789abcdef.js.map"),
        ("H2", "/studio-0123456789abcdef_bg.wasm.map"),
        // The page of an older build asks for its own files: better nothing than another build's.
        ("H4", "/studio-aaaaaaaaaaaaaaaa.js"),
        ("H4", "/studio-aaaaaaaaaaaaaaaa_bg.wasm"),
        ("H5", "/sw.js"),
        ("H5", "/service-worker.js"),
    ] {
        let reply = server.get(path).header("accept", "text/html,*/*").send().await.unwrap();
        let cache = reply.headers()["cache-control"].to_str().unwrap().to_owned();
        row(id, path, (404, "no-cache".to_owned()), (reply.status().as_u16(), cache));
    }
}

#[tokio::test]
async fn nothing_outside_the_folder_is_shown() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.txt"), "secret").unwrap();
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path().join("secret.txt"), folder.path().join("link.txt"))
        .unwrap();
    #[cfg(unix)]
    {
        let secret = outside.path().join("secret.txt");
        std::os::unix::fs::symlink(&secret, folder.path().join("plain.js.br")).unwrap();
        std::fs::write(folder.path().join("plain.js"), "plain").unwrap();
        for pipe in ["pipe.js", "piped.js.gz"] {
            let made = std::process::Command::new("mkfifo").arg(folder.path().join(pipe)).status();
            assert!(made.unwrap().success());
        }
        std::fs::write(folder.path().join("piped.js"), "plain").unwrap();
        std::os::unix::fs::symlink("/dev/zero", folder.path().join("zero.js")).unwrap();
    }
    let server = server(folder.path()).await;
    #[cfg(unix)]
    for path in ["/plain.js", "/piped.js"] {
        let reply = server.get(path).header("accept-encoding", "br, gzip");
        let reply = reply.timeout(std::time::Duration::from_secs(5)).send().await.unwrap();
        assert_eq!(reply.text().await.unwrap(), "plain", "{path}");
    }
    for path in [
        "/pipe.js",
        "/zero.js",
        "/link.txt",
        "/.secret",
        "/folder",
        "/folder/",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%00",
        "/a%5cb.js",
        "//etc/passwd",
    ] {
        let reply = server.get(path).send().await.unwrap();
        row("H1", path, 404, reply.status().as_u16());
    }
    let raw = raw(
        &server,
        "GET /../../../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert!(raw.starts_with("HTTP/1.1 404"), "{raw}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_says_what_to_do() {
    let server = TestServer::start(&["--static", "no-such-folder"], None).await;
    let reply = server.get("/").header("accept", "text/html").send().await.unwrap();
    assert_eq!(reply.status(), 503);
    assert!(reply.text().await.unwrap().contains("cargo xtask run"));
    assert_eq!(server.get("/healthz").send().await.unwrap().status(), 200);
}

async fn raw(server: &TestServer, request: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.unwrap();
    String::from_utf8_lossy(&reply).into_owned()
}
