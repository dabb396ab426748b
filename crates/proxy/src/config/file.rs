//! A file of settings. It stands behind the command line and the environment, and holds no secrets.

use super::{ConfigError, Settings};
use clap::{ArgMatches, CommandFactory, FromArgMatches, parser::ValueSource};
use std::ffi::OsString;
use std::path::Path;
use toml::{Table, Value};

/// Reads settings from the command line, the environment and the file that one of them names.
pub struct SettingsFile;

impl SettingsFile {
    /// The settings of this process. Ends it for `--help` and for a command line that makes no
    /// sense, as is the custom.
    ///
    /// # Errors
    /// The file cannot be read, or holds something that is no setting.
    pub fn with_file() -> Result<Settings, ConfigError> {
        Self::parse_from(std::env::args_os())
    }

    /// The same with these arguments.
    ///
    /// # Errors
    /// As [`with_file`](Self::with_file).
    pub fn parse_from(
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Settings, ConfigError> {
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        let first = Settings::command().get_matches_from(&arguments);
        let settings = from_matches(&first);
        let Some(path) = &settings.config else { return Ok(settings) };
        let table = read(path)?;
        let mut more = arguments;
        for (name, value) in &table {
            more.extend(as_argument(path, &first, name, value)?);
        }
        Ok(from_matches(&Settings::command().get_matches_from(more)))
    }
}

fn from_matches(matches: &ArgMatches) -> Settings {
    Settings::from_arg_matches(matches).unwrap_or_else(|error| error.exit())
}

fn read(path: &Path) -> Result<Table, ConfigError> {
    let wrong = |reason: String| ConfigError::File { path: path.display().to_string(), reason };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    text.parse().map_err(|error: toml::de::Error| wrong(error.message().to_owned()))
}

/// A setting of the file as an argument, unless the command line or the environment has it.
fn as_argument(
    path: &Path,
    given: &ArgMatches,
    name: &str,
    value: &Value,
) -> Result<Option<OsString>, ConfigError> {
    let wrong = |reason: String| ConfigError::File { path: path.display().to_string(), reason };
    let command = Settings::command();
    let argument = command
        .get_arguments()
        .find(|argument| argument.get_long() == Some(name))
        .filter(|argument| {
            argument.get_long() != Some("config") && argument.get_action().takes_values()
        });
    let Some(argument) = argument else {
        return Err(wrong(format!("{name:?} is no setting. Secrets belong in the environment")));
    };
    let is_given = matches!(
        given.value_source(argument.get_id().as_str()),
        Some(ValueSource::CommandLine | ValueSource::EnvVariable)
    );
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(yes) => yes.to_string(),
        _ => return Err(wrong(format!("{name:?} wants a text or a whole number"))),
    };
    Ok((!is_given).then(|| format!("--{name}={text}").into()))
}
