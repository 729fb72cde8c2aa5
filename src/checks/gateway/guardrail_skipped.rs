//! Guardrails that are left out at the start.

use crate::diagnostic::{Reporter, Rule, Severity, Stage, suggest};
use crate::gateway::litellm::keys::{knows, words};
use crate::gateway::litellm::releases::Change;
use crate::gateway::litellm::value::{Python, Value};
use crate::source::Span;

use super::Context;

/// The record.
pub static RULE: Rule = Rule {
    name: "guardrail-skipped",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a guardrail without which LiteLLM starts and serves",
    page: include_str!("guardrail_skipped.md"),
};

/// Reports every guardrail that the gateway leaves out: it says so in its log, and starts.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    if !context.has(Change::GuardrailSkipped) {
        return;
    }
    each(context, &mut |guardrail| {
        let Unusable { name, why, at, help } = guardrail;
        let message = format!("LiteLLM starts without the guardrail `{name}`: {why}");
        out.report(message, at, "left out").help(help);
    });
}

/// A guardrail that LiteLLM cannot make.
pub(super) struct Unusable<'g> {
    pub(super) name: &'g str,
    pub(super) why: String,
    pub(super) at: Span,
    pub(super) help: String,
}

/// Tells every guardrail that LiteLLM cannot make, once for each reason.
pub(super) fn each(context: &Context<'_, '_>, tell: &mut dyn FnMut(Unusable<'_>)) {
    let list = context.root.and_then(|root| root.get("guardrails"));
    for guardrail in list.into_iter().flat_map(Value::items) {
        let Some(name) = guardrail.get("guardrail_name") else { continue };
        let Some((key, params)) = guardrail.entry("litellm_params") else { continue };
        let mut tell = |why: &str, at: Value<'_, '_>, help: String| {
            let (name, why) = (name.written(), why.to_owned());
            tell(Unusable { name, why, at: at.span(), help });
        };
        if params.kind() != Python::Map {
            if params.kind() == Python::Null {
                let help = "write `{guardrail: NAME, mode: pre_call}`, or remove it".to_owned();
                tell("it has no `litellm_params`", key, help);
            }
            continue;
        }
        match params.given("guardrail") {
            None => {
                let help = "add `guardrail: NAME` or `guardrail: MODULE.CLASS`".to_owned();
                tell("its `litellm_params` have no `guardrail`", key, help);
            }
            Some(kind) => {
                if let Some((why, help)) = unknown(kind, "guardrail") {
                    tell(&why, kind, help);
                }
            }
        }
        match params.given("mode") {
            None => {
                let help = "add `mode: pre_call`, or another time".to_owned();
                tell("its `litellm_params` have no `mode`", key, help);
            }
            Some(mode) => {
                let times =
                    (mode.kind() != Python::List && mode.kind() != Python::Map).then_some(mode);
                for time in times.into_iter().chain(mode.items()) {
                    if let Some((why, help)) = unknown(time, "guardrail_mode") {
                        tell(&why, time, help);
                    }
                }
            }
        }
    }
}

/// Why a word of a guardrail is none, and what to write; `None` for a known one, for the path of a
/// class, and for a variable.
fn unknown(word: Value<'_, '_>, list: &'static str) -> Option<(String, String)> {
    let text = word.text().unwrap_or("");
    let own = list == "guardrail" && text.contains('.');
    if knows(list, text) || own || word.variable().is_some() {
        return None;
    }
    let what = if list == "guardrail" { "guardrail" } else { "time" };
    let help = match suggest::nearest(text, words(list)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if list == "guardrail" => "write `MODULE.CLASS` for one of your own".to_owned(),
        None => {
            let known: Vec<String> = words(list).map(|word| format!("`{word}`")).collect();
            format!("write one of {}", known.join(", "))
        }
    };
    Some((format!("1.106.2 knows no {what} `{}`", word.written()), help))
}

#[cfg(test)]
mod tests {
    use crate::gateway::litellm::releases::Release;
    use crate::testing::{linted, linted_for};

    #[test]
    fn what_is_left_out_is_told() {
        insta::assert_snapshot!(linted("guardrail-skipped", &[], "
guardrails:
  - {guardrail_name: a, litellm_params: {guardrail: presidioo, mode: pre_call}}
  - {guardrail_name: b, litellm_params: {guardrail: bedrock, mode: before}}
  - {guardrail_name: c, litellm_params: {guardrail: bedrock, mode: [pre_call, during]}}
  - {guardrail_name: d, litellm_params: {mode: pre_call}}
  - {guardrail_name: e, litellm_params: {guardrail: mine.Guard}}
  - {guardrail_name: f, litellm_params: null}
"), @"
        warning[guardrail-skipped]: LiteLLM starts without the guardrail `a`: 1.106.2 knows no guardrail `presidioo`
          --> config.yaml:2:53 `presidioo` left out
          help: did you mean `presidio`?
        warning[guardrail-skipped]: LiteLLM starts without the guardrail `b`: 1.106.2 knows no time `before`
          --> config.yaml:3:68 `before` left out
          help: write one of `during_call`, `during_mcp_call`, `logging_only`, `post_call`, `post_mcp_call`, `pre_call`, `pre_mcp_call`, `realtime_input_transcription`
        warning[guardrail-skipped]: LiteLLM starts without the guardrail `c`: 1.106.2 knows no time `during`
          --> config.yaml:4:79 `during` left out
          help: write one of `during_call`, `during_mcp_call`, `logging_only`, `post_call`, `post_mcp_call`, `pre_call`, `pre_mcp_call`, `realtime_input_transcription`
        warning[guardrail-skipped]: LiteLLM starts without the guardrail `d`: its `litellm_params` have no `guardrail`
          --> config.yaml:5:25 `litellm_params` left out
          help: add `guardrail: NAME` or `guardrail: MODULE.CLASS`
        warning[guardrail-skipped]: LiteLLM starts without the guardrail `e`: its `litellm_params` have no `mode`
          --> config.yaml:6:25 `litellm_params` left out
          help: add `mode: pre_call`, or another time
        warning[guardrail-skipped]: LiteLLM starts without the guardrail `f`: it has no `litellm_params`
          --> config.yaml:7:25 `litellm_params` left out
          help: write `{guardrail: NAME, mode: pre_call}`, or remove it
        ");
    }

    #[test]
    fn known_ones_and_classes_are_silent() {
        insta::assert_snapshot!(linted("guardrail-skipped", &[], "
guardrails:
  - {guardrail_name: a, litellm_params: {guardrail: presidio, mode: [pre_call, post_call]}}
  - {guardrail_name: b, litellm_params: {guardrail: mine.Guard, mode: during_call}}
  - {guardrail_name: c, litellm_params: {guardrail: bedrock, mode: {tags: {a: pre_call}, default: post_call}}}
"), @"");
    }

    #[test]
    fn an_earlier_release_does_not_start_with_it() {
        let config = "
guardrails:
  - {guardrail_name: a, litellm_params: {guardrail: presidioo, mode: pre_call}}
";
        let old = Release::new(1, 92, 2);
        assert_eq!(linted_for(old, "guardrail-skipped", &[], config), "");
        insta::assert_snapshot!(linted_for(old, "gateway-start-fails", &[], config), @"
        error[gateway-start-fails]: LiteLLM does not start: it cannot make the guardrail `a`: 1.106.2 knows no guardrail `presidioo`
          --> config.yaml:2:53 `presidioo` stops the start
          help: did you mean `presidio`?
        ");
    }
}
