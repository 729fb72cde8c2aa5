//! `gwcfg explain`.

use std::io::Write as _;

use crate::diagnostic::suggest;
use crate::rules;

use super::Terminal;
use super::exit::Exit;

pub(super) fn run(rule: Option<&str>, terminal: &mut Terminal) -> Exit {
    let Some(name) = rule else {
        for rule in rules::all() {
            let (stage, severity) = (rule.stage.as_str(), rule.severity.as_str());
            let _ = writeln!(
                terminal.out,
                "{stage:<11} {severity:<8} {:<28} {}",
                rule.name, rule.summary
            );
        }
        return Exit::Done;
    };
    match rules::find(name) {
        Some(rule) => {
            let _ = terminal.out.write_all(rule.page.as_bytes());
            Exit::Done
        }
        None => {
            let all = rules::all();
            let near = suggest::nearest(name, all.iter().map(|rule| rule.name));
            terminal.fail(&format!("there is no rule `{name}`{}", suggest::question(near)));
            Exit::Usage
        }
    }
}
