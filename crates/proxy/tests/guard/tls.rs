//! Who may be FAL: the program is given a certificate authority of its own to trust, so that a name
//! is all that is wrong.

use crate::common::{KEY, LORA_BODY, SUBMIT, client, code, row, started};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server with a certificate for this name. What it could read is in what it returns.
async fn server(authority: &Authority, name: &str, until: i32) -> (String, Arc<Mutex<Vec<u8>>>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    let certificate = params.signed_by(&key, authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let memory = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A handshake that fails is what most rows are about.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut bytes = vec![0; 65536];
            let length = stream.read(&mut bytes).await.unwrap_or(0);
            memory.lock().unwrap().extend_from_slice(&bytes[..length]);
            let reply =
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
            let _ = stream.write_all(reply.as_bytes()).await;
        }
    });
    (base, seen)
}

#[tokio::test]
async fn only_a_server_with_the_right_name_from_a_known_authority_gets_the_key() {
    let (known, unknown) = (authority(), authority());
    let folder = tempfile::tempdir().unwrap();
    let trusted = folder.path().join("trusted.pem");
    std::fs::write(&trusted, known.as_ref().pem()).unwrap();
    let refused = (502, "unreachable".to_owned(), false);
    for (what, authority, name, until, expected) in [
        ("all is well", &known, "127.0.0.1", 2200, (200, String::new(), true)),
        ("another name", &known, "queue.fal.run", 2200, refused.clone()),
        ("another address", &known, "127.0.0.2", 2200, refused.clone()),
        ("an unknown authority", &unknown, "127.0.0.1", 2200, refused.clone()),
        ("expired", &known, "127.0.0.1", 2021, refused.clone()),
    ] {
        let (base, seen) = server(authority, name, until).await;
        let (_child, _, address) = started(&[
            ("FAL_KEY", KEY),
            ("LIKENESS_FAL_QUEUE", &base),
            ("SSL_CERT_FILE", trusted.to_str().unwrap()),
        ])
        .await;
        let submit = client()
            .post(format!("{address}/api/fal/proxy"))
            .header("x-fal-target-url", SUBMIT)
            .header("content-type", "application/json")
            .body(LORA_BODY);
        let reply = submit.send().await.unwrap();
        let (status, code) = match reply.status().as_u16() {
            200 => (200, String::new()),
            _ => code(reply).await,
        };
        let has_key = seen.lock().unwrap().windows(KEY.len()).any(|bytes| bytes == KEY.as_bytes());
        row("A13", what, expected, (status, code, has_key));
        assert!(has_key || seen.lock().unwrap().is_empty(), "nothing at all was said to it");
    }
}
