//! A listener that keeps every byte it is sent and answers each request by its number.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What it answers to the request of this number, from 0; nothing, and it hangs up.
type Answer = dyn Fn(usize) -> Option<Vec<u8>> + Send + Sync;

#[derive(Clone)]
pub(crate) struct Recorder {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
    delay: Duration,
}

impl Recorder {
    pub(crate) async fn start(
        answer: impl Fn(usize) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        Self::late(Duration::ZERO, answer).await
    }

    /// The same, each answer so late.
    pub(crate) async fn late(
        delay: Duration,
        answer: impl Fn(usize) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, connections) = Default::default();
        let recorder = Self { address, requests, connections, delay };
        let (serving, answer) = (recorder.clone(), Arc::new(answer) as Arc<Answer>);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *serving.connections.lock().unwrap() += 1;
                tokio::spawn(serving.clone().record(stream, Arc::clone(&answer)));
            }
        });
        recorder
    }

    /// Answers every request in the same way.
    pub(crate) async fn saying(reply: &'static str) -> Self {
        Self::start(move |_| Some(reply.into())).await
    }

    async fn record(
        self,
        mut stream: impl AsyncRead + tokio::io::AsyncWrite + Unpin,
        answer: Arc<Answer>,
    ) {
        let mut bytes = Vec::new();
        loop {
            let Some(length) = request(&bytes) else {
                match stream.read_buf(&mut bytes).await {
                    Ok(read) if read > 0 => continue,
                    _ => break,
                }
            };
            let rest = bytes.split_off(length);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            bytes = rest;
            let number = {
                let mut requests = self.requests.lock().unwrap();
                requests.push(text);
                requests.len() - 1
            };
            tokio::time::sleep(self.delay).await;
            let Some(reply) = answer(number) else { return };
            // Whoever asked may have gone.
            let _ = stream.write_all(&reply).await;
        }
        if !bytes.is_empty() {
            self.requests.lock().unwrap().push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }

    /// Every request as it came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// The length of the first request in the bytes, if it is there to its end.
fn request(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let body = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let length = head + body.unwrap_or(0);
    (bytes.len() >= length).then_some(length)
}
