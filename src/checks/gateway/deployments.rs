//! The deployments as they are written: read once, asked by most rules.

use crate::gateway::litellm::keys;
use crate::gateway::litellm::value::{Python, Value};

/// What shares requests, in the order in which LiteLLM looks for it.
pub(super) const SHARES: [&str; 3] = ["weight", "rpm", "tpm"];

/// One entry of `model_list` that is a mapping.
#[derive(Debug)]
pub(super) struct Deployment<'c, 'a> {
    /// All of it.
    pub(super) entry: Value<'c, 'a>,
    /// `model_name`; empty when it is no text.
    pub(super) name: &'a str,
    /// The value of `model_name`.
    pub(super) written_name: Option<Value<'c, 'a>>,
    /// `litellm_params`, when they are a mapping.
    pub(super) params: Option<Value<'c, 'a>>,
    /// `model_info`, of any kind.
    pub(super) info: Option<Value<'c, 'a>>,
    /// What stands in `litellm_params`.
    pub(super) keys: Box<[Param<'c, 'a>]>,
}

impl<'c, 'a> Deployment<'c, 'a> {
    fn read(entry: Value<'c, 'a>) -> Self {
        let [mut name, mut params, mut info] = [None; 3];
        for (key, value) in entry.entries() {
            let place = match key.written() {
                "model_name" => &mut name,
                "litellm_params" => &mut params,
                "model_info" => &mut info,
                _ => continue,
            };
            *place = place.or(Some(value));
        }
        let params = params.filter(|params| params.kind() == Python::Map);
        let keys = params.into_iter().flat_map(Value::entries).map(Param::read).collect();
        Deployment {
            entry,
            name: name.and_then(Value::text).unwrap_or(""),
            written_name: name,
            params,
            info,
            keys,
        }
    }

    /// A value of `litellm_params`, null as if it were absent.
    pub(super) fn param(&self, key: &str) -> Option<Value<'c, 'a>> {
        let found = self.keys.iter().find(|param| param.name == key && param.key.text().is_some());
        found.map(|param| param.value).filter(|value| !value.is_null())
    }

    /// The text of a value of `litellm_params`; empty without one.
    pub(super) fn text(&self, key: &str) -> &'a str {
        self.param(key).and_then(Value::text).unwrap_or("")
    }

    /// A share, which LiteLLM takes from beside `litellm_params` too.
    pub(super) fn share(&self, key: &str) -> Option<Value<'c, 'a>> {
        let beside = || self.entry.given(key).filter(|_| key != "weight");
        self.param(key).or_else(beside)
    }
}

/// One entry of `litellm_params`.
#[derive(Debug)]
pub(super) struct Param<'c, 'a> {
    /// The key.
    pub(super) key: Value<'c, 'a>,
    /// The key as it is written.
    pub(super) name: &'a str,
    /// The value.
    pub(super) value: Value<'c, 'a>,
    /// The types of LiteLLM's own key of that name ([`keys::param`]).
    pub(super) types: Option<&'static str>,
}

impl<'c, 'a> Param<'c, 'a> {
    fn read((key, value): (Value<'c, 'a>, Value<'c, 'a>)) -> Self {
        let name = key.written();
        Param { key, name, value, types: keys::param(name) }
    }
}

/// The deployments of a config, in order and by name.
#[derive(Debug, Default)]
pub(super) struct Deployments<'c, 'a> {
    /// In the order of the file.
    pub(super) rows: Vec<Deployment<'c, 'a>>,
    /// The numbers of the rows in the order of their names, those of one name in that of the file.
    by_name: Vec<usize>,
}

impl<'c, 'a> Deployments<'c, 'a> {
    /// Those of a config.
    pub(super) fn read(root: Value<'c, 'a>) -> Self {
        let entries = root.get("model_list").into_iter().flat_map(Value::items);
        let maps = entries.filter(|entry| entry.kind() == Python::Map);
        let rows: Vec<Deployment<'c, 'a>> = maps.map(Deployment::read).collect();
        let mut by_name: Vec<usize> = (0..rows.len()).collect();
        by_name.sort_by_key(|row| name(&rows, *row));
        Deployments { rows, by_name }
    }

    /// The deployments of each name, in the order of the names.
    pub(super) fn groups(&self) -> impl Iterator<Item = Group<'_, 'c, 'a>> {
        let groups = self.by_name.chunk_by(|one, next| self.name(*one) == self.name(*next));
        groups.map(|numbers| Group { rows: &self.rows, numbers })
    }

    /// The deployments of a name.
    pub(super) fn of_name(&self, name: &str) -> Group<'_, 'c, 'a> {
        let from = self.by_name.partition_point(|row| self.name(*row) < name);
        let rest = self.by_name.get(from..).unwrap_or_default();
        let numbers = rest.get(..rest.partition_point(|row| self.name(*row) == name));
        Group { rows: &self.rows, numbers: numbers.unwrap_or_default() }
    }

    fn name(&self, row: usize) -> &'a str {
        name(&self.rows, row)
    }
}

fn name<'a>(rows: &[Deployment<'_, 'a>], row: usize) -> &'a str {
    rows.get(row).map_or("", |one| one.name)
}

/// The deployments of one name.
#[derive(Clone, Copy)]
pub(super) struct Group<'r, 'c, 'a> {
    rows: &'r [Deployment<'c, 'a>],
    numbers: &'r [usize],
}

impl<'r, 'c, 'a> Group<'r, 'c, 'a> {
    /// How many they are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// In the order of the file.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'r Deployment<'c, 'a>> + use<'r, 'c, 'a> {
        let rows = self.rows;
        self.numbers.iter().filter_map(move |row| rows.get(*row))
    }

    /// Their name; empty where it is no text.
    pub(super) fn name(&self) -> &'a str {
        self.iter().next().map_or("", |one| one.name)
    }
}
