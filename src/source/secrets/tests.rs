use super::super::map::SourceFile;
use super::super::parse::parse;
use super::*;

/// The pieces of the text that are secrets, and their keys.
fn found(text: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("t".to_owned(), text.as_bytes().to_vec(), false));
    let parsed = parse(&sources, file);
    let all = find(&sources, file, &parsed.tree, parsed.errors.is_empty());
    let show = |secret: &Secret<'_>| {
        let key = secret.key.map(|key| format!("{key}=")).unwrap_or_default();
        let value = secret.value.map(|value| format!(" ({})", value.escape_debug()));
        format!("{key}{}{}", sources.slice(secret.span).escape_debug(), value.unwrap_or_default())
    };
    all.iter().map(show).collect::<Vec<_>>().join("\n")
}

#[test]
fn values_under_keys_that_name_a_secret_are_found_however_they_are_written() {
    insta::assert_snapshot!(found(r#"
a: {api_key: hunter2, token: 4096, password: 1234, master_key: os.environ/KEY}
b:
  "api_key": &k "hunter\x33"
  client_secret: *k
  auth_tokens: [one, 'two', none]
  password: |
    three
    four
  Authorization: Bearer five
  requires_api_key: true
  secret: {limit: 5}
"#), @r#"
    api_key=hunter2
    password=1234
    api_key=\"hunter\\x33\" (hunter3)
    client_secret=\"hunter\\x33\" (hunter3)
    auth_tokens=one
    auth_tokens=\'two\'
    password=three\n    four\n   (three\nfour\n)
    Authorization=Bearer five
    "#);
}

#[test]
fn shapes_are_found_in_names_values_and_comments() {
    insta::assert_snapshot!(found(r#"
# old: sk-0123456789abcdef, api_key = abcdef123456, the token: see the manual
models: [hf_0123456789abcdefghij, "x \"ghp_0123456789abcdefghij\""]  # password: hunter2hunter2
gsk_0123456789abcdefghij: redis://me:pass@host
"sk\x2d0123456789abcdef": 1
description: 'the token: as in the manual'
pem: |
  -----BEGIN RSA PRIVATE KEY-----
  MIIEabc
  -----END RSA PRIVATE KEY-----
end: 1
"#), @r#"
    sk-0123456789abcdef
    api_key=abcdef123456
    hf_0123456789abcdefghij
    \"x \\\"ghp_0123456789abcdefghij\\\"\" (ghp_0123456789abcdefghij)
    password=hunter2hunter2
    gsk_0123456789abcdefghij
    pass
    \"sk\\x2d0123456789abcdef\" (sk-0123456789abcdef)
    -----BEGIN RSA PRIVATE KEY-----\n  MIIEabc\n  -----END RSA PRIVATE KEY-----
    -----BEGIN RSA PRIVATE KEY-----\n  MIIEabc\n  -----END RSA PRIVATE KEY-----\n (-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\n-----END RSA PRIVATE KEY-----)
    "#);
}

#[test]
fn a_broken_file_is_judged_by_its_lines() {
    insta::assert_snapshot!(found(r#"
a: {api_key: hunter2, b: [
  password: correct horse battery # the staple
  token:
    three
  secret: "four
    five
  master_key: |-
    six
  env_var: MY_KEY
  c: ]
"#), @r#"
    api_key=hunter2
    password=correct horse battery
    token=three
    secret=\"four
    secret=five
    master_key=six
    "#);
}

#[test]
fn a_text_that_is_one_line_of_many_keys_is_read_once() {
    let start = std::time::Instant::now();
    for key in ["api_key: none, ", "api_key: ", "token: \"", "token: '\\\"", "# key= ", "token:{"] {
        let text = key.repeat(300_000 / key.len());
        assert!(in_text(&text).len() < 100_000);
        let _ = in_text(&format!("[{text}"));
    }
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}
