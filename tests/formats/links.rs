//! Links to the pages of rules (OSC 8): only where an address is known, and only with colours.

use crate::broken;
use crate::support::project::finish;

const ADDRESS: &str = "https://docs.example.org/gwcfg";

#[test]
fn rules_are_links_where_somebody_published_their_pages() {
    let project = broken();
    let run = |variables: &[(&str, &str)], color: &str| {
        let mut command = project.command(&["validate", "--color", color]);
        command.envs(variables.iter().copied());
        finish(command).out
    };
    let (force, address) = (("FORCE_HYPERLINK", "1"), ("GWCFG_DOCS_URL", ADDRESS));
    let linked = run(&[force, address], "always");
    let link = format!("\u{1b}]8;;{ADDRESS}/rules/provider-unknown.html\u{1b}\\provider-unknown");
    assert!(linked.contains(&link), "{linked}");
    // Without one of them, or where a terminal would show the bytes themselves.
    for (variables, color) in [
        (vec![force, address], "never"),
        (vec![address], "always"),
        (vec![("FORCE_HYPERLINK", "0"), address], "always"),
        (vec![force, ("GWCFG_DOCS_URL", "")], "always"),
        (vec![force, ("GWCFG_DOCS_URL", "https://a\u{7}b")], "always"),
        (vec![force, address, ("TERM", "dumb")], "always"),
    ] {
        let out = run(&variables, color);
        assert!(!out.contains("\u{1b}]8"), "{variables:?} {out}");
        assert!(out.contains("provider-unknown"), "{out}");
    }
    let mut command = project.command(&["validate", "--format", "sarif"]);
    command.envs([force, address]);
    let sarif = finish(command).out;
    let page = format!("\"helpUri\": \"{ADDRESS}/rules/provider-unknown.html\"");
    assert!(sarif.contains(&page) && !sarif.contains('\u{1b}'), "{sarif}");
}
