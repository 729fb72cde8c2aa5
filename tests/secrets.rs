//! A literal secret reaches no output of the program and no file that it writes, wherever it
//! stands in the sources and whatever else is wrong with them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot prepare its project has to fail"
)]

mod support;

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use support::project::gwcfg;

const PROJECT: &str =
    "output: out.yaml\nrules: {secret-literal: warning, setting-unknown: warning}\n";
const PROVIDERS: &str = "
providers:
  local:
    type: ollama
    base_url: http://127.0.0.1:11434
    status: active
    models: [phi4]
  cloud:
    type: openai
    status: active
    env_var: OPENAI_API_KEY
    models: [gpt-5]
";
const MAPPINGS: &str = "
exact_matches:
  small: {provider: local, backend_model: phi4}
";
const PORTS: &str = "
local: {port: 11434}
";

/// The four files, in the order of the numbers that the cases draw.
const NAMES: [&str; 4] = ["gwcfg.yaml", "providers.yaml", "model-mappings.yaml", "ports.yaml"];

/// Lines of a provider, of a mapping, of the top level, with `@` for the secret: places that show
/// a secret by its shape.
const BY_SHAPE: [(usize, &str); 24] = [
    (0, "# the key is @\n"),
    (0, "rules: {@: error}\n"),
    (0, "@: 1\n"),
    (0, "target: '@'\n"),
    (0, "required-version: '@'\n"),
    (0, "gateway: {litellm_settings: {some_list: [{deep: \"@\"}]}}\n"),
    (0, "gateway: {general_settings: {@: 1}}\n"),
    (1, "  @: {type: ollama, base_url: 'http://h', status: active, models: [a]}\n"),
    (1, "    description: see @ there\n"),
    (1, "    env_var: @\n"),
    (1, "    default_model: \"@\"\n"),
    (1, "    headers: {X-Team: @}\n"),
    (1, "    organization: @\n"),
    (1, "    tags: [&a @, *a]\n"),
    (1, "    timeout: @\n"),
    (1, "    max_retries: 1 # @\n"),
    (1, "    rate_limits: {requests_per_minute: @}\n"),
    (2, "  @: {provider: local, backend_model: phi4}\n"),
    (2, "  b: {provider: @}\n"),
    (2, "  c: {provider: cloud, fallback: @}\n"),
    (2, "patterns: [{pattern: '^(@', provider: local}, {pattern: '@', provider: local}]\n"),
    (2, "fallback_chains: {small: {chain: [@, @]}, @: {chain: [gpt-5]}}\n"),
    (3, "@: {port: 11434}\n"),
    (3, "other: {port: @}\n"),
];

/// The same for places that name it.
const BY_KEY: [(usize, &str); 14] = [
    (0, "gateway: {general_settings: {master_key: '@'}}\n"),
    (0, "gateway: {litellm_settings: {cache_params: {password: '@'}}}\n"),
    (0, "password: '@'\n"),
    (1, "    api_key: '@'\n"),
    (1, "    api_key:\n      - '@'\n"),
    (1, "    api_key: >-\n      @\n"),
    (1, "    headers: {Authorization: 'Bearer @', X-Api-Key: '@'}\n"),
    (1, "    base_url: 'http://me:@@h:1'\n"),
    (1, "    \"client_secret\" : '@'\n"),
    (1, "    token: &t '@'\n    organization: *t\n"),
    (2, "  b: {provider: local, access_token: '@', backend_model: '@'}\n"),
    (2, "passwords: ['@', '@']\n"),
    (3, "local_secret: '@'\n"),
    (3, "x: {port: 1, passphrase: '@'}\n"),
];

/// What else is wrong, behind the line: nothing, or something that stops a parser.
const DAMAGE: [&str; 11] = [
    "",
    "",
    "",
    "x: [\n",
    "\ty: 1\n",
    "    - }\n",
    "---\nz: 1\n",
    "n: \0\n",
    "a: *lost\n",
    "u: \"open\n",
    "d: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]\n",
];

fn shaped() -> impl Strategy<Value = String> {
    const MARKS: [&str; 6] = ["sk-", "sk-ant-api03-", "hf_", "gsk_", "xai-", "ghp_"];
    (prop::sample::select(&MARKS[..]), "[a-zA-Z0-9]{24}").prop_map(|(mark, rest)| {
        // Enough different letters, as real keys have them.
        format!("{mark}aB3dE5{rest}")
    })
}

/// Text that YAML reads as it stands in single quotes, and that no word of a report equals.
fn any_text() -> impl Strategy<Value = String> {
    "[A-Za-z0-9%*+.<=>^_~é-]{3,20}[0-9]{3}[A-Za-z0-9]{2}"
}

#[derive(Debug, Clone)]
struct Case {
    secret: String,
    file: usize,
    line: String,
    damage: &'static str,
    /// The damage stands before the line.
    early: bool,
    bad_byte: bool,
}

fn case() -> impl Strategy<Value = Case> {
    let by_shape = (shaped(), prop::sample::select(&BY_SHAPE[..]));
    let by_key = (any_text(), prop::sample::select(&BY_KEY[..]));
    let place = prop_oneof![by_shape, by_key];
    let damage = prop::sample::select(&DAMAGE[..]);
    (place, damage, any::<bool>(), prop::bool::weighted(0.1)).prop_map(
        |((secret, (file, line)), damage, early, bad_byte)| {
            // `@@` is the secret and the `@` of a URL.
            let line = line.replace("@@", "\u{1}at").replace('@', &secret);
            let line = line.replace("\u{1}at", &format!("{secret}@"));
            Case { secret, file, line, damage, early, bad_byte }
        },
    )
}

fn write_project(root: &Path, case: &Case) {
    for (number, text) in [PROJECT, PROVIDERS, MAPPINGS, PORTS].into_iter().enumerate() {
        let mut text = text.as_bytes().to_vec();
        if number == case.file {
            let parts =
                if case.early { [case.damage, &case.line] } else { [&case.line, case.damage] };
            text.extend(parts.concat().bytes());
            text.extend(case.bad_byte.then_some(0xff));
        }
        fs::write(root.join(NAMES[number]), text).unwrap();
    }
}

/// Runs a command; what it wrote to stdout and stderr.
fn run(root: &Path, arguments: &[&str]) -> String {
    let mut command = gwcfg();
    let output = command.arg("-C").arg(root).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    assert_ne!(output.status.code(), Some(101), "{}", String::from_utf8_lossy(&text));
    String::from_utf8_lossy(&text).into_owned()
}

/// Every file below the root that gwcfg wrote.
fn written(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            written(&path, texts);
        } else if !NAMES.iter().any(|name| path.ends_with(name)) {
            texts.push(String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned());
        }
    }
}

/// The secret, or ten letters of it that follow each other.
fn shows(text: &str, secret: &str) -> bool {
    let letters: Vec<char> = secret.chars().collect();
    let pieces = letters.windows(letters.len().min(10));
    pieces.map(|piece| piece.iter().collect::<String>()).any(|piece| text.contains(&piece))
}

#[test]
fn a_secret_is_left_out_of_the_output_and_one_in_disguise_stops_it() {
    let root = tempfile::tempdir().unwrap();
    let gateway = "gateway: {general_settings: {master_key: hunter2hunter2}}\n";
    fs::write(root.path().join(NAMES[0]), format!("{PROJECT}{gateway}")).unwrap();
    let headers = "    headers: {X-Team: red, Authorization: Bearer hunter2hunter2}\n";
    fs::write(root.path().join(NAMES[1]), format!("{PROVIDERS}{headers}")).unwrap();
    fs::write(root.path().join(NAMES[2]), MAPPINGS).unwrap();
    let said = run(root.path(), &["generate"]);
    assert!(said.contains("warning[secret-literal]") && said.contains("wrote"), "{said}");
    let output = fs::read_to_string(root.path().join("out.yaml")).unwrap();
    assert!(output.contains("X-Team: red") && !output.contains("Authorization"), "{output}");
    assert!(!output.contains("hunter2") && !output.contains("master_key"), "{output}");
    // Without the project's word the level is an error, and the findings have exit code 1.
    let said = run(root.path(), &["validate", "-D", "secret-literal"]);
    assert!(said.contains("error[secret-literal]") && said.contains("gwcfg.yaml"), "{said}");
    // The same text under a key that does not name a secret.
    let alias = "    headers: {Authorization: &k hunter2hunter2, X-Team: *k}\n";
    fs::write(root.path().join(NAMES[1]), format!("{PROVIDERS}{alias}")).unwrap();
    let said = run(root.path(), &["generate"]);
    assert!(said.contains("nothing was written") && !said.contains("hunter2"), "{said}");
    let said = run(root.path(), &["diff"]);
    assert!(said.contains("nothing was compared") && !said.contains("hunter2"), "{said}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn no_secret_leaves_the_sources(case in case()) {
        let root = tempfile::tempdir().unwrap();
        write_project(root.path(), &case);
        let mut texts = Vec::new();
        let file = |name: &str| root.path().join(name).display().to_string();
        let formats = ["json", "sarif", "github", "gitlab", "junit", "plain"];
        let reports = formats.map(|format| format!("--report={format}={}", file(format)));
        let (baseline, known) = (file("known.yaml"), file("known.sarif"));
        let report = format!("--report=sarif={known}");
        let mut all = vec!["validate"];
        all.extend(reports.iter().map(String::as_str));
        for arguments in [
            &all[..],
            &["validate", "--write-baseline", &baseline],
            &["validate", "--baseline", &baseline, &report],
            &["validate", "-A", "secret-literal", "--color", "always"],
            &["generate", "-o", "-"],
            &["generate", "--check"],
            &["diff", "--format", "json"],
            &["generate", "-W", "type-wrong", "-W", "url-invalid", "-W", "model-unknown"],
            &["diff", "-W", "type-wrong", "-W", "url-invalid", "-W", "model-unknown"],
        ] {
            texts.push(run(root.path(), arguments));
        }
        written(root.path(), &mut texts);
        for text in texts {
            prop_assert!(!shows(&text, &case.secret), "{}\n{}", case.secret, text);
        }
    }

    #[test]
    fn a_secret_in_an_edited_output_is_not_shown(
        secret in any_text(),
        line in prop::sample::select(&["api_key: '@'", "api_key: @", "x: 'redis://:@@h:1'",
            "key:\n  password: |\n    @\n    more", "'secret': \"@"][..]),
    ) {
        let root = tempfile::tempdir().unwrap();
        let (doubled, mark) = (format!("{secret}@"), '\u{1}');
        let line = line.replace("@@", "\u{1}").replace('@', &secret).replace(mark, &doubled);
        let nothing = Case {
            secret: secret.clone(), file: 9, line: String::new(), damage: "", early: false,
            bad_byte: false,
        };
        write_project(root.path(), &nothing);
        prop_assert!(run(root.path(), &["generate"]).contains("wrote"));
        let output = root.path().join("out.yaml");
        let edited = format!("{}{line}\n", fs::read_to_string(&output).unwrap());
        fs::write(&output, edited).unwrap();
        let said = run(root.path(), &["generate"]);
        prop_assert!(said.contains("edited by hand"));
        let sides = [
            said,
            run(root.path(), &["diff"]),
            run(root.path(), &["diff", "1", "live", "--color", "always"]),
            run(root.path(), &["diff", "sources", "live", "--format", "json"]),
            run(root.path(), &["rollback", "--to", "1", "--dry-run"]),
        ];
        for said in sides {
            prop_assert!(said.contains("+++"), "{said}");
            prop_assert!(!shows(&said, &secret), "{secret}\n{said}");
        }
    }
}
