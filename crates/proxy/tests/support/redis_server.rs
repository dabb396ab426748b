//! A real Redis server on a free port.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A Redis server of its own, which dies with the test.
pub(crate) struct RedisServer {
    child: Option<Child>,
    port: u16,
    folder: tempfile::TempDir,
}

impl RedisServer {
    /// One that fsyncs every write. None where Debian's package is not installed; `cargo xtask
    /// test` sees to it that it is.
    pub(crate) fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Self { child: None, port, folder: tempfile::tempdir().unwrap() };
        server.start_again("always").then_some(server)
    }

    /// Starts it on the same port and files, with this `appendfsync`.
    pub(crate) fn start_again(&mut self, appendfsync: &str) -> bool {
        let program = std::env::var("LIKENESS_REDIS_SERVER");
        let child = Command::new(program.unwrap_or_else(|_| "redis-server".to_owned()))
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--dir", &self.folder.path().to_string_lossy()])
            .args(["--appendonly", "yes", "--appendfsync", appendfsync])
            .stdout(Stdio::null())
            .spawn();
        let Ok(child) = child else { return false };
        self.child = Some(child);
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("redis-server does not listen");
    }

    /// Kills it.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}
