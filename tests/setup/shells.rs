//! `gwcfg completions`: every shell that can be had reads its script, and completes by it.

use std::process::Command;

use crate::support::project::{Ended, ends, finish, gwcfg, plain};
use crate::tools;

fn script(shell: &str) -> String {
    let mut command = gwcfg();
    command.args(["completions", shell]);
    let ended = finish(command);
    ends(&ended, 0, &["generate"]);
    assert_eq!(ended.err, "");
    ended.out
}

/// Runs a program with the script in a file, whose path is the last argument.
fn with_script(shell: &str, program: &str, arguments: &[&str]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    // zsh finds functions by their files' names.
    let path = folder.path().join("_gwcfg");
    std::fs::write(&path, script(shell)).unwrap();
    let mut command = Command::new(program);
    plain(&mut command);
    command.args(arguments).arg(&path).env("HOME", folder.path());
    finish(command)
}

/// What bash offers for the last of these words.
fn offered_by_bash(words: &str) -> Vec<String> {
    let ask = format!(
        "source \"$1\"; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
         _gwcfg gwcfg \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; printf '%s\\n' \
         \"${{COMPREPLY[@]}}\""
    );
    let ended = with_script("bash", "bash", &["--norc", "-euc", &ask, "bash"]);
    ends(&ended, 0, &[]);
    assert_eq!(ended.err, "");
    ended.out.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_values() {
    let ended = with_script("bash", "bash", &["-n"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    assert_eq!(offered_by_bash("gwcfg val"), ["validate"]);
    assert_eq!(offered_by_bash("gwcfg rollback --dry"), ["--dry-run"]);
    assert_eq!(offered_by_bash("gwcfg validate --fail-on w"), ["warning"]);
    assert_eq!(offered_by_bash("gwcfg history pru"), ["prune"]);
    let all = offered_by_bash("gwcfg ''");
    assert!(all.contains(&"deploy".to_owned()) && !all.contains(&"watch".to_owned()), "{all:?}");
}

#[test]
fn zsh_loads_its_script_by_the_name_of_the_command() {
    if tools::is_offline() {
        return;
    }
    tools::system_package("zsh");
    let ended = with_script("zsh", "zsh", &["-n"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    let ask = "fpath=(${1:h} $fpath); autoload -Uz compinit; compinit -u -D; \
               print $_comps[gwcfg]; autoload +X _gwcfg && print ${+functions[_gwcfg]}";
    let ended = with_script("zsh", "zsh", &["-fc", ask, "zsh"]);
    assert_eq!((ended.out.as_str(), ended.err.as_str()), ("_gwcfg\n1\n", ""));
}

#[test]
fn fish_completes_commands_and_says_what_they_do() {
    if tools::is_offline() {
        return;
    }
    tools::system_package("fish");
    let ended = with_script("fish", "fish", &["--no-execute"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    let ask = "source $argv[1]; complete -C 'gwcfg val'; complete -C 'gwcfg explain --colo'";
    let ended = with_script("fish", "fish", &["--no-config", "-c", ask]);
    ends(&ended, 0, &["validate\tCheck the sources", "--color\tWhen to use colours"]);
}

/// Their shells are not to be had from Debian: that they define the command is all that is seen.
#[test]
fn the_scripts_of_the_other_shells_name_the_command_and_its_words() {
    assert!(
        script("powershell").contains("Register-ArgumentCompleter -Native -CommandName 'gwcfg'")
    );
    assert!(script("elvish").contains("set edit:completion:arg-completer[gwcfg]"));
    let mut unknown = gwcfg();
    unknown.args(["completions", "tcsh"]);
    ends(&finish(unknown), 2, &["possible values: bash, elvish, fish, powershell, zsh"]);
}
