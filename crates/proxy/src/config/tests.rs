//! Settings that can work, and what is said of those that cannot.

mod access;

use super::*;
use crate::ledger::LedgerPlace;
use clap::Parser;

const KEY: &str = "id-1:0123456789abcdef";

fn config(
    arguments: &[&str],
    fal_key: Option<&str>,
    fal_api_key: Option<&str>,
) -> Result<Config, ConfigError> {
    let keys = Keys {
        fal_key: fal_key.map(str::to_owned),
        fal_api_key: fal_api_key.map(str::to_owned),
        ..Keys::default()
    };
    Settings::parse_from([&["likeness-proxy"], arguments].concat()).into_config(keys)
}

fn with_keys(arguments: &[&str], keys: Keys) -> Result<Config, ConfigError> {
    Settings::parse_from([&["likeness-proxy"], arguments].concat()).into_config(keys)
}

fn is_live(config: &Config) -> bool {
    matches!(config.mode, Mode::Live { .. })
}

#[test]
fn the_demo_runs_if_and_only_if_there_is_no_key() {
    assert!(!is_live(&config(&[], None, None).unwrap()));
    assert!(!is_live(&config(&[], Some(""), Some("  ")).unwrap()));
    assert!(is_live(&config(&[], Some(KEY), None).unwrap()));
    assert!(is_live(&config(&[], None, Some(KEY)).unwrap()));
    assert!(is_live(&config(&[], Some(KEY), Some(KEY)).unwrap()));
    assert!(is_live(&config(&["--test-mode", ""], Some(KEY), Some("")).unwrap()));
}

#[test]
fn test_mode_overrules_in_both_directions_but_never_invents_a_key() {
    for value in ["true", "1", "TRUE"] {
        let demo = config(&["--test-mode", value], Some(KEY), None).unwrap();
        assert!(matches!(demo.mode, Mode::Demo { idle_key: true, .. }));
    }
    for value in ["false", "0"] {
        assert!(is_live(&config(&["--test-mode", value], Some(KEY), None).unwrap()));
        assert!(matches!(config(&["--test-mode", value], None, None), Err(ConfigError::NoKey)));
    }
    assert!(matches!(
        config(&["--test-mode", "maybe"], Some(KEY), None),
        Err(ConfigError::BadValue { .. })
    ));
}

#[test]
fn two_different_keys_or_no_real_one_stop_the_start_without_being_repeated() {
    assert!(matches!(config(&[], Some(KEY), Some("other:key")), Err(ConfigError::TwoKeys)));
    for bad in ["undefined", "a b:secret-part", "with\nbreak"] {
        let error = config(&[], Some(bad), None).unwrap_err().to_string();
        assert!(error.starts_with("FAL_KEY is not a key") && !error.contains(bad), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_secret_in_a_file_must_be_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, format!("{KEY}\n")).unwrap();
    let keys =
        || Keys { fal_key_file: Some(path.to_string_lossy().into_owned()), ..Keys::default() };
    let mode = |mode| std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
    mode(0o644);
    let error = with_keys(&[], keys()).unwrap_err().to_string();
    assert!(error.starts_with("FAL_KEY names a file that others can read"), "{error}");
    mode(0o600);
    assert!(is_live(&with_keys(&[], keys()).unwrap()));
    let both = Keys { fal_key: Some(KEY.to_owned()), ..keys() };
    assert!(matches!(with_keys(&[], both), Err(ConfigError::TwoSources("FAL_KEY"))));
}

#[test]
fn a_file_of_settings_stands_behind_the_command_line_and_takes_no_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("likeness.toml");
    let parse = |text: &str, more: &[&str]| {
        std::fs::write(&path, text).unwrap();
        let path = path.to_string_lossy();
        let arguments = [&["likeness-proxy", "--config", &path], more].concat();
        SettingsFile::parse_from(arguments.into_iter().map(Into::into))
    };
    let text = "listen = '127.0.0.1:1'\nruns = 7\nbudget-day = '1.50'\n";
    let settings = parse(text, &["--listen", "127.0.0.1:2"]).unwrap();
    assert_eq!((settings.listen.as_str(), settings.runs), ("127.0.0.1:2", 7));
    assert_eq!(settings.budget_day, "1.50");
    for wrong in
        ["fal-key = 'x'", "nonsense = 1", "runs = 1.5", "listen = [1]", "= 1", "config = 'x'"]
    {
        let error = parse(wrong, &[]).unwrap_err();
        assert!(matches!(error, ConfigError::File { .. }), "{wrong}: {error}");
    }
}

#[test]
fn budgets_are_dollars_and_prices_name_their_endpoint() {
    let live = |arguments: &[&str]| config(arguments, Some(KEY), None);
    let spending =
        live(&["--budget-user-day", "0.5", "--prices", "fal-ai/flux-lora=0.04"]).unwrap().spending;
    assert_eq!(spending.limits.user_day, 500_000);
    assert_eq!(spending.prices, [(likeness_core::Route::FLUX_LORA, 40_000)]);
    assert!(matches!(spending.ledger, LedgerPlace::File(path) if path.ends_with("ledger.redb")));
    for wrong in [
        ["--budget-day", "minus"],
        ["--budget-month", "lots"],
        ["--prices", "fal-ai/flux-lora"],
        ["--prices", "fal-ai/other=1"],
        ["--ledger", "postgres://x"],
    ] {
        assert!(matches!(live(&wrong), Err(ConfigError::BadValue { .. })), "{wrong:?}");
    }
    assert_eq!(config(&[], None, None).unwrap().spending.ledger, LedgerPlace::Memory);
}

#[test]
fn stand_ins_for_fal_lie_on_this_machine() {
    for url in ["http://127.0.0.1:9000", "http://localhost:9000/queue", "http://[::1]:9000/"] {
        assert!(config(&["--fal-queue", url], Some(KEY), None).is_ok(), "{url}");
    }
    for url in [
        "https://queue.fal.run",
        "http://evil.example",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "127.0.0.1:9000",
    ] {
        assert!(
            matches!(
                config(&["--fal-queue", url], Some(KEY), None),
                Err(ConfigError::BadValue { .. })
            ),
            "{url}"
        );
    }
}

#[test]
fn speed_and_public_address_are_judged() {
    for speed in ["0", "-1", "NaN", "inf", "fast"] {
        assert!(config(&[&format!("--demo-speed={speed}")], None, None).is_err(), "{speed}");
    }
    let public = |url| {
        config(&["--public-url", url], None, None)
            .map(|config| config.public_url.map(|url| url.to_string()))
    };
    assert_eq!(
        public("https://pictures.example/").unwrap().as_deref(),
        Some("https://pictures.example")
    );
    assert_eq!(public("").unwrap(), None);
    for url in [
        "pictures.example",
        "ftp://x",
        "https://x/path",
        "https://a b",
        "https://x?y",
        "javascript:alert(1)",
    ] {
        assert!(public(url).is_err(), "{url}");
    }
}

#[test]
fn only_names_of_this_machine_are_loopback() {
    for host in ["localhost", "LOCALHOST:8787", "127.0.0.1", "127.1.2.3:80", "[::1]", "[::1]:8787"]
    {
        assert!(is_loopback_host(host), "{host}");
    }
    for host in [
        "",
        "localhost:",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "0.0.0.0",
        "127.1",
        "::1",
        "[::1",
        "localhost:99999",
        "evil.example:80",
        "a@localhost",
    ] {
        assert!(!is_loopback_host(host), "{host}");
    }
}

#[test]
fn the_config_of_a_live_server_can_be_printed() {
    let text = format!("{:?}", config(&[], Some(KEY), None).unwrap());
    assert!(!text.contains("0123456789abcdef"), "{text}");
}

#[test]
fn a_header_with_a_meaning_of_its_own_names_no_user() {
    let rule = |header: &str| {
        let arguments =
            ["--access", "header", "--front-proxy", "10.0.0.2", "--user-header", header];
        config(&arguments, Some(KEY), None).is_ok()
    };
    for header in [
        "x-user",
        "X-Forwarded-User",
        "x-forwarded-email",
        "x-auth-request-user",
        "remote-user",
        "cf-access-authenticated-user-email",
        "x-fallback-user",
    ] {
        assert!(rule(header), "{header}");
    }
    for header in [
        "host",
        "Authorization",
        "cookie",
        "user-agent",
        "origin",
        "x-forwarded-for",
        "x-real-ip",
        "content-type",
        "accept-language",
        "sec-fetch-site",
        "x-fal-target-url",
        "idempotency-key",
        "a header",
        "",
    ] {
        assert!(!rule(header), "{header}");
    }
}

#[test]
fn the_address_of_a_front_proxy_may_have_a_port_or_be_written_as_ipv6() {
    let list = "10.0.0.2, ::ffff:10.0.0.3,10.0.0.4:8080,[2001:db8::1]:443,[2001:db8::2]";
    let arguments = ["--access", "header", "--user-header", "x-user", "--front-proxy", list];
    let front = config(&arguments, Some(KEY), None).unwrap().front;
    let front: Vec<String> = front.iter().map(ToString::to_string).collect();
    assert_eq!(front, ["10.0.0.2", "10.0.0.3", "10.0.0.4", "2001:db8::1", "2001:db8::2"]);
    assert!(config(&["--front-proxy", "proxy.example"], None, None).is_err());
}

#[test]
fn an_address_has_a_host_that_is_one_and_a_port_that_can_be() {
    for url in [
        "https://pictures.example",
        "http://127.0.0.1:8787/",
        "http://[::1]",
        "http://[2001:db8::1]:8787/a/b-c_d",
        "http://localhost:1",
    ] {
        assert!(Origin::parse(url).is_some(), "{url}");
    }
    for url in [
        "http://[::1",
        "http://::1",
        "http://[::1]x",
        "http://[]",
        "http://[pictures.example]",
        "http://a:b",
        "http://a:",
        "http://a:65536",
        "http://a:+1",
        "http://:80",
        "http://",
        "http://a b",
        "http://a@b",
        "ftp://a",
    ] {
        assert!(Origin::parse(url).is_none(), "{url}");
    }
}
