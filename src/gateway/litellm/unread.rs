//! What is written and has no effect in LiteLLM.

use crate::document::Capability;
use crate::routing::{Documents, GroupKind, Provider, ProviderType, Routing, minimums};
use crate::source::{Field, NameOr, Scalar, Span};

use super::options::is_sent;
use super::{Loss, Lost};

/// Collects all of it.
pub(super) fn report<'a>(
    documents: &'a Documents<'a>,
    routing: &'a Routing<'a>,
    losses: &mut Vec<Loss<'a>>,
) {
    conditions(documents, losses);
    mapping_options(documents, losses);
    minimums_of_named(documents, routing, losses);
    contexts(routing, losses);
    for provider in routing.providers.iter().filter(|provider| provider.usable) {
        unsent_options(routing, provider, losses);
        unknown_prices(routing, provider, losses);
    }
}

/// Minimums beside named models: the names decide. Told of where some model is not known to meet
/// them.
fn minimums_of_named<'a>(
    documents: &'a Documents<'a>,
    routing: &'a Routing<'a>,
    losses: &mut Vec<Loss<'a>>,
) {
    let capabilities = documents.mappings.capabilities.value();
    for (owner, capability) in capabilities.into_iter().flat_map(|all| all.given()) {
        let keys = [
            ("min_context", capability.min_context.span()),
            ("min_model_size", capability.min_model_size.span()),
        ];
        if keys.iter().all(|(_, span)| span.is_none()) || !names_models(capability) {
            continue;
        }
        let group = routing.meaning_of(owner.value).group.and_then(|id| routing.group(id));
        let group = group.filter(|group| group.kind == GroupKind::Capability);
        let members = group.map_or(&[][..], |group| routing.deployments_of(group));
        let meets = members.iter().all(|member| {
            let model = member.declared.and_then(|model| routing.model(model));
            model.is_some_and(|model| minimums(capability, model))
        });
        if meets {
            continue;
        }
        for (key, span) in keys {
            let why = "its models are named, and not all of them are known to meet it";
            let what = Lost::Option { key, owner: owner.value, why };
            losses.extend(span.map(|span| Loss { span, what }));
        }
    }
}

fn names_models(capability: &Capability<'_>) -> bool {
    let lists = |field: &Field<Vec<Field<&str>>>| field.value().is_some_and(|all| !all.is_empty());
    lists(&capability.preferred_models) || lists(&capability.models)
}

/// Prices of models that the provider does not list, once for each provider.
fn unknown_prices<'a>(
    routing: &'a Routing<'a>,
    provider: &Provider<'a>,
    losses: &mut Vec<Loss<'a>>,
) {
    let prices = provider.written.cost_per_1k_tokens.value();
    let Some(id) = routing.meaning(provider.id).provider else { return };
    if provider.written.models.is_absent() {
        return;
    }
    let mut prices = prices.into_iter().flat_map(|all| all.iter());
    let unknown = prices.find(|entry| routing.model_at(id, entry.name.value).is_none());
    if let Some(entry) = unknown {
        let why = "it names a model that the provider does not list";
        let what = Lost::Option { key: "cost_per_1k_tokens", owner: provider.name.value, why };
        losses.push(Loss { span: entry.name.span, what });
    }
}

fn conditions<'a>(documents: &'a Documents<'a>, losses: &mut Vec<Loss<'a>>) {
    let mappings = &documents.mappings;
    let mut lose = |span: Span, of: String| {
        losses.push(Loss { span, what: Lost::Condition { of } });
    };
    for (owner, capability) in mappings.capabilities.value().into_iter().flat_map(|all| all.given())
    {
        if let Some((first, _)) = capability.thresholds().next() {
            lose(first.span, format!("the thresholds of capability `{}`", owner.value));
        }
    }
    for group in mappings.load_balancing.value().into_iter().flat_map(|all| &all.groups) {
        let members = group.value.value().and_then(|group| group.providers.value());
        for member in members.into_iter().flatten().filter_map(Field::value) {
            if let Some(condition) = member.condition.copied() {
                lose(condition.span, format!("load balancing of `{}`", group.name.value));
            }
        }
    }
    for (owner, chain) in mappings.fallback_chains.value().into_iter().flat_map(|all| all.given()) {
        for entry in chain.chain.value().into_iter().flatten().filter_map(Field::value) {
            if let NameOr::Full(old) = entry
                && let Some(condition) = old.condition.copied()
                && condition.value != "always"
            {
                lose(condition.span, format!("the fallback chain of `{}`", owner.value));
            }
        }
    }
    let Some(rules) = mappings.routing_rules.value() else { return };
    for entry in rules.request_metadata_routing.value().into_iter().flat_map(|all| all.iter()) {
        lose(entry.name.span, format!("`request_metadata_routing` for `{}`", entry.name.value));
    }
    for route in rules.model_size_routing.value().into_iter().flatten().filter_map(Field::given) {
        lose(route.span, "`model_size_routing`".to_owned());
    }
}

/// Context lengths behind `ollama_chat/`: LiteLLM has no facts of its own about these models, and
/// its check then passes every request.
fn contexts<'a>(routing: &'a Routing<'a>, losses: &mut Vec<Loss<'a>>) {
    let ollama = |kind: Option<ProviderType<'_>>| kind.is_some_and(|k| k.prefix == "ollama_chat/");
    let providers = routing.providers.iter().filter(|row| row.usable && ollama(row.kind));
    let mut lengths = providers.flat_map(|row| routing.models_of(row)).filter_map(|model| {
        let length = model.details.and_then(|details| details.context_length.given());
        length.map(|length| (model.name, length.span))
    });
    if let Some((first, span)) = lengths.next() {
        let models = 1 + lengths.count();
        let what = Lost::ContextLimit { models, first: routing.names.text(first) };
        losses.push(Loss { span, what });
    }
}

/// Options that a model's server would not get, once for each provider.
fn unsent_options<'a>(
    routing: &'a Routing<'a>,
    provider: &Provider<'a>,
    losses: &mut Vec<Loss<'a>>,
) {
    let Some(kind) = &provider.kind else { return };
    let mut found = routing.models_of(provider).iter().filter_map(|model| {
        let given = model.details.and_then(|details| details.options.given())?;
        let options = unsent(kind.prefix, given.value);
        (!options.is_empty()).then_some((model, given.span, options))
    });
    if let Some((model, span, options)) = found.next() {
        let models = 1 + found.count();
        let what = Lost::ModelOptions { models, first: routing.names.text(model.name), options };
        losses.push(Loss { span, what });
    }
}

fn unsent<'a>(prefix: &str, options: &'a Scalar) -> Vec<&'a str> {
    match options.as_object() {
        Some(options) => {
            options.keys().map(String::as_str).filter(|key| !is_sent(prefix, key)).collect()
        }
        None => vec!["options"],
    }
}

fn mapping_options<'a>(documents: &'a Documents<'a>, losses: &mut Vec<Loss<'a>>) {
    let chains = documents.mappings.fallback_chains.value();
    for (owner, chain) in chains.into_iter().flat_map(|all| all.given()) {
        if let Some(delay) = chain.retry_delay_ms.given() {
            let why = "LiteLLM waits 0.5 s and doubles it, for every name alike";
            let what = Lost::Option { key: "retry_delay_ms", owner: owner.value, why };
            losses.push(Loss { span: delay.span, what });
        }
    }
    let section = documents.mappings.load_balancing.value();
    for entry in section.into_iter().flat_map(|all| &all.groups) {
        let parameters = entry.value.value().and_then(|group| group.parameters.span());
        if let Some(span) = parameters {
            let why = "LiteLLM's strategies have parameters of their own";
            let what = Lost::Option { key: "parameters", owner: entry.name.value, why };
            losses.push(Loss { span, what });
        }
    }
    if let Some(name) = section.and_then(|all| all.strategies) {
        let why = "a name's strategy is read where its providers are";
        let what = Lost::Option { key: "strategies", owner: "load_balancing", why };
        losses.push(Loss { span: name.span, what });
    }
}
