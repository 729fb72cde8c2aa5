//! The names that a gateway lists for a wildcard. They come from LiteLLM's own catalogue, or from
//! the provider, so a config does not tell them one by one.

use super::with_served;

/// The wildcards that somebody answers for, in order.
#[must_use]
pub fn wildcards(text: &str) -> Vec<String> {
    with_served(text, |served| {
        let names = served.routes.keys().filter(|name| name.contains('*'));
        names.filter(|name| served.answers(name)).map(|name| (*name).to_owned()).collect()
    })
}

/// True for a name that the gateway may list because of a wildcard.
///
/// `get_known_models_from_wildcard` of LiteLLM 1.106.2: for `provider/*` the known models of the
/// provider; for `provider/begin*` those that begin so, or else all of them with `begin` put before
/// them; with the `*` elsewhere, names that do not match the wildcard at all: whatever has the
/// provider before its `/` counts there.
#[must_use]
pub fn may_be_listed(wildcard: &str, name: &str) -> bool {
    match wildcard.split_once('*') {
        None => wildcard == name,
        Some((begin, "")) => name.starts_with(begin),
        Some((begin, _)) => match begin.split_once('/') {
            Some((provider, _)) => {
                name.strip_prefix(provider).is_some_and(|rest| rest.starts_with('/'))
            }
            None => matches(wildcard, name),
        },
    }
}

/// Whether a name matches; each `*` stands for any text.
fn matches(wildcard: &str, name: &str) -> bool {
    let mut parts = wildcard.split('*');
    let Some(mut rest) = parts.next().and_then(|begin| name.strip_prefix(begin)) else {
        return false;
    };
    let Some(end) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some((_, behind)) = rest.split_once(part) else { return false };
        rest = behind;
    }
    rest.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_with_somebody_behind_them_are_found() {
        let text = "
model_list:
  - {model_name: phi4, litellm_params: {model: ollama_chat/phi4}}
  - {model_name: 'openai/*', litellm_params: {model: 'openai/*'}}
  - {model_name: 'openai/*', litellm_params: {model: 'azure/*'}}
  - {model_name: 'gone/*', litellm_params: {}}
router_settings:
  fallbacks: [{'chain/*': [phi4]}]
";
        assert_eq!(wildcards(text), ["openai/*"]);
        assert!(wildcards("model_list: [").is_empty());
    }

    #[test]
    fn names_are_told_from_those_that_a_wildcard_brings() {
        let cases = [
            ("*", "anything/at-all", true),
            ("openai/*", "openai/gpt-4o", true),
            ("openai/*", "openaix/gpt-4o", false),
            ("openai/gpt-*", "openai/gpt-4o", true),
            ("openai/gpt-*", "openai/o3", false),
            ("openai/*-mini", "openai/-minigpt-4o", true),
            ("openai/*-mini", "openaix/o3-mini", false),
            ("gpt-*", "gpt-4o", true),
            ("gpt-*", "o3", false),
            ("*-mini", "o3-mini", true),
            ("*-mini", "o3", false),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("phi4", "phi4", true),
        ];
        for (wildcard, name, expected) in cases {
            assert_eq!(may_be_listed(wildcard, name), expected, "{wildcard} {name}");
        }
    }
}
