//! The command line as a person and a script see it: every command with what it prints and how it
//! ends. `TRYCMD=overwrite cargo test --test cli` writes anew what the commands print.

#[test]
fn transcripts_are_true() {
    let cases = trycmd::TestCases::new();
    cases.env("NO_COLOR", "1").env("COLUMNS", "100");
    for variable in ["FORCE_COLOR", "CLICOLOR_FORCE", "CI", "GWCFG_DOCS_URL"] {
        // A variable without a value says nothing, as if it were not set.
        cases.env(variable, "");
    }
    cases.case("tests/cmd/*.md").case("tests/cmd/*.toml");
}
