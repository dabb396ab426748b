//! Probes of real servers with certificates, under names of the test's own.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{RootCertStore, ServerConfig};
use serde_json::json;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const NAMES: &[(&str, &[&str])] = &[
    ("weights.example", &["127.0.0.1"]),
    ("other.example", &["127.0.0.1"]),
    ("private.example", &["10.0.0.1"]),
    ("machine.example", &["127.0.0.2"]),
    ("both.example", &["127.0.0.1", "192.168.0.1"]),
    ("mapped.example", &["::ffff:127.0.0.1"]),
];
/// A LoRA's beginning.
const WEIGHTS: &str = "\u{10}\0\0\0\0\0\0\0{\"lora\":1}";

/// What one server was asked, in order.
type Asked = Arc<Mutex<Vec<String>>>;

struct World {
    prober: Prober,
    port: u16,
    asked: Asked,
}

impl World {
    /// A server that has every name, and answers by the path. `{port}` in an answer is its port.
    async fn new(answers: &'static [(&'static str, &'static str)]) -> Self {
        Self::with_patience(answers, PATIENCE).await
    }

    async fn with_patience(
        answers: &'static [(&'static str, &'static str)],
        patience: Duration,
    ) -> Self {
        crate::install_crypto();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let names: Vec<_> = NAMES.iter().map(|(name, _)| (*name).to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(names).unwrap().signed_by(&key, &authority).unwrap();
        let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        // On every address of this machine, so that only the rules keep a probe away.
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Asked::default();
        let memory = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                memory.lock().unwrap().push("a connection".to_owned());
                let (acceptor, memory) = (acceptor.clone(), Arc::clone(&memory));
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let mut bytes = vec![0; 65536];
                    let length = stream.read(&mut bytes).await.unwrap_or(0);
                    let head = String::from_utf8_lossy(&bytes[..length]).into_owned();
                    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    memory.lock().unwrap().push(head);
                    let answer = answers.iter().find(|(known, _)| *known == path);
                    let Some((_, answer)) = answer else {
                        // Silence, until the other side has no more patience.
                        let _ = stream.read(&mut bytes).await;
                        return;
                    };
                    let answer = answer.replace("{port}", &port.to_string());
                    let _ = stream.write_all(answer.as_bytes()).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        let mut roots = RootCertStore::empty();
        roots.add(authority.as_ref().der().clone()).unwrap();
        let tls = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        Self { prober: Prober::with(Resolver::of_test(NAMES), tls, patience), port, asked }
    }

    async fn probe(&self, host: &str, path: &str) -> Value {
        let address = format!("https://{host}:{}{path}", self.port);
        json!(self.prober.probe(&address).await)
    }

    fn heads(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|head| *head != "a connection").cloned().collect()
    }
}

fn nothing(state: &str) -> Value {
    json!({ "state": state, "bytes": null, "content_type": null })
}

#[tokio::test]
async fn a_file_is_found_with_its_size_and_type_and_only_its_beginning_is_asked_for() {
    const REPLY: &str = "HTTP/1.1 206 Partial Content\r\ncontent-type: Application/Octet-Stream; x=y\r\ncontent-range: bytes 0-17/171969408\r\ncontent-length: 18\r\n\r\n\u{10}\0\0\0\0\0\0\0{\"lora\":1}";
    assert!(REPLY.ends_with(WEIGHTS));
    let world = World::new(&[("/a%20b.safetensors?x=1", REPLY)]).await;
    let found = world.probe("weights.example", "/a%20b.safetensors?x=1#y").await;
    let expected = json!({ "state": "found", "bytes": 171_969_408, "content_type": "application/octet-stream" });
    assert_eq!(found, expected);
    let head = &world.heads()[0];
    assert!(head.starts_with("GET /a%20b.safetensors?x=1 HTTP/1.1\r\n"), "{head}");
    for line in ["range: bytes=0-1023\r\n", "accept-encoding: identity\r\n"] {
        assert!(head.contains(line), "{head}");
    }
    for header in ["authorization", "cookie", "referer"] {
        assert!(!head.contains(header), "{head}");
    }
}

#[tokio::test]
async fn each_answer_has_its_state() {
    let world = World::new(&[
        ("/whole", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabcde"),
        ("/endless", "HTTP/1.1 200 OK\r\n\r\nabcdefgh"),
        ("/page", "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>"),
        ("/disguised", "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n \n<html>"),
        ("/json", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
        ("/zip", "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nPK\u{3}\u{4}"),
        (
            "/pointer",
            "HTTP/1.1 200 OK\r\ncontent-length: 34\r\n\r\nversion https://git-lfs.github.com",
        ),
        ("/empty", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"),
        ("/416", "HTTP/1.1 416 Range\r\ncontent-length: 0\r\n\r\n"),
        ("/401", "HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n"),
        ("/403", "HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n"),
        ("/404", "HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n"),
        ("/410", "HTTP/1.1 410 No\r\ncontent-length: 0\r\n\r\n"),
        ("/429", "HTTP/1.1 429 No\r\ncontent-length: 0\r\n\r\n"),
        ("/503", "HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n"),
        ("/noise", "no http at all\r\n\r\n"),
    ])
    .await;
    for (path, state) in [
        ("/whole", "found"),
        ("/endless", "found"),
        ("/page", "no_file"),
        ("/disguised", "no_file"),
        ("/json", "no_file"),
        ("/zip", "no_file"),
        ("/pointer", "no_file"),
        ("/empty", "no_file"),
        ("/416", "no_file"),
        ("/401", "not_found"),
        ("/403", "not_found"),
        ("/404", "not_found"),
        ("/410", "not_found"),
        ("/429", "unreachable"),
        ("/503", "unreachable"),
        ("/noise", "unreachable"),
    ] {
        let found = world.probe("weights.example", path).await;
        assert_eq!(found["state"], state, "{path}");
        assert_eq!(
            found["bytes"].is_null(),
            !matches!(
                path,
                "/whole"
                    | "/page"
                    | "/disguised"
                    | "/json"
                    | "/zip"
                    | "/pointer"
                    | "/empty"
                    | "/416"
            ),
            "{path}"
        );
    }
    assert_eq!(world.probe("weights.example", "/whole").await["bytes"], 5);
}

#[tokio::test]
async fn no_way_leads_to_a_private_address() {
    let world = World::new(&[("/", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx")]).await;
    for host in [
        "private.example",
        "machine.example",
        "both.example",
        "mapped.example",
        "unknown.example",
        "127.0.0.2",
        "2130706434",
        "0x7f.0.0.2",
        "0177.0.0.2",
        "127.2",
        "0.0.0.0",
        "10.0.0.1",
        "169.254.169.254",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ] {
        assert_eq!(world.probe(host, "/").await, nothing("unreachable"), "{host}");
    }
    assert!(world.asked.lock().unwrap().is_empty(), "nobody was called");
    assert_eq!(world.probe("weights.example", "/").await["state"], "found");
    let plain = format!("http://weights.example:{}/", world.port);
    assert_eq!(json!(world.prober.probe(&plain).await), nothing("unreachable"));
}

#[tokio::test]
async fn redirects_are_followed_three_times_and_judged_each_time() {
    let world = World::new(&[
        ("/1", "HTTP/1.1 302 F\r\nlocation: /2\r\ncontent-length: 0\r\n\r\n"),
        ("/2", "HTTP/1.1 301 F\r\nlocation: https://other.example:{port}/3\r\ncontent-length: 0\r\n\r\n"),
        ("/3", "HTTP/1.1 307 F\r\nlocation: //weights.example:{port}/file\r\ncontent-length: 0\r\n\r\n"),
        ("/file", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx"),
        ("/0", "HTTP/1.1 308 F\r\nlocation: /1\r\ncontent-length: 0\r\n\r\n"),
        ("/private", "HTTP/1.1 302 F\r\nlocation: https://machine.example:{port}/file\r\n\r\n"),
        ("/digits", "HTTP/1.1 302 F\r\nlocation: https://127.0.0.2:{port}/file\r\n\r\n"),
        ("/plain", "HTTP/1.1 302 F\r\nlocation: http://weights.example:{port}/file\r\n\r\n"),
        ("/script", "HTTP/1.1 302 F\r\nlocation: javascript:alert(1)\r\n\r\n"),
        ("/nowhere", "HTTP/1.1 302 F\r\ncontent-length: 0\r\n\r\n"),
    ])
    .await;
    assert_eq!(world.probe("weights.example", "/1").await["state"], "found");
    for path in ["/0", "/private", "/digits", "/plain", "/script", "/nowhere"] {
        assert_eq!(world.probe("weights.example", path).await, nothing("unreachable"), "{path}");
    }
    let files = world.heads().iter().filter(|head| head.starts_with("GET /file")).count();
    assert_eq!(files, 1, "only the first came to the file");
}

#[tokio::test]
async fn a_password_goes_to_its_own_server_only() {
    let world = World::new(&[
        ("/a", "HTTP/1.1 302 F\r\nlocation: https://other.example:{port}/b\r\n\r\n"),
        ("/b", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx"),
    ])
    .await;
    assert_eq!(world.probe("me:word@weights.example", "/a").await["state"], "found");
    let heads = world.heads();
    assert!(heads[0].contains("authorization: Basic bWU6d29yZA==\r\n"), "{}", heads[0]);
    assert!(!heads[1].contains("authorization"), "{}", heads[1]);
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let world = World::with_patience(&[], Duration::from_millis(300)).await;
    assert_eq!(world.probe("weights.example", "/silence").await, nothing("unreachable"));
}

#[tokio::test]
async fn a_user_tests_a_few_at_once_and_then_has_to_wait() {
    let world = World::new(&[]).await;
    let (ann, bob) = (User("ann".into()), User("bob".into()));
    let refusal = (0..=PROBES.1).find_map(|_| world.prober.admit(&ann).err()).unwrap();
    assert_eq!(refusal.code(), ServerCode::TooManyPolls);
    assert!(world.prober.admit(&bob).is_ok());
}

#[test]
fn what_is_no_https_address_is_told_at_its_field() {
    for (request, field, reason) in [
        (json!([]), "", Reason::NotAnObject),
        (json!({}), "lora_url", Reason::Missing),
        (json!({ "lora_url": 7 }), "lora_url", Reason::NotText),
        (json!({ "lora_url": "user/repo" }), "lora_url", Reason::RepositoryName),
        (json!({ "lora_url": "http://a.example/b" }), "lora_url", Reason::NotHttps),
        (json!({ "lora_url": "https://a.example/b", "x": 1 }), "x", Reason::UnknownKey),
    ] {
        let issues = address(&request).unwrap_err();
        assert_eq!((issues[0].field.as_str(), issues[0].reason), (field, reason));
    }
    let typed = json!({ "lora_url": " https://a.example/b\u{200B} " });
    assert_eq!(address(&typed), Ok("https://a.example/b".to_owned()));
}
