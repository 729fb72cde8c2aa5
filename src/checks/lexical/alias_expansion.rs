//! Aliases can be followed to their end.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::{Expansion, MAX_EXPANDED_NODES};

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "alias-expansion",
    stage: Stage::Lexical,
    severity: Severity::Error,
    summary: "following the aliases of a file never ends, or nearly so",
    page: include_str!("alias_expansion.md"),
};

/// Reports the alias that makes the document too large, or that stands inside itself.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    let (id, message) = match file.expansion {
        Expansion::Fits => return,
        Expansion::TooLarge(id) => {
            (id, format!("following the aliases gives more than {MAX_EXPANDED_NODES} values"))
        }
        Expansion::Endless(id) => {
            (id, "this alias stands inside what it stands for, which never ends".to_owned())
        }
    };
    out.report(format!("{message}, so the file is not read"), file.tree.span(id), "by this alias")
        .help("write out what is meant, without the alias");
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn an_alias_inside_itself_is_shown() {
        insta::assert_snapshot!(only("alias-expansion", "
--- providers.yaml
providers: &p {a: *p}
"), @"
        error[alias-expansion]: this alias stands inside what it stands for, which never ends, so the file is not read
          --> providers.yaml:1:19 `*p` by this alias
          help: write out what is meant, without the alias
        ");
    }

    #[test]
    fn billions_of_values_are_refused() {
        insta::assert_snapshot!(only("alias-expansion", "
--- providers.yaml
a: &a [1,1,1,1,1,1,1,1,1,1]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]
e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]
f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]
g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]
h: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g,*g]
"), @"
        error[alias-expansion]: following the aliases gives more than 16777216 values, so the file is not read
          --> providers.yaml:8:8 `*g` by this alias
          help: write out what is meant, without the alias
        ");
    }

    #[test]
    fn aliases_that_end_are_silent() {
        insta::assert_snapshot!(only("alias-expansion", "
--- providers.yaml
providers:
  a: &a {type: ollama, base_url: 'http://127.0.0.1:1', status: active}
  b: *a
"), @"");
    }
}
