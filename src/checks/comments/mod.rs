//! What the comments of the sources say to gwcfg. These rules run last, when it is known what each
//! comment allows, and no comment allows what they find.

mod allow_malformed;
mod allow_of_mandatory;
mod allow_rule_unknown;
mod allow_without_reason;
mod unused_allow;

use crate::diagnostic::{Allow, AllowedRule, Allows, Check, Level, Levels, Rule};
use crate::source::{Name, Sources};

pub(crate) use unused_allow::RULE as UNUSED;

/// The comments of a run, and what became of them.
#[derive(Clone, Copy)]
pub struct Comments<'a> {
    /// All texts.
    pub sources: &'a Sources,
    /// What is allowed.
    pub allows: &'a Allows,
    /// How the rules weigh.
    pub levels: &'a Levels,
    /// Every rule that there is.
    pub rules: &'a [&'static Rule],
    /// Where the project makes rules mandatory.
    pub mandatory: &'a [Name<'a>],
    /// Rules that did not run: nobody knows what they would have found.
    pub not_run: &'a [&'static Rule],
    /// Everything could be read.
    pub whole: bool,
    /// Errors are left. Mending them may bring out what else there is to find.
    pub errors_left: bool,
}

impl Comments<'_> {
    fn rule(&self, name: &str) -> Option<&'static Rule> {
        self.rules.iter().copied().find(|rule| rule.name == name)
    }

    /// Every rule that a comment names, with the comment.
    fn named(&self) -> impl Iterator<Item = (&Allow, &AllowedRule)> {
        let given = self.allows.given.iter();
        given.flat_map(|allow| allow.rules.iter().map(move |rule| (allow, rule)))
    }

    /// The rules of a comment that find nothing on its line, as far as that is known.
    fn unused<'s>(&'s self, allow: &'s Allow) -> impl Iterator<Item = &'s AllowedRule> {
        allow.rules.iter().filter(|named| {
            let Some(rule) = self.rule(&named.name) else { return false };
            let told = named.used || named.ended || named.wants_reason.is_some();
            !told
                && self.whole
                && !self.levels.is_mandatory(rule)
                && self.levels.of(rule) != Level::Allow
                && !self.not_run.contains(&rule)
        })
    }
}

/// The table.
#[must_use]
pub fn checks<'a>() -> Vec<Check<Comments<'a>>> {
    vec![
        Check { rule: &allow_malformed::RULE, run: allow_malformed::check },
        Check { rule: &allow_rule_unknown::RULE, run: allow_rule_unknown::check },
        Check { rule: &allow_of_mandatory::RULE, run: allow_of_mandatory::check },
        Check { rule: &allow_without_reason::RULE, run: allow_without_reason::check },
        Check { rule: &unused_allow::RULE, run: unused_allow::check },
    ]
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Suppressed, Suppression};
    use crate::testing::{linted, only, only_on, with_report};

    /// What is suppressed: the rule, where, and why.
    fn suppressed(text: &str) -> String {
        with_report(text, |sources, report| {
            let show = |known: &Suppressed| {
                let at = sources.position(
                    known.finding.primary.span.file(),
                    known.finding.primary.span.start(),
                );
                let Suppression::Allowed { place, reason } = &known.why else { panic!() };
                let by = sources.position(place.file(), place.start()).line;
                let rule = known.finding.rule.name;
                format!("{rule} {}:{} by {by}: {reason}", sources.path(place.file()), at.line)
            };
            report.suppressed().iter().map(show).collect::<Vec<_>>().join("\n")
        })
    }

    #[test]
    fn every_file_and_every_stage_heeds_comments() {
        insta::assert_snapshot!(suppressed("
--- gwcfg.yaml
# gwcfg: allow[setting-unknown] of the next version
keeps: 3
--- providers.yaml
providers:
  ollama: # gwcfg: allow[master-key-needed]
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4]
  # gwcfg: allow[url-missing, key-unknown] it is not ready
  # it will be on Monday
  # gwcfg: allow[left-out]
  next: {type: vllm, status: active, statuss: x}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: # gwcfg: allow[fallback-self, fallback-unknown] it asks twice
    chain: [phi4] # gwcfg: allow[fallback-self] it asks twice
--- ports.yaml
one: {port: 9999}
two: {port: 9999} # gwcfg: allow[port-conflict] never at once
"), @"
        setting-unknown gwcfg.yaml:2 by 1: of the next version
        fallback-self model-mappings.yaml:5 by 5: it asks twice
        port-conflict ports.yaml:2 by 2: never at once
        master-key-needed providers.yaml:2 by 2: 
        left-out providers.yaml:10 by 9: 
        url-missing providers.yaml:10 by 7: it is not ready
        key-unknown providers.yaml:10 by 7: it is not ready
        ");
    }

    #[test]
    fn what_is_allowed_is_compiled_as_if_the_rule_were_silent() {
        let text = "
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
  other: {provider: nobody} # gwcfg: allow[provider-unknown] it comes next week
";
        insta::assert_snapshot!(only("left-out", text), @"
        warning[left-out]: exact match `other` is not in the output: requests for it are refused
          --> model-mappings.yaml:3:3 `other` left out
          ::: model-mappings.yaml:3:21 `nobody` because of this
          help: mend what caused it, or remove the entry
        ");
        with_report(text, |_, report| assert_eq!(report.summary().errors, 0));
    }

    #[test]
    fn an_allow_ends_with_its_last_day() {
        let text = "
--- model-mappings.yaml
exact_matches:
  # gwcfg: allow[provider-unknown] until=2027-01-31 it comes in January
  phi4: {provider: nobody}
";
        insta::assert_snapshot!(only_on("provider-unknown", "2027-01-31", text), @"");
        insta::assert_snapshot!(only_on("provider-unknown", "2027-02-01", text), @"
        error[provider-unknown]: exact match `phi4` names unknown provider `nobody`
          --> model-mappings.yaml:3:20 `nobody` no provider of this name in `providers.yaml`
          ::: model-mappings.yaml:2:3 `# gwcfg: allow[provider-unknown] until=2027-01-31 it comes in January` allowed until 2027-01-31, which is over
          help: declare `nobody` in `providers.yaml`, or name another
        ");
        insta::assert_snapshot!(only_on("unused-allow", "2027-02-01", text), @"");
    }

    #[test]
    fn a_config_of_the_gateway_heeds_comments_too() {
        let text = "
model_list:
  - model_name: a
    litellm_params: {model: openai/a, api_key: sk-1}
  - model_name: a
    litellm_params: {model: nobody/a} # gwcfg: allow[deployment-provider-unknown] a test
router_settings:
  # gwcfg: allow[chain-target-unknown]
  fallbacks: [{a: [b]}]
general_settings: {master_key: os.environ/KEY} # gwcfg: allow[weights-sum]
";
        for rule in ["chain-target-unknown", "deployment-provider-unknown"] {
            let without = text.replace(&format!("allow[{rule}]"), "allow[weights-sum]");
            assert_eq!(linted(rule, &["KEY"], text), "");
            assert_ne!(linted(rule, &["KEY"], &without), "");
        }
        insta::assert_snapshot!(linted("allow-without-reason", &["KEY"], text), @"");
        insta::assert_snapshot!(linted("unused-allow", &["KEY"], text), @"
        warning[unused-allow]: the comment allows `weights-sum`, which finds nothing on this line: it would hide what comes there later
          --> config.yaml:9:48 `# gwcfg: allow[weights-sum]` allows nothing
          help: remove it; a comment speaks of its own line, or of the line right below it
          fix: remove the comment
        ");
    }
}
