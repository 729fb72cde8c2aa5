//! Shapes that nobody means and LiteLLM takes all the same: what stands in a foreign config beside
//! the form of [`Config`](super::config::Config), and decides about routing.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use crate::source::{Spanned, Tree};

use super::keys;
use super::kinds;
use super::value::{Python, Value};

/// What the form of a config does not hold.
#[derive(Debug, Default)]
pub struct Loose<'a> {
    /// Entries of `model_list`, by number, with a value of a kind that LiteLLM refuses: it drops
    /// the deployment.
    pub dropped: HashSet<usize>,
    /// Entries that say the same under one name, and the first of them: LiteLLM gives them one id,
    /// so they rest together.
    pub twins: HashMap<usize, usize>,
    /// `fallbacks` as a list of `{model: NAME}`: every failure of every name goes there.
    pub fallbacks: Option<Vec<Spanned<&'a str>>>,
    /// `context_window_fallbacks` as a mapping or as a list of names: the last name is the list
    /// of every name.
    pub context_window: Option<Vec<Spanned<&'a str>>>,
}

impl<'a> Loose<'a> {
    /// Looks at the whole tree of a config.
    #[must_use]
    pub fn read(tree: &Tree<'a>) -> Self {
        let Some(root) = Value::root(tree) else { return Loose::default() };
        let entries: Vec<Value<'_, 'a>> = root.get("model_list").map_or_else(Vec::new, items);
        let refused =
            |(number, entry): (usize, &Value<'_, 'a>)| is_refused(*entry).then_some(number);
        let setting = |name: &str| {
            let sections = ["router_settings", "litellm_settings"].into_iter();
            let mut values = sections.filter_map(|section| root.get(section)?.get(name));
            values.find(|value| !value.is_falsy())
        };
        Loose {
            dropped: entries.iter().enumerate().filter_map(refused).collect(),
            twins: twins(&entries),
            fallbacks: setting("fallbacks").and_then(targets),
            context_window: setting("context_window_fallbacks").and_then(last_name),
        }
    }
}

fn items<'t, 'a>(value: Value<'t, 'a>) -> Vec<Value<'t, 'a>> {
    value.items().collect()
}

fn name_of<'a>(value: Value<'_, 'a>) -> Option<Spanned<&'a str>> {
    Some(Spanned { value: value.text()?, span: value.span() })
}

/// The names of `[{model: a}, {model: b}]`, which `check_non_standard_fallback_format` takes for
/// targets.
fn targets<'a>(fallbacks: Value<'_, 'a>) -> Option<Vec<Spanned<&'a str>>> {
    let entries: Vec<Value<'_, 'a>> = items(fallbacks);
    let is_target = |entry: &Value<'_, 'a>| {
        entry.get("model").is_some_and(|model| model.kind() != Python::List)
    };
    let all_maps = entries.iter().all(|entry| entry.kind() == Python::Map);
    (all_maps && entries.iter().any(is_target))
        .then(|| entries.iter().filter_map(|entry| name_of(entry.get("model")?)).collect())
}

/// `get_fallback_model_group` runs over what is there: of a mapping over its keys. Each text takes
/// the place of the one before.
fn last_name<'a>(lists: Value<'_, 'a>) -> Option<Vec<Spanned<&'a str>>> {
    let last = match lists.kind() {
        Python::Map => lists.entries().map(|(key, _)| key).last(),
        Python::List => lists.items().filter(|item| item.text().is_some()).last(),
        Python::Null
        | Python::Bool(_)
        | Python::Int
        | Python::Float
        | Python::Text
        | Python::Date => None,
    };
    Some(vec![name_of(last?)?])
}

/// `_generate_model_id` makes the id of the name and of all parameters.
fn twins(entries: &[Value<'_, '_>]) -> HashMap<usize, usize> {
    let mut names: HashMap<&str, Vec<usize>> = HashMap::new();
    for (number, entry) in entries.iter().enumerate() {
        if let Some(name) = entry.get("model_name").and_then(Value::text) {
            names.entry(name).or_default().push(number);
        }
    }
    let mut twins = HashMap::new();
    for numbers in names.values().filter(|numbers| numbers.len() > 1) {
        let mut first: HashMap<String, usize> = HashMap::new();
        for number in numbers {
            let Some(entry) = entries.get(*number) else { continue };
            let id = entry.get("model_info").and_then(|info| info.given("id"));
            let mut text = String::new();
            write_out(id.or_else(|| entry.get("litellm_params")), &mut text);
            let earlier = *first.entry(text).or_insert(*number);
            if earlier != *number {
                twins.insert(*number, earlier);
            }
        }
    }
    twins
}

fn write_out(value: Option<Value<'_, '_>>, text: &mut String) {
    let Some(value) = value else { return };
    match value.kind() {
        Python::List => value.items().for_each(|item| write_out(Some(item), text)),
        Python::Map => {
            for (key, value) in value.entries() {
                write_out(Some(key), text);
                write_out(Some(value), text);
            }
        }
        // What PyYAML makes of `5` is not what it makes of `"5"`.
        Python::Text => {
            let _ = writeln!(text, "text {}", value.written());
        }
        Python::Null | Python::Bool(_) | Python::Int | Python::Float | Python::Date => {
            let _ = writeln!(text, "{}", value.written());
        }
    }
}

/// Whether a value of the entry is of a kind with which LiteLLM drops it.
fn is_refused(entry: Value<'_, '_>) -> bool {
    let entries = |section: &str| entry.get(section).into_iter().flat_map(Value::entries);
    let refused = |types: Option<&str>, name: &str, value| {
        types.is_some_and(|types| !kinds::fits(types, name, value))
    };
    entries("litellm_params").any(|(key, value)| {
        let name = key.written();
        refused(kinds::of_param(name, value, keys::param(name)), name, value)
    }) || entries("model_info").any(|(key, value)| {
        let name = key.written();
        refused(kinds::of_info(name, value), name, value)
    })
}
