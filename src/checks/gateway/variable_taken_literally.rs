//! References to variables that LiteLLM takes literally.

use std::collections::BTreeSet;

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::source::Span;

use super::variables::Leaf;
use super::{Context, and_more, chains};

/// The record.
pub static RULE: Rule = Rule {
    name: "variable-taken-literally",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a reference to a variable that LiteLLM takes literally, or finds empty",
    page: include_str!("variable_taken_literally.md"),
};

/// Reports each wrong form once, at its first place: who writes one mostly writes it everywhere.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let leaves = &context.leaves;
    let mut shell: Option<(Span, &str, usize)> = None;
    for leaf in leaves {
        let text = leaf.value.written();
        if let Some(name) = in_shell_form(leaf, text) {
            shell.get_or_insert((leaf.value.span(), name, 0)).2 += 1;
        } else if let Some((message, help)) = wrong(leaf, text) {
            out.report(message, leaf.value.span(), "taken literally").help(help);
        }
    }
    if let Some((span, name, count)) = shell {
        let more = and_more(count - 1);
        out.report(
            format!(
                "LiteLLM takes the reference to `{name}` literally{more}: it knows no `${{…}}`"
            ),
            span,
            "taken literally",
        )
        .help(format!(
            "write `os.environ/{name}` as the whole value, or allow this when something replaces \
             it before LiteLLM reads the file"
        ));
    }
    too_late(context, leaves, out);
}

/// Variables that the same file sets, each once.
fn too_late(context: &Context<'_, '_>, leaves: &[Leaf<'_, '_>], out: &mut Reporter<'_>) {
    let Some(defined) = context.section(VARIABLES) else { return };
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for leaf in leaves.iter().filter(|leaf| leaf.section != VARIABLES) {
        let Some(name) = leaf.value.variable().filter(|name| !context.is_set(name)) else {
            continue;
        };
        let Some((own, _)) = defined.entry(name).filter(|_| seen.insert(name)) else { continue };
        out.report(
            format!(
                "`{name}` is empty here: LiteLLM resolves references before it sets `{VARIABLES}`"
            ),
            leaf.value.span(),
            "empty",
        )
        .also(own.span(), "set too late")
        .help("set it in the environment of the gateway, or write the value here");
    }
}

/// The section that sets variables.
const VARIABLES: &str = "environment_variables";

/// The variable of `${NAME}`, or of a value that is `$NAME` as a whole.
fn in_shell_form<'a>(leaf: &Leaf<'_, 'a>, text: &'a str) -> Option<&'a str> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    if leaf.section == "prompts" {
        return None;
    }
    if let Some((_, rest)) = text.split_once("${") {
        let (inside, _) = rest.split_once('}')?;
        let name = inside.split([':', '-', '?']).next()?;
        return is_name(name).then_some(name);
    }
    text.strip_prefix('$').filter(|name| is_name(name))
}

/// A reference that begins, stands or ends wrongly: message and help.
fn wrong(leaf: &Leaf<'_, '_>, text: &str) -> Option<(String, String)> {
    let (before, after) = match text.split_once("os.environ") {
        Some(parts) => parts,
        None => {
            let name = ["env/", "ENV/", "os.getenv/", "environ/"]
                .into_iter()
                .find_map(|start| text.strip_prefix(start))?;
            return Some((
                format!("LiteLLM takes `{text}` literally: a reference begins `os.environ/`"),
                format!("write `os.environ/{name}`"),
            ));
        }
    };
    let name: String = after
        .trim_start_matches(['/', '[', '.', '"', '\'', ' ', '('])
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
        .collect();
    let help = format!("write `os.environ/{name}` as the whole value");
    if !after.starts_with('/') {
        // Prose may speak of it.
        let meant = after.starts_with(['[', '.', '(']) && before.is_empty();
        return meant
            .then(|| ("LiteLLM takes this literally: it is no program text".to_owned(), help));
    }
    if !before.is_empty() {
        let meant =
            !before.contains(' ') || before.trim().is_empty() || before.ends_with("Bearer ");
        return meant.then(|| {
            (
                "LiteLLM takes this literally: `os.environ/` counts at the beginning only"
                    .to_owned(),
                help,
            )
        });
    }
    if after.contains(":-") {
        return Some((
            "LiteLLM knows no default for a variable, and takes all of this for its name"
                .to_owned(),
            help,
        ));
    }
    // Names of models in lists are compared letter by letter.
    let chain = chains::SETTINGS.contains(&leaf.key()) || leaf.section == "include";
    (leaf.in_list && !chain).then(|| {
        (
            "LiteLLM takes this literally: a reference in a list is not resolved".to_owned(),
            "write the value itself, or give it to a key that is no list".to_owned(),
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn each_wrong_form_is_told() {
        insta::assert_snapshot!(linted("variable-taken-literally", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, api_key: '${A}', api_base: 'x/os.environ/H/v1', organization: os.environ/O:-me}}
general_settings: {master_key: '${B}', database_url: $URL}
litellm_settings: {success_callback: [os.environ/C]}
"), @r"
        warning[variable-taken-literally]: LiteLLM takes the reference to `A` literally, here and at 2 more places: it knows no `${…}`
          --> config.yaml:2:67 `\'${A}\'` taken literally
          help: write `os.environ/A` as the whole value, or allow this when something replaces it before LiteLLM reads the file
        warning[variable-taken-literally]: LiteLLM takes this literally: `os.environ/` counts at the beginning only
          --> config.yaml:2:85 `\'x/os.environ/H/v1\'` taken literally
          help: write `os.environ/H` as the whole value
        warning[variable-taken-literally]: LiteLLM knows no default for a variable, and takes all of this for its name
          --> config.yaml:2:120 `os.environ/O:-me` taken literally
          help: write `os.environ/O` as the whole value
        warning[variable-taken-literally]: LiteLLM takes this literally: a reference in a list is not resolved
          --> config.yaml:4:39 `os.environ/C` taken literally
          help: write the value itself, or give it to a key that is no list
        ");
    }

    #[test]
    fn a_variable_of_the_same_file_comes_too_late() {
        insta::assert_snapshot!(linted("variable-taken-literally", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, api_key: os.environ/KEY}}
environment_variables: {KEY: abc}
"), @"
        warning[variable-taken-literally]: `KEY` is empty here: LiteLLM resolves references before it sets `environment_variables`
          --> config.yaml:2:67 `os.environ/KEY` empty
          ::: config.yaml:3:25 `KEY` set too late
          help: set it in the environment of the gateway, or write the value here
        ");
    }

    #[test]
    fn whole_references_and_prose_are_silent() {
        insta::assert_snapshot!(linted("variable-taken-literally", &["KEY"], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, api_key: os.environ/KEY, note: costs $5 or ${x}}}
environment_variables: {KEY: os.environ/OTHER}
"), @"");
    }
}
