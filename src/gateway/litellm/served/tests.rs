use proptest::prelude::*;

use super::*;

/// Reads a text as the commands do.
fn with<T>(text: &str, then: impl FnOnce(&Served<'_>) -> T) -> T {
    let mut sources = Sources::default();
    let bytes = text.as_bytes().to_vec();
    let file = sources.add(SourceFile::new("c.yaml".to_owned(), bytes, false));
    let mut parsed = source::parse(&sources, file);
    parsed.tree.mark_repeated_keys();
    then(&read(&parsed.tree))
}

/// The changes, one a line.
fn told(old: &str, new: &str) -> String {
    let changes = with(old, |old| with(new, |new| changes(old, new)));
    let line = |change: &Change| {
        format!("{} {}: {}\n", change.kind.as_str(), change.request, change.words)
    };
    changes.iter().map(line).collect()
}

/// A `model_list`: `name model key=value …`, one deployment a line.
fn models(lines: &str) -> String {
    let mut text = "model_list:\n".to_owned();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let (name, model) = (words.next().unwrap(), words.next().unwrap());
        let more: String = words.map(|word| format!(", {}", word.replace('=', ": "))).collect();
        text += &format!(
            "  - {{model_name: \"{name}\", litellm_params: {{model: \"{model}\"{more}}}}}\n"
        );
    }
    text
}

#[test]
fn deployments_come_go_and_move() {
    let old = models(
        "coder vllm/qwen
         old openai/gpt-4
         kept openai/gpt-5
         moved ollama_chat/phi4 api_base=http://a:1
         pair hosted_vllm/m api_base=http://a:1 weight=1
         pair hosted_vllm/m api_base=http://b:1 weight=3
         home openai/gpt-5 api_base=http://a:1",
    );
    let new = models(
        "coder vllm/qwen weight=0.7
         coder ollama/qwen2.5-coder:7b weight=0.3
         kept openai/gpt-5
         moved ollama_chat/phi4 api_base=http://b:1
         fast groq/llama
         pair hosted_vllm/m api_base=http://a:1 weight=2
         pair hosted_vllm/m api_base=http://b:1 weight=1
         home openai/gpt-5",
    );
    insta::assert_snapshot!(told(&old, &new), @"
    changed coder: now 70 % vllm/qwen, 30 % ollama/qwen2.5-coder:7b (was vllm/qwen)
    added fast: new, answered by groq/llama
    changed home: now openai/gpt-5 at the provider's own address (was openai/gpt-5 at http://a:1)
    changed moved: now ollama_chat/phi4 at http://b:1 (was ollama_chat/phi4 at http://a:1)
    removed old: gone (was openai/gpt-4)
    changed pair: now 66.7 % hosted_vllm/m at http://a:1, 33.3 % hosted_vllm/m at http://b:1 (was 25 % hosted_vllm/m at http://a:1, 75 % hosted_vllm/m at http://b:1)
    ");
    assert_eq!(told(&old, &old), "");
}

#[test]
fn shares_are_told_as_the_gateway_takes_them() {
    let one = models("a x/m weight=1");
    for (members, words) in [
        ("a x/m weight=2\na x/n weight=1", "66.7 % x/m, 33.3 % x/n"),
        // The first unit that says anything counts.
        ("a x/m rpm=10\na x/n rpm=30 tpm=1", "25 % x/m, 75 % x/n"),
        ("a x/m weight=0 tpm=1\na x/n weight=0 tpm=4", "20 % x/m, 80 % x/n"),
        ("a x/m\na x/n\na x/o", "33.3 % x/m, 33.3 % x/n, 33.3 % x/o"),
        ("a x/m weight=1\na x/n weight=100000", "<0.1 % x/m, 100 % x/n"),
        ("a x/m order=2\na x/n order=1\na x/o order=1", "50 % x/n, 50 % x/o, then x/m"),
        ("a x/m\na x/n order=1", "x/n, then x/m"),
        ("a x/m weight=.nan\na x/n weight=-1", "50 % x/m, 50 % x/n"),
    ] {
        let expected = format!("changed a: now {words} (was x/m)\n");
        assert_eq!(told(&one, &models(members)), expected, "{members}");
    }
    // The same shares in other numbers.
    let (few, many) = ("a x/m weight=1\na x/n weight=3", "a x/m weight=25\na x/n weight=75");
    assert_eq!(told(&models(few), &models(many)), "");
}

#[test]
fn aliases_and_strategies_are_told() {
    let list = models("a x/m\nb x/n\nc x/o\nc x/p");
    let old = format!("{list}router_settings: {{model_group_alias: {{fast: a, slow: b, h: a}}}}\n");
    let new = format!(
        "{list}router_settings:\n  routing_strategy: least-busy\n  model_group_alias:\n    fast: b\n    \
         new: a\n    h: {{model: a, hidden: true}}\n    w: {{model: a, hidden: false}}\n    b: a\n"
    );
    insta::assert_snapshot!(told(&old, &new), @"
    changed b: now an alias of a (was x/n)
    changed c: now x/o or x/p (was 50 % x/o, 50 % x/p); strategy is now least-busy (was simple-shuffle)
    changed fast: now an alias of b (was an alias of a)
    removed h: gone (was an alias of a)
    added new: new, an alias of a
    removed slow: gone (was an alias of b)
    added w: new, an alias of a
    ");
    let own = format!(
        "{list}router_settings:\n  routing_groups:\n    - {{group_name: g, models: [c], \
         routing_strategy: cost-based-routing}}\n"
    );
    insta::assert_snapshot!(told(&list, &own), @"
    changed c: now x/o or x/p (was 50 % x/o, 50 % x/p); strategy is now cost-based-routing (was simple-shuffle)
    added g: new, answered by x/o or x/p
    ");
}

#[test]
fn chains_are_told_by_the_names_that_a_person_knows() {
    let list = models(
        "a x/m
         b x/n
         c x/o
         gwcfg:local:phi4 ollama_chat/phi4 api_base=http://a:1",
    );
    let settings = |text: &str| format!("{list}router_settings:\n  {text}\n");
    let alias = "model_group_alias: {\"gwcfg:hop:b\": {model: b, hidden: true}}";
    let old = settings("fallbacks: [{a: [b]}, {a: [c]}, {b: [c]}]");
    let new = settings(&format!(
        "{alias}\n  fallbacks:\n    - {{a: ['gwcfg:hop:b', 'gwcfg:local:phi4', {{model: c}}]}}\n    \
         - {{c: []}}"
    ));
    insta::assert_snapshot!(told(&old, &new), @"
    changed a: chain is now b, ollama_chat/phi4, c (was b)
    changed b: chain is now none (was c)
    ");
    // The address of a deployment that has no public name.
    let moved = new.replace("http://a:1", "http://b:1");
    insta::assert_snapshot!(told(&new, &moved), @"changed a: chain is now b, ollama_chat/phi4 at http://b:1, c (was b, ollama_chat/phi4 at http://a:1, c)");
    // A hop through an alias is the name itself.
    let plain = settings("fallbacks: [{a: [b, c]}]");
    let hop = settings(&format!("{alias}\n  fallbacks: [{{a: [\"gwcfg:hop:b\", c]}}]"));
    assert_eq!(told(&plain, &hop), "");
}

#[test]
fn the_default_chain_is_told_once() {
    let list = models("a x/m\nb x/n\nc x/o\n* openai/*");
    let settings = |text: &str| format!("{list}{text}\n");
    let none = settings("");
    let default = settings("router_settings: {default_fallbacks: [c]}");
    insta::assert_snapshot!(told(&none, &default), @"changed *: names without a chain of their own: chain is now c (was none)");
    let own = settings("router_settings: {default_fallbacks: [c], fallbacks: [{a: []}, {b: [a]}]}");
    insta::assert_snapshot!(told(&default, &own), @"
    changed a: chain is now none (was the default one)
    changed b: chain is now a (was the default one)
    ");
    assert_eq!(told(&own, &default).matches("is now the default one").count(), 2);
    // Other ways to write it.
    for same in [
        "router_settings: {fallbacks: [{\"*\": [c]}]}",
        "litellm_settings: {default_fallbacks: [c]}",
        "router_settings: {fallbacks: []}\nlitellm_settings: {fallbacks: [{\"*\": [c]}]}",
    ] {
        assert_eq!(told(&default, &settings(same)), "", "{same}");
    }
}

#[test]
fn long_lists_are_cut_and_still_differ() {
    let list = |last: &str| {
        let many: String = (0..20).map(|number| format!("a x/m{number}\n")).collect();
        models(&format!("{many}a x/{last}"))
    };
    let (old, new) = (list("old"), list("new"));
    assert!(told(&old, &new).contains("x/new (was"), "{}", told(&old, &new));
    let added = told("", &new);
    assert!(added.ends_with("4.8 % x/m7 and 13 more\n"), "{added}");
}

#[test]
fn what_cannot_be_read_is_left_out() {
    let odd = "
model_list:
  - model_name: a
    litellm_params: {model: x/m}
  - model_name: [b]
    litellm_params: {model: x/m}
  - model_name: c
  - litellm_params: {model: x/m}
  - text
  - model_name: d
    litellm_params: {api_base: http://h}
  - <<: {model_name: e}
    litellm_params: &p {model: x/m, weight: heavy}
  - {model_name: f, litellm_params: *p}
  - {model_name: 7, litellm_params: {model: x/m}}
router_settings:
  fallbacks: [a, {a: f}, {b: [{}, [], e]}, {}]
  model_group_alias: {g: a, h: {model: a, hidden: true}, i: [], j: {hidden: true}, k: lost, e: f}
";
    assert_eq!(names(odd).into_iter().collect::<Vec<_>>(), ["7", "a", "e", "f", "g"]);
    for text in ["", "null", "- a", "a: [", "model_list: x", "router_settings: []", "\0", "a: *b"] {
        assert_eq!(names(text), BTreeSet::new(), "{text}");
    }
    let bomb: String = (0..40).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1)).collect();
    assert_eq!(names(&format!("a-1: &a-1 x\n{bomb}")), BTreeSet::new());
}

#[test]
fn the_names_are_those_that_the_gateway_lists() {
    let text = models("a x/m\na x/n\norg/* openai/*\n* openai/*\ngwcfg:p:m x/m")
        + "router_settings: {model_group_alias: {s: a, h: {model: a, hidden: true}}}\n";
    assert_eq!(names(&text).into_iter().collect::<Vec<_>>(), ["a", "gwcfg:p:m", "s"]);
}

proptest! {
    #[test]
    fn equal_words_mean_equal_configs_and_nothing_panics(
        old in "(- \\{model_name: [ab*], litellm_params: \\{model: x, weight: [0-2]\\}\\}\n){0,4}",
        new in "(- \\{model_name: [ab*], litellm_params: \\{model: x, order: [0-2]\\}\\}\n){0,4}",
        chain in "[ab, ]{0,4}",
    ) {
        let text = |list: &str| {
            format!("model_list:\n{list}router_settings: {{fallbacks: [{{a: [{chain}]}}]}}\n")
        };
        let (old, new) = (text(&old), text(&new));
        prop_assert_eq!(told(&old, &old), "");
        // What is added one way is removed the other way.
        let (there, back) = (told(&old, &new), told(&new, &old));
        prop_assert_eq!(there.matches("added ").count(), back.matches("removed ").count());
        prop_assert_eq!(there.lines().count(), back.lines().count());
    }
}
