//! What the baseline lists is there.

use crate::diagnostic::{Known, Reporter, Rule, Severity, Stage, suggest};

use super::Entries;

/// The record.
pub static RULE: Rule = Rule {
    name: "baseline-unused",
    stage: Stage::Lexical,
    severity: Severity::Warning,
    summary: "the baseline lists what is not found",
    page: include_str!("baseline_unused.md"),
};

/// Reports each entry of which fewer are found than it lists.
pub fn check(entries: &Entries<'_>, out: &mut Reporter<'_>) {
    for (known, rule) in entries.unused() {
        let name = &known.identity.rule;
        let Some(rule) = rule else {
            let near = suggest::nearest(name, entries.rules.iter().map(|rule| rule.name));
            let question = suggest::question(near);
            let message =
                format!("the baseline lists `{name}`, and there is no such rule{question}");
            out.report(message, known.place, "no rule").help("remove the entry");
            continue;
        };
        if entries.levels.is_mandatory(rule) {
            let message =
                format!("the baseline lists `{name}`, which is mandatory: its findings count");
            out.report(message, known.place, "has no effect").help("mend what it finds");
            continue;
        }
        let (message, label) = left_over(known);
        out.report(message, known.place, label)
            .help("write the baseline anew with `--write-baseline`, or remove the entry");
    }
}

fn left_over(known: &Known) -> (String, &'static str) {
    let Known { identity, count, found, .. } = known;
    let (rule, file) = (&identity.rule, &identity.file);
    let place = if identity.path.is_empty() {
        format!("in `{file}`")
    } else {
        format!("at `{}` in `{file}`", identity.path)
    };
    if *found > 0 {
        let words = format!(
            "the baseline lists {count} findings of `{rule}` {place}, of which {found} are left: \
             it would hide what comes there later"
        );
        return (words, "matches fewer");
    }
    let words = format!(
        "the baseline lists a finding of `{rule}` {place}, which is not there any more: it would \
         hide what comes there later"
    );
    (words, "matches nothing")
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    const FILES: &str = "
--- model-mappings.yaml
exact_matches:
  a: {provider: nobody}
  b: {provider: ollama, backend_model: phi4}
patterns:
  - {pattern: '^x', provider: nowhere}
  - {pattern: '^x', provider: nowhere}
";

    #[test]
    fn what_is_mended_or_changed_is_told() {
        let text = format!(
            "{FILES}--- baseline.yaml
version: 1
findings:
  - {{rule: provider-unknown, file: model-mappings.yaml, path: exact_matches.a.provider, value: nobody}}
  - {{rule: provider-unknown, file: model-mappings.yaml, path: exact_matches.b.provider, value: gone}}
  - {{rule: provider-unknown, file: model-mappings.yaml,
     path: 'patterns[pattern=^x].provider', value: nowhere, count: 3}}
  - {{rule: provider-unknwon, file: model-mappings.yaml}}
  - {{rule: syntax-error, file: gone.yaml, value: x}}
"
        );
        insta::assert_snapshot!(only("baseline-unused", &text), @"
        warning[baseline-unused]: the baseline lists a finding of `provider-unknown` at `exact_matches.b.provider` in `model-mappings.yaml`, which is not there any more: it would hide what comes there later
          --> baseline.yaml:4:12 `provider-unknown` matches nothing
          help: write the baseline anew with `--write-baseline`, or remove the entry
        warning[baseline-unused]: the baseline lists 3 findings of `provider-unknown` at `patterns[pattern=^x].provider` in `model-mappings.yaml`, of which 2 are left: it would hide what comes there later
          --> baseline.yaml:5:12 `provider-unknown` matches fewer
          help: write the baseline anew with `--write-baseline`, or remove the entry
        warning[baseline-unused]: the baseline lists `provider-unknwon`, and there is no such rule: did you mean `provider-unknown`?
          --> baseline.yaml:7:12 `provider-unknwon` no rule
          help: remove the entry
        warning[baseline-unused]: the baseline lists a finding of `syntax-error` in `gone.yaml`, which is not there any more: it would hide what comes there later
          --> baseline.yaml:8:12 `syntax-error` matches nothing
          help: write the baseline anew with `--write-baseline`, or remove the entry
        ");
        insta::assert_snapshot!(only("provider-unknown", &text), @"");
    }

    #[test]
    fn what_is_found_is_silent() {
        let text = format!(
            "{FILES}--- baseline.yaml
version: 1
findings:
  - {{rule: provider-unknown, file: model-mappings.yaml, path: exact_matches.a.provider, value: nobody}}
  - {{rule: provider-unknown, file: model-mappings.yaml,
     path: 'patterns[pattern=^x].provider', value: nowhere, count: 2}}
"
        );
        insta::assert_snapshot!(only("baseline-unused", &text), @"");
        insta::assert_snapshot!(only("provider-unknown", &text), @"");
    }

    #[test]
    fn nothing_is_said_of_rules_that_did_not_run_and_all_of_mandatory_ones() {
        let text = "
--- gwcfg.yaml
mandatory: [provider-unknown]
--- model-mappings.yaml
exact_matches:
  a: {provider: nobody}
--- baseline.yaml
version: 1
findings:
  - {rule: left-out, file: a.yaml}
  - {rule: provider-unknown, file: model-mappings.yaml, path: exact_matches.a.provider, value: nobody}
";
        insta::assert_snapshot!(only("baseline-unused", text), @"
        warning[baseline-unused]: the baseline lists `provider-unknown`, which is mandatory: its findings count
          --> baseline.yaml:4:12 `provider-unknown` has no effect
          help: mend what it finds
        ");
    }
}
