//! The simulator as a program of its own, to point a FAL client at.

use clap::Parser;
use likeness_simulator::{Access, BotApi, Config, Simulator};
use std::net::SocketAddr;

/// A stand-in for fal.ai: queue at /queue, direct runs at /run, storage at /rest, files at /media.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen.
    #[arg(long, env = "LIKENESS_SIMULATOR_LISTEN", default_value = "127.0.0.1:8788")]
    listen: SocketAddr,
    /// How many times faster than FAL.
    #[arg(long, env = "LIKENESS_DEMO_SPEED", default_value_t = 10.0)]
    speed: f64,
    /// The only key that is taken; without it any key is.
    #[arg(long, env = "LIKENESS_SIMULATOR_KEY", hide_env_values = true)]
    key: Option<String>,
    /// Let queue replies name this simulator's addresses instead of FAL's.
    #[arg(long)]
    own_addresses: bool,
    /// Let whoever reaches it say what goes wrong, and read what was counted, under /_simulator.
    #[arg(long)]
    control: bool,
    /// Stand in for Telegram's Bot API at /telegram, for the bot with this token.
    #[arg(long, env = "LIKENESS_SIMULATOR_BOT", hide_env_values = true)]
    bot: Option<String>,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
    let base = format!("http://{}", listener.local_addr()?);
    let mut config = Config::at(format!("{base}/media"));
    config.speed = arguments.speed;
    config.access = arguments.key.map_or(Access::AnyKey, Access::Key);
    if arguments.own_addresses {
        config.queue_base = format!("{base}/queue");
    }
    eprintln!("likeness-simulator: {base} (/queue, /run, /rest, /media, /simulator/stats)");
    let simulator = Simulator::new(config);
    let mut router =
        if arguments.control { simulator.controlled_router() } else { simulator.router() };
    if let Some(token) = arguments.bot {
        if !arguments.listen.ip().is_loopback() {
            return Err(std::io::Error::other(
                "--bot takes a token, so --listen must be a loopback address",
            ));
        }
        let bot = BotApi::new(&token);
        router = router.nest("/telegram", bot.router());
        if arguments.control {
            router = router.merge(bot.control_router());
        }
    }
    let stop = async {
        // Without the signal the program runs until it is killed, which is as good.
        let _ = tokio::signal::ctrl_c().await;
    };
    simulator.serve(listener, router, stop).await
}
