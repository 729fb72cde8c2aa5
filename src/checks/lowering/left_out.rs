//! What is not in the output because of a finding that did not stop it.

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use crate::checks::words::listed;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::Lowered;
use crate::routing::{DEFAULT, Defect, Group, GroupKind, Meaning, Place, Routing, Step, Why};
use crate::source::{Name, Span};

use super::Omissions;

/// The record.
pub static RULE: Rule = Rule {
    name: "left-out",
    stage: Stage::Lowering,
    severity: Severity::Warning,
    summary: "something is not in the output, because of a finding that did not stop it",
    page: include_str!("left_out.md"),
};

const HELP: &str = "mend what caused it, or remove the entry";

/// Reports whole providers, then whole public names, then parts of what is in the output.
pub fn check(context: &Omissions<'_>, out: &mut Reporter<'_>) {
    providers(context.lowered.routing, out);
    names(context, out);
    patterns(context.lowered, out);
    parts(context.lowered, out);
}

fn providers(routing: &Routing<'_>, out: &mut Reporter<'_>) {
    for provider in routing.providers.iter().filter(|row| row.active && !row.usable) {
        // A tool server is known, and nobody expects it in the output.
        if provider.kind.as_ref().is_some_and(|kind| !kind.serves_models) {
            continue;
        }
        let models = match routing.models_of(provider).len() {
            0 => String::new(),
            1 => ", nor is its model".to_owned(),
            count => format!(", nor are its {count} models"),
        };
        let name = provider.name.value;
        let text = format!("provider `{name}` is not in the output{models}: nothing is sent to it");
        let finding = out.report(text, provider.name.span, "left out");
        let written = provider.written;
        let cause = match provider.kind {
            Some(_) => written.base_url.span(),
            None => written.kind.span(),
        };
        let finding = match cause {
            Some(cause) => finding.also(cause, "because of this"),
            None => finding,
        };
        finding.help("mend it, or set its status to `disabled`");
    }
}

fn is_missing(meaning: &Meaning) -> bool {
    meaning.left_out && meaning.group.is_none()
}

/// Public names without a group. Most projects have none, and are not walked through.
fn names(context: &Omissions<'_>, out: &mut Reporter<'_>) {
    let routing = context.lowered.routing;
    if !routing.meanings.iter().any(is_missing) {
        return;
    }
    let mut causes: HashMap<&str, Span, RandomState> = HashMap::default();
    for defect in &routing.defects {
        let owner = defect.owner.unwrap_or(defect.name);
        if !is_missing(&routing.meaning_of(owner.value)) {
            continue;
        }
        causes.entry(owner.value).or_insert(defect.name.span);
    }
    let mut tell = |what: &str, name: Name<'_>| {
        if !is_missing(&routing.meaning_of(name.value)) {
            return;
        }
        let fate = fate(context.lowered, name.value);
        let text = format!("{what} `{}` is not in the output: requests for it {fate}", name.value);
        let finding = out.report(text, name.span, "left out");
        let finding = match causes.get(name.value).filter(|cause| **cause != name.span) {
            Some(cause) => finding.also(*cause, "because of this"),
            None => finding,
        };
        finding.help(HELP);
    };
    let mappings = &context.documents.mappings;
    for group in mappings.load_balancing.value().into_iter().flat_map(|all| &all.groups) {
        tell("load-balancing group", group.name);
    }
    for name in &routing.exact_left_out {
        tell("exact match", *name);
    }
    for defect in &routing.defects {
        if matches!(defect.why, Why::SeveralProviders(_)) {
            tell("model", defect.name);
        }
    }
    for entry in mappings.capabilities.value().into_iter().flat_map(|all| all.iter()) {
        tell("capability", entry.name);
    }
}

/// What happens to a request for a name that no `model_name` is equal to.
fn fate(lowered: &Lowered<'_>, name: &str) -> String {
    match lowered.wildcard_for(name) {
        Some(wildcard) => {
            format!("go to `{}` as for any unknown name", lowered.asked_first(wildcard))
        }
        None => "are refused".to_owned(),
    }
}

/// Patterns that are no regular expressions.
fn patterns(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for route in lowered.routing.patterns.iter().filter(|route| route.pattern.is_none()) {
        out.report(pattern_text(lowered, route.text.value), route.text.span, "left out").help(HELP);
    }
}

fn pattern_text(lowered: &Lowered<'_>, pattern: &str) -> String {
    let fate = unmatched(lowered);
    format!("pattern `{pattern}` is not in the output: names that only it takes {fate}")
}

fn parts(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    let defects = &lowered.routing.defects;
    let lost = defects.iter().filter(|defect| defect.place == Place::PatternProvider);
    let patterns: HashSet<Option<Span>, RandomState> =
        lost.map(|defect| defect.owner.map(|owner| owner.span)).collect();
    for defect in defects.iter().filter(|defect| is_lowered_error(defect)) {
        let owner = defect.owner.map(|owner| owner.span);
        if defect.place == Place::PatternFallback && patterns.contains(&owner) {
            continue;
        }
        if let Some(text) = part(lowered, defect) {
            out.report(text, defect.name.span, "left out").help(HELP);
        }
    }
}

/// True where the defect's own rule is an error by default, or where there is no finding of its
/// own at all. The rules that are warnings say themselves that something is left out.
fn is_lowered_error(defect: &Defect<'_>) -> bool {
    match defect.why {
        Why::Unknown
        | Why::InactiveProvider(_)
        | Why::InactiveModel(_)
        | Why::NotAtProvider(_)
        | Why::ProviderNotModel(_)
        | Why::ServesNoModels(_) => defect.place != Place::ChainOwner,
        Why::CaseDiffers(..) | Why::LeftOut => true,
        // Whole names, or warnings.
        Why::SeveralProviders(_) | Why::Empty | Why::NoWeight => false,
        Why::Undecided(_) | Why::Shadowed(_) | Why::Itself | Why::Repeated(_) => false,
    }
}

/// What is left out of something that is in the output, and what is left of that.
fn part(lowered: &Lowered<'_>, defect: &Defect<'_>) -> Option<String> {
    let routing = lowered.routing;
    let name = defect.name.value;
    let owner = defect.owner.map_or("", |owner| owner.value);
    let group = || routing.meaning_of(owner).group.and_then(|id| routing.group(id));
    match defect.place {
        Place::CapabilityModel | Place::CapabilityProvider => {
            let group = group().filter(|group| group.kind == GroupKind::Capability)?;
            Some(member_text(routing, name, &format!("capability `{owner}`"), group))
        }
        Place::BalancingProvider | Place::BalancingModel => {
            let group = group().filter(|group| group.kind == GroupKind::Balanced)?;
            Some(member_text(routing, name, &format!("load balancing of `{owner}`"), group))
        }
        Place::ExactFallback | Place::CapabilityFallback => {
            Some(step_text(routing, name, owner, group()?))
        }
        Place::ChainEntry if owner == DEFAULT => {
            let chain = routing.default_chain.as_ref();
            let steps = chain.map_or(&[][..], |chain| routing.steps_of(chain));
            let rest = rest(routing, steps);
            Some(format!("`{name}` is left out of the default chain: {rest}"))
        }
        Place::ChainEntry => Some(step_text(routing, name, owner, group()?)),
        Place::ChainOwner => Some(format!(
            "the fallback chain of `{name}` is not in the output, because `{name}` is not"
        )),
        Place::PatternProvider => Some(pattern_text(lowered, owner)),
        Place::PatternFallback => {
            let rest = behind_wildcard(routing);
            Some(format!("`{name}` is left out behind pattern `{owner}`: {rest}"))
        }
        Place::DefaultProvider => {
            let fate = unmatched(lowered);
            Some(format!("the default provider is not in the output: unknown names {fate}"))
        }
        Place::DefaultFallback => {
            lowered.routing.default_route?;
            let rest = behind_wildcard(routing);
            Some(format!("`{name}` is left out behind the default provider: {rest}"))
        }
        // Told of with the whole name.
        Place::ExactProvider | Place::BackendModel | Place::PublicName => None,
        // Nothing of these is ever in the output: other findings say so.
        Place::CapabilityThreshold | Place::ConditionProvider | Place::DefaultModel => None,
    }
}

fn member_text(routing: &Routing<'_>, name: &str, whole: &str, group: &Group) -> String {
    let members = routing.deployments_of(group).iter();
    let left = listed(members.map(|member| routing.names.text(member.model)));
    format!("`{name}` is left out of {whole}: it is served by {left} alone")
}

fn step_text(routing: &Routing<'_>, name: &str, owner: &str, group: &Group) -> String {
    let rest = if group.chain.is_none() && routing.default_chain.is_some() {
        "the default chain is tried".to_owned()
    } else {
        rest(routing, routing.steps_of_group(group))
    };
    format!("`{name}` is left out of what is tried when `{owner}` fails: {rest}")
}

fn rest(routing: &Routing<'_>, steps: &[Step]) -> String {
    if steps.is_empty() {
        return "nothing is tried".to_owned();
    }
    let left = listed(steps.iter().map(|step| routing.group_name(step.target)));
    format!("{left} alone {} tried", if steps.len() == 1 { "is" } else { "are" })
}

/// What becomes of a name that no entry and no other pattern takes.
fn unmatched(lowered: &Lowered<'_>) -> String {
    let every = lowered.wildcards.iter().find(|wildcard| wildcard.name == "*");
    every
        .map_or("are refused".to_owned(), |every| format!("go to `{}`", lowered.asked_first(every)))
}

fn behind_wildcard(routing: &Routing<'_>) -> &'static str {
    if routing.default_chain.is_some() {
        "the default chain is tried"
    } else {
        "nothing is tried when its provider fails"
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{only, only_lowered};

    #[test]
    fn a_name_without_anybody_who_serves_it_is_told_of() {
        insta::assert_snapshot!(only("left-out", r#"
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, qwen3]}
--- model-mappings.yaml
load_balancing:
  chat:
    providers: [{provider: ollama}]
fallback_chains:
  chat: {chain: [phi4]}
"#), @"
        warning[left-out]: load-balancing group `chat` is not in the output: requests for it are refused
          --> model-mappings.yaml:2:3 `chat` left out
          ::: model-mappings.yaml:3:28 `ollama` because of this
          help: mend what caused it, or remove the entry
        warning[left-out]: the fallback chain of `chat` is not in the output, because `chat` is not
          --> model-mappings.yaml:5:3 `chat` left out
          help: mend what caused it, or remove the entry
        ");
    }

    #[test]
    fn parts_are_told_of_with_what_is_left() {
        let lowered = ["model-is-provider", "provider-inactive", "fallback-inactive"];
        insta::assert_snapshot!(only_lowered("left-out", &lowered, r#"
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, qwen3]}
  vllm: {type: vllm, base_url: 'http://127.0.0.1:8001', status: disabled, models: [qwen]}
--- model-mappings.yaml
exact_matches:
  fast: {provider: vllm, backend_model: qwen}
  slow: {provider: ollama, backend_model: qwen3, fallback: vllm}
patterns:
  - {pattern: '^org/.*', provider: vllm}
capabilities:
  code: {preferred_models: [phi4, ollama, qwen3]}
load_balancing:
  chat: {providers: [{provider: vllm}, {provider: ollama, preferred_model: phi4}]}
fallback_chains:
  fast: {chain: [phi4]}
  phi4: {chain: [vllm, fast, qwen3]}
routing_rules: {default_provider: ollama}
"#), @"
        warning[left-out]: exact match `fast` is not in the output: requests for it go to `ollama` as for any unknown name
          --> model-mappings.yaml:2:3 `fast` left out
          ::: model-mappings.yaml:2:20 `vllm` because of this
          help: mend what caused it, or remove the entry
        warning[left-out]: `vllm` is left out of what is tried when `slow` fails: nothing is tried
          --> model-mappings.yaml:3:60 `vllm` left out
          help: mend what caused it, or remove the entry
        warning[left-out]: pattern `^org/.*` is not in the output: names that only it takes go to `ollama`
          --> model-mappings.yaml:5:36 `vllm` left out
          help: mend what caused it, or remove the entry
        warning[left-out]: `ollama` is left out of capability `code`: it is served by `phi4`, `qwen3` alone
          --> model-mappings.yaml:7:35 `ollama` left out
          help: mend what caused it, or remove the entry
        warning[left-out]: `vllm` is left out of load balancing of `chat`: it is served by `phi4` alone
          --> model-mappings.yaml:9:33 `vllm` left out
          help: mend what caused it, or remove the entry
        warning[left-out]: the fallback chain of `fast` is not in the output, because `fast` is not
          --> model-mappings.yaml:11:3 `fast` left out
          help: mend what caused it, or remove the entry
        warning[left-out]: `vllm` is left out of what is tried when `phi4` fails: `qwen3` alone is tried
          --> model-mappings.yaml:12:18 `vllm` left out
          help: mend what caused it, or remove the entry
        warning[left-out]: `fast` is left out of what is tried when `phi4` fails: `qwen3` alone is tried
          --> model-mappings.yaml:12:24 `fast` left out
          help: mend what caused it, or remove the entry
        ");
    }

    #[test]
    fn a_provider_whose_address_cannot_work_is_told_of() {
        insta::assert_snapshot!(only_lowered("left-out", &["url-invalid"], r#"
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
  vllm: {type: vllm, base_url: 'http://127.0.0.1:CUSTOM', status: active, models: [qwen, glm]}
"#), @r"
        warning[left-out]: provider `vllm` is not in the output, nor are its 2 models: nothing is sent to it
          --> providers.yaml:3:3 `vllm` left out
          ::: providers.yaml:3:32 `\'http://127.0.0.1:CUSTOM\'` because of this
          help: mend it, or set its status to `disabled`
        ");
    }

    #[test]
    fn a_pattern_that_is_none_is_told_of() {
        insta::assert_snapshot!(only_lowered("left-out", &["pattern-invalid"], r#"
--- model-mappings.yaml
patterns: [{pattern: '^(', provider: ollama}]
"#), @r"
        warning[left-out]: pattern `^(` is not in the output: names that only it takes are refused
          --> model-mappings.yaml:1:22 `\'^(\'` left out
          help: mend what caused it, or remove the entry
        ");
    }

    #[test]
    fn where_errors_stop_the_output_nothing_is_said() {
        insta::assert_snapshot!(only("left-out", r#"
--- providers.yaml
providers:
  vllm: {type: vllm, base_url: 'http://127.0.0.1:8001', status: disabled, models: [qwen]}
--- model-mappings.yaml
exact_matches:
  fast: {provider: vllm, backend_model: qwen}
"#), @"");
    }
}
