//! Values from the environment are named in the one way that the gateway reads.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Status;
use crate::routing::address::Address;
use crate::source::secrets::{is_literal, is_variable_name};
use crate::source::{Entries, Scalar, Span};

use super::{Values, gateway_settings};

/// The record.
pub static RULE: Rule = Rule {
    name: "variable-not-replaced",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a value is meant to come from a variable, and the gateway takes it as it stands",
    page: include_str!("variable_not_replaced.md"),
};

const REFERENCE: &str = "os.environ/";

/// Where a text stands.
#[derive(Clone, Copy)]
struct Place<'k> {
    key: &'k str,
    span: Span,
    in_list: bool,
    /// The span is that of the text alone.
    exact: bool,
}

/// Reports `${NAME}` and its like where LiteLLM reads the text itself: in the settings of the
/// gateway and in what is passed on from active providers.
pub fn check(values: &Values<'_>, out: &mut Reporter<'_>) {
    for (_, entry) in gateway_settings::all(values) {
        if let Some(given) = entry.value.given() {
            let (key, span) = (entry.name.value, given.span);
            inside(given.value, Place { key, span, in_list: false, exact: true }, out);
        }
    }
    let providers = values.documents.providers.providers.value();
    for (_, provider) in providers.into_iter().flat_map(Entries::given) {
        if provider.status.value() != Some(&Status::Active) {
            continue;
        }
        let url = provider.base_url.copied().map(|url| ("base_url", url.value, url.span));
        // What is no address has a finding of its own.
        let url = url.filter(|(_, url, _)| Address::parse(url).is_ok());
        let headers = provider.headers.value().into_iter().flat_map(Entries::iter);
        let headers = headers.filter_map(|header| {
            let given = header.value.copied()?;
            Some((header.name.value, given.value.0, given.span))
        });
        for (key, text, span) in url.into_iter().chain(headers) {
            one(text, Place { key, span, in_list: false, exact: true }, out);
        }
    }
}

/// Looks into lists and mappings, which are as deep as the parser lets them be.
fn inside(value: &Scalar, place: Place<'_>, out: &mut Reporter<'_>) {
    if let Some(text) = value.as_str() {
        one(text, place, out);
    }
    for item in value.as_array().into_iter().flatten() {
        inside(item, Place { in_list: true, exact: false, ..place }, out);
    }
    for (key, item) in value.as_object().into_iter().flatten() {
        inside(item, Place { key, in_list: false, exact: false, ..place }, out);
    }
}

fn one(text: &str, place: Place<'_>, out: &mut Reporter<'_>) {
    let Some(wrong) = wrong(place.key, text, place.in_list) else { return };
    let finding = out.report(
        format!("`{}` has {}, and LiteLLM takes the text as it stands", place.key, wrong.what),
        place.span,
        "not replaced by a variable's value",
    );
    let Some(name) = wrong.name else {
        if place.in_list || place.key == "base_url" {
            finding.help("write the value itself: a variable cannot be named here");
        } else {
            finding.help(format!("write `{REFERENCE}NAME` as the whole value"));
        }
        return;
    };
    let reference = format!("{REFERENCE}{name}");
    let finding = finding.help(format!("write `{reference}`"));
    if place.exact {
        finding.unsafe_fix(format!("write `{reference}`"), place.span, reference);
    }
}

struct Wrong<'t> {
    what: &'static str,
    /// The variable, where it is the whole value.
    name: Option<&'t str>,
}

fn wrong<'t>(key: &str, text: &'t str, in_list: bool) -> Option<Wrong<'t>> {
    if text.starts_with(REFERENCE) {
        let what = "`os.environ/` as an item of a list";
        return in_list.then_some(Wrong { what, name: None });
    }
    if text.contains(REFERENCE) {
        return Some(Wrong { what: "`os.environ/` inside a text", name: None });
    }
    let braced = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    if let Some(name) = braced.or_else(|| text.strip_prefix('$')).filter(|name| is_capital(name)) {
        return Some(Wrong { what: "a variable in the way of a shell", name: Some(name) });
    }
    let open = text.split_once("${").and_then(|(_, rest)| rest.split_once('}'));
    if open.is_some_and(|(name, _)| is_variable_name(name)) {
        return Some(Wrong { what: "a variable in the way of a shell", name: None });
    }
    // `OPENAI_API_KEY` under a key that names a secret.
    let is_name = is_capital(text) && text.contains('_');
    (is_name && is_literal(key, "a-secret-1"))
        .then_some(Wrong { what: "the name of a variable", name: Some(text) })
}

fn is_capital(name: &str) -> bool {
    is_variable_name(name) && !name.bytes().any(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn what_is_not_replaced_is_told() {
        insta::assert_snapshot!(only("variable-not-replaced", "
--- gwcfg.yaml
gateway:
  general_settings: {master_key: LITELLM_MASTER_KEY}
  litellm_settings:
    cache: true
    cache_params: {type: redis, host: '${REDIS_HOST}', password: $REDIS_PASSWORD}
    callbacks: [os.environ/CALLBACK]
--- providers.yaml
providers:
  a: {type: vllm, base_url: 'http://127.0.0.1:1/os.environ/PART', status: active, models: [x],
    headers: {Authorization: 'Bearer ${TOKEN}', x-team: os.environ/TEAM}}
  b: {type: vllm, base_url: 'http://127.0.0.1:1/os.environ/PART', status: disabled}
"), @r"
        error[variable-not-replaced]: `master_key` has the name of a variable, and LiteLLM takes the text as it stands
          --> gwcfg.yaml:2:34 `LITELLM_MASTER_KEY` not replaced by a variable's value
          help: write `os.environ/LITELLM_MASTER_KEY`
          unsafe fix: write `os.environ/LITELLM_MASTER_KEY`
        error[variable-not-replaced]: `host` has a variable in the way of a shell, and LiteLLM takes the text as it stands
          --> gwcfg.yaml:5:19 `{type: redis, host: \'${REDIS_HOST}\', password: $REDIS_PASSWORD}` not replaced by a variable's value
          help: write `os.environ/REDIS_HOST`
        error[variable-not-replaced]: `password` has a variable in the way of a shell, and LiteLLM takes the text as it stands
          --> gwcfg.yaml:5:19 `{type: redis, host: \'${REDIS_HOST}\', password: $REDIS_PASSWORD}` not replaced by a variable's value
          help: write `os.environ/REDIS_PASSWORD`
        error[variable-not-replaced]: `callbacks` has `os.environ/` as an item of a list, and LiteLLM takes the text as it stands
          --> gwcfg.yaml:6:16 `[os.environ/CALLBACK]` not replaced by a variable's value
          help: write the value itself: a variable cannot be named here
        error[variable-not-replaced]: `base_url` has `os.environ/` inside a text, and LiteLLM takes the text as it stands
          --> providers.yaml:2:29 `\'http://127.0.0.1:1/os.environ/PART\'` not replaced by a variable's value
          help: write the value itself: a variable cannot be named here
        error[variable-not-replaced]: `Authorization` has a variable in the way of a shell, and LiteLLM takes the text as it stands
          --> providers.yaml:3:30 `\'Bearer ${TOKEN}\'` not replaced by a variable's value
          help: write `os.environ/NAME` as the whole value
        ");
    }

    #[test]
    fn references_and_other_text_are_silent() {
        insta::assert_snapshot!(only("variable-not-replaced", "
--- gwcfg.yaml
gateway:
  general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}
  router_settings: {routing_strategy: simple-shuffle, redis_password: none}
--- providers.yaml
providers:
  a: {type: vllm, base_url: 'http://127.0.0.1:1', status: active, models: [x],
    headers: {x-cost: '$5', x-stage: STAGE_ONE}}
"), @"");
    }
}
