//! References to variables that LiteLLM takes literally.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::source::Span;

use super::variables::{Leaf, leaves};
use super::{Context, chains};

/// The record.
pub static RULE: Rule = Rule {
    name: "variable-not-replaced",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a reference to a variable that LiteLLM takes literally, or finds empty",
    page: include_str!("variable_not_replaced.md"),
};

/// Reports each wrong form once, at its first place: who writes one mostly writes it everywhere.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let leaves = leaves(context);
    let mut shell: Option<(Span, String, usize)> = None;
    let defined = context.section("environment_variables");
    for leaf in &leaves {
        let text = leaf.value.written();
        if let Some(name) = in_shell_form(leaf, text) {
            let seen = shell.get_or_insert((leaf.value.span(), name.to_owned(), 0));
            seen.2 += 1;
            continue;
        }
        let Some(wrong) = wrong(leaf, text) else {
            let Some(name) = leaf.value.variable() else { continue };
            let own = defined.and_then(|defined| defined.entry(name));
            if let Some((own, _)) = own.filter(|_| leaf.section != "environment_variables")
                && !(context.is_set)(name)
            {
                out.report(
                    format!(
                        "`{name}` is empty here: LiteLLM resolves references before it sets \
                         `environment_variables`"
                    ),
                    leaf.value.span(),
                    "empty",
                )
                .also(own.span(), "set too late")
                .help("set it in the environment of the gateway, or write the value here");
            }
            continue;
        };
        out.report(wrong.0, leaf.value.span(), "taken literally").help(wrong.1);
    }
    if let Some((span, name, count)) = shell {
        let more = match count {
            1 => String::new(),
            count => format!(", here and at {} more places", count - 1),
        };
        out.report(
            format!("LiteLLM knows no `${{…}}`, and takes `{name}` literally{more}"),
            span,
            "taken literally",
        )
        .help(format!(
            "write `os.environ/{name}` as the whole value, or allow this when something replaces \
             it before LiteLLM reads the file"
        ));
    }
}

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
