//! The program: reads settings, listens, says so, and stops when it is told to.

use likeness_proxy::{Config, Keys, Log, Server, SettingsFile};
use std::io::Write;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use tokio::signal;

/// A poll is some sixty short-lived pieces of memory; the system's allocator took a quarter of its
/// time.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// After so many pieces of work the runtime looks who else wants something, so that a crowd of one
/// caller does not hold up the others.
const TURN: u32 = 16;

/// What the system's convention calls a configuration error.
const EX_CONFIG: u8 = 78;

fn main() -> ExitCode {
    let _log = Log::start();
    likeness_proxy::give_memory_back();
    likeness_proxy::forbid_core_dumps();
    let read = SettingsFile::with_file().and_then(|settings| {
        let is_check = settings.check;
        settings.into_config(Keys::from_env()).map(|config| (config, is_check))
    });
    let (config, is_check) = match read {
        Ok(read) => read,
        Err(error) => return fail(EX_CONFIG, &error),
    };
    let runtime = match std::thread::available_parallelism() {
        // A second thread would only wait for the first.
        Ok(NonZeroUsize::MIN) => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    }
    .enable_all()
    .event_interval(TURN)
    .build();
    match runtime {
        Ok(runtime) if is_check => runtime.block_on(check(&config)),
        Ok(runtime) => runtime.block_on(run(config)),
        Err(error) => fail(1, &error),
    }
}

async fn check(config: &Config) -> ExitCode {
    if let Some(fault) = likeness_proxy::fault(config) {
        return fail(EX_CONFIG, &fault);
    }
    let remarks = likeness_proxy::remarks(config).await;
    // Whoever asked may have closed their end.
    let _ = writeln!(std::io::stdout(), "The settings are good.");
    for remark in remarks {
        let _ = writeln!(std::io::stdout(), "{remark}");
    }
    ExitCode::SUCCESS
}

async fn run(config: Config) -> ExitCode {
    likeness_proxy::install_crypto();
    let server = match Server::new(config).listen().await {
        Ok(server) => server,
        Err(error) => return fail(1, &error),
    };
    // Whoever started the program may have closed its end; the server runs all the same.
    let _ = writeln!(std::io::stdout(), "{}", server.start_line());
    server.serve(told_to_stop()).await;
    ExitCode::SUCCESS
}

/// SIGTERM, or Ctrl-C.
async fn told_to_stop() {
    let interrupt = async {
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

fn fail(code: u8, error: &dyn std::fmt::Display) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "likeness-proxy: {error}");
    ExitCode::from(code)
}
