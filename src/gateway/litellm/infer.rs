//! Which provider LiteLLM takes a model for: `get_llm_provider` of 1.106.2, as the router asks it
//! for each deployment. Its lists are those of [`keys`](super::keys).

use super::inferred;
use super::keys::{knows, words};

/// Letters of a version of a model of Replicate.
const REPLICATE_VERSION: usize = 64;

/// What the router makes of the model of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider<'a> {
    /// A prefix that the release knows, or `custom_llm_provider`.
    Named(&'a str),
    /// No prefix that it knows: the provider is told by the model's name or by the address.
    Inferred,
    /// No prefix, and nothing else that tells: the deployment is dropped.
    Missing,
    /// A prefix that the release does not know, and nothing else that tells: it is dropped.
    Unknown(&'a str),
}

impl Provider<'_> {
    /// False for a deployment that is dropped.
    #[must_use]
    pub fn is_known(self) -> bool {
        matches!(self, Provider::Named(_) | Provider::Inferred)
    }
}

/// The provider of a model; `custom` is `custom_llm_provider`, `own` tells the providers that the
/// config brings itself (`custom_provider_map`), `api_base` is empty without one.
#[must_use]
pub fn provider<'a>(
    model: &'a str,
    custom: Option<&'a str>,
    api_base: &str,
    own: &dyn Fn(&str) -> bool,
) -> Provider<'a> {
    let is_known = |prefix: &str| {
        ["provider", "provider_more"].iter().any(|list| knows(list, prefix)) || own(prefix)
    };
    let (prefix, _) = model.split_once('/').unwrap_or((model, ""));
    let has_prefix = model.contains('/');
    let custom = custom.filter(|custom| !custom.is_empty());
    if has_prefix && (custom.is_none() && is_known(prefix) || knows("prompts", prefix)) {
        return Provider::Named(prefix);
    }
    if let Some(custom) = custom {
        // It stands before the model then, so that no list knows the whole.
        return match is_known(custom) {
            true => Provider::Named(custom),
            false if is_endpoint(api_base) => Provider::Inferred,
            false => Provider::Unknown(custom),
        };
    }
    if is_endpoint(api_base) || is_inferred(model) {
        return Provider::Inferred;
    }
    if has_prefix { Provider::Unknown(prefix) } else { Provider::Missing }
}

fn is_inferred(model: &str) -> bool {
    let replicate = || {
        let mut parts = model.split(':');
        parts.nth(1).is_some_and(|version| version.chars().count() == REPLICATE_VERSION)
    };
    model == "*"
        || knows("inferred", model)
        || ["ft:gpt-3.5-turbo", "ft:gpt-4"].iter().any(|piece| model.contains(piece))
        || ["gpt-image", "amazon_nova"].iter().any(|start| model.starts_with(start))
        || replicate()
        || inferred::by_pattern(model).is_some()
}

/// True for an address of a host that LiteLLM knows, on its path or below it.
fn is_endpoint(api_base: &str) -> bool {
    let Some((host, path)) = host_and_path(api_base) else { return false };
    words("endpoint").filter_map(host_and_path).any(|(known, known_path)| {
        let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        known.eq_ignore_ascii_case(host) && path.strip_prefix(known_path).is_some_and(below)
    })
}

/// Host and path, the path without slashes at its end; `None` without a host.
fn host_and_path(address: &str) -> Option<(&str, &str)> {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next()?;
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = authority.split(':').next().filter(|host| !host.is_empty())?;
    Some((host, path.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_told_by_prefix_by_name_or_by_address() {
        let of = |model, custom, api_base| provider(model, custom, api_base, &|own| own == "mine");
        assert_eq!(of("openai/x", None, ""), Provider::Named("openai"));
        assert_eq!(of("mine/x", None, ""), Provider::Named("mine"));
        assert_eq!(of("x", Some("ollama"), ""), Provider::Named("ollama"));
        assert_eq!(of("gpt-4o", None, ""), Provider::Inferred);
        assert_eq!(of("claude-opus-9-9", None, ""), Provider::Inferred);
        assert_eq!(of("x", None, "https://api.groq.com/openai/v1"), Provider::Inferred);
        assert_eq!(of("x", None, "https://api.groq.com/openai/v1x"), Provider::Missing);
        assert_eq!(of("zhipu/x", None, ""), Provider::Unknown("zhipu"));
        assert_eq!(of("OpenAI/x", None, ""), Provider::Unknown("OpenAI"));
        assert_eq!(of("x", Some("opnai"), ""), Provider::Unknown("opnai"));
    }
}
