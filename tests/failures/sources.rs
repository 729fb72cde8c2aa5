//! What may stand where a source file is expected.

use std::fs;
use std::os::unix::fs::symlink;

use crate::ends;
use crate::support::project::Project;

const PROVIDERS: &str = "config/providers.yaml";

/// A project whose providers file has these bytes.
fn with_providers(bytes: impl AsRef<[u8]>) -> Project {
    let project = Project::new();
    project.write(PROVIDERS, bytes);
    project
}

#[test]
fn a_missing_file_is_a_finding_and_a_missing_project_is_not_judged() {
    let project = Project::new();
    project.remove(PROVIDERS);
    ends(&project.run(&["validate"]), 1, &["file-missing", "`config/providers.yaml` is not there"]);
    project.remove("config/model-mappings.yaml");
    ends(&project.run(&["validate"]), 3, &["no `providers.yaml` and no `model-mappings.yaml`"]);
}

#[test]
fn a_source_with_nearly_the_right_name_is_told() {
    for (right, near) in [
        (PROVIDERS, "config/provider.yaml"),
        (PROVIDERS, "config/Providers.yml"),
        ("config/model-mappings.yaml", "config/model_mappings.yaml"),
        ("config/model-mappings.yaml", "config/mappings.yml"),
    ] {
        let project = Project::new();
        fs::rename(project.path(right), project.path(near)).unwrap();
        ends(&project.run(&["validate"]), 1, &["file-missing", &format!("rename `{near}`")]);
    }
    let project = Project::new();
    fs::rename(project.path("config/ports.yaml"), project.path("config/port.yaml")).unwrap();
    let note = "note: `config/port.yaml` is not read: the ports file's name is `ports.yaml`";
    ends(&project.run(&["validate"]), 0, &[note]);
}

#[test]
fn what_is_named_must_be_there() {
    let project = Project::new();
    let named = |option: &str, path: &str| project.run(&[option, path, "validate"]);
    ends(&named("-C", "nowhere"), 2, &["`nowhere`, which `-C` names, does not exist"]);
    ends(&named("-C", "gwcfg.yaml"), 2, &["`gwcfg.yaml`, which `-C` names, is not a folder"]);
    ends(&named("--config-dir", "no"), 2, &["`no`, which `--config-dir` names, does not exist"]);
    ends(&named("--config", "no.yaml"), 2, &["`no.yaml`, which `--config` names, does not exist"]);
    ends(&named("--config", "config"), 2, &["cannot read `config`: it is a folder, not a file"]);
}

#[test]
fn a_project_file_with_nearly_the_right_name_is_told() {
    let project = Project::new();
    let note = "is not read: the project file's name is `gwcfg.yaml`";
    for name in ["gw-cfg.yaml", "gwcfg.yml.bak", "GWCFG.yaml", "gwcgf.yml"] {
        project.write(name, "");
        ends(&project.run(&["validate"]), 0, &[]);
        std::fs::rename(project.path("gwcfg.yaml"), project.path("kept")).unwrap();
        ends(&project.run(&["validate"]), 0, &[&format!("note: `{name}` {note}")]);
        std::fs::rename(project.path("kept"), project.path("gwcfg.yaml")).unwrap();
        project.remove(name);
    }
}

#[test]
fn a_folder_is_not_read_as_a_file() {
    let project = Project::new();
    project.remove(PROVIDERS);
    fs::create_dir(project.path(PROVIDERS)).unwrap();
    ends(&project.run(&["validate"]), 2, &["providers.yaml`: it is a folder, not a file"]);
}

#[test]
fn a_pipe_is_not_waited_for() {
    let project = Project::new();
    project.remove(PROVIDERS);
    let made = std::process::Command::new("mkfifo").arg(project.path(PROVIDERS)).status();
    assert!(made.unwrap().success());
    ends(&project.run(&["validate"]), 2, &["it is a device, a pipe or a socket, not a file"]);
}

#[test]
fn links_that_lead_nowhere_are_told_as_such() {
    let project = Project::new();
    project.remove(PROVIDERS);
    symlink("providers.yaml", project.path(PROVIDERS)).unwrap();
    ends(&project.run(&["validate"]), 2, &["cannot read", "symbolic links"]);
    project.remove(PROVIDERS);
    symlink("elsewhere.yaml", project.path(PROVIDERS)).unwrap();
    let lost = "it is a link to `elsewhere.yaml`, which does not exist";
    ends(&project.run(&["validate"]), 2, &[lost]);
}

#[test]
fn a_link_to_a_file_is_followed() {
    let project = Project::new();
    fs::rename(project.path(PROVIDERS), project.path("real.yaml")).unwrap();
    symlink("../real.yaml", project.path(PROVIDERS)).unwrap();
    ends(&project.run(&["validate"]), 0, &["no findings"]);
}

#[test]
fn an_empty_file_is_a_file_without_its_keys() {
    for text in ["", "\n", "# nothing yet\n", "---\n", "~\n", "{}\n"] {
        let project = with_providers(text);
        ends(&project.run(&["validate"]), 1, &["key-missing", "`providers`"]);
    }
}

#[test]
fn bytes_that_are_no_text_are_told_by_their_offset() {
    let project = with_providers(b"providers: {}\n\x80\xff\x00");
    ends(&project.run(&["validate"]), 1, &["file-not-utf8", "byte 14"]);
    let utf16: Vec<u8> =
        "\u{feff}providers: {}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    ends(&with_providers(utf16).run(&["validate"]), 1, &["file-not-utf8", "UTF-16"]);
    ends(&with_providers("providers: \0{}\n").run(&["validate"]), 1, &["control-character"]);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_do_no_harm() {
    let project = Project::new();
    for file in [PROVIDERS, "config/model-mappings.yaml", "config/ports.yaml", "gwcfg.yaml"] {
        project.write(file, project.read(file).replace('\n', "\r\n"));
    }
    ends(&project.run(&["validate", "--fail-on", "warning"]), 0, &["no findings"]);
    project.write(PROVIDERS, format!("\u{feff}{}", project.read(PROVIDERS)));
    ends(&project.run(&["validate"]), 0, &["byte-order-mark", "1 warning"]);
    ends(&project.run(&["generate"]), 0, &["wrote"]);
}

#[test]
fn a_half_written_file_never_compiles_to_half_a_config() {
    let project = Project::new();
    project.run(&["generate"]);
    let before = project.read("config/litellm-unified.yaml");
    let whole = project.read(PROVIDERS);
    // Every place where a writer may have stopped. What still is a whole project may compile.
    for end in (0..whole.len()).step_by(7) {
        project.write(PROVIDERS, &whole[..end]);
        let ended = project.run(&["generate", "--format", "json"]);
        let after = project.read("config/litellm-unified.yaml");
        if ended.code == Some(0) {
            project.write("config/litellm-unified.yaml", &before);
        } else {
            ends(&ended, 1, &["\"severity\": \"error\"", "nothing was written"]);
            assert_eq!(before, after, "byte {end}");
        }
    }
}

#[test]
fn a_file_of_a_gigabyte_is_refused_without_reading_it() {
    let project = Project::new();
    let file = fs::File::options().write(true).open(project.path(PROVIDERS)).unwrap();
    file.set_len(1 << 30).unwrap();
    let begun = std::time::Instant::now();
    ends(&project.run(&["validate"]), 1, &["file-too-large", "500 MiB"]);
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

#[test]
fn a_large_file_of_nothing_but_mistakes_ends_in_time() {
    let many = |entry: fn(usize) -> String, count: usize| {
        (0..count).map(entry).collect::<Vec<_>>().join(", ")
    };
    // One line, as a program writes it; each kind was once looked up from the start of the file.
    let statuses =
        many(|n| format!("p{n}: {{type: ollama, status: activ, models: [m{n}]}}"), 50_000);
    let prices = many(|n| format!("model{n}: [free]"), 120_000);
    let entries = many(|n| format!("[no, {n}, {{a: b}}]"), 120_000);
    let provider = "type: openai, status: active, models: [m]";
    for (file, text) in [
        (PROVIDERS, format!("providers: {{{statuses}}}")),
        (PROVIDERS, format!("providers: {{a: {{{provider}, cost_per_1k_tokens: {{{prices}}}}}}}")),
        ("config/model-mappings.yaml", format!("fallback_chains: {{m: {{chain: [{entries}]}}}}")),
    ] {
        assert!(text.len() > 2_000_000, "{}", text.len());
        let project = Project::new();
        project.write(file, text);
        let begun = std::time::Instant::now();
        ends(&project.run(&["validate"]), 1, &["more findings; `--format json` lists all"]);
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }
}

#[test]
fn deep_nesting_is_refused() {
    let flow = format!("providers: {}\n", "[".repeat(200_000));
    let block: String = (0..300).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let items = format!("providers:\n  {}x\n", "- ".repeat(100_000));
    for text in [flow, block, items] {
        ends(&with_providers(text).run(&["validate"]), 1, &["nesting-too-deep"]);
    }
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    ends(&with_providers(text).run(&["validate"]), 1, &["alias-expansion"]);
    let merges = "b0: &b0 {x: 1}\n".to_owned()
        + &(1..40)
            .map(|n| format!("b{n}: &b{n} {{<<: [*b{0}, *b{0}]}}\n", n - 1))
            .collect::<String>();
    ends(&with_providers(merges).run(&["validate"]), 1, &["alias-expansion"]);
    let endless = "providers: &a\n  x: *a\n";
    ends(&with_providers(endless).run(&["validate"]), 1, &["alias-expansion"]);
}

#[test]
fn a_broken_project_file_stops_everything() {
    let project = Project::new();
    project.write("gwcfg.yaml", "rules: [\n");
    let broken = "`gwcfg.yaml` has errors, so nothing else was judged";
    ends(&project.run(&["validate"]), 2, &["syntax-error", broken]);
    project.write("gwcfg.yaml", "rules: {fallback-cicle: warning}\n");
    ends(&project.run(&["validate"]), 2, &["there is no rule `fallback-cicle`", "fallback-cycle"]);
    project.write("gwcfg.yaml", "target: envoy\n");
    ends(&project.run(&["validate"]), 2, &["`gwcfg.yaml:1:9`: gwcfg knows no target `envoy`"]);
    project.write("gwcfg.yaml", "rules: {xyzzy: info}\nrequired-version: newest\n");
    let told = [
        "error: `gwcfg.yaml:1:9`: there is no rule `xyzzy`\n",
        "error: `gwcfg.yaml:2:19`: `newest` asks for no version: write one like `>=0.1`\n",
    ];
    ends(&project.run(&["validate"]), 2, &told);
    project.write("gwcfg.yaml", "required-version: '>=99'\n");
    ends(&project.run(&["validate"]), 2, &["the project wants gwcfg >=99"]);
    project.write("gwcfg.yaml", "");
    ends(&project.run(&["validate"]), 0, &[]);
    project.write("gwcfg.yml", "");
    ends(&project.run(&["validate"]), 2, &["gwcfg.yaml` and `", "keep one"]);
}
