//! The server: building it, and running one beside a test.

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::failure::{Doing, Failure, Outcome};
use crate::process::{Running, command, run, start, stop};
use crate::project::Project;

/// Where the server listens if nobody says otherwise.
pub(crate) const ADDRESS: &str = "127.0.0.1:8787";

const NAME: &str = "likeness-proxy";
const SIMULATOR: &str = "likeness-simulator";
const READY_WITHIN: Duration = Duration::from_secs(10);

/// How the server is compiled.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Profile {
    Release,
    /// Nearly as fast a server, built sooner.
    Quick,
    Debug,
}

/// Compiles the server and returns the program.
pub(crate) fn build(project: &Project, profile: Profile) -> Outcome<PathBuf> {
    program(project, NAME, profile)
}

/// A server that is compiled beside other work.
#[derive(Debug)]
pub(crate) struct Compilation {
    cargo: Running,
    program: PathBuf,
}

/// Begins to compile the server. Only what is wrong with it is told meanwhile.
pub(crate) fn begin(project: &Project, profile: Profile) -> Outcome<Compilation> {
    let cargo = start(cargo(project, NAME, profile).arg("--quiet"))?;
    Ok(Compilation { cargo, program: path(project, NAME, profile) })
}

impl Compilation {
    /// Waits for the program.
    pub(crate) fn finish(self) -> Outcome<PathBuf> {
        self.cargo.finish()?;
        Ok(self.program)
    }
}

/// Compiles the simulator as a program of its own, which tests let stand in for Telegram's Bot API. Its speed does not matter.
pub(crate) fn simulator(project: &Project) -> Outcome<PathBuf> {
    program(project, SIMULATOR, Profile::Debug)
}

fn program(project: &Project, name: &str, profile: Profile) -> Outcome<PathBuf> {
    run(&mut cargo(project, name, profile))?;
    Ok(path(project, name, profile))
}

fn cargo(project: &Project, name: &str, profile: Profile) -> Command {
    let mut cargo = command("cargo");
    cargo.current_dir(project.root()).args(["build", "--package", name, "--bin", name]);
    match profile {
        Profile::Release => cargo.arg("--release"),
        Profile::Quick => cargo.args(["--profile", "quick"]),
        Profile::Debug => &mut cargo,
    };
    cargo
}

fn path(project: &Project, name: &str, profile: Profile) -> PathBuf {
    let folder = match profile {
        Profile::Release => "release",
        Profile::Quick => "quick",
        Profile::Debug => "debug",
    };
    project.target().join(folder).join(name).with_extension(env::consts::EXE_EXTENSION)
}

/// The server as a person starts it: their environment, our build of the app.
pub(crate) fn for_person(program: &Path, dist: &Path, address: &str) -> Command {
    let mut server = command(program);
    server.env("LIKENESS_STATIC", dist).env("LIKENESS_LISTEN", address);
    server
}

/// The address that a person asked for: by option, else by environment, else the usual one.
pub(crate) fn address(option: Option<&str>) -> String {
    option
        .map(str::to_owned)
        .or_else(|| env::var("LIKENESS_LISTEN").ok())
        .unwrap_or_else(|| ADDRESS.to_owned())
}

/// A server in demo mode on a port of its own, which ends with this value.
#[derive(Debug)]
pub(crate) struct DemoServer {
    child: Child,
    address: SocketAddr,
}

impl DemoServer {
    /// Starts one and waits until it answers. Nothing of a person's own settings reaches it: a test
    /// must never spend money.
    pub(crate) fn start(project: &Project, program: &Path) -> Outcome<Self> {
        let address = free_address()?;
        let data = project.scratch().join("demo-data");
        if data.exists() {
            fs::remove_dir_all(&data).doing("clear the data of the last test server")?;
        }
        fs::create_dir_all(&data).doing("make a folder for the data of a test server")?;

        let mut server = command(program);
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(is_setting) {
                server.env_remove(name);
            }
        }
        server
            .env("AVATAR_TEST_MODE", "true")
            .env("LIKENESS_LISTEN", address.to_string())
            .env("LIKENESS_STATIC", project.release())
            // The tests ask more often than one caller may, and say that they are many.
            .env("LIKENESS_FRONT_PROXY", "127.0.0.1")
            .env("LIKENESS_DATA", data);
        let child = server.spawn().doing("start the server")?;
        let mut server = Self { child, address };
        server.wait()?;
        Ok(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn wait(&mut self) -> Outcome<()> {
        let started = Instant::now();
        while started.elapsed() < READY_WITHIN {
            if is_healthy(self.address) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait().doing("look after the server")? {
                return Err(Failure::new(format!(
                    "the server ended before it answered ({status}); its own words are above"
                )));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(Failure::new(format!(
            "expected the server to answer /healthz within {} s; run `cargo xtask run` to see why \
             it does not",
            READY_WITHIN.as_secs()
        )))
    }
}

impl Drop for DemoServer {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

fn is_setting(name: &str) -> bool {
    matches!(name, "FAL_KEY" | "FAL_KEY_FILE" | "FAL_API_KEY" | "AVATAR_TEST_MODE")
        || name.starts_with("LIKENESS_")
        || name.starts_with("TELEGRAM_")
}

/// An address of this machine that nobody listens at just now.
pub(crate) fn free_address() -> Outcome<SocketAddr> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .doing("find a free port")
}

fn is_healthy(address: SocketAddr) -> bool {
    get(address, "/healthz").is_some_and(|reply| reply.starts_with("HTTP/1.1 200"))
}

/// What a server of this machine replies to a GET, head and body, if it does within a second.
pub(crate) fn get(address: SocketAddr, path: &str) -> Option<String> {
    let second = Duration::from_secs(1);
    let mut stream = TcpStream::connect_timeout(&address, second).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.set_read_timeout(Some(second)).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).ok()?;
    Some(String::from_utf8_lossy(&reply).into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::{address, free_address, is_healthy, is_setting};

    #[test]
    fn only_a_200_is_healthy() {
        for (reply, healthy) in
            [("HTTP/1.1 200 OK\r\n\r\n", true), ("HTTP/1.1 503 Down\r\n\r\n", false)]
        {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let server = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                // All of it: a connection that is closed with something unread is reset.
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).unwrap();
                    request.extend(byte);
                }
                stream.write_all(reply.as_bytes()).unwrap();
            });
            assert_eq!(is_healthy(address), healthy, "{reply}");
            server.join().unwrap();
        }
        assert!(!is_healthy(free_address().unwrap()));
    }

    #[test]
    fn keys_and_settings_are_kept_from_test_servers() {
        for name in ["FAL_KEY", "FAL_API_KEY", "TELEGRAM_BOT_TOKEN", "LIKENESS_ACCESS"] {
            assert!(is_setting(name), "{name}");
        }
        assert!(!is_setting("PATH"));
    }

    #[test]
    fn an_option_wins_over_everything() {
        assert_eq!(address(Some("127.0.0.1:1")), "127.0.0.1:1");
    }
}
