//! The settings under `gateway`: the list of the pinned release's keys, and what is written.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::litellm::{VERSION, gateway, python};
use crate::support::project::gwcfg;
use crate::{UPSTREAM, answered, load};

#[test]
fn the_list_of_settings_is_the_one_of_the_pinned_release() {
    // Another release has other settings, and this test has nothing to say about it.
    if std::env::var("GWCFG_LITELLM").is_ok_and(|version| version != VERSION) {
        return;
    }
    let Some(python) = python("the_list_of_settings_is_the_one") else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (script, file) in [("litellm_keys", "keys"), ("litellm_inferred", "inferred")] {
        let made = Command::new(&python)
            .arg(root.join(format!("scripts/{script}.py")))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let list = root.join(format!("src/gateway/litellm/{file}.tsv"));
        let list = fs::read_to_string(list).unwrap();
        let made = String::from_utf8(made.stdout).unwrap();
        let differs = list.lines().zip(made.lines()).find(|(here, there)| here != there);
        assert!(list == made, "make {file}.tsv again with the script: {differs:?}");
    }
}

const GATEWAY: &str = "gateway:
  router_settings:
    retry_after: 1
    timeout: 25.5
    retry_policy: {TimeoutErrorRetries: 0}
    optional_pre_call_checks: [prompt_caching]
    context_window_fallbacks: [{a: [b]}]
  litellm_settings:
    drop_params: true
    cache: true
    cache_params: {type: local, supported_call_types: [acompletion], ttl: 5}
  general_settings:
    master_key: os.environ/LITELLM_MASTER_KEY
    background_health_checks: false
    alerting_args: {report_check_interval: 60}
";

#[test]
fn settings_are_written_and_the_gateway_takes_every_one() {
    let Some(mut gateway) = gateway("settings_are_written_and_the_gateway_takes") else { return };
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("gwcfg.yaml", GATEWAY);
    write(
        "providers.yaml",
        &format!(
            "providers:
  p:
    type: openai_compatible
    base_url: {UPSTREAM}
    status: active
    rate_limits: {{requests_per_minute: 100}}
    models: [a, b]
"
        ),
    );
    write("model-mappings.yaml", "exact_matches: {c: {provider: p, backend_model: a}}\n");
    let output = gwcfg()
        .args(["-C", folder.path().to_str().unwrap(), "generate", "-o", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let config = String::from_utf8(output.stdout).unwrap();
    let sections = config.split_once("litellm_settings:").unwrap().1;
    insta::assert_snapshot!(sections, @"

      drop_params: true
      cache: true
      cache_params:
        type: local
        supported_call_types:
          - acompletion
        ttl: 5
    router_settings:
      routing_strategy: simple-shuffle
      num_retries: 0
      optional_pre_call_checks:
        - prompt_caching
        - enforce_model_rate_limits
      retry_after: 1
      timeout: 25.5
      retry_policy:
        TimeoutErrorRetries: 0
      context_window_fallbacks:
        - a:
            - b
      max_fallbacks: 5
      fallbacks: []
    general_settings:
      master_key: os.environ/LITELLM_MASTER_KEY
      background_health_checks: false
      alerting_args:
        report_check_interval: 60
    ");
    let loaded = load(&mut gateway, &config);
    let ignored = loaded.log.iter().find(|line| line.text.contains("not a valid argument"));
    assert!(ignored.is_none(), "{ignored:?}");
    assert_eq!(answered(&gateway.request("c", &[])), "a");
}
