//! The settings that count: those of `gwcfg.yaml` and of what is laid over it, the options of the
//! command line, and the defaults.

use std::time::Duration;

use serde_json::Value;

use crate::cli::args::Arguments;
use crate::cli::recording;
use crate::project::{self, Loaded};
use crate::source::scalar::{Resolved, float_yaml11, int_yaml11, resolve_yaml11};
use crate::source::{Kind, MAX_DEPTH, NodeId, Span, Style, Tag, Tree};

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Origin {
    /// Nobody said anything.
    Default,
    /// A file.
    File(Span),
    /// An option.
    Option(&'static str),
}

/// A setting.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Setting {
    /// A value.
    Scalar(Value, Origin),
    /// A list, and where it begins.
    List(Vec<Setting>, Origin),
    /// A mapping.
    Map(Settings, Origin),
}

/// Settings by name, in order.
pub(super) type Settings = Vec<(String, Setting)>;

/// The keys of the project file in the order of its schema; those that it alone has come behind.
const ORDER: [&str; 12] = [
    "required-version",
    "config-dir",
    "target",
    "output",
    "state-dir",
    "keep",
    "rules",
    "mandatory",
    "provider_types",
    "gateway",
    "policies",
    "deploy",
];

/// The settings of a run. In an environment they are those of a project file that says the same
/// without one.
pub(super) fn of(arguments: &Arguments, loaded: &Loaded, tree: Option<&Tree<'_>>) -> Settings {
    let mut given = tree.and_then(|tree| Some(map(tree, tree.root()?, MAX_DEPTH)));
    let mut given = given.take().unwrap_or_default();
    if loaded.environment.is_some() {
        given.retain(|(key, _)| key != "environments");
    }
    places(arguments, loaded, &mut given);
    let keep = recording::keep(&loaded.keep);
    let kept = [("last", keep.last), ("daily", keep.daily), ("weekly", keep.weekly)];
    for (key, count) in kept {
        default(&mut given, &["keep", key], Value::from(count));
    }
    default(&mut given, &["target"], Value::from("litellm"));
    deploy(&loaded.deploy, &mut given);
    let place = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
    given.sort_by_key(|(key, _)| place(key));
    given
}

/// Where things are: what an option says counts.
fn places(arguments: &Arguments, loaded: &Loaded, given: &mut Settings) {
    let wishes = arguments.places();
    let of_environment = || match (&loaded.environment, loaded.output_place()) {
        (Some(_), Some(span)) => Some(Origin::File(span)),
        (Some(_), None) => Some(Origin::Option("--env")),
        (None, _) => None,
    };
    let option = |given: bool, option| given.then_some(Origin::Option(option));
    let by_name = loaded.environment.as_ref().map(|_| Origin::Option("--env"));
    let state_dir = option(wishes.state_dir.is_some(), "--state-dir").or(by_name);
    for (key, path, origin) in [
        ("config-dir", &loaded.config_dir, option(wishes.config_dir.is_some(), "--config-dir")),
        ("state-dir", &loaded.state_dir, state_dir),
        ("output", &loaded.output, of_environment()),
    ] {
        let written = given.iter().find(|(known, _)| known == key);
        let origin = origin.or(written.map(|(_, setting)| setting.origin()));
        let path = Value::from(loaded.in_project(path));
        given.retain(|(known, _)| known != key);
        given.push((key.to_owned(), Setting::Scalar(path, origin.unwrap_or(Origin::Default))));
    }
}

/// What is not said of a command or a probe that there is.
fn deploy(deploy: &project::Deploy, given: &mut Settings) {
    if let Some(check) = &deploy.check {
        default(given, &["deploy", "check-timeout"], time(check.timeout));
    }
    if let Some(reload) = &deploy.reload {
        default(given, &["deploy", "reload-timeout"], time(reload.timeout));
    }
    if let Some(probe) = &deploy.probe {
        default(given, &["deploy", "probe", "timeout"], time(probe.timeout));
        let interval = Value::from(probe.interval.as_secs_f64());
        default(given, &["deploy", "probe", "interval"], interval);
        default(given, &["deploy", "probe", "key-env"], Value::from(probe.key_env.as_str()));
    }
}

fn time(time: Duration) -> Value {
    Value::from(format!("{}s", time.as_secs_f64()))
}

/// Puts a value where nothing is said.
fn default(settings: &mut Settings, path: &[&str], value: Value) {
    let Some((key, below)) = path.split_first() else { return };
    let there = settings.iter().position(|(known, _)| known == key);
    let Some((_, setting)) = there.and_then(|row| settings.get_mut(row)) else {
        let mut setting = Setting::Scalar(value, Origin::Default);
        for key in below.iter().rev() {
            setting = Setting::Map(vec![((*key).to_owned(), setting)], Origin::Default);
        }
        settings.push(((*key).to_owned(), setting));
        return;
    };
    match setting {
        Setting::Map(inner, _) => default(inner, below, value),
        // Null says nothing.
        Setting::Scalar(Value::Null, _) => {
            settings.retain(|(known, _)| known != key);
            default(settings, path, value);
        }
        Setting::Scalar(..) | Setting::List(..) => {}
    }
}

impl Setting {
    pub(super) fn origin(&self) -> Origin {
        match self {
            Setting::Scalar(_, origin) | Setting::List(_, origin) | Setting::Map(_, origin) => {
                *origin
            }
        }
    }
}

fn map(tree: &Tree<'_>, id: NodeId, depth: usize) -> Settings {
    let pairs = tree.merged_pairs(tree.resolve(id)).filter(|(key, _)| !tree.is_repeated(*key));
    let named = pairs.map(|(key, value)| {
        let name = tree.value(tree.resolve(key)).to_owned();
        (name, setting(tree, value, depth))
    });
    named.collect()
}

fn setting(tree: &Tree<'_>, id: NodeId, depth: usize) -> Setting {
    let resolved = tree.resolve(id);
    let origin = Origin::File(tree.span(resolved));
    let Some(depth) = depth.checked_sub(1) else { return Setting::Scalar(Value::Null, origin) };
    match tree.kind(resolved) {
        Kind::Map => Setting::Map(map(tree, resolved, depth), origin),
        Kind::List => {
            let items = tree.items(resolved).map(|item| setting(tree, item, depth));
            Setting::List(items.collect(), origin)
        }
        Kind::Scalar => Setting::Scalar(scalar(tree, resolved), origin),
        Kind::Alias | Kind::LostAlias => Setting::Scalar(Value::Null, origin),
    }
}

/// As PyYAML reads it; what JSON has no number for stays text.
fn scalar(tree: &Tree<'_>, id: NodeId) -> Value {
    let text = tree.value(id);
    if tree.style(id) != Style::Plain || tree.tag(id) == Tag::Text {
        return Value::from(text);
    }
    match resolve_yaml11(text) {
        Resolved::Null => Value::Null,
        Resolved::Bool(value) => Value::from(value),
        Resolved::Int => {
            let int = int_yaml11(text).and_then(|int| i64::try_from(int).ok());
            int.map_or_else(|| Value::from(text), Value::from)
        }
        Resolved::Float => {
            let float = float_yaml11(text).and_then(serde_json::Number::from_f64);
            float.map_or_else(|| Value::from(text), Value::Number)
        }
        Resolved::Text | Resolved::Timestamp | Resolved::Merge | Resolved::Value => {
            Value::from(text)
        }
    }
}
