//! What an overlay removes is there.

use crate::diagnostic::{Reporter, Rule, Severity, Stage, suggest};

use super::overlays::Laid;

/// The record.
pub static RULE: Rule = Rule {
    name: "overlay-removes-nothing",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "an overlay removes by `null` what is not there",
    page: include_str!("overlay_removes_nothing.md"),
};

/// Reports each key with null that has no counterpart below the overlay.
pub fn check(laid: &Laid<'_>, out: &mut Reporter<'_>) {
    for idle in &laid.idle {
        for key in &idle.keys {
            let finding = out.report(
                format!("`{}` is not in the sources, so `null` removes nothing here", key.value),
                key.span,
                "nothing to remove",
            );
            match suggest::nearest(key.value, idle.there.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")).unsafe_fix(
                    format!("change it to `{near}`"),
                    key.span,
                    near,
                ),
                None => finding.help("mend the name, or take the line out"),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_misspelt_removal_is_told() {
        insta::assert_snapshot!(only("overlay-removes-nothing", "
--- overlay.yaml
providers:
  olama: null
  ollama: {timeout: ~, base_url: 'http://127.0.0.1:1'}
  other: {type: ollama, status: active, base_url: 'http://127.0.0.1:2', models: [a], region: null}
exact_matches: {phi4: {fallback: null}}
"), @"
        error[overlay-removes-nothing]: `olama` is not in the sources, so `null` removes nothing here
          --> overlay.yaml:2:3 `olama` nothing to remove
          help: did you mean `ollama`?
          unsafe fix: change it to `ollama`
        error[overlay-removes-nothing]: `timeout` is not in the sources, so `null` removes nothing here
          --> overlay.yaml:3:12 `timeout` nothing to remove
          help: mend the name, or take the line out
        error[overlay-removes-nothing]: `region` is not in the sources, so `null` removes nothing here
          --> overlay.yaml:4:86 `region` nothing to remove
          help: mend the name, or take the line out
        error[overlay-removes-nothing]: `fallback` is not in the sources, so `null` removes nothing here
          --> overlay.yaml:5:24 `fallback` nothing to remove
          help: mend the name, or take the line out
        ");
    }

    #[test]
    fn what_is_there_is_removed_in_silence() {
        insta::assert_snapshot!(only("overlay-removes-nothing", "
--- overlay.yaml
exact_matches: {phi4: null}
"), @"");
    }
}
