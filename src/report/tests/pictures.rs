use super::*;

const MAPPINGS: &str = "\
version: 1
mappings:
  fast:
    provider: olama
    model: llama3.1:8b
  smart:
    provider: anthropic
    model: claude-sonnet
";

const PROVIDERS: &str = "\
providers:
  ollama:
    type: ollama
    base_url: http://127.0.0.1:11434
  anthropic:
    type: anthropic
    api_key: sk-ant-0123456789
";

fn two_files() -> Case {
    let case = Case::new(&[
        ("config/model-mappings.yaml", MAPPINGS),
        ("config/providers.yaml", PROVIDERS),
    ]);
    let wrong = place(&case, 0, "olama", 0);
    let name = place(&case, 0, "fast", 0);
    let near = place(&case, 1, "ollama", 0);
    case.find(&UNKNOWN, move |reporter| {
        reporter
            .report(
                "`fast` goes to `olama`, which no file defines: every request would fail",
                wrong,
                "no provider has this name",
            )
            .also(name, "asked for under this name")
            .also(near, "this one is near")
            .help(
                "write the name of a provider of `config/providers.yaml`, or define `olama` there",
            )
            .fix("write `ollama`", wrong, "ollama");
    })
}

#[test]
fn two_files_in_unicode() {
    insta::assert_snapshot!(two_files().human(), @r#"
    error[provider-unknown]: `fast` goes to `olama`, which no file defines: every request would fail
       ╭─[config/model-mappings.yaml:4:15]
     1 │ version: 1
     2 │ mappings:
     3 │   fast:
       ·   ──┬─
       ·     ╰── asked for under this name
     4 │     provider: olama
       ·               ──┬──
       ·                 ╰── no provider has this name
     5 │     model: llama3.1:8b
       ╰────
       ╭─[config/providers.yaml:2:3]
     1 │ providers:
     2 │   ollama:
       ·   ───┬──
       ·      ╰── this one is near
     3 │     type: ollama
       ╰────
      help: write the name of a provider of `config/providers.yaml`, or define
            `olama` there
      fix: write `ollama`
        4 -     provider: olama
        4 +     provider: ollama

    checked 3 files, 12 models at 5 providers, 25 public names: 1 error
    "#);
}

#[test]
fn two_files_in_ascii() {
    insta::assert_snapshot!(two_files().ascii().human(), @r#"
    error[provider-unknown]: `fast` goes to `olama`, which no file defines: every request would fail
       ,-[config/model-mappings.yaml:4:15]
     1 | version: 1
     2 | mappings:
     3 |   fast:
       :   ^^|^
       :     `-- asked for under this name
     4 |     provider: olama
       :               ^^|^^
       :                 `-- no provider has this name
     5 |     model: llama3.1:8b
       `----
       ,-[config/providers.yaml:2:3]
     1 | providers:
     2 |   ollama:
       :   ^^^|^^
       :      `-- this one is near
     3 |     type: ollama
       `----
      help: write the name of a provider of `config/providers.yaml`, or define
            `olama` there
      fix: write `ollama`
        4 -     provider: olama
        4 +     provider: ollama

    checked 3 files, 12 models at 5 providers, 25 public names: 1 error
    "#);
}

#[test]
fn a_clean_run_is_one_line() {
    let case = Case::new(&[("a.yaml", "a: 1\n")]);
    insta::assert_snapshot!(case.human(), @"checked 3 files, 12 models at 5 providers, 25 public names: no findings");
}

#[test]
fn spans_of_several_lines_and_marks_that_meet() {
    let case = Case::new(&[("config/model-mappings.yaml", MAPPINGS)]);
    let block = span(0, 22, 81);
    let whole = span(0, 0, MAPPINGS.len());
    let model = place(&case, 0, "llama3.1:8b", 0);
    let case = case
        .find(&SHADOW, move |reporter| {
            reporter.report("`fast` is defined twice", block, "the first one").also(model, "here");
        })
        .find(&NOTE, move |reporter| {
            reporter.report("the whole file is old", whole, "written for version 1");
        });
    insta::assert_snapshot!(case.human(), @r#"
    info[port-unused]: the whole file is old
       ╭─[config/model-mappings.yaml:1:1]
     1 │ version: 1
       · ─────┬────
       ·      ╰── written for version 1 (to line 8)
     2 │ mappings:
       ╰────

    warning[mapping-shadowed]: `fast` is defined twice
       ╭─[config/model-mappings.yaml:3:2]
     1 │     version: 1
     2 │     mappings:
     3 │ ╭─▶   fast:
     4 │ │       provider: olama
     5 │ │       model: llama3.1:8b
       · │              ─────┬─────
       · │                   ╰── here
     6 │ ├─▶   smart:
       · ╰──── the first one
     7 │         provider: anthropic
       ╰────

    checked 3 files, 12 models at 5 providers, 25 public names: 1 warning, 1 info
    "#);
}

#[test]
fn places_far_apart_have_pictures_of_their_own_the_place_to_fix_first() {
    let mut text = String::from("first: 1\n");
    for number in 0..20 {
        text.push_str(&format!("key{number}: {number}\n"));
    }
    text.push_str("first: 2\n");
    let case = Case::new(&[("a.yaml", &text)]);
    let (early, late) = (place(&case, 0, "first", 0), place(&case, 0, "first", 1));
    let case = case.find(&UNKNOWN, move |reporter| {
        reporter.report("`first` is written twice", late, "again here").also(early, "first here");
    });
    insta::assert_snapshot!(case.human(), @r#"
    error[provider-unknown]: `first` is written twice
        ╭─[a.yaml:22:1]
     20 │ key18: 18
     21 │ key19: 19
     22 │ first: 2
        · ──┬──
        ·   ╰── again here
        ╰────
       ╭─[a.yaml:1:1]
     1 │ first: 1
       · ──┬──
       ·   ╰── first here
     2 │ key0: 0
       ╰────

    checked 3 files, 12 models at 5 providers, 25 public names: 1 error
    "#);
}

#[test]
fn tabs_wide_characters_and_emoji_keep_the_marks_in_place() {
    let case = Case::new(&[("a.yaml", "a:\n\tb: 1\nname: \"模型 🚀 é\" # x\n")]);
    let (tab, wide) = (place(&case, 0, "b", 0), place(&case, 0, "🚀", 0));
    let case = case.find(&UNKNOWN, move |reporter| {
        reporter.report("a tab indents nothing", tab, "after a tab").also(wide, "a rocket");
    });
    insta::assert_snapshot!(case.human(), @r#"
    error[provider-unknown]: a tab indents nothing
       ╭─[a.yaml:2:2]
     1 │ a:
     2 │     b: 1
       ·     ┬
       ·     ╰── after a tab
     3 │ name: "模型 🚀 é" # x
       ·             ─┬
       ·              ╰── a rocket
       ╰────

    checked 3 files, 12 models at 5 providers, 25 public names: 1 error
    "#);
}

#[test]
fn crlf_lines_an_empty_file_and_the_end_of_a_file() {
    let case = Case::new(&[("crlf.yaml", "a: 1\r\nb: 2\r\nc: 3\r\n"), ("empty.yaml", "")]);
    let (b, empty, end) = (place(&case, 0, "2\r\n", 0), span(1, 0, 0), span(0, 18, 18));
    let case = case.find(&UNKNOWN, move |reporter| {
        reporter.report("`b` is wrong", b, "here");
        reporter.report("the file is empty", empty, "nothing is here");
        reporter.report("the file ends too early", end, "something is missing");
    });
    insta::assert_snapshot!(case.human(), @r#"
    error[provider-unknown]: `b` is wrong
       ╭─[crlf.yaml:2:4]
     1 │ a: 1
     2 │ b: 2
       ·    ┬
       ·    ╰── here
     3 │ c: 3
       ╰────

    error[provider-unknown]: the file ends too early
       ╭─[crlf.yaml:4:1]
     2 │ b: 2
     3 │ c: 3
     4 │
       · ▲
       · ╰── something is missing
       ╰────

    error[provider-unknown]: the file is empty
       ╭─[empty.yaml:1:1]
     1 │
       · ▲
       · ╰── nothing is here
       ╰────

    checked 3 files, 12 models at 5 providers, 25 public names: 3 errors
    "#);
}

#[test]
fn a_long_line_is_cut_around_its_mark() {
    let text = format!("{}: [{}'needle', {}]\n", "key", "'item', ".repeat(300), "1, ".repeat(800));
    let case = Case::new(&[("a.yaml", &text)]);
    assert!(text.len() > 4800);
    let needle = place(&case, 0, "'needle'", 0);
    let begin = place(&case, 0, "key", 0);
    let case = case
        .find(&UNKNOWN, move |reporter| {
            reporter.report("`needle` is not known", needle, "this item").fix(
                "write `noodle`",
                needle,
                "'noodle'",
            );
        })
        .find(&NOTE, move |reporter| {
            reporter.report("`key` is long", begin, "");
        });
    insta::assert_snapshot!(case.human(), @r#"
    info[port-unused]: `key` is long
       ╭─[a.yaml:1:1]
     1 │ key: ['item', 'item', 'item', 'item', 'item', 'item', 'item', 'item'…
       · ───
       ╰────

    error[provider-unknown]: `needle` is not known
       ╭─[a.yaml:1:2407]
     1 │ …'item', 'item', 'item', 'needle', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1…
       ·                          ────┬───
       ·                              ╰── this item
       ╰────
      fix: write `noodle`
        1 - …tem', 'item', 'item', 'needle', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, …
        1 + …tem', 'item', 'item', 'noodle', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, …

    checked 3 files, 12 models at 5 providers, 25 public names: 1 error, 1 info
    "#);
}

#[test]
fn nothing_in_a_source_steers_the_terminal() {
    let case = Case::new(&[("a\u{1b}.yaml", "\u{feff}a: \"x\u{1b}[31m\u{202e}y\"\rb\n")]);
    let value = place(&case, 0, "y", 0);
    let case = case.find(&UNKNOWN, move |reporter| {
        reporter
            .report("bad \u{1b}[2Jname\nerror[fake]: no", value, "see \u{9b}1m\nthis")
            .help("do\u{7} this")
            .unsafe_fix("write \u{1b}c", value, "\u{1b}z");
    });
    insta::assert_snapshot!(case.human(), @r#"
    error[provider-unknown]: bad \u{1b}[2Jname\nerror[fake]: no
       ╭─[a\u{1b}.yaml:1:13]
     1 │ a: "x\u{1b}[31m\u{202e}y"\rb
       ·                        ┬
       ·                        ╰── see \u{9b}1m\nthis
       ╰────
      help: do\u{7} this
      possible fix: write \u{1b}c
        1 - a: "x\u{1b}[31m\u{202e}y"\rb
        1 + a: "x\u{1b}[31m\u{202e}\u{1b}z"\rb

    checked 3 files, 12 models at 5 providers, 25 public names: 1 error
    "#);
}

#[test]
fn fixes_that_add_and_remove_lines() {
    let case = Case::new(&[("config/a.yaml", "a:\n  b: 1\n  c: 2\nd: 3\n")]);
    let (line, insert) = (place(&case, 0, "  b: 1\n", 0), span(0, 17, 17));
    let case = case.find(&SHADOW, move |reporter| {
        reporter.report("`b` says nothing", line, "").fix("remove the line", line, "").unsafe_fix(
            "add a line",
            insert,
            "  e: 4\n",
        );
    });
    insta::assert_snapshot!(case.human(), @r#"
    warning[mapping-shadowed]: `b` says nothing
       ╭─[config/a.yaml:2:1]
     1 │ a:
     2 │   b: 1
       · ──────
     3 │   c: 2
       ╰────
      fix: remove the line
        2 -   b: 1
      possible fix: add a line
        4 +   e: 4

    checked 3 files, 12 models at 5 providers, 25 public names: 1 warning
    "#);
}

#[test]
fn a_secret_is_stars_in_the_picture() {
    let mut case = Case::new(&[("config/providers.yaml", PROVIDERS)]);
    let secret = place(&case, 0, "sk-ant-0123456789", 0);
    case.redactions = Redactions::new(&case.sources, vec![secret], &[]);
    let case = case.find(&UNKNOWN, move |reporter| {
        reporter
            .report("`sk-ant-0123456789` is a literal secret", secret, "`sk-ant-0123456789`")
            .fix("take it from the environment", secret, "${ANTHROPIC_API_KEY}");
    });
    insta::assert_snapshot!(case.human(), @r#"
    error[provider-unknown]: `*****************` is a literal secret
       ╭─[config/providers.yaml:7:14]
     5 │   anthropic:
     6 │     type: anthropic
     7 │     api_key: *****************
       ·              ────────┬────────
       ·                      ╰── `*****************`
       ╰────
      fix: take it from the environment
        7 -     api_key: *****************
        7 +     api_key: ${ANTHROPIC_API_KEY}

    checked 3 files, 12 models at 5 providers, 25 public names: 1 error
    "#);
}
