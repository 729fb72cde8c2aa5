//! `link/often.ld` names functions that are there.

use super::root;

/// The parts of the mangled name in a pattern: each is written behind its length.
fn parts(pattern: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = pattern;
    while let Some(end) = rest.find(|letter: char| !letter.is_ascii_digit()).filter(|end| *end > 0)
    {
        let length: usize = rest[..end].parse().unwrap();
        let Some((part, behind)) = rest[end..].split_at_checked(length) else { break };
        found.push(part);
        rest = behind;
    }
    found
}

/// True when the module of a function of ours is there, and names the function, or its type.
fn is_there(parts: &[&str]) -> bool {
    let mut module = root().join("src");
    let mut parts = parts.iter().peekable();
    while let Some(part) = parts.next_if(|part| module.join(part).is_dir()) {
        module = module.join(part);
    }
    let file = match parts.next_if(|part| module.join(format!("{part}.rs")).is_file()) {
        Some(part) => module.join(format!("{part}.rs")),
        None if module.join("mod.rs").is_file() => module.join("mod.rs"),
        None => module.join("lib.rs"),
    };
    let text = std::fs::read_to_string(file).unwrap_or_default();
    parts.find(|part| !part.contains('?')).is_none_or(|name| text.contains(*name))
}

/// The names of our functions in a linker script.
fn ours(script: &str) -> Vec<&str> {
    let names = script.lines().filter_map(|line| line.trim().strip_prefix("*(.text*._ZN5gwcfg"));
    names.map(|name| name.trim_end_matches(')').trim_end_matches("17h*")).collect()
}

#[test]
fn the_linker_script_names_functions_that_are_there() {
    let script = std::fs::read_to_string(root().join("link/often.ld")).unwrap();
    let names = ours(&script);
    let lost: Vec<&&str> = names.iter().filter(|name| !is_there(&parts(name))).collect();
    assert!(names.len() > 100, "{} names: is another mangling in use?", names.len());
    assert!(lost.len() * 10 < names.len(), "run scripts/link_order.py again: {lost:#?} are gone");
}

#[test]
fn a_function_that_is_gone_is_seen() {
    let script = "    *(.text*._ZN5gwcfg6source5parse5parse17h*)\n    *(.text*._ZN4core3fmt17h*)\n";
    assert_eq!(ours(script), ["6source5parse5parse"]);
    assert_eq!(parts("6source5parse5parse"), ["source", "parse", "parse"]);
    assert!(is_there(&["source", "parse", "parse"]));
    assert!(!is_there(&["source", "parse", "gone_since"]));
    assert!(!is_there(&["gone", "parse", "parse"]));
}
