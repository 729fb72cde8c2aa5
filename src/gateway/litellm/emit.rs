//! The config, piece by piece, each with its origin.

use crate::document::{Locality, RateLimits};
use crate::gateway::sink::{Scalar, Sink};
use crate::routing::provider_type::RegionKey;
use crate::routing::{Chain, Deployment, Group, Provider};
use crate::source::{Given, Span, secrets};

use super::lower::{Wildcard, WildcardTarget};
use super::{Key, Lowered, Parameters, Setting, hop_name};

/// Retries of a name that has nowhere else to go: LiteLLM's own default.
const RETRIES_WITHOUT_FALLBACK: i64 = 2;

/// Writes the whole config.
///
/// # Errors
/// When the sink refuses.
pub fn emit<S: Sink>(lowered: &Lowered<'_>, sink: &mut S) -> Result<(), S::Error> {
    sink.map_start()?;
    sink.key("model_list", None)?;
    sink.list_start()?;
    for (group, stepped) in lowered.routing.groups.iter().zip(&lowered.steps) {
        group_entries(lowered, group, *stepped, sink)?;
    }
    for wildcard in &lowered.wildcards {
        wildcard_entries(lowered, wildcard, sink)?;
    }
    sink.list_end()?;
    if !lowered.litellm_settings.is_empty() {
        sink.key("litellm_settings", None)?;
        sink.map_start()?;
        settings(&lowered.litellm_settings, sink)?;
        sink.map_end()?;
    }
    sink.key("router_settings", None)?;
    router_settings(lowered, sink)?;
    if !lowered.general_settings.is_empty() {
        sink.key("general_settings", None)?;
        sink.map_start()?;
        settings(&lowered.general_settings, sink)?;
        sink.map_end()?;
    }
    sink.map_end()
}

/// What a deployment has besides its provider's parameters.
struct Entry<'e> {
    name: &'e str,
    model: &'e str,
    weight: Option<f64>,
    order: Option<u32>,
    retries: Option<i64>,
    limits: Option<&'e crate::document::RateLimit>,
    context: Given<'e, u64>,
    origin: Span,
}

fn group_entries<S: Sink>(
    lowered: &Lowered<'_>,
    group: &Group,
    stepped: bool,
    sink: &mut S,
) -> Result<(), S::Error> {
    let routing = lowered.routing;
    let members = routing.deployments_of(group);
    let name = lowered.model_name(group);
    let ordered = members.iter().any(|member| member.order != 1);
    let chain = group.chain.and_then(|id| routing.chain(id));
    let attempts = chain
        .and_then(|chain| chain.written)
        .and_then(|written| written.retry_attempts.value())
        .map(|attempts| i64::from(*attempts));
    // Retries stay with a deployment when a chain reaches it, and would hold up what comes next.
    let alone = members.len() == 1
        && !stepped
        && routing.steps_of_group(group).is_empty()
        && (routing.default_chain.is_none() || chain.is_some());
    for member in members {
        let retries = attempts.or(provider_retries(lowered, member));
        let context = member
            .declared
            .and_then(|model| routing.model(model))
            .and_then(|model| model.details)
            .and_then(|details| details.context_length.given());
        let entry = Entry {
            name: &name,
            model: routing.names.text(member.model),
            // Without weights `rpm` would become the weight.
            weight: (members.len() > 1).then_some(member.weight),
            order: ordered.then_some(member.order),
            retries: retries.or(alone.then_some(RETRIES_WITHOUT_FALLBACK)),
            limits: member.limits,
            context,
            origin: member.span,
        };
        deployment(lowered, member.provider.0, &entry, sink)?;
    }
    Ok(())
}

fn provider_retries(lowered: &Lowered<'_>, member: &Deployment<'_>) -> Option<i64> {
    let provider = lowered.routing.provider(member.provider)?;
    provider.written.max_retries.value().map(|retries| i64::from(*retries))
}

fn wildcard_entries<S: Sink>(
    lowered: &Lowered<'_>,
    wildcard: &Wildcard<'_>,
    sink: &mut S,
) -> Result<(), S::Error> {
    let ordered = wildcard.targets.len() > 1;
    for target in &wildcard.targets {
        let (provider, model, order) = match target {
            WildcardTarget::AsRequested(provider) => (provider.0, wildcard.name.as_str(), 1),
            WildcardTarget::Fixed(deployment) => {
                let model = lowered.routing.names.text(deployment.model);
                (deployment.provider.0, model, deployment.order + 1)
            }
        };
        let entry = Entry {
            name: &wildcard.name,
            model,
            weight: None,
            order: ordered.then_some(order),
            retries: None,
            limits: None,
            context: None,
            origin: wildcard.origin,
        };
        deployment(lowered, provider, &entry, sink)?;
    }
    Ok(())
}

fn deployment<S: Sink>(
    lowered: &Lowered<'_>,
    provider: u32,
    entry: &Entry<'_>,
    sink: &mut S,
) -> Result<(), S::Error> {
    let row = provider as usize;
    let Some(parameters) = lowered.providers.get(row).and_then(Option::as_ref) else {
        return Ok(());
    };
    sink.item(Some(entry.origin))?;
    sink.map_start()?;
    sink.key("model_name", None)?;
    sink.scalar(Scalar::Text(entry.name))?;
    sink.key("litellm_params", None)?;
    sink.map_start()?;
    sink.key("model", None)?;
    sink.scalar(Scalar::Text(&format!("{}{}", parameters.prefix, entry.model)))?;
    provider_parameters(parameters, sink)?;
    if let Some(weight) = entry.weight {
        sink.key("weight", None)?;
        sink.scalar(number(weight))?;
    }
    if let Some(order) = entry.order {
        sink.key("order", None)?;
        sink.scalar(Scalar::Int(i64::from(order)))?;
    }
    if let Some(retries) = entry.retries {
        sink.key("num_retries", None)?;
        sink.scalar(Scalar::Int(retries))?;
    }
    limits(entry.limits, parameters.written.rate_limits.value(), sink)?;
    price(parameters, entry.model, sink)?;
    sink.map_end()?;
    model_info(lowered.routing.providers.get(row), entry, sink)?;
    sink.map_end()
}

fn provider_parameters<S: Sink>(p: &Parameters<'_>, sink: &mut S) -> Result<(), S::Error> {
    if let Some(base) = &p.api_base {
        sink.key("api_base", Some(p.origin_of(p.written.base_url.given())))?;
        sink.scalar(Scalar::Text(base))?;
    }
    match p.key {
        Key::Variable(variable) => {
            sink.key("api_key", Some(p.key_origin()))?;
            sink.scalar(Scalar::Text(&format!("os.environ/{variable}")))?;
        }
        Key::Dummy => {
            sink.key("api_key", Some(p.key_origin()))?;
            sink.scalar(Scalar::Text("none"))?;
        }
        Key::None => {}
    }
    if p.prefix == "azure/"
        && let Some(version) = p.written.api_version.given()
    {
        sink.key("api_version", Some(version.span))?;
        sink.scalar(Scalar::Text(version.value.0))?;
    }
    if p.prefix == "openai/"
        && let Some(organization) = p.written.organization.given()
    {
        sink.key("organization", Some(organization.span))?;
        sink.scalar(Scalar::Text(organization.value))?;
    }
    let region = match p.region {
        RegionKey::Aws => Some("aws_region_name"),
        RegionKey::Vertex => Some("vertex_location"),
        RegionKey::Other => None,
    };
    if let (Some(key), Some(region)) = (region, p.written.region.given()) {
        sink.key(key, Some(region.span))?;
        sink.scalar(Scalar::Text(region.value))?;
    }
    for (key, field) in
        [("timeout", &p.written.timeout), ("stream_timeout", &p.written.stream_timeout)]
    {
        if let Some(seconds) = field.given() {
            sink.key(key, Some(seconds.span))?;
            sink.scalar(number(seconds.value.0))?;
        }
    }
    let headers = p.written.headers.value().filter(|headers| !headers.is_empty());
    if let Some(headers) = headers {
        sink.key("extra_headers", p.written.headers.span())?;
        sink.map_start()?;
        // A literal secret has a finding of its own, and never reaches an output.
        let open = headers.given().filter(|(name, value)| {
            !secrets::is_literal(name.value, value.0) && !secrets::has_shape(name.value)
        });
        for (name, value) in open {
            sink.key(name.value, Some(name.span))?;
            sink.scalar(Scalar::Text(value.0))?;
        }
        sink.map_end()?;
    }
    Ok(())
}

fn limits<S: Sink>(
    own: Option<&crate::document::RateLimit>,
    provider: Option<&RateLimits>,
    sink: &mut S,
) -> Result<(), S::Error> {
    let rpm = own.and_then(|own| own.rpm.given());
    let rpm = rpm.or(provider.and_then(|limits| limits.requests_per_minute.given()));
    let tpm = own.and_then(|own| own.tpm.given());
    let tpm = tpm.or(provider.and_then(|limits| limits.tokens_per_minute.given()));
    for (key, limit) in [("rpm", rpm), ("tpm", tpm)] {
        if let Some(limit) = limit {
            sink.key(key, Some(limit.span))?;
            sink.scalar(Scalar::Int(i64::try_from(limit.value).unwrap_or(i64::MAX)))?;
        }
    }
    Ok(())
}

/// One price for 1000 tokens of either kind becomes two prices for one.
fn price<S: Sink>(p: &Parameters<'_>, model: &str, sink: &mut S) -> Result<(), S::Error> {
    let prices = p.written.cost_per_1k_tokens.value();
    let price = prices.and_then(|prices| prices.given().find(|(name, _)| name.value == model));
    if let Some((name, price)) = price {
        for key in ["input_cost_per_token", "output_cost_per_token"] {
            sink.key(key, Some(name.span))?;
            sink.scalar(Scalar::Float(price.0 / 1000.0))?;
        }
    }
    Ok(())
}

fn model_info<S: Sink>(
    provider: Option<&Provider<'_>>,
    entry: &Entry<'_>,
    sink: &mut S,
) -> Result<(), S::Error> {
    let Some(provider) = provider else { return Ok(()) };
    sink.key("model_info", None)?;
    sink.map_start()?;
    sink.key("provider", Some(provider.name.span))?;
    sink.scalar(Scalar::Text(provider.name.value))?;
    sink.key("locality", Some(provider.written.locality.span().unwrap_or(provider.name.span)))?;
    sink.scalar(Scalar::Text(match provider.locality {
        Locality::Local => "local",
        Locality::Cloud => "cloud",
    }))?;
    if let Some(context) = entry.context {
        sink.key("max_input_tokens", Some(context.span))?;
        sink.scalar(Scalar::Int(i64::try_from(context.value).unwrap_or(i64::MAX)))?;
    }
    sink.map_end()
}

fn router_settings<S: Sink>(lowered: &Lowered<'_>, sink: &mut S) -> Result<(), S::Error> {
    let routing = lowered.routing;
    sink.map_start()?;
    settings(&lowered.router_settings, sink)?;
    if !lowered.router_settings.iter().any(|setting| setting.key == "max_fallbacks") {
        sink.key("max_fallbacks", None)?;
        let hops = i64::try_from(lowered.max_fallbacks).unwrap_or(i64::MAX);
        sink.scalar(Scalar::Int(hops))?;
    }
    hop_aliases(lowered, sink)?;
    sink.key("fallbacks", None)?;
    sink.list_start()?;
    for group in &routing.groups {
        let Some(chain) = group.chain.and_then(|id| routing.chain(id)) else { continue };
        let steps = routing.steps_of(chain);
        // An explicit end matters only where a default chain would go on behind it.
        if steps.is_empty() && routing.default_chain.is_none() {
            continue;
        }
        sink.item(Some(chain.owner.span))?;
        sink.map_start()?;
        sink.key(&lowered.model_name(group), None)?;
        step_list(lowered, chain, sink)?;
        sink.map_end()?;
    }
    sink.list_end()?;
    if let Some(chain) = &routing.default_chain {
        sink.key("default_fallbacks", Some(chain.owner.span))?;
        step_list(lowered, chain, sink)?;
    }
    sink.map_end()
}

fn hop_aliases<S: Sink>(lowered: &Lowered<'_>, sink: &mut S) -> Result<(), S::Error> {
    let hops = lowered.hops.iter().zip(&lowered.routing.groups);
    let hops = || hops.clone().filter(|(hop, _)| **hop).map(|(_, group)| group);
    if hops().next().is_none() {
        return Ok(());
    }
    sink.key("model_group_alias", None)?;
    sink.map_start()?;
    for group in hops() {
        let name = lowered.model_name(group);
        sink.key(&hop_name(&name), Some(group.span))?;
        sink.map_start()?;
        sink.key("model", None)?;
        sink.scalar(Scalar::Text(&name))?;
        sink.key("hidden", None)?;
        sink.scalar(Scalar::Bool(true))?;
        sink.map_end()?;
    }
    sink.map_end()
}

fn step_list<S: Sink>(
    lowered: &Lowered<'_>,
    chain: &Chain<'_>,
    sink: &mut S,
) -> Result<(), S::Error> {
    let steps = lowered.routing.steps_of(chain);
    sink.list_start()?;
    for (index, step) in steps.iter().enumerate() {
        sink.item(Some(step.span))?;
        let name = lowered.step_name(step.target, index + 1 == steps.len());
        sink.scalar(Scalar::Text(&name))?;
    }
    sink.list_end()
}

fn settings<S: Sink>(settings: &[Setting<'_>], sink: &mut S) -> Result<(), S::Error> {
    for setting in settings {
        sink.key(setting.key, setting.origin)?;
        value(&setting.value, sink)?;
    }
    Ok(())
}

/// A value that was handed on. It came through the YAML reader, whose depth is bounded.
fn value<S: Sink>(json: &serde_json::Value, sink: &mut S) -> Result<(), S::Error> {
    match json {
        serde_json::Value::Null => sink.scalar(Scalar::Null),
        serde_json::Value::Bool(flag) => sink.scalar(Scalar::Bool(*flag)),
        serde_json::Value::String(text) => sink.scalar(Scalar::Text(text)),
        serde_json::Value::Number(n) => sink.scalar(match n.as_i64() {
            Some(int) => Scalar::Int(int),
            None => number(n.as_f64().unwrap_or(0.0)),
        }),
        serde_json::Value::Array(items) => {
            sink.list_start()?;
            for item in items {
                sink.item(None)?;
                value(item, sink)?;
            }
            sink.list_end()
        }
        serde_json::Value::Object(entries) => {
            sink.map_start()?;
            for (key, entry) in entries {
                sink.key(key, None)?;
                value(entry, sink)?;
            }
            sink.map_end()
        }
    }
}

/// Whole numbers are written without a fraction.
fn number(value: f64) -> Scalar<'static> {
    #[allow(clippy::cast_possible_truncation, reason = "whole and far below the limit")]
    if value.fract() == 0.0 && value.abs() < 1e15 {
        Scalar::Int(value as i64)
    } else {
        Scalar::Float(value)
    }
}
