//! What the router of LiteLLM makes of a config: its tables, as `Router.__init__` and
//! `PatternMatchRouter` fill them (1.106.2, and what [`Change`] says of others).

use crate::source::{Field, List, NameOr, Span, Spanned, Text};

use super::super::config::{Chains, Config, Entry, Info, Item, Params, Settings, named};
use super::super::infer;
use super::super::inferred;
use super::super::loose::Loose;
use super::super::releases::{Change, Changes, PINNED, Release};
use super::policies::{Policy, Rests};
use super::{HashMap, HashSet, resolve};

/// Retries when nobody says a number: those of the OpenAI client.
const RETRIES: i64 = 2;
/// `max_fallbacks` when nobody says it.
const MAX_FALLBACKS: i64 = 5;
/// `litellm.allowed_fails` when nobody says it.
const ALLOWED_FAILS: i64 = 3;

/// How a value that stands for an environment variable begins.
const REFERENCE: &str = "os.environ/";

/// The prefix of LiteLLM's own routers.
const ROUTER: &str = "auto_router/";

/// Providers whose deployments 1.92.2 asked (`num_retries` + 1)² times, of 30 that were tried.
const BY_OPENAI: [&str; 10] = [
    "azure",
    "custom_openai",
    "github",
    "litellm_proxy",
    "llamafile",
    "lm_studio",
    "openai",
    "perplexity",
    "text-completion-openai",
    "together_ai",
];

/// A row of [`Gateway::deployments`].
pub type Row = usize;

/// The router's tables.
#[derive(Debug, Default)]
pub struct Gateway<'a> {
    /// What its release does.
    pub(super) changes: Changes,
    /// `model_list`, without what cannot be a deployment.
    pub deployments: Vec<Deployment<'a>>,
    /// By `model_name`, wildcards under their literal text.
    pub(super) names: HashMap<&'a str, Vec<Row>>,
    /// `model_group_alias`.
    pub(super) aliases: HashMap<&'a str, Spanned<&'a str>>,
    /// The aliases that nobody is told of.
    pub(super) hidden: HashSet<&'a str>,
    /// Wildcard names, in the order in which they are tried.
    pub(super) patterns: Vec<Pattern<'a>>,
    /// `routing_groups` that can be asked for by their own name.
    pub(super) routing_groups: HashMap<&'a str, Vec<&'a str>>,
    /// Strategies of single names.
    pub(super) strategies: HashMap<&'a str, Strategy>,
    /// The strategy of all others.
    pub(super) strategy: Strategy,
    pub(super) fallbacks: Lists<'a>,
    pub(super) context_window: Option<Lists<'a>>,
    pub(super) content_policy: Option<Lists<'a>>,
    pub(super) max_fallbacks: i64,
    pub(super) retries: i64,
    pub(super) weighted_failover: bool,
    pub(super) cooldowns: bool,
    pub(super) retry_policy: Option<Policy>,
    /// `model_group_retry_policy`.
    pub(super) name_policies: HashMap<&'a str, Policy>,
    /// `allowed_fails` of the router, where it is not the library's own number: then it counts.
    pub(super) allowed_fails: Option<i64>,
    pub(super) allowed_fails_policy: Option<Policy>,
    /// `litellm.allowed_fails`.
    pub(super) library_fails: i64,
    /// Names that are let through although nobody stands behind them: aliases whose value is no
    /// name, and names whose deployments are dropped.
    pub(super) empty: HashSet<&'a str>,
    /// Aliases whose value is no name, where a request for one ends at once.
    pub(super) refused: HashSet<&'a str>,
    /// Names of LiteLLM's own routers, which are never tried again.
    pub(super) routers: HashSet<&'a str>,
}

/// One entry of `model_list`.
#[derive(Debug, Clone)]
pub struct Deployment<'a> {
    /// The name that a request asks for.
    pub name: &'a str,
    /// Provider prefix and model.
    pub model: &'a str,
    /// The address; empty for the provider's own.
    pub api_base: &'a str,
    /// gwcfg's name of the provider; empty in a config of somebody else.
    pub provider: &'a str,
    /// Where it stands.
    pub span: Span,
    /// Its number in `model_list`, in which others may be dropped.
    pub entry: usize,
    /// `model_info.id`: the first deployment that LiteLLM cannot tell from this one.
    pub(super) id: Row,
    /// `weight`, `rpm`, `tpm`.
    pub(super) shares: [Option<f64>; 3],
    pub(super) rpm: f64,
    pub(super) order: Option<f64>,
    pub(super) retries: Option<i64>,
    /// How often the provider's client tries again by itself, before the router does.
    pub(super) client_retries: i64,
    pub(super) wildcard: bool,
    pub(super) blocked: bool,
    pub(super) rests: Rests,
}

/// How one of several deployments is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strategy {
    /// By weight, else at random.
    #[default]
    Shuffle,
    /// By what was measured before: nothing is known of it here, so any may be chosen.
    Measured,
    /// The same (`usage-based-routing-v2`), and who was asked as often as its `rpm` in this minute
    /// is not asked again.
    Limited,
}

/// A list of what is tried, as it stands in a fallback setting.
#[derive(Debug, Clone)]
struct Chain<'a> {
    name: &'a str,
    steps: Vec<Spanned<&'a str>>,
}

/// One fallback setting, in the order of the file and by name.
#[derive(Debug, Default)]
pub(super) struct Lists<'a> {
    chains: Vec<Chain<'a>>,
    first: HashMap<&'a str, usize>,
    last: HashMap<&'a str, usize>,
    /// Some of the names have a prefix.
    pub(super) has_prefixes: bool,
    /// The list of every name, whatever the others say.
    pub(super) of_all: Option<Vec<Spanned<&'a str>>>,
}

impl<'a> Lists<'a> {
    fn push(&mut self, chain: Chain<'a>) {
        let number = self.chains.len();
        self.first.entry(chain.name).or_insert(number);
        self.last.insert(chain.name, number);
        self.has_prefixes |= chain.name.contains('/');
        self.chains.push(chain);
    }

    /// The first list of a name.
    pub(super) fn first(&self, name: &str) -> Option<&[Spanned<&'a str>]> {
        self.chains.get(*self.first.get(name)?).map(|chain| chain.steps.as_slice())
    }

    /// The last one.
    pub(super) fn last(&self, name: &str) -> Option<&[Spanned<&'a str>]> {
        self.chains.get(*self.last.get(name)?).map(|chain| chain.steps.as_slice())
    }
}

/// A wildcard name.
#[derive(Debug)]
pub(super) struct Pattern<'a> {
    pub(super) text: &'a str,
    pub(super) rows: Vec<Row>,
}

impl<'a> Gateway<'a> {
    /// The tables of a config, as the pinned release makes them.
    #[must_use]
    pub fn new(config: &Config<'a>) -> Self {
        Self::for_release(config, PINNED)
    }

    /// The tables of a config, as a release makes them.
    #[must_use]
    pub fn for_release(config: &Config<'a>, release: Release) -> Self {
        let changes = Changes::of(release);
        let number = |field: for<'s> fn(&'s Settings<'a>) -> &'s Field<i64>| {
            config.settings().find_map(|settings| field(settings).value().copied())
        };
        let router = config.router_settings.value();
        let flag = |field: for<'s> fn(&'s Settings<'a>) -> &'s Field<bool>| {
            router.and_then(|router| field(router).value().copied()).unwrap_or(false)
        };
        let mut gateway = Gateway {
            changes,
            max_fallbacks: number(|settings| &settings.max_fallbacks).unwrap_or(MAX_FALLBACKS),
            retries: number(|settings| &settings.num_retries).unwrap_or(RETRIES),
            weighted_failover: flag(|settings| &settings.enable_weighted_failover),
            cooldowns: !flag(|settings| &settings.disable_cooldowns),
            context_window: optional(lists(config, |s| &s.context_window_fallbacks)),
            content_policy: optional(lists(config, |s| &s.content_policy_fallbacks)),
            fallbacks: lists(config, |settings| &settings.fallbacks),
            ..Gateway::default()
        };
        if let Some(steps) = &config.loose.context_window {
            let lists = Lists { of_all: Some(steps.clone()), ..Lists::default() };
            gateway.context_window = Some(lists);
        }
        gateway.fallbacks.of_all.clone_from(&config.loose.fallbacks);
        let defaults = config.settings().filter_map(|settings| settings.default_fallbacks.value());
        if let Some(list) = defaults.into_iter().find(|list| !list.is_empty()) {
            gateway.fallbacks.push(Chain { name: "*", steps: steps(list) });
        }
        let own = own_providers(config);
        // Tables that grow are copied, and this is the largest part of a walk through one name.
        let most = config.model_list.value().map_or(0, List::len);
        gateway.deployments.reserve(most);
        gateway.names.reserve(most);
        for (number, entry) in config.model_list.value().into_iter().flatten().enumerate() {
            gateway.add(number, entry, &own, &config.loose);
        }
        gateway.sort_patterns();
        let library = config.litellm_settings.value();
        let library = library.and_then(|settings| settings.allowed_fails.value().copied());
        gateway.library_fails = library.unwrap_or(ALLOWED_FAILS);
        if let Some(router) = router {
            gateway.add_aliases(router);
            gateway.add_strategies(router);
            gateway.add_policies(router);
        }
        gateway
    }

    fn add(&mut self, number: usize, entry: &Spanned<Entry<'a>>, own: &[&str], loose: &Loose<'a>) {
        let is_dropped = loose.dropped.contains(&number);
        let Some(mut deployment) =
            deployment(number, entry, own, self.changes).filter(|_| !is_dropped)
        else {
            self.empty.extend(entry.value.model_name.value().map(|name| name.0));
            return;
        };
        if deployment.model.starts_with(ROUTER) {
            self.add_router(entry);
            return;
        }
        if let Some(first) = loose.twins.get(&number) {
            let same = self.deployments.iter().position(|other| other.entry == *first);
            deployment.id = same.unwrap_or(self.deployments.len());
        } else {
            deployment.id = self.deployments.len();
        }
        let row = self.deployments.len();
        let name = deployment.name;
        self.names.entry(name).or_default().push(row);
        if deployment.wildcard {
            match self.patterns.iter_mut().find(|pattern| pattern.text == name) {
                Some(pattern) => pattern.rows.push(row),
                None => self.patterns.push(Pattern { text: name, rows: vec![row] }),
            }
        }
        self.deployments.push(deployment);
    }

    /// A deployment that is a router of LiteLLM's own: nobody asks it, it chooses a name. What it
    /// goes by is not known here, so any of its names may be chosen.
    fn add_router(&mut self, entry: &Spanned<Entry<'a>>) {
        let Some(name) = entry.value.model_name.value().map(|name| name.0) else { return };
        self.empty.insert(name);
        self.routers.insert(name);
        let params = entry.value.litellm_params.value();
        let adaptive = params.and_then(|params| params.adaptive_router_config.value());
        if let Some(models) = adaptive.and_then(|adaptive| adaptive.available_models.value()) {
            let members = models.into_iter().map(|model| model.value.0).collect();
            self.routing_groups.insert(name, members);
            self.strategies.insert(name, Strategy::Measured);
        }
    }

    /// Longest first, by the length of the escaped expression, then by the number of its special
    /// characters; then in the order of the file.
    fn sort_patterns(&mut self) {
        self.patterns.sort_by_key(|pattern| std::cmp::Reverse(resolve::specificity(pattern.text)));
    }

    fn add_aliases(&mut self, router: &Settings<'a>) {
        for entry in router.model_group_alias.value().into_iter().flat_map(|all| all.iter()) {
            let name = entry.name;
            if let Some(NameOr::Full(item)) = entry.value.value()
                && item.hidden.value() == Some(&true)
            {
                self.hidden.insert(name.value);
            }
            match entry.value.value().and_then(named).filter(|target| !target.is_empty()) {
                Some(target) => {
                    self.aliases.insert(name.value, Spanned { value: target, span: name.span });
                }
                None if self.changes.has(Change::UnusableAliasPassed) => {
                    self.empty.insert(name.value);
                }
                None => {
                    self.refused.insert(name.value);
                }
            }
        }
    }

    fn add_policies(&mut self, router: &Settings<'a>) {
        let retries = |policy| Policy::of_retries(policy, self.changes);
        self.retry_policy = router.retry_policy.value().map(retries);
        let names = router.model_group_retry_policy.value().into_iter();
        let names = names.flat_map(|names| names.given());
        self.name_policies.extend(names.map(|(name, policy)| (name.value, retries(policy))));
        let own = router.allowed_fails.value().copied();
        self.allowed_fails = own.filter(|own| *own != self.library_fails);
        let policy = router.allowed_fails_policy.value();
        self.allowed_fails_policy = policy.map(|policy| Policy::of_failures(policy, self.changes));
    }

    fn add_strategies(&mut self, router: &Settings<'a>) {
        let word = |field: &Field<Text<'a>>| field.value().map_or("", |text| text.0);
        self.strategy = strategy(word(&router.routing_strategy));
        for group in router.routing_groups.value().into_iter().flatten() {
            let own = strategy(word(&group.value.routing_strategy));
            let members = group.value.models.value().into_iter().flatten();
            let members: Vec<&str> = members.map(|member| member.value.0).collect();
            self.strategies.extend(members.iter().map(|member| (*member, own)));
            let served = self.changes.has(Change::RoutingGroupsServed);
            if let Some(name) = group.value.group_name.value().filter(|_| served) {
                self.strategies.insert(name.0, own);
                self.routing_groups.insert(name.0, members);
            }
        }
    }

    /// Every name that a request may ask for: names, aliases, routing groups; no wildcards.
    #[must_use]
    pub fn public_names(&self) -> Vec<&'a str> {
        let named = self.names.keys().chain(&self.empty);
        let named = named.filter(|name| !name.contains('*')).copied();
        let mut names: Vec<&str> = named
            .chain(self.aliases.keys().copied())
            .chain(self.routing_groups.keys().copied())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The list of `fallbacks` that a name has of its own.
    #[must_use]
    pub fn own_chain(&self, name: &str) -> Option<&[Spanned<&'a str>]> {
        self.fallbacks.first(name)
    }

    /// How deep chains may nest.
    #[must_use]
    pub fn max_fallbacks(&self) -> i64 {
        self.max_fallbacks
    }

    /// The strategy of a name.
    #[must_use]
    pub fn strategy_of(&self, name: &str) -> Strategy {
        let name = self.aliases.get(name).map_or(name, |target| target.value);
        self.strategies.get(name).copied().unwrap_or(self.strategy)
    }
}

fn strategy(word: &str) -> Strategy {
    match word {
        "" | "simple-shuffle" => Strategy::Shuffle,
        "usage-based-routing-v2" => Strategy::Limited,
        _ => Strategy::Measured,
    }
}

fn optional(lists: Lists<'_>) -> Option<Lists<'_>> {
    (!lists.chains.is_empty()).then_some(lists)
}

fn lists<'a>(
    config: &Config<'a>,
    field: impl for<'s> Fn(&'s Settings<'a>) -> &'s Field<Chains<'a>>,
) -> Lists<'a> {
    let mut all = config.settings().filter_map(|settings| field(settings).value());
    let items = all.find(|list| !list.is_empty()).into_iter().flatten();
    // One key of each item is looked at, the first.
    let mut lists = Lists::default();
    for (name, list) in items.filter_map(|item| item.value.given().next()) {
        lists.push(Chain { name: name.value, steps: steps(list) });
    }
    lists
}

fn steps<'a>(list: &List<NameOr<'a, Item<'a>>>) -> Vec<Spanned<&'a str>> {
    list.iter()
        .filter_map(|step| Some(Spanned { value: named(&step.value)?, span: step.span }))
        .collect()
}

/// `None` for one without a model, or whose provider nobody knows: LiteLLM drops it.
fn deployment<'a>(
    number: usize,
    entry: &Spanned<Entry<'a>>,
    own: &[&str],
    changes: Changes,
) -> Option<Deployment<'a>> {
    let name = entry.value.model_name.value()?.0;
    let params = entry.value.litellm_params.value()?;
    let text = |field: &Field<Text<'a>>| field.value().map_or("", |text| text.0);
    let info = entry.value.model_info.value();
    let model = params.model.value()?.0;
    let (custom, api_base) = (text(&params.custom_llm_provider), text(&params.api_base));
    let is_own = |name: &str| own.contains(&name);
    let plain = !model.contains('/') && !api_base.contains(|one: char| one.is_ascii_uppercase());
    let told = if plain || changes.has(Change::AddressDecides) { api_base } else { "" };
    if ![model, custom].iter().any(|text| text.starts_with(REFERENCE))
        && !infer::provider(model, Some(custom), told, &is_own).is_known()
    {
        return None;
    }
    let share = |field: &Field<f64>, beside: &Field<f64>| field.value().or(beside.value()).copied();
    let order = params.order.value().or(info.and_then(|info| info.order.value()));
    Some(Deployment {
        name,
        model,
        api_base,
        provider: info.map_or("", |info| text(&info.provider)),
        span: entry.span,
        entry: number,
        id: 0,
        shares: [
            share(&params.weight, &Field::ABSENT),
            share(&params.rpm, &entry.value.rpm),
            share(&params.tpm, &entry.value.tpm),
        ],
        rpm: share(&params.rpm, &entry.value.rpm).unwrap_or(0.0),
        order: order.copied(),
        retries: params.num_retries.value().copied(),
        client_retries: params
            .num_retries
            .value()
            .copied()
            .filter(|_| !changes.has(Change::ClientLeavesRetries) && is_by_openai(model, custom))
            .unwrap_or(0),
        wildcard: name.contains('*'),
        blocked: info.is_some_and(|info| info.blocked.value() == Some(&true)),
        rests: rests(params, info.filter(|_| changes.has(Change::DeploymentRests)), changes),
    })
}

/// True for a provider that 1.92.2 asks with OpenAI's client, which tries again by itself.
fn is_by_openai(model: &str, custom: &str) -> bool {
    let prefix = model.split_once('/').map(|(prefix, _)| prefix);
    let named = Some(custom).filter(|custom| !custom.is_empty()).or(prefix);
    named.or_else(|| inferred::provider(model)).is_some_and(|named| BY_OPENAI.contains(&named))
}

/// The prefixes that the config brings itself.
fn own_providers<'a>(config: &Config<'a>) -> Vec<&'a str> {
    let settings = config.litellm_settings.value();
    let map = settings.and_then(|settings| settings.custom_provider_map.value());
    let providers = map.into_iter().flatten();
    providers.filter_map(|own| Some(own.value.provider.value()?.0)).collect()
}

fn rests(params: &Params<'_>, info: Option<&Info<'_>>, changes: Changes) -> Rests {
    let time = info.and_then(|info| info.cooldown_time.value());
    Rests {
        never: time.or(params.cooldown_time.value()).is_some_and(|time| time.abs() < 1e-9),
        allowed: info.and_then(|info| info.allowed_fails.value().copied()),
        policy: info
            .and_then(|info| info.allowed_fails_policy.value())
            .map(|policy| Box::new(Policy::of_failures(policy, changes))),
    }
}
