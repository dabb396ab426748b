//! Who may use the server, and by which bots.

use super::*;

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
fn an_access_rule_is_whole_or_refused() {
    let refusal = |arguments: &[&str]| config(arguments, Some(KEY), None).unwrap_err().to_string();
    assert!(refusal(&["--access", "telegram"]).contains("TELEGRAM_BOT_TOKEN"));
    assert!(refusal(&["--access", "password"]).contains("LIKENESS_ACCESS_CODE"));
    assert!(refusal(&["--access", "header"]).contains("LIKENESS_USER_HEADER"));
    let header = ["--access", "header", "--user-header", "x-user"];
    assert!(refusal(&header).contains("LIKENESS_FRONT_PROXY"));
    assert!(refusal(&[&header[..], &["--front-proxy", "proxy.example"]].concat()).contains("IP"));
    let whole = [&header[..], &["--front-proxy", "10.0.0.2", "--listen", "0.0.0.0:80"]].concat();
    assert!(matches!(config(&whole, Some(KEY), None).unwrap().access, Access::Header { .. }));
    assert!(matches!(
        config(&["--access", "everybody"], None, None),
        Err(ConfigError::BadValue { .. })
    ));
}

#[test]
fn an_access_code_opens_the_server_to_the_internet_if_it_is_long_enough() {
    let arguments = ["--access", "password", "--listen", "0.0.0.0:8787"];
    let keys = |code: &str| Keys {
        fal_key: Some(KEY.to_owned()),
        access_code: Some(code.to_owned()),
        ..Keys::default()
    };
    let open = with_keys(&arguments, keys("correct-horse-battery")).unwrap();
    assert!(!format!("{open:?}").contains("horse"));
    let short = with_keys(&arguments, keys("short")).unwrap_err().to_string();
    assert!(short.contains("at least 12") && !short.contains("short"), "{short}");
}

#[test]
fn programs_need_a_token_and_a_webhook_needs_everything() {
    let read = |token: &str, secret: &str, arguments: &[&str]| {
        let keys = Keys {
            api_token: Some(token.to_owned()),
            webhook_secret: Some(secret.to_owned()),
            ..Keys::default()
        };
        with_keys(arguments, keys)
    };
    let (token, secret) = ("sentinel-of-bots", "sentinel-of-hooks");
    let hook = ["--webhook", "https://bot.example/pictures?sentinel"];
    assert!(read("", "", &[]).unwrap().programs.is_none());
    let config = read(token, secret, &hook).unwrap();
    assert!(!format!("{config:?}").contains("sentinel"));
    assert!(config.programs.unwrap().webhook.is_some());
    for (refused, word) in [
        (read("short", "", &[]), "at least 12"),
        (read(token, "", &hook), "LIKENESS_WEBHOOK_SECRET is not set"),
        (read(token, secret, &[]), "LIKENESS_WEBHOOK_URL is not set"),
        (read("", secret, &hook), "LIKENESS_API_TOKEN is not set"),
        (read(token, secret, &["--webhook", "ftp://sentinel.example"]), "LIKENESS_WEBHOOK_URL"),
        (
            read(token, secret, &["--webhook", "https://a:sentinel@bot.example"]),
            "LIKENESS_WEBHOOK_URL",
        ),
    ] {
        let said = refused.unwrap_err().to_string();
        assert!(said.contains(word) && !said.contains("sentinel"), "{said}");
    }
}

const BOT: &str = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8";

fn with_bots(tokens: &str, arguments: &[&str]) -> Result<Config, ConfigError> {
    let keys = Keys {
        fal_key: Some(KEY.to_owned()),
        bot_token: Some(tokens.to_owned()),
        ..Keys::default()
    };
    with_keys(arguments, keys)
}

#[test]
fn a_bot_opens_the_server_to_the_people_who_open_its_app() {
    let arguments = ["--access", "telegram", "--listen", "0.0.0.0:8787"];
    let config = with_bots(&format!("{BOT}, 99:{}", "b".repeat(35)), &arguments).unwrap();
    assert!(!format!("{config:?}").contains("AAH5"));
    let telegram = config.telegram.unwrap();
    let bots: Vec<u64> = telegram.bots.iter().map(|bot| bot.proof.id().into()).collect();
    assert_eq!(bots, [5_768_337_691, 99]);
    assert_eq!(telegram.api.to_string(), "https://api.telegram.org");
    let frames: Vec<String> = config.frame_ancestors.iter().map(ToString::to_string).collect();
    assert_eq!(frames, ["https://web.telegram.org"]);
    // A number without a token signs in, too.
    let config = with_bots("", &[&arguments[..], &["--bot-id", "7342037359"]].concat()).unwrap();
    assert!(config.telegram.unwrap().bots[0].token.is_none());
    // The token of a bot makes its number superfluous.
    let both = with_bots(BOT, &["--bot-id", "5768337691"]).unwrap().telegram.unwrap();
    assert!(both.bots.len() == 1 && both.bots[0].token.is_some());
}

#[test]
fn a_bot_is_judged_and_its_token_never_repeated() {
    let refusal =
        |tokens: &str, arguments: &[&str]| with_bots(tokens, arguments).unwrap_err().to_string();
    let second = refusal(&format!("{BOT},sentinel"), &[]);
    assert!(
        second.contains("token 2 is not of the form") && !second.contains("sentinel"),
        "{second}"
    );
    assert!(refusal(BOT, &["--bot-id", "x"]).contains("TELEGRAM_BOT_ID"));
    assert!(
        refusal(BOT, &["--telegram-api", "https://evil.example"]).contains("TELEGRAM_API_BASE")
    );
    assert!(
        refusal("", &["--bot-id", "1", "--telegram-key", "00"]).contains("TELEGRAM_PUBLIC_KEY")
    );
    let weak = "00".repeat(32);
    let weak = refusal("", &["--bot-id", "1", "--telegram-key", &weak]);
    assert!(weak.contains("TELEGRAM_PUBLIC_KEY"), "{weak}");
    assert!(with_bots(BOT, &["--telegram-api", "http://127.0.0.1:1"]).is_ok());
    assert!(with_bots("", &[]).unwrap().telegram.is_none());
}
