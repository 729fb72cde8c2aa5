//! The settings that the pinned release knows, by section, with the types of their values. The list
//! is made from the installed package by `scripts/litellm_keys.py`; a test makes it again.

use crate::source::Scalar;

use super::table::{self, Table};

/// The sections of LiteLLM's config that hold settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// `general_settings`: the proxy.
    General,
    /// `litellm_settings`: the library.
    Litellm,
    /// `router_settings`: who serves a request.
    Router,
}

impl Section {
    /// Every section, in the order of the list.
    pub const ALL: [Section; 3] = [Section::General, Section::Litellm, Section::Router];

    /// The key of the section.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Section::General => "general_settings",
            Section::Litellm => "litellm_settings",
            Section::Router => "router_settings",
        }
    }
}

/// The list: a line for each setting, `section TAB name TAB types`, types joined by `|`, and for
/// each word that a setting knows, `words TAB setting TAB word`; in order.
const LIST: &str = include_str!("keys.tsv");
static STARTS: [u32; table::count(LIST)] = table::starts(LIST);
static TABLE: Table = Table { text: LIST, starts: &STARTS };

/// The types of a setting, such as `int` or `text|list`; `None` when the section does not know it.
#[must_use]
pub fn types(section: Section, name: &str) -> Option<&'static str> {
    TABLE.get(&[section.as_str(), name])
}

/// The names of a section, in order.
pub fn names(section: Section) -> impl Iterator<Item = &'static str> {
    names_of(section.as_str())
}

fn names_of(section: &str) -> impl Iterator<Item = &'static str> + use<> {
    let rows = TABLE.starting(&[section]);
    rows.map(|row| row.split_once('\t').map_or(row, |(name, _)| name))
}

/// The section to which a name belongs, the router's first: it wins where two know the name.
#[must_use]
pub fn home(name: &str) -> Option<Section> {
    Section::ALL.into_iter().rev().find(|section| types(*section, name).is_some())
}

/// The words that a setting knows, in order: strategies, checks, kinds of errors, and the types of
/// caches for `cache_params`, prefixes of model strings under `provider`, and the lists that
/// `scripts/litellm_keys.py` describes. Nothing for a setting without a list of words.
pub fn words(setting: &str) -> impl Iterator<Item = &'static str> + use<> {
    TABLE.starting(&["words", setting])
}

/// True when a setting knows a word; see [`words`].
#[must_use]
pub fn knows(setting: &str, word: &str) -> bool {
    TABLE.has(&["words", setting, word])
}

/// True for a prefix of model strings that the release knows; LiteLLM drops a deployment with
/// another one.
#[must_use]
pub fn is_provider(prefix: &str) -> bool {
    knows("provider", prefix)
}

/// The types of a key of `litellm_params`; `None` for one that LiteLLM does not know, and sends to
/// the provider as it stands.
#[must_use]
pub fn param(name: &str) -> Option<&'static str> {
    TABLE.get(&["litellm_params", name])
}

/// The types of a key of `model_info`; `None` for one that is kept as it stands.
#[must_use]
pub fn info(name: &str) -> Option<&'static str> {
    TABLE.get(&["model_info", name])
}

/// The keys of `litellm_params`, in order.
pub fn params() -> impl Iterator<Item = &'static str> {
    names_of("litellm_params")
}

/// The settings that gwcfg writes itself, and the place in the sources that decides them.
const MANAGED: [(Section, &str, &str); 6] = [
    (Section::Router, "fallbacks", "`fallback_chains` of `model-mappings.yaml`"),
    (Section::Router, "default_fallbacks", "the fallback chain `default` of `model-mappings.yaml`"),
    (Section::Router, "model_group_alias", "the names and chains of `model-mappings.yaml`"),
    (Section::Router, "model_list", "`providers.yaml` and `model-mappings.yaml`"),
    (Section::Litellm, "fallbacks", "`fallback_chains` of `model-mappings.yaml`"),
    (Section::Litellm, "default_fallbacks", "the chain `default` of `model-mappings.yaml`"),
];

/// The place in the sources that decides a setting which gwcfg writes itself.
#[must_use]
pub fn managed_by(section: Section, name: &str) -> Option<&'static str> {
    let row = MANAGED.iter().find(|(known, key, _)| *known == section && *key == name);
    row.map(|(_, _, place)| *place)
}

/// Words that are no settings of any section, and where the proxy takes them from (LiteLLM
/// 1.106.2).
const OUTSIDE: [(&str, &str); 10] = [
    ("host", "give `--host` to the proxy, or set `HOST` in its environment"),
    ("port", "give `--port` to the proxy, or set `PORT` in its environment"),
    ("num_workers", "give `--num_workers` to the proxy, or set `NUM_WORKERS` in its environment"),
    ("workers", "give `--num_workers` to the proxy, or set `NUM_WORKERS` in its environment"),
    ("debug", "give `--debug` to the proxy, or set `LITELLM_LOG=DEBUG` in its environment"),
    ("cors", "set `LITELLM_CORS_ORIGINS` in the proxy's environment"),
    ("cors_origins", "set `LITELLM_CORS_ORIGINS` in the proxy's environment"),
    ("allow_origins", "set `LITELLM_CORS_ORIGINS` in the proxy's environment"),
    ("allowed_origins", "set `LITELLM_CORS_ORIGINS` in the proxy's environment"),
    ("cors_allow_credentials", "set `LITELLM_CORS_ALLOW_CREDENTIALS` in the proxy's environment"),
];

/// What to do instead of writing a word that is no setting of the config at all.
#[must_use]
pub fn outside(name: &str) -> Option<&'static str> {
    OUTSIDE.iter().find(|(word, _)| *word == name).map(|(_, help)| *help)
}

/// True when a setting has a place in the compiled config. A setting that nothing knows is written
/// as it stands: its finding stops the compiler unless a person insists.
#[must_use]
pub fn is_written(section: Section, name: &str) -> bool {
    let misplaced = types(section, name).is_none() && home(name).is_some();
    managed_by(section, name).is_none() && !misplaced
}

/// True when a value has one of the types. A reference to a variable stands for any scalar.
#[must_use]
pub fn fits(types: &str, value: &Scalar) -> bool {
    types.split('|').any(|kind| match (kind, value) {
        ("any", _) | (_, Scalar::Null) => true,
        ("bool", Scalar::Bool(_)) | ("text", Scalar::String(_)) => true,
        ("list", Scalar::Array(_)) | ("map", Scalar::Object(_)) => true,
        ("int", Scalar::Number(number)) => {
            number.is_i64() || number.as_f64().is_some_and(|n| n.fract() == 0.0)
        }
        ("number", Scalar::Number(number)) => number.as_f64().is_some_and(f64::is_finite),
        ("bool" | "int" | "number", Scalar::String(text)) => text.starts_with("os.environ/"),
        (_, _) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_read() {
        let lines: Vec<&str> = LIST.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.is_sorted() && lines.len() == STARTS.len() && LIST.ends_with('\n'));
        assert!(lines.iter().all(|line| line.len() < table::LONGEST));
        for line in lines {
            let (columns, types) = line.rsplit_once('\t').unwrap();
            let (first, second) = columns.split_once('\t').unwrap();
            match first {
                "words" => assert!(knows(second, types), "{line}"),
                place => assert_eq!(TABLE.get(&[place, second]), Some(types)),
            }
        }
        assert_eq!((param("rpm"), info("tier"), param("rpmm")), (Some("int"), Some("text"), None));
        assert_eq!(words("routing_strategy").next(), Some("cost-based-routing"));
        assert!(LIST.starts_with(&format!("# LiteLLM {};", super::super::RELEASE)));
        for section in Section::ALL {
            assert!(names(section).all(|name| types(section, name).is_some()));
        }
        for (section, name, _) in MANAGED.iter().filter(|(_, name, _)| *name != "model_list") {
            assert!(types(*section, name).is_some(), "{name}");
        }
        for (name, _) in OUTSIDE {
            assert_eq!(home(name), None, "{name}");
        }
    }

    #[test]
    fn values_fit_their_types() {
        let value = |text: &str| serde_json::from_str::<Scalar>(text).unwrap();
        assert!(fits("int", &value("2")) && fits("number", &value("2")));
        assert!(!fits("int", &value("2.5")) && !fits("int", &value("\"2\"")));
        assert!(fits("int", &value("\"os.environ/N\"")) && !fits("bool", &value("1")));
        assert!(fits("text|list", &value("[]")) && !fits("text|list", &value("{}")));
        assert!(fits("any", &value("{}")));
    }
}
