use super::*;
use clap::Parser;

const KEY: &str = "id-1:0123456789abcdef";

fn config(
    arguments: &[&str],
    fal_key: Option<&str>,
    fal_api_key: Option<&str>,
) -> Result<Config, ConfigError> {
    let keys =
        Keys { fal_key: fal_key.map(str::to_owned), fal_api_key: fal_api_key.map(str::to_owned) };
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

#[test]
fn a_key_without_an_access_rule_stays_on_this_machine() {
    for listen in ["0.0.0.0:8787", "192.168.1.5:80", "[::]:8787"] {
        assert!(
            matches!(
                config(&["--listen", listen], Some(KEY), None),
                Err(ConfigError::NotLoopback(_))
            ),
            "{listen}"
        );
        assert!(config(&["--listen", listen], None, None).is_ok(), "{listen}");
    }
    for listen in ["127.0.0.1:0", "localhost:8787", "[::1]:8787", "127.8.8.8:1"] {
        assert!(config(&["--listen", listen], Some(KEY), None).is_ok(), "{listen}");
    }
    assert!(matches!(
        config(&["--listen", "nowhere"], None, None),
        Err(ConfigError::BadValue { .. })
    ));
}

#[test]
fn access_rules_of_later_versions_are_refused_rather_than_pretended() {
    for rule in ["password", "telegram"] {
        assert!(matches!(
            config(&["--access", rule], None, None),
            Err(ConfigError::NoSuchAccess(_))
        ));
    }
    assert!(matches!(
        config(&["--access", "everybody"], None, None),
        Err(ConfigError::BadValue { .. })
    ));
    assert!(config(&["--access", "open"], None, None).is_ok());
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
