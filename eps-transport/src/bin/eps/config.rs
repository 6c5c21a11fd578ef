//! `eps config`: the settings of `eps serve`, from a file, the environment and the command line.
//!
//! Each option of `eps serve` is a key of the file under its own name, and a variable of the environment: `max-body` is
//! `EPS_SERVE_MAX_BODY`. The command line wins over the environment, and the environment over the file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{ArgAction, Args, Parser as _, Subcommand};
use serde_json::json;

use crate::failure::Failure;
use crate::files;
use crate::options::Global;
use crate::serve::Serve;
use crate::{Cli, Verb};

/// The verb whose settings these are.
const SERVE: &str = "serve";
/// The option that names the file.
const CONFIG: &str = "config";
/// The file where no option names one.
const CONFIG_VARIABLE: &str = "EPS_CONFIG";

/// Look at the settings of a server
#[derive(Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    verb: ConfigVerb,
}

#[derive(Subcommand)]
enum ConfigVerb {
    Check(Check),
}

/// Check a configuration file of `eps serve`, with the environment: every key, every value, every file that it names
///
/// eps config check eps.toml
#[derive(Args)]
struct Check {
    /// The file, TOML
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Where a value comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    File,
    Environment,
}

impl Source {
    const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Environment => "environment",
        }
    }
}

/// A setting that is made outside of the command line.
struct Setting {
    key: String,
    values: Vec<String>,
    is_flag: bool,
    source: Source,
}

impl Setting {
    /// As options of the command line. A flag that is off is none.
    fn options(&self) -> Vec<OsString> {
        let Self { key, values, is_flag, .. } = self;
        if *is_flag {
            let on = values.iter().any(|value| matches!(value.as_str(), "true" | "1"));
            return on.then(|| format!("--{key}").into()).into_iter().collect();
        }
        values.iter().map(|value| format!("--{key}={value}").into()).collect()
    }
}

/// What is wrong with settings.
#[derive(Debug, thiserror::Error)]
enum Wrong {
    #[error("{0} is no setting of eps serve")]
    Unknown(String),
    #[error("{0} is neither a text, a number, true or false, nor a list of these")]
    Value(String),
    #[error("{0} is true or false")]
    Flag(String),
}

/// Everything that is wrong with settings.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
struct AllWrong(Vec<Wrong>);

/// The arguments of the process, with the settings of the file and the environment where the verb is `serve`.
pub(crate) fn expanded(arguments: impl IntoIterator<Item = OsString>) -> Result<Vec<OsString>, Failure> {
    let mut arguments: Vec<_> = arguments.into_iter().collect();
    if arguments.get(1).is_none_or(|verb| verb != SERVE) {
        return Ok(arguments);
    }
    let given: Vec<_> = arguments.drain(2..).collect();
    let file = value_of(CONFIG, &given).or_else(|| std::env::var_os(CONFIG_VARIABLE));
    for setting in settings(file.as_deref().map(Path::new))? {
        let option = format!("--{}", setting.key);
        let is = |text: &str| text == option || text.strip_prefix(&option).is_some_and(|rest| rest.starts_with('='));
        if !given.iter().any(|argument| argument.to_str().is_some_and(is)) {
            arguments.extend(setting.options());
        }
    }
    arguments.extend(given);
    Ok(arguments)
}

/// The value of an option, which follows it or stands behind an equals sign.
fn value_of(name: &str, arguments: &[OsString]) -> Option<OsString> {
    let option = format!("--{name}");
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if *argument == *option {
            return arguments.next().cloned();
        }
        let value = argument.to_str().and_then(|text| text.strip_prefix(&option)?.strip_prefix('='));
        if let Some(value) = value {
            return Some(value.into());
        }
    }
    None
}

/// The settings of the file, where there is one, and of the environment.
fn settings(file: Option<&Path>) -> Result<Vec<Setting>, Failure> {
    let mut table = match file {
        None => toml::Table::new(),
        Some(path) => {
            let text = String::from_utf8_lossy(&files::read(path)?).into_owned();
            text.parse().map_err(|error: toml::de::Error| Failure::because("the configuration")(error.into()))?
        }
    };
    let (mut settings, mut wrong) = (Vec::new(), Vec::new());
    for option in Serve::augment_args(clap::Command::new(SERVE)).get_arguments() {
        let Some(key) = option.get_long().filter(|key| *key != CONFIG) else { continue };
        let is_flag = matches!(option.get_action(), ArgAction::SetTrue);
        let in_file = table.remove(key);
        let variable = std::env::var(format!("EPS_SERVE_{}", key.to_uppercase().replace('-', "_"))).ok();
        let (values, source) = match (variable, in_file) {
            (Some(text), _) => (Some(text.split(',').map(str::to_owned).collect()), Source::Environment),
            (None, Some(value)) => (texts(&value), Source::File),
            (None, None) => continue,
        };
        let key = key.to_owned();
        let is_bool = |value: &String| matches!(value.as_str(), "true" | "false" | "1" | "0");
        match values {
            None => wrong.push(Wrong::Value(key)),
            Some(values) if is_flag && !values.iter().all(is_bool) => wrong.push(Wrong::Flag(key)),
            Some(values) => settings.push(Setting { key, values, is_flag, source }),
        }
    }
    wrong.extend(table.into_iter().map(|(key, _)| Wrong::Unknown(key)));
    if wrong.is_empty() { Ok(settings) } else { Err(Failure::because("the configuration")(AllWrong(wrong).into())) }
}

/// A value of the file as texts; `None` where it is a table or a time.
fn texts(value: &toml::Value) -> Option<Vec<String>> {
    match value {
        toml::Value::String(text) => Some(vec![text.clone()]),
        toml::Value::Integer(number) => Some(vec![number.to_string()]),
        toml::Value::Boolean(flag) => Some(vec![flag.to_string()]),
        toml::Value::Array(all) => {
            let each = all.iter().map(|one| if one.is_array() { None } else { texts(one)?.pop() });
            each.collect()
        }
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

impl Config {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        let ConfigVerb::Check(Check { file }) = &self.verb;
        let settings = settings(Some(file))?;
        let mut arguments: Vec<OsString> = vec!["eps".into(), SERVE.into()];
        arguments.extend(settings.iter().flat_map(Setting::options));
        let cli = Cli::try_parse_from(arguments);
        let cli = cli.map_err(|error| Failure::because("the configuration")(error.into()))?;
        if let Verb::Serve(serve) = &cli.verb {
            serve.check()?;
        }
        if global.json {
            let told = settings.iter().map(
                |setting| json!({ "key": setting.key, "values": setting.values, "source": setting.source.name() }),
            );
            return files::print_json(&json!({ "settings": told.collect::<Vec<_>>() }));
        }
        let line =
            |setting: &Setting| format!("{} = {} ({})", setting.key, setting.values.join(", "), setting.source.name());
        let lines: Vec<_> = settings.iter().map(line).collect();
        files::print(lines.join("\n").as_bytes())
    }
}
