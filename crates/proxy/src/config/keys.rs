//! Secrets, from the environment or from files that only their owner can read.

use super::ConfigError;
use crate::secret::Secret;
use std::path::Path;

/// The secrets as they stand in the environment. Blank ones count as absent.
#[derive(Default)]
pub struct Keys {
    /// `FAL_KEY`.
    pub fal_key: Option<String>,
    /// `FAL_API_KEY`.
    pub fal_api_key: Option<String>,
    /// `FAL_KEY_FILE`.
    pub fal_key_file: Option<String>,
    /// `LIKENESS_ACCESS_CODE`.
    pub access_code: Option<String>,
    /// `LIKENESS_ACCESS_CODE_FILE`.
    pub access_code_file: Option<String>,
    /// `TELEGRAM_BOT_TOKEN`: one, or several with commas between.
    pub bot_token: Option<String>,
    /// `TELEGRAM_BOT_TOKEN_FILE`.
    pub bot_token_file: Option<String>,
    /// `LIKENESS_API_TOKEN`.
    pub api_token: Option<String>,
    /// `LIKENESS_API_TOKEN_FILE`.
    pub api_token_file: Option<String>,
    /// `LIKENESS_WEBHOOK_SECRET`.
    pub webhook_secret: Option<String>,
    /// `LIKENESS_WEBHOOK_SECRET_FILE`.
    pub webhook_secret_file: Option<String>,
}

impl Keys {
    /// Reads the environment of this process.
    pub fn from_env() -> Self {
        // A value that is not Unicode is kept in a form that is refused later: a key that is
        // present is never ignored.
        let read = |name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        Self {
            fal_key: read("FAL_KEY"),
            fal_api_key: read("FAL_API_KEY"),
            fal_key_file: read("FAL_KEY_FILE"),
            access_code: read("LIKENESS_ACCESS_CODE"),
            access_code_file: read("LIKENESS_ACCESS_CODE_FILE"),
            bot_token: read("TELEGRAM_BOT_TOKEN"),
            bot_token_file: read("TELEGRAM_BOT_TOKEN_FILE"),
            api_token: read("LIKENESS_API_TOKEN"),
            api_token_file: read("LIKENESS_API_TOKEN_FILE"),
            webhook_secret: read("LIKENESS_WEBHOOK_SECRET"),
            webhook_secret_file: read("LIKENESS_WEBHOOK_SECRET_FILE"),
        }
    }

    /// FAL's key.
    pub(super) fn fal(&self) -> Result<Option<Secret>, ConfigError> {
        let own = secret("FAL_KEY", self.fal_key.as_ref(), self.fal_key_file.as_ref())?;
        let (name, key) = match (own, present(self.fal_api_key.as_ref())) {
            (Some(key), Some(other)) if key != other => return Err(ConfigError::TwoKeys),
            (Some(key), _) => ("FAL_KEY", key),
            (None, Some(key)) => ("FAL_API_KEY", key.to_owned()),
            (None, None) => return Ok(None),
        };
        Secret::parse(&key).map(Some).map_err(|reason| ConfigError::BadKey { name, reason })
    }

    /// The tokens of bots.
    pub(super) fn bot_tokens(&self) -> Result<Option<String>, ConfigError> {
        secret("TELEGRAM_BOT_TOKEN", self.bot_token.as_ref(), self.bot_token_file.as_ref())
    }

    /// The access code.
    pub(super) fn access_code(&self) -> Result<Option<Secret>, ConfigError> {
        chosen("LIKENESS_ACCESS_CODE", self.access_code.as_ref(), self.access_code_file.as_ref())
    }

    /// The token of programs.
    pub(super) fn api_token(&self) -> Result<Option<Secret>, ConfigError> {
        chosen("LIKENESS_API_TOKEN", self.api_token.as_ref(), self.api_token_file.as_ref())
    }

    /// What the webhook is signed with.
    pub(super) fn webhook_secret(&self) -> Result<Option<Secret>, ConfigError> {
        let (value, file) = (self.webhook_secret.as_ref(), self.webhook_secret_file.as_ref());
        chosen("LIKENESS_WEBHOOK_SECRET", value, file)
    }
}

/// A secret that the owner chose: long enough not to be guessed.
fn chosen(
    name: &'static str,
    value: Option<&String>,
    file: Option<&String>,
) -> Result<Option<Secret>, ConfigError> {
    let parse = |text: String| {
        if text.len() < 12 {
            return Err(ConfigError::BadValue {
                name,
                found: format!("{} characters long", text.len()),
                expected: "at least 12 characters",
            });
        }
        Secret::parse(&text).map_err(|reason| ConfigError::BadKey { name, reason })
    };
    secret(name, value, file)?.map(parse).transpose()
}

fn present(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.trim().is_empty())
}

/// A secret from the variable `name`, or from the file that `name_FILE` names.
fn secret(
    name: &'static str,
    value: Option<&String>,
    file: Option<&String>,
) -> Result<Option<String>, ConfigError> {
    match (present(value), present(file)) {
        (Some(_), Some(_)) => Err(ConfigError::TwoSources(name)),
        (Some(value), None) => Ok(Some(value.to_owned())),
        (None, Some(path)) => from_file(name, Path::new(path)).map(Some),
        (None, None) => Ok(None),
    }
}

fn from_file(name: &'static str, path: &Path) -> Result<String, ConfigError> {
    let refuse = |reason: String| ConfigError::SecretFile { name, reason };
    let about =
        std::fs::metadata(path).map_err(|error| refuse(format!("cannot be read: {error}")))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if about.permissions().mode() & 0o077 != 0 {
            return Err(refuse("others can read; set its mode to 600".to_owned()));
        }
    }
    if about.len() > 4096 {
        return Err(refuse("is larger than a secret can be".to_owned()));
    }
    let text = std::fs::read_to_string(path)
        .map_err(|error| refuse(format!("cannot be read: {error}")))?;
    let text = text.trim();
    if text.is_empty() { Err(refuse("is empty".to_owned())) } else { Ok(text.to_owned()) }
}
