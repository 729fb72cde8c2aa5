//! What other programs read: one report of two files, a fix, a place in another file, a character
//! that steers a terminal, one of two bytes, a secret, and findings that do not count.

use super::*;
use crate::diagnostic::Suppression;

static RAISED: Rule = Rule {
    name: "name-odd",
    stage: Stage::Schema,
    severity: Severity::Info,
    summary: "a name is <odd>",
    page: "# name-odd\n\nA name is **odd**.\n",
};

const MAPPINGS: &str = "exact_matches:
  café: {provider: olama, note: 'a: b,c 100% <x> & \"y\"'}
  key: {api_key: hunter2-hunter2}
patterns:
  - {pattern: '^phi', provider: olama}
";
const PROVIDERS: &str = "providers:
  ollama: {type: ollama}
";

fn case() -> Case {
    let files = [("config/model mappings.yaml", MAPPINGS), ("config/providers.yaml", PROVIDERS)];
    let mut case = Case::new(&files);
    let (first, second) = (place(&case, 0, "olama", 0), place(&case, 0, "olama", 1));
    let (near, secret) = (place(&case, 1, "ollama", 0), place(&case, 0, "hunter2-hunter2", 0));
    let (note, key) = (place(&case, 0, "'a: b", 0), place(&case, 0, "patterns", 0));
    case.redactions = Redactions::new(&case.sources, vec![secret], &[]);
    let case = case.find(&UNKNOWN, |reporter| {
        for place in [first, second] {
            reporter
                .report("`café` names `olama`: 100% unknown", place, "no provider")
                .also(near, "a similar name")
                .help("did you mean `ollama`?")
                .unsafe_fix("change it to `ollama`", place, "ollama");
        }
    });
    let case = case.find(&SHADOW, |reporter| {
        let odd = "::error::an \u{1b}[31modd\r\nname & <tag> \u{202e}\"quoted\"\u{ffff}";
        reporter.report(odd, note, "odd\tlabel");
        reporter.report("allowed", key, "");
    });
    let mut case = case.find(&RAISED, |reporter| {
        reporter
            .report("`hunter2-hunter2` is in clear", secret, "hunter2-hunter2")
            .help("not hunter2-hunter2")
            .fix("drop hunter2-hunter2", secret, "x hunter2-hunter2");
    });
    case.report.suppress(|finding| match finding.message.as_str() {
        "allowed" => Some(Suppression::Allowed { place: key, reason: "for <now>".to_owned() }),
        _ if finding.primary.span == second => Some(Suppression::Baseline),
        _ => None,
    });
    case.report.sort(&case.sources);
    case.around = Around {
        folder: "sub folder/",
        pages: Some("https://docs.example.org/"),
        fail_on: Severity::Warning,
    };
    case
}

#[test]
fn plain_is_a_line_for_each_finding() {
    insta::assert_snapshot!(case().write(Format::Plain), @r#"
    config/model mappings.yaml:2:20: error[provider-unknown] `café` names `olama`: 100% unknown
    config/model mappings.yaml:2:33: warning[mapping-shadowed] ::error::an \u{1b}[31modd\r\nname & <tag> \u{202e}"quoted"￿
    config/model mappings.yaml:3:18: info[name-odd] `***************` is in clear
    "#);
}

#[test]
fn github_commands_are_escaped_and_followed_by_a_summary() {
    insta::assert_snapshot!(case().write(Format::Github), @r#"
    ::error title=gwcfg[provider-unknown],file=sub folder/config/model mappings.yaml,line=2,col=20,endLine=2,endColumn=25::config/model mappings.yaml:2:20: `café` names `olama`: 100%25 unknown%0Ahelp: did you mean `ollama`?
    ::warning title=gwcfg[mapping-shadowed],file=sub folder/config/model mappings.yaml,line=2,col=33,endLine=2,endColumn=38::config/model mappings.yaml:2:33: ::error::an \u{1b}[31modd\r\nname & <tag> \u{202e}"quoted"￿
    ::notice title=gwcfg[name-odd],file=sub folder/config/model mappings.yaml,line=3,col=18,endLine=3,endColumn=33::config/model mappings.yaml:3:18: `***************` is in clear%0Ahelp: not ***************
    checked 3 files, 12 models at 5 providers, 25 public names: 1 error, 1 warning, 1 info, 2 suppressed
    "#);
}

#[test]
fn gitlab_has_the_fields_that_it_asks_for() {
    insta::assert_snapshot!(case().write(Format::Gitlab), @r#"
    [
      {
        "description": "`café` names `olama`: 100% unknown",
        "check_name": "provider-unknown",
        "fingerprint": "64959826471fec40cca95a3871e05c59",
        "severity": "major",
        "location": {
          "path": "sub folder/config/model mappings.yaml",
          "lines": {
            "begin": 2,
            "end": 2
          }
        }
      },
      {
        "description": "::error::an \\u{1b}[31modd\\r\\nname & <tag> \\u{202e}\"quoted\"￿",
        "check_name": "mapping-shadowed",
        "fingerprint": "c1c61508959342d6baa57e3e5717532d",
        "severity": "minor",
        "location": {
          "path": "sub folder/config/model mappings.yaml",
          "lines": {
            "begin": 2,
            "end": 2
          }
        }
      },
      {
        "description": "`***************` is in clear",
        "check_name": "name-odd",
        "fingerprint": "bb5bfc44932e6cab792c8d9548176feb",
        "severity": "info",
        "location": {
          "path": "sub folder/config/model mappings.yaml",
          "lines": {
            "begin": 3,
            "end": 3
          }
        }
      }
    ]
    "#);
}

#[test]
fn junit_is_a_suite_for_each_file() {
    insta::assert_snapshot!(case().write(Format::Junit), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="gwcfg" tests="6" failures="2" errors="0">
      <testsuite name="config/model mappings.yaml" tests="5" failures="2" errors="0" skipped="2" package="gwcfg">
        <testcase name="provider-unknown exact_matches.café.provider" classname="config/model mappings.yaml" time="0">
          <failure type="error" message="`café` names `olama`: 100% unknown">config/model mappings.yaml:2:20: error[provider-unknown] `café` names `olama`: 100% unknown
    config/providers.yaml:2:3: a similar name
    help: did you mean `ollama`?
    </failure>
        </testcase>
        <testcase name="mapping-shadowed exact_matches.café.note" classname="config/model mappings.yaml" time="0">
          <failure type="warning" message="::error::an \u{1b}[31modd\r\nname &amp; &lt;tag&gt; \u{202e}&quot;quoted&quot;\u{ffff}">config/model mappings.yaml:2:33: warning[mapping-shadowed] ::error::an \u{1b}[31modd\r\nname &amp; &lt;tag&gt; \u{202e}&quot;quoted&quot;\u{ffff}
    </failure>
        </testcase>
        <testcase name="name-odd exact_matches.key.api_key" classname="config/model mappings.yaml" time="0">
          <system-out>config/model mappings.yaml:3:18: info[name-odd] `***************` is in clear
    help: not ***************
    </system-out>
        </testcase>
        <testcase name="mapping-shadowed patterns" classname="config/model mappings.yaml" time="0">
          <skipped type="warning" message="allowed by a comment: for &lt;now&gt;"/>
        </testcase>
        <testcase name="provider-unknown patterns[pattern=^phi].provider" classname="config/model mappings.yaml" time="0">
          <skipped type="error" message="known by the baseline"/>
        </testcase>
      </testsuite>
      <testsuite name="config/providers.yaml" tests="1" failures="0" errors="0" skipped="0" package="gwcfg">
        <testcase name="no findings" classname="config/providers.yaml" time="0"/>
      </testsuite>
    </testsuites>
    "#);
}

#[test]
fn sarif_tells_rules_places_fixes_and_suppressions() {
    let sarif = case().write(Format::Sarif).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    assert_eq!(sarif, include_str!("report.sarif"));
}

#[test]
fn nothing_found_is_a_whole_report_too() {
    let case = Case::new(&[("a.yaml", "a: 1\n")]);
    let all = [Format::Plain, Format::Github, Format::Gitlab, Format::Junit];
    let written: Vec<String> = all.into_iter().map(|format| case.write(format)).collect();
    insta::assert_snapshot!(written.join("--\n"), @r#"
    --
    checked 3 files, 12 models at 5 providers, 25 public names: no findings
    --
    []
    --
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="gwcfg" tests="1" failures="0" errors="0">
      <testsuite name="a.yaml" tests="1" failures="0" errors="0" skipped="0" package="gwcfg">
        <testcase name="no findings" classname="a.yaml" time="0"/>
      </testsuite>
    </testsuites>
    "#);
    let sarif: serde_json::Value = serde_json::from_str(&case.write(Format::Sarif)).unwrap();
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn a_rule_is_a_link_to_its_page_where_links_are_shown() {
    let mut case = case();
    let plain = case.human();
    assert!(!plain.contains("docs.example.org"), "{plain}");
    case.style.links = true;
    let linked = case.human();
    let link = "error[\u{1b}]8;;https://docs.example.org/rules/provider-unknown.html\u{1b}\\\
                provider-unknown\u{1b}]8;;\u{1b}\\]: ";
    assert!(linked.contains(link), "{linked}");
    case.around.pages = None;
    assert_eq!(case.human(), plain);
}
