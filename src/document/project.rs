//! `gwcfg.yaml`: the project's own settings.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::source::{Entries, Field, NameOr, Names, Scalar, Text};

use super::numbers::Positive;

/// The file. Every key is optional; an empty file means the defaults.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "kebab-case")]
#[schemars(title = "gwcfg.yaml", deny_unknown_fields)]
pub struct Project<'a> {
    /// The gwcfg versions that may read this project, like `>=0.1`.
    pub required_version: Field<Text<'a>>,
    /// Folder of the source files; `config` when that folder exists, else the project root.
    pub config_dir: Field<&'a str>,
    /// The gateway, `litellm`, and the release of it that is run where one is known:
    /// `litellm@1.106.2`.
    pub target: Field<&'a str>,
    /// The file that `gwcfg generate` writes.
    pub output: Field<&'a str>,
    /// Where gwcfg keeps what it wrote.
    pub state_dir: Field<&'a str>,
    /// Generations that are kept.
    pub keep: Field<Keep>,
    /// Level of each rule: `error`, `warning`, `info` or `allow`.
    pub rules: Field<Entries<'a, LevelWord>>,
    /// Rules that nothing allows or lowers: no comment in a source, no option of the command line,
    /// no level in `rules`, no baseline.
    pub mandatory: Field<Names<'a>>,
    /// Provider types of the project's own, by name.
    #[serde(rename = "provider_types")]
    pub provider_types: Field<Entries<'a, ProviderTypeDeclaration<'a>>>,
    /// Settings of the gateway that are no routing.
    pub gateway: Field<GatewaySettings<'a>>,
    /// What the fallback chains may do.
    pub policies: Field<Policies>,
    /// How a config is put in place.
    pub deploy: Field<Deploy<'a>>,
    /// The places where the gateway runs, such as `prod`, each with what differs there; `--env`
    /// selects one. A name has letters, digits, `-`, `_` and `.`.
    pub environments: Field<Entries<'a, Environment<'a>>>,
}

/// One environment: what is laid over the sources there.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
#[schemars(deny_unknown_fields)]
pub struct Environment<'a> {
    /// The file, or the files in this order, that are laid over the sources: sections of any of
    /// them, and of this file. Mappings are merged by key, lists and scalars are replaced, `null`
    /// removes.
    pub overlay: Field<NameOr<'a, Names<'a>>>,
    /// The file that `gwcfg generate` writes for it; when it is not said, `output` with the
    /// environment's name before its ending, like `config/litellm-unified.prod.yaml`.
    pub output: Field<&'a str>,
}

/// Generations that are kept. What is in place, what waits to be confirmed, and what a rollback
/// goes back to stay whatever is said here.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct Keep {
    /// The newest so many; 10 when it is not said.
    pub last: Field<u32>,
    /// The newest of each of so many days (in UTC) that have any; 7 when it is not said.
    pub daily: Field<u32>,
    /// The newest of each of so many weeks that have any; 4 when it is not said.
    pub weekly: Field<u32>,
}

/// A rule's level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LevelWord {
    /// Stops `generate`.
    Error,
    /// Reported.
    Warning,
    /// Reported as a remark.
    Info,
    /// Not reported.
    Allow,
}

/// A provider type of the project's own.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
#[schemars(deny_unknown_fields, extend("required" = ["extends"]))]
pub struct ProviderTypeDeclaration<'a> {
    /// The built-in type that it is like.
    pub extends: Field<&'a str>,
    /// The gateway's prefix of the model string, when it differs.
    pub prefix: Field<&'a str>,
    /// The environment variable that holds the key.
    pub key_env: Field<&'a str>,
    /// What the address must end with, like `/v1`.
    pub path_suffix: Field<&'a str>,
}

/// Settings of the gateway that are no routing, by the gateway's own names.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
#[schemars(deny_unknown_fields)]
pub struct GatewaySettings<'a> {
    /// LiteLLM's `router_settings`, without what the sources decide.
    pub router_settings: Field<Entries<'a, Scalar>>,
    /// LiteLLM's `litellm_settings`, without what the sources decide.
    pub litellm_settings: Field<Entries<'a, Scalar>>,
    /// LiteLLM's `general_settings`.
    pub general_settings: Field<Entries<'a, Scalar>>,
}

/// What the fallback chains may do.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct Policies {
    /// Whether a local name may fall back to the cloud.
    pub local_to_cloud: Field<Verdict>,
}

/// What a policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It may.
    Allow,
    /// It must not.
    Forbid,
}

/// How a config is put in place.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct Deploy<'a> {
    /// The gateway's own check of a config: a list, never a shell string, in which `{config}`
    /// stands for the file, like `[litellm, --config, "{config}", --validate_config]`.
    pub check: Field<Names<'a>>,
    /// How long the check may take, in seconds or like `120s`; two minutes when it is not said.
    pub check_timeout: Field<Text<'a>>,
    /// The command that makes the gateway read its config: a list, never a shell string.
    pub reload: Field<Names<'a>>,
    /// How long the reload may take, in seconds or like `60s`; a minute when it is not said.
    pub reload_timeout: Field<Text<'a>>,
    /// How the running gateway is asked.
    pub probe: Field<Probe<'a>>,
}

/// How the running gateway is asked.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct Probe<'a> {
    /// The gateway's address; its port is compared with the gateway's in `ports.yaml`.
    pub url: Field<&'a str>,
    /// How long the gateway may take to serve the new config, in seconds or like `60s`; a minute
    /// when it is not said.
    pub timeout: Field<Text<'a>>,
    /// Seconds between two questions; half a second when it is not said.
    pub interval: Field<Positive>,
    /// The environment variable that holds the gateway's key; `LITELLM_MASTER_KEY` when it is not
    /// said.
    pub key_env: Field<&'a str>,
    /// Public names that get a real request of one token each, which costs what the provider takes.
    pub canary: Field<Names<'a>>,
}
