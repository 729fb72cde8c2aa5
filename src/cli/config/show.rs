//! Settings as YAML that can be read again, and as JSON.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::diagnostic::Redactions;
use crate::gateway::quoting::write_text;
use crate::project::Loaded;

use super::effective::{Origin, Setting, Settings};

/// What is needed to show a setting.
pub(super) struct View<'v> {
    pub(super) loaded: &'v Loaded,
    pub(super) redactions: &'v Redactions,
}

/// Before a setting's origin.
const MARK: &str = "  # ";

/// A line, and where its value comes from.
type Line = (String, Option<Origin>);

impl View<'_> {
    /// The settings as a project file; with their origins as comments in one column.
    pub(super) fn yaml(&self, settings: &Settings, origins: bool) -> String {
        let mut lines = Vec::new();
        self.map(settings, 0, &mut lines);
        let width = lines.iter().filter(|(_, origin)| origin.is_some());
        let width = width.map(|(line, _)| line.chars().count()).max().unwrap_or(0).min(COLUMN);
        let mut text = String::new();
        for (line, origin) in lines {
            match origin.filter(|_| origins) {
                Some(origin) => {
                    let _ = writeln!(text, "{line:<width$}{MARK}{}", self.origin(origin));
                }
                None => {
                    let _ = writeln!(text, "{line}");
                }
            }
        }
        text
    }

    fn map(&self, settings: &Settings, indent: usize, lines: &mut Vec<Line>) {
        for (key, setting) in settings {
            let head = format!("{}{}:", " ".repeat(indent), self.text(key));
            self.behind(&head, setting, indent + STEP, lines);
        }
    }

    /// A setting behind its key or behind the dash of an item.
    fn behind(&self, head: &str, setting: &Setting, indent: usize, lines: &mut Vec<Line>) {
        match setting {
            Setting::Scalar(value, origin) => {
                let value = self.scalar(value, *origin);
                lines.push((format!("{head} {}", self.written(&value)), Some(*origin)));
            }
            Setting::List(items, origin) if items.is_empty() => {
                lines.push((format!("{head} []"), Some(*origin)));
            }
            Setting::Map(settings, origin) if settings.is_empty() => {
                lines.push((format!("{head} {{}}"), Some(*origin)));
            }
            Setting::List(items, _) => {
                lines.push((head.to_owned(), None));
                for item in items {
                    let dash = format!("{}-", " ".repeat(indent));
                    self.behind(&dash, item, indent + STEP, lines);
                }
            }
            Setting::Map(settings, _) => {
                lines.push((head.to_owned(), None));
                self.map(settings, indent, lines);
            }
        }
    }

    /// A value without what must not be shown.
    fn scalar(&self, value: &Value, origin: Origin) -> Value {
        let Value::String(text) = value else { return value.clone() };
        if let Origin::File(span) = origin {
            let slice = self.loaded.sources.slice(span);
            let start = span.start() as usize;
            if !self.redactions.ranges(span.file(), slice, start).is_empty() {
                return Value::from("*".repeat(STARS));
            }
        }
        Value::from(self.redactions.hide(text))
    }

    /// A scalar of YAML.
    fn written(&self, value: &Value) -> String {
        match value {
            Value::String(text) => self.text(text),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
            // A scalar is none of these.
            Value::Array(_) | Value::Object(_) => String::new(),
        }
    }

    fn text(&self, text: &str) -> String {
        let mut bytes = Vec::new();
        // A vector takes everything.
        let _ = write_text(&mut bytes, text);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn origin(&self, origin: Origin) -> String {
        match origin {
            Origin::Default => "default".to_owned(),
            Origin::Option(option) => option.to_owned(),
            Origin::File(span) => {
                let sources = &self.loaded.sources;
                format!("{}:{}", sources.path(span.file()), sources.line(span))
            }
        }
    }

    /// The contract, version 1: the settings, and beside them the origin of each value by its JSON
    /// pointer.
    pub(super) fn json(&self, settings: &Settings) -> String {
        let mut origins = Map::new();
        let values = self.object(settings, "", &mut origins);
        let document = serde_json::json!({
            "version": 1,
            "environment": self.loaded.environment,
            "settings": values,
            "origins": origins,
        });
        serde_json::to_string_pretty(&document).map_or_else(|_| String::new(), |text| text + "\n")
    }

    fn object(&self, settings: &Settings, path: &str, origins: &mut Map<String, Value>) -> Value {
        let pairs = settings.iter().map(|(key, setting)| {
            let step = key.replace('~', "~0").replace('/', "~1");
            (key.clone(), self.value(setting, &format!("{path}/{step}"), origins))
        });
        Value::Object(pairs.collect())
    }

    fn value(&self, setting: &Setting, path: &str, origins: &mut Map<String, Value>) -> Value {
        match setting {
            Setting::Scalar(value, origin) => {
                origins.insert(path.to_owned(), self.origin(*origin).into());
                self.scalar(value, *origin)
            }
            Setting::List(items, origin) => {
                origins.insert(path.to_owned(), self.origin(*origin).into());
                let items = items.iter().enumerate();
                let below = |(row, item)| self.value(item, &format!("{path}/{row}"), origins);
                Value::Array(items.map(below).collect())
            }
            Setting::Map(settings, _) => self.object(settings, path, origins),
        }
    }
}

/// Blanks by which a level stands in.
const STEP: usize = 2;

/// Stars that stand for a secret, however long it is.
const STARS: usize = 8;

/// The origins stand in no later column.
const COLUMN: usize = 60;
