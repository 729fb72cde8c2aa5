//! Nothing in the repository knows the machine that it was written on.

use std::net::Ipv4Addr;

use crate::{none, root, texts};

/// Hosts that a file may name: this machine itself, names that no machine has (RFC 2606 and
/// single labels in tests), the providers' public addresses, and where things are documented.
const HOSTS: &[&str] = &[
    "localhost",
    "127.0.0.1",
    "0.0.0.0",
    "192.168.1.10",
    "github.com",
    "json-schema.org",
    "json.schemastore.org",
    "keepachangelog.com",
    "pre-commit.com",
    "semver.org",
    "www.apache.org",
    "yaml.org",
    "docs.litellm.ai",
    "hooks.slack.com",
    "ollama.com",
    "openrouter.ai",
    "bedrock-runtime.eu-west-1.amazonaws.com",
    "generativelanguage.googleapis.com",
    "aiplatform.googleapis.com",
    "router.huggingface.co",
    // Names of schemas, in the schemas of others that the tests check reports by.
    "raw.githubusercontent.com",
    "www.w3.org",
    // Begins a shape of secrets, and the rule that knows it has a test.
    "hooks.slack.com",
];

/// Hosts by their ends.
const ENDS: &[&str] = &[
    ".invalid",
    ".example",
    ".example.org",
    ".example.com",
    ".test",
    ".openai.com",
    ".cohere.com",
    ".x.ai",
    ".anthropic.com",
    ".together.ai",
    ".perplexity.ai",
    ".mistral.ai",
    ".groq.com",
    ".fireworks.ai",
    ".deepseek.com",
    ".blackbox.ai",
    ".openai.azure.com",
];

/// Beginnings of paths that only one machine has.
const FOLDERS: &[&str] = &["/home/", "/root/", "/Users/", "C:\\Users"];

fn host_allowed(host: &str) -> bool {
    // A single label names no machine of the net, and a template has no host yet.
    !host.contains('.')
        || host.ends_with('.')
        || is_private(host)
        || HOSTS.contains(&host)
        || ENDS.iter().any(|end| host.ends_with(end) || host == end.trim_start_matches('.'))
}

/// `10.0.0.x`: every private net has these (RFC 1918), and to the rules about locality only such an
/// address is a machine nearby.
fn is_private(host: &str) -> bool {
    host.parse::<Ipv4Addr>().is_ok_and(|address| address.octets()[..3] == [10, 0, 0])
}

/// The hosts of the addresses in a text.
fn hosts(text: &str) -> Vec<&str> {
    let addresses = ["http://", "https://"].iter().flat_map(|scheme| text.split(scheme).skip(1));
    let authority = addresses.map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-._@:".contains(c));
        &rest[..end.unwrap_or(rest.len())]
    });
    let host = authority.map(|authority| {
        let host = authority.rsplit('@').next().unwrap_or("");
        host.split(':').next().unwrap_or("")
    });
    host.collect()
}

fn breaches(path: &str, text: &str, here: &str) -> Vec<String> {
    let mut found = Vec::new();
    for host in hosts(text).into_iter().filter(|host| !host_allowed(host)) {
        found.push(format!("{path}: names the host `{host}`"));
    }
    for folder in FOLDERS.iter().copied().chain([here]) {
        if text.contains(folder) {
            found.push(format!("{path}: holds the path `{folder}`"));
        }
    }
    found
}

#[test]
fn no_file_names_a_machine() {
    let here = root().to_str().unwrap();
    let files = texts(root());
    assert!(files.len() > 200, "only {} files", files.len());
    // This file names what it looks for; checksums and sources of crates are cargo's.
    let ours =
        files.iter().filter(|(path, _)| path != "tests/tidy/places.rs" && path != "Cargo.lock");
    none(&ours.flat_map(|(path, text)| breaches(path, text, here)).collect::<Vec<_>>());
    let lock = &files.iter().find(|(path, _)| path == "Cargo.lock").unwrap().1;
    let foreign = lock.lines().filter(|line| {
        line.starts_with("source = ")
            && *line != "source = \"registry+https://github.com/rust-lang/crates.io-index\""
    });
    none(&foreign.map(str::to_owned).collect::<Vec<_>>());
}

#[test]
fn a_machine_is_seen() {
    let of = |text: &str| breaches("a", text, "/where/it/was/built").len();
    assert_eq!(of("see https://packages.corporation.net/simple and http://10.9.8.7:80/"), 2);
    assert_eq!(of("http://user:word@gpu.internal.net:8000/v1"), 1);
    assert_eq!(of("in /home/somebody/project"), 1);
    assert_eq!(of("in /where/it/was/built/src"), 1);
    assert_eq!(of("http://10.0.0.7:1/ http://10.0.0.7.corporation.net/"), 1);
    assert_eq!(of("http://127.0.0.1:1/ https://api.openai.com/v1 http://gpu-box:1 https://h.x"), 1);
    assert_eq!(of("http://localhost:4000 https://models.example.org/v1 http://b.invalid"), 0);
}
