//! The variables of the environment that a config of LiteLLM needs, and who needs each.
//!
//! On LiteLLM 1.106.2 a value that is `os.environ/NAME` as a whole is replaced when the config is
//! loaded, in every section; an item of a list, a part of a text and `${NAME}` are not. A variable
//! that is empty is as good as one that is not set: the value becomes null, without a word.

use std::collections::BTreeMap;

use crate::source::Span;

use super::value::{Python, Value};

/// What LiteLLM asks for where the config has no `general_settings.master_key`.
pub const MASTER_KEY: &str = "LITELLM_MASTER_KEY";

/// Deepest nesting that is looked into; the parser refuses deeper files.
const MAX_DEPTH: usize = crate::source::MAX_DEPTH;

/// A variable.
#[derive(Debug, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Who needs it, each once, in the order of the config.
    pub users: Vec<User>,
}

/// Who needs a variable.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Who it is.
    pub who: Who,
    /// Where the variable is named, in the config.
    pub span: Option<Span>,
}

/// Who needs a variable, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A provider, for this parameter, such as `api_key`.
    Provider {
        /// gwcfg's name of it, or LiteLLM's prefix.
        name: String,
        /// The parameter.
        key: String,
    },
    /// A setting, such as `general_settings.master_key`.
    Setting(String),
    /// The gateway itself, which does not start without it.
    Gateway,
}

/// The variables that a config needs, by name.
#[must_use]
pub fn variables(root: Option<Value<'_, '_>>) -> Vec<Variable> {
    let mut found = Found::default();
    let mut has_master_key = false;
    for (key, value) in root.into_iter().flat_map(Value::entries) {
        let section = key.written();
        match section {
            "model_list" => value.items().for_each(|item| deployment(item, &mut found)),
            _ => {
                let setting = |path: &str| Who::Setting(path.to_owned());
                leaves(value, section, MAX_DEPTH, &mut |path, leaf| {
                    found.note(leaf, setting(path), leaf.span());
                });
            }
        }
        if section == "general_settings" {
            let key = value.get("master_key");
            has_master_key = key.is_some_and(|key| key.kind() != Python::Null);
        }
    }
    if !has_master_key {
        let user = User { who: Who::Gateway, span: None };
        found.users.entry(MASTER_KEY.to_owned()).or_default().push(user);
    }
    let own = root.and_then(|root| root.get("environment_variables"));
    let is_own = |name: &str| own.is_some_and(|own| own.get(name).is_some());
    let variables = found.users.into_iter().filter(|(name, _)| !is_own(name));
    variables.map(|(name, users)| Variable { name, users }).collect()
}

#[derive(Default)]
struct Found {
    users: BTreeMap<String, Vec<User>>,
}

impl Found {
    fn note(&mut self, leaf: Value<'_, '_>, who: Who, span: Span) {
        // There is no default: a variable of the whole name would be looked up.
        let Some(name) = leaf.variable().filter(|name| !name.is_empty()) else { return };
        let users = match self.users.get_mut(name) {
            Some(users) => users,
            None => self.users.entry(name.to_owned()).or_default(),
        };
        // The deployments of a provider stand together: the last one seen is the likely one.
        if !users.iter().rev().any(|user| user.who == who) {
            users.push(User { who, span: Some(span) });
        }
    }
}

fn deployment(item: Value<'_, '_>, found: &mut Found) {
    let parameters = item.get("litellm_params");
    let known = item.get("model_info").and_then(|info| info.get("provider"));
    let known = known.and_then(Value::text);
    let model = parameters.and_then(|parameters| parameters.get("model")).and_then(Value::text);
    let prefix = model.and_then(|model| model.split_once('/')).map(|(prefix, _)| prefix);
    let name = known.or(prefix).or(model).unwrap_or("unknown");
    for (key, value) in item.entries() {
        // What is not a parameter is named with where it stands.
        let section = key.written();
        let path = if section == "litellm_params" { "" } else { section };
        leaves(value, path, MAX_DEPTH, &mut |path, leaf| {
            if leaf.variable().is_some() {
                let who = Who::Provider { name: name.to_owned(), key: path.to_owned() };
                found.note(leaf, who, leaf.span());
            }
        });
    }
}

/// Every text that LiteLLM looks at for a variable, with its path.
fn leaves<'t, 'a>(
    value: Value<'t, 'a>,
    path: &str,
    depth: usize,
    note: &mut dyn FnMut(&str, Value<'t, 'a>),
) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match value.kind() {
        Python::Text => note(path, value),
        Python::Map => {
            for (key, below) in value.entries() {
                let key = key.written();
                match below.kind() {
                    Python::Text if below.variable().is_none() => {}
                    Python::Text | Python::Map | Python::List if path.is_empty() => {
                        leaves(below, key, depth, note);
                    }
                    Python::Text | Python::Map | Python::List => {
                        leaves(below, &format!("{path}.{key}"), depth, note);
                    }
                    Python::Null | Python::Bool(_) | Python::Int | Python::Float | Python::Date => {
                    }
                }
            }
        }
        Python::List => {
            // A text in a list stays as it is; a mapping in a list is looked into.
            for item in value.items().filter(|item| item.kind() != Python::Text) {
                leaves(item, path, depth, note);
            }
        }
        Python::Null | Python::Bool(_) | Python::Int | Python::Float | Python::Date => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, Sources, parse};

    fn told(text: &str) -> String {
        let mut sources = Sources::default();
        let bytes = text.as_bytes().to_vec();
        let file = sources.add(SourceFile::new("c.yaml".to_owned(), bytes, false));
        let mut tree = parse(&sources, file).tree;
        tree.mark_repeated_keys();
        let line = |variable: Variable| {
            let users = variable.users.iter().map(|user| {
                let at = user.span.map_or(0, |span| sources.positions(span).0.line);
                match &user.who {
                    Who::Provider { name, key } => format!("{name} {key}:{at}"),
                    Who::Setting(path) => format!("{path}:{at}"),
                    Who::Gateway => "gateway".to_owned(),
                }
            });
            format!("{}: {}", variable.name, users.collect::<Vec<_>>().join(", "))
        };
        variables(Value::root(&tree)).into_iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn each_user_is_told_once_with_its_first_place() {
        insta::assert_snapshot!(told("
model_list:
  - model_name: os.environ/NAME
    litellm_params: {model: openai/a, api_key: os.environ/KEY}
    model_info: {provider: cloud}
  - model_name: b
    litellm_params:
      model: openai/b
      api_key: os.environ/KEY
      extra_headers: {X-Key: os.environ/HEADER, X-List: [os.environ/NOT]}
    model_info: {provider: cloud}
  - {model_name: c, litellm_params: {model: groq/c, api_key: os.environ/KEY, api_base: 'x os.environ/NOT'}}
router_settings: {redis_password: os.environ/REDIS, fallbacks: [{a: [os.environ/NOT]}]}
litellm_settings: {cache_params: {password: os.environ/REDIS}, callbacks: [{key: os.environ/DEEP}]}
general_settings: {master_key: os.environ/MASTER, x: '${NOT}', y: os.environ/OWN}
environment_variables: {OWN: 1}
"), @"
        DEEP: litellm_settings.callbacks.key:14
        HEADER: cloud extra_headers.X-Key:10
        KEY: cloud api_key:4, groq api_key:12
        MASTER: general_settings.master_key:15
        NAME: cloud model_name:3
        REDIS: router_settings.redis_password:13, litellm_settings.cache_params.password:14
        ");
    }

    #[test]
    fn the_master_key_is_needed_where_nothing_sets_it() {
        assert_eq!(told(""), "LITELLM_MASTER_KEY: gateway");
        assert_eq!(told("general_settings: {master_key: null}"), "LITELLM_MASTER_KEY: gateway");
        assert_eq!(told("general_settings: {master_key: sk-1}"), "");
    }
}
