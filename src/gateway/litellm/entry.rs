//! The entries of `model_list`.

use crate::document::{Locality, ModelDetails, RateLimits};
use crate::gateway::sink::{Scalar, Sink};
use crate::routing::provider_type::RegionKey;
use crate::routing::{Deployment, Group};
use crate::source::{Field, Span, secrets};

use super::emit::{number, value};
use super::lower::{Wildcard, WildcardTarget};
use super::options::is_sent;
use super::{Key, Lowered, Parameters};

/// Retries of a name that has nowhere else to go: LiteLLM's own default.
const RETRIES_WITHOUT_FALLBACK: i64 = 2;

/// What a deployment has besides its provider's parameters.
struct Entry<'e> {
    name: &'e str,
    model: &'e str,
    weight: Option<f64>,
    order: Option<u32>,
    retries: Option<i64>,
    limits: Option<&'e crate::document::RateLimit>,
    details: Option<&'e ModelDetails<'e>>,
    /// Asked by the health check; `None` where there is none.
    asked: Option<bool>,
    origin: Span,
}

pub(super) fn group_entries<S: Sink>(
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
    let attempts = chain.and_then(|chain| chain.attempts).map(|attempts| i64::from(attempts.value));
    // Retries stay with a deployment when a chain reaches it, and would hold up what comes next.
    let alone = members.len() == 1
        && !stepped
        && routing.steps_of_group(group).is_empty()
        && (routing.default_chain.is_none() || chain.is_some());
    for (row, member) in (group.deployments.start..).zip(members) {
        let retries = attempts.or(provider_retries(lowered, member));
        let entry = Entry {
            name: &name,
            model: routing.names.text(member.model),
            // Without weights `rpm` would become the weight.
            weight: (members.len() > 1).then_some(member.weight),
            order: ordered.then_some(member.order),
            retries: retries.or(alone.then_some(RETRIES_WITHOUT_FALLBACK)),
            limits: routing.limits_of(member),
            details: details(lowered, member),
            asked: lowered.health.as_ref().map(|health| health.asks(row)),
            origin: member.span,
        };
        deployment(lowered, member.provider.0, &entry, sink)?;
    }
    Ok(())
}

fn details<'l>(lowered: &'l Lowered<'_>, member: &Deployment) -> Option<&'l ModelDetails<'l>> {
    let model = member.declared.and_then(|model| lowered.routing.model(model))?;
    model.details
}

fn provider_retries(lowered: &Lowered<'_>, member: &Deployment) -> Option<i64> {
    let provider = lowered.routing.provider(member.provider)?;
    provider.written.max_retries.value().map(|retries| i64::from(*retries))
}

pub(super) fn wildcard_entries<S: Sink>(
    lowered: &Lowered<'_>,
    wildcard: &Wildcard,
    sink: &mut S,
) -> Result<(), S::Error> {
    let ordered = wildcard.targets.len() > 1;
    for target in &wildcard.targets {
        let (provider, model, order, details) = match target {
            WildcardTarget::AsRequested(provider) => (provider.0, wildcard.name.as_str(), 1, None),
            WildcardTarget::Fixed(deployment) => {
                let model = lowered.routing.names.text(deployment.model);
                let details = details(lowered, deployment);
                (deployment.provider.0, model, deployment.order + 1, details)
            }
        };
        let entry = Entry {
            name: &wildcard.name,
            model,
            weight: None,
            order: ordered.then_some(order),
            retries: None,
            limits: None,
            details,
            // A health check of a wildcard asks for a model of LiteLLM's own choice.
            asked: lowered.health.as_ref().map(|_| false),
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
    if let Some(details) = entry.details {
        options(parameters.prefix, details, sink)?;
    }
    sink.map_end()?;
    model_info(lowered, row, entry, sink)?;
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
    let rpm = own.and_then(|own| own.rpm.copied());
    let rpm = rpm.or(provider.and_then(|limits| limits.requests_per_minute.copied()));
    let tpm = own.and_then(|own| own.tpm.copied());
    let tpm = tpm.or(provider.and_then(|limits| limits.tokens_per_minute.copied()));
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
    if let Some(price) = p.prices.get(model) {
        for key in ["input_cost_per_token", "output_cost_per_token"] {
            sink.key(key, Some(price.span))?;
            sink.scalar(Scalar::Float(price.value / 1000.0))?;
        }
    }
    Ok(())
}

/// Options of the model's server, as far as LiteLLM sends them there.
fn options<S: Sink>(
    prefix: &str,
    details: &ModelDetails<'_>,
    sink: &mut S,
) -> Result<(), S::Error> {
    for entry in details.options.value().into_iter().flat_map(|options| options.iter()) {
        if let Some(json) = entry.value.value()
            && is_sent(prefix, entry.name.value)
        {
            sink.key(entry.name.value, Some(entry.name.span))?;
            value(json, sink)?;
        }
    }
    Ok(())
}

fn model_info<S: Sink>(
    lowered: &Lowered<'_>,
    row: usize,
    entry: &Entry<'_>,
    sink: &mut S,
) -> Result<(), S::Error> {
    let Some(provider) = lowered.routing.providers.get(row) else { return Ok(()) };
    sink.key("model_info", None)?;
    sink.map_start()?;
    sink.key("provider", Some(provider.name.span))?;
    sink.scalar(Scalar::Text(provider.name.value))?;
    sink.key("locality", Some(provider.written.locality.span().unwrap_or(provider.name.span)))?;
    sink.scalar(Scalar::Text(match provider.locality {
        Locality::Local => "local",
        Locality::Cloud => "cloud",
    }))?;
    if let Some(tags) = provider.written.tags.given().filter(|tags| !tags.value.is_empty()) {
        sink.key("tags", Some(tags.span))?;
        sink.list_start()?;
        for tag in tags.value.iter().filter_map(Field::given) {
            sink.item(Some(tag.span))?;
            sink.scalar(Scalar::Text(tag.value))?;
        }
        sink.list_end()?;
    }
    if let Some(context) = entry.details.and_then(|details| details.context_length.copied()) {
        sink.key("max_input_tokens", Some(context.span))?;
        sink.scalar(Scalar::Int(i64::try_from(context.value).unwrap_or(i64::MAX)))?;
    }
    health(lowered, entry, sink)?;
    sink.map_end()
}

fn health<S: Sink>(lowered: &Lowered<'_>, entry: &Entry<'_>, sink: &mut S) -> Result<(), S::Error> {
    let (Some(health), Some(asked)) = (&lowered.health, entry.asked) else { return Ok(()) };
    if !asked {
        sink.key("disable_background_health_check", Some(health.origin))?;
        return sink.scalar(Scalar::Bool(true));
    }
    if let Some(timeout) = health.timeout {
        sink.key("health_check_timeout", Some(timeout.span))?;
        sink.scalar(number(timeout.value))?;
    }
    Ok(())
}
