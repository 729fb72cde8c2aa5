//! What LiteLLM does with a `config.yaml` that somebody wrote (`gwcfg lint`). What is said of it
//! was seen on LiteLLM 1.106.2.

mod alias_hides_model;
mod alias_unusable;
mod alias_without_chain;
mod cache_server_unused;
mod callback_ignored;
mod callback_unknown;
mod chain_malformed;
mod chain_order_changes;
mod chain_repeated;
mod chain_source_unknown;
mod chain_target_unknown;
mod chain_too_deep;
mod chains;
mod config_key_misplaced;
mod config_key_unknown;
mod config_secret_literal;
mod context_setting_without_effect;
mod default_chain_replaced;
mod deployment_dropped;
mod deployment_provider_unknown;
mod deployments;
mod enterprise_setting_refused;
mod enterprise_setting_unlicensed;
mod environment_not_yet_set;
mod environment_unset;
mod environment_variable_lost;
mod failover_exceeds_timeout;
mod gateway_start_fails;
mod guardrail_skipped;
mod include_missing;
mod key_sent_elsewhere;
mod limit_not_enforced;
mod master_key_missing;
mod master_key_refused;
mod member_never_chosen;
mod parameter_sent_upstream;
mod pass_through_unserved;
mod router_redis_incomplete;
mod sections;
mod start;
mod value_breaks_requests;
mod variable_taken_literally;
mod variables;
mod weights_ignored;

use crate::diagnostic::Check;
use crate::gateway::litellm::infer::{Provider, provider};
use crate::gateway::litellm::releases::{Change, PINNED, Release};
use crate::gateway::litellm::value::{Python, Value};
use crate::gateway::litellm::walk::Gateway;
use crate::source::secrets::Secret;
use crate::source::{FileId, Sources, Span};

use chains::{Chain, Known};
use deployments::{Deployment, Deployments};
use variables::Leaf;

/// What the rules look at.
pub struct Context<'c, 'a> {
    /// All texts.
    sources: &'c Sources,
    /// The config's file.
    file: FileId,
    /// The config as PyYAML reads it; `None` when nothing is in the file.
    root: Option<Value<'c, 'a>>,
    /// The router's tables.
    tables: &'c Gateway<'a>,
    /// The literal secrets.
    secrets: &'c [Secret<'a>],
    /// Where the gateway runs.
    world: &'c World<'c>,
    /// `model_list`.
    deployments: Deployments<'c, 'a>,
    /// What LiteLLM takes each of them for; `None` where that is not to be seen.
    providers: Vec<Option<Provider<'a>>>,
    /// The fallback settings.
    chains: Vec<Chain<'c, 'a>>,
    /// What a name may find.
    known: Known<'c, 'a>,
    /// The texts that may speak of variables.
    leaves: Vec<Leaf<'c, 'a>>,
}

/// Where the gateway runs, as far as it is known.
pub struct World<'w> {
    /// Whether a variable of the environment has a value.
    pub is_set: &'w dyn Fn(&str) -> bool,
    /// Whether a path that the config of the first path names leads to a file, from where that
    /// config stands.
    pub is_file: &'w dyn Fn(&str, &str) -> bool,
    /// The release of the gateway.
    pub release: Release,
}

/// The table of what is asked of a config that could be read to its end.
#[must_use]
pub fn checks<'c, 'a>() -> Vec<Check<Context<'c, 'a>>> {
    vec![
        Check { rule: &gateway_start_fails::RULE, run: gateway_start_fails::check },
        Check { rule: &include_missing::RULE, run: include_missing::check },
        Check { rule: &enterprise_setting_refused::RULE, run: enterprise_setting_refused::check },
        Check { rule: &callback_unknown::RULE, run: callback_unknown::check },
        Check { rule: &callback_ignored::RULE, run: callback_ignored::check },
        Check { rule: &deployment_dropped::RULE, run: deployment_dropped::check },
        Check { rule: &deployment_provider_unknown::RULE, run: deployment_provider_unknown::check },
        Check { rule: &value_breaks_requests::RULE, run: value_breaks_requests::check },
        Check { rule: &config_key_misplaced::RULE, run: config_key_misplaced::check },
        Check { rule: &config_key_unknown::RULE, run: config_key_unknown::check },
        Check { rule: &parameter_sent_upstream::RULE, run: parameter_sent_upstream::check },
        Check { rule: &chain_malformed::RULE, run: chain_malformed::check },
        Check { rule: &chain_target_unknown::RULE, run: chain_target_unknown::check },
        Check { rule: &chain_source_unknown::RULE, run: chain_source_unknown::check },
        Check { rule: &chain_repeated::RULE, run: chain_repeated::check },
        Check { rule: &alias_unusable::RULE, run: alias_unusable::check },
        Check { rule: &alias_hides_model::RULE, run: alias_hides_model::check },
        Check { rule: &key_sent_elsewhere::RULE, run: key_sent_elsewhere::check },
        Check { rule: &variable_taken_literally::RULE, run: variable_taken_literally::check },
        Check { rule: &environment_unset::RULE, run: environment_unset::check },
        Check { rule: &environment_not_yet_set::RULE, run: environment_not_yet_set::check },
        Check { rule: &environment_variable_lost::RULE, run: environment_variable_lost::check },
        Check { rule: &master_key_refused::RULE, run: master_key_refused::check },
        Check { rule: &master_key_missing::RULE, run: master_key_missing::check },
        Check {
            rule: &enterprise_setting_unlicensed::RULE,
            run: enterprise_setting_unlicensed::check,
        },
        Check { rule: &guardrail_skipped::RULE, run: guardrail_skipped::check },
        Check { rule: &pass_through_unserved::RULE, run: pass_through_unserved::check },
        Check { rule: &cache_server_unused::RULE, run: cache_server_unused::check },
        Check { rule: &router_redis_incomplete::RULE, run: router_redis_incomplete::check },
        Check { rule: &default_chain_replaced::RULE, run: default_chain_replaced::check },
        Check { rule: &chain_order_changes::RULE, run: chain_order_changes::check },
        Check { rule: &chain_too_deep::RULE, run: chain_too_deep::check },
        Check { rule: &alias_without_chain::RULE, run: alias_without_chain::check },
        Check { rule: &weights_ignored::RULE, run: weights_ignored::check },
        Check { rule: &member_never_chosen::RULE, run: member_never_chosen::check },
        Check { rule: &limit_not_enforced::RULE, run: limit_not_enforced::check },
        Check {
            rule: &context_setting_without_effect::RULE,
            run: context_setting_without_effect::check,
        },
        Check { rule: &failover_exceeds_timeout::RULE, run: failover_exceeds_timeout::check },
    ]
}

/// The table of what is asked of any text.
#[must_use]
pub fn text_checks<'c, 'a>() -> Vec<Check<Context<'c, 'a>>> {
    vec![Check { rule: &config_secret_literal::RULE, run: config_secret_literal::check }]
}

impl<'c, 'a> Context<'c, 'a> {
    /// Reads what several rules ask for. `root` is `None` too for a text that could not be read to
    /// its end: [`text_checks`] need no more than the text.
    #[must_use]
    pub fn new(
        (sources, file): (&'c Sources, FileId),
        root: Option<Value<'c, 'a>>,
        tables: &'c Gateway<'a>,
        secrets: &'c [Secret<'a>],
        world: &'c World<'c>,
    ) -> Self {
        let deployments = root.map(Deployments::read).unwrap_or_default();
        let known = Known::new(tables, &deployments);
        let (chains, leaves) = (Vec::new(), variables::leaves(root));
        let mut context = Context {
            sources,
            file,
            root,
            tables,
            secrets,
            world,
            deployments,
            providers: Vec::new(),
            chains,
            known,
            leaves,
        };
        context.chains = chains::read(&context);
        let own = context.own_providers();
        let provider = |one| provider_of(&context, one, &own);
        context.providers = context.deployments().iter().map(provider).collect();
        context
    }

    /// How many names a request may ask for.
    #[must_use]
    pub fn public_names(&self) -> usize {
        self.known.names.len()
    }

    /// Whether a variable of the environment has a value.
    fn is_set(&self, name: &str) -> bool {
        (self.world.is_set)(name)
    }

    /// Whether the release has a change; of one that lies between two that were measured nothing is
    /// known, and it is taken for the pinned one.
    fn has(&self, change: Change) -> bool {
        change.is_in(self.world.release).or_else(|| change.is_in(PINNED)).unwrap_or(true)
    }

    /// A section of the config, when it is a mapping.
    fn section(&self, name: &str) -> Option<Value<'c, 'a>> {
        self.root?.get(name).filter(|section| section.kind() == Python::Map)
    }

    /// A setting, when it is not null.
    fn setting(&self, section: &str, key: &str) -> Option<Value<'c, 'a>> {
        self.section(section)?.given(key)
    }

    /// A setting that the router takes from `router_settings`, else from `litellm_settings`, when
    /// it is not empty.
    fn router_setting(&self, key: &str) -> Option<Value<'c, 'a>> {
        let mut sections = ["router_settings", "litellm_settings"].into_iter();
        sections.find_map(|section| self.setting(section, key).filter(|value| !value.is_falsy()))
    }

    /// The deployments, in order.
    fn deployments(&self) -> &[Deployment<'c, 'a>] {
        &self.deployments.rows
    }

    /// The deployments with what LiteLLM takes them for.
    fn provided(
        &self,
    ) -> impl Iterator<Item = (&Deployment<'c, 'a>, Option<Provider<'a>>)> + use<'_, 'c, 'a> {
        self.deployments().iter().zip(self.providers.iter().copied())
    }

    /// The providers that the config brings itself.
    fn own_providers(&self) -> Vec<&'a str> {
        let map = self.setting("litellm_settings", "custom_provider_map");
        let names = map.into_iter().flat_map(Value::items);
        names.filter_map(|item| item.get("provider")?.text()).collect()
    }
}

/// Whether the gateway has an enterprise licence, as far as it can be seen.
fn is_licensed(context: &Context<'_, '_>) -> bool {
    const VARIABLE: &str = "LITELLM_LICENSE";
    context.is_set(VARIABLE)
        || context.setting("environment_variables", VARIABLE).is_some()
        || context.setting("general_settings", "litellm_license").is_some()
}

/// What LiteLLM takes a deployment for; `None` when its model is no text, or stands in a variable.
fn provider_of<'a>(
    context: &Context<'_, 'a>,
    deployment: &Deployment<'_, 'a>,
    own: &[&str],
) -> Option<Provider<'a>> {
    let model = deployment.param("model")?;
    let text = model.text().filter(|_| model.variable().is_none())?;
    let custom = deployment.param("custom_llm_provider");
    if custom.is_some_and(|custom| custom.variable().is_some()) {
        return None;
    }
    let base = deployment.text("api_base");
    let plain = !text.contains('/') && !base.contains(|letter: char| letter.is_ascii_uppercase());
    let base = if plain || context.has(Change::AddressDecides) { base } else { "" };
    Some(provider(text, custom.and_then(Value::text), base, &|name| own.contains(&name)))
}

/// Hops that are walked: the walk calls itself for each. Nobody writes a config that goes deeper.
const MAX_HOPS: i64 = 64;

/// Names from which a rule walks: those of a larger config are alike, and each walk has its price.
const MAX_WALKS: usize = 1000;

/// Whether requests can be walked through: fallbacks do not nest without an end.
fn is_walkable(context: &Context<'_, '_>) -> bool {
    context.tables.max_fallbacks() <= MAX_HOPS
}

/// The strategy of all names without one of their own, as it is written.
fn strategy<'a>(context: &Context<'_, 'a>) -> &'a str {
    let written = context.setting("router_settings", "routing_strategy").and_then(Value::text);
    written.unwrap_or("simple-shuffle")
}

/// `, here and at 2 more places`; nothing without further places.
fn and_more(places: usize) -> String {
    match places {
        0 => String::new(),
        1 => ", here and at 1 more place".to_owned(),
        places => format!(", here and at {places} more places"),
    }
}

/// Where to point for a value: the value itself, but the key where the value is large.
fn place(key: Value<'_, '_>, value: Value<'_, '_>) -> Span {
    match value.kind() {
        Python::List | Python::Map | Python::Null => key.span(),
        Python::Bool(_) | Python::Int | Python::Float | Python::Text | Python::Date => value.span(),
    }
}
