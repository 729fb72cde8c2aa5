//! LiteLLM's `config.yaml` as it is read: what the router decides by, with the place of everything.
//! Whoever wrote the file: a compiled output and a foreign one come into this one form.

use serde::Deserialize;

use super::loose::Loose;
use crate::source::{self, Entries, Field, List, NameOr, Text, Tree};

/// The file. Keys that decide nothing about routing are left to the rules.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Config<'a> {
    /// The deployments.
    pub model_list: Field<List<Entry<'a>>>,
    /// The router's settings.
    pub router_settings: Field<Settings<'a>>,
    /// LiteLLM's settings; some are the router's too, when it has none of its own.
    pub litellm_settings: Field<Settings<'a>>,
    /// What a foreign config says beside this form.
    #[serde(skip)]
    pub loose: Loose<'a>,
}

/// One entry of `model_list`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Entry<'a> {
    /// The name that a request asks for.
    pub model_name: Field<Text<'a>>,
    /// How it is asked.
    pub litellm_params: Field<Params<'a>>,
    /// What is known of it.
    pub model_info: Field<Info<'a>>,
    /// The same as in `litellm_params`, when that has none.
    pub rpm: Field<f64>,
    /// The same.
    pub tpm: Field<f64>,
}

/// `litellm_params`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Params<'a> {
    /// Provider prefix and model.
    pub model: Field<Text<'a>>,
    /// The provider, in the place of a prefix.
    pub custom_llm_provider: Field<Text<'a>>,
    /// The address; without it, the provider's own.
    pub api_base: Field<Text<'a>>,
    /// Share of the requests, under `simple-shuffle`.
    pub weight: Field<f64>,
    /// The same, when nobody of the group has a weight.
    pub rpm: Field<f64>,
    /// The same, when nobody of the group has either.
    pub tpm: Field<f64>,
    /// Lower ones are asked first.
    pub order: Field<f64>,
    /// Retries of this deployment, instead of the router's.
    pub num_retries: Field<i64>,
    /// Seconds for which it rests; with 0 it never does.
    pub cooldown_time: Field<f64>,
    /// Of an `auto_router/adaptive_router`: the names that it chooses from.
    pub adaptive_router_config: Field<Box<Adaptive<'a>>>,
}

/// `adaptive_router_config`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Adaptive<'a> {
    /// The names.
    pub available_models: Field<List<Text<'a>>>,
}

/// `model_info`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Info<'a> {
    /// gwcfg's name of the provider, which LiteLLM does not read.
    pub provider: Field<Text<'a>>,
    /// The same as in `litellm_params`, when that has none.
    pub order: Field<f64>,
    /// The same, and before it.
    pub cooldown_time: Field<f64>,
    /// Failures after which it rests.
    pub allowed_fails: Field<i64>,
    /// The same, by the kind of the failure.
    pub allowed_fails_policy: Field<Box<AllowedFails>>,
    /// Whether nobody is to ask it.
    pub blocked: Field<bool>,
}

/// `router_settings`, and the keys of `litellm_settings` that are the router's too.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Settings<'a> {
    /// How one of several deployments is chosen.
    pub routing_strategy: Field<Text<'a>>,
    /// Names with a strategy of their own.
    pub routing_groups: Field<List<RoutingGroup<'a>>>,
    /// Names that stand for others.
    pub model_group_alias: Field<Entries<'a, NameOr<'a, Item<'a>>>>,
    /// What is tried when a name fails.
    pub fallbacks: Field<Chains<'a>>,
    /// The same, for requests that are too long.
    pub context_window_fallbacks: Field<Chains<'a>>,
    /// The same, for requests that a provider refuses for their content.
    pub content_policy_fallbacks: Field<Chains<'a>>,
    /// What is tried for names without a chain of their own.
    pub default_fallbacks: Field<List<NameOr<'a, Item<'a>>>>,
    /// How deep chains may nest.
    pub max_fallbacks: Field<i64>,
    /// Further tries at the same name.
    pub num_retries: Field<i64>,
    /// Whether every member of a name is tried before its chain.
    pub enable_weighted_failover: Field<bool>,
    /// Whether nobody is left alone after failures.
    pub disable_cooldowns: Field<bool>,
    /// Providers that the config brings itself.
    pub custom_provider_map: Field<List<OwnProvider<'a>>>,
    /// Further tries by the kind of the failure.
    pub retry_policy: Field<Retries>,
    /// The same for single names.
    pub model_group_retry_policy: Field<Entries<'a, Retries>>,
    /// Failures after which a deployment rests.
    pub allowed_fails: Field<i64>,
    /// The same, by the kind of the failure.
    pub allowed_fails_policy: Field<AllowedFails>,
}

/// One of `custom_provider_map`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct OwnProvider<'a> {
    /// The prefix.
    pub provider: Field<Text<'a>>,
}

/// A retry policy: further tries by the kind of the failure.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Retries {
    /// 401.
    #[serde(rename = "AuthenticationErrorRetries")]
    pub authentication: Field<i64>,
    /// No answer in time.
    #[serde(rename = "TimeoutErrorRetries")]
    pub timeout: Field<i64>,
    /// 429.
    #[serde(rename = "RateLimitErrorRetries")]
    pub rate_limit: Field<i64>,
    /// Refused contents.
    #[serde(rename = "ContentPolicyViolationErrorRetries")]
    pub content_policy: Field<i64>,
    /// 400, contexts that are too long and refused contents among them.
    #[serde(rename = "BadRequestErrorRetries")]
    pub bad_request: Field<i64>,
    /// 500.
    #[serde(rename = "InternalServerErrorRetries")]
    pub server: Field<i64>,
    /// Everything else.
    #[serde(rename = "DefaultRetries")]
    pub default: Field<i64>,
}

/// A policy of failures after which a deployment rests.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AllowedFails {
    /// 401.
    #[serde(rename = "AuthenticationErrorAllowedFails")]
    pub authentication: Field<i64>,
    /// No answer in time.
    #[serde(rename = "TimeoutErrorAllowedFails")]
    pub timeout: Field<i64>,
    /// 429.
    #[serde(rename = "RateLimitErrorAllowedFails")]
    pub rate_limit: Field<i64>,
    /// Refused contents.
    #[serde(rename = "ContentPolicyViolationErrorAllowedFails")]
    pub content_policy: Field<i64>,
    /// 400.
    #[serde(rename = "BadRequestErrorAllowedFails")]
    pub bad_request: Field<i64>,
    /// 500.
    #[serde(rename = "InternalServerErrorAllowedFails")]
    pub server: Field<i64>,
}

/// Lists of what is tried, by the name that fails.
pub type Chains<'a> = List<Entries<'a, List<NameOr<'a, Item<'a>>>>>;

/// One of `routing_groups`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct RoutingGroup<'a> {
    /// Its name, which a request may ask for too.
    pub group_name: Field<Text<'a>>,
    /// Its members.
    pub models: Field<List<Text<'a>>>,
    /// Their strategy.
    pub routing_strategy: Field<Text<'a>>,
}

/// An alias, or a step of a chain, that says more than a name.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Item<'a> {
    /// The name.
    pub model: Field<Text<'a>>,
    /// Whether the gateway lists it.
    pub hidden: Field<bool>,
}

impl<'a> Config<'a> {
    /// The config whose text the tree is. (Its repeated keys are to be marked, and its aliases must
    /// fit.)
    #[must_use]
    pub fn read(tree: &Tree<'a>) -> Self {
        source::read(tree).document
    }

    /// The same for a config that a person wrote, with what LiteLLM makes of its odd shapes.
    #[must_use]
    pub fn read_foreign(tree: &Tree<'a>) -> Self {
        Config { loose: Loose::read(tree), ..Config::read(tree) }
    }

    /// The settings that decide, the router's own before LiteLLM's (`Router.__init__` of 1.106.2).
    pub fn settings(&self) -> impl Iterator<Item = &Settings<'a>> {
        [&self.router_settings, &self.litellm_settings].into_iter().filter_map(Field::value)
    }
}

/// The name that an alias or a step names.
#[must_use]
pub fn named<'a>(item: &NameOr<'a, Item<'a>>) -> Option<&'a str> {
    match item {
        NameOr::Name(name) => Some(name),
        NameOr::Full(item) => item.model.value().map(|text| text.0),
    }
}
