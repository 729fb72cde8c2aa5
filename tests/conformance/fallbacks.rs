//! Fallback lists: which one applies, in which order, and how deep.

use crate::support::litellm::gateway;
use crate::{around, load, models, walk};

const ALIASES: &str = "
  model_group_alias:
    h_a: {model: a, hidden: true}
    h_b: {model: b, hidden: true}
    h_c: {model: c, hidden: true}
";

#[test]
fn an_empty_list_switches_the_default_off_for_that_name() {
    let Some(mut gateway) = gateway("an_empty_list_switches_the_default_off") else { return };
    let settings = "
router_settings:
  num_retries: 0
  default_fallbacks: [d]
  fallbacks: [{x: []}]
";
    load(&mut gateway, &(models(&["x", "y", "d"]) + settings));
    assert_eq!(walk(&mut gateway, "x"), "x");
    assert_eq!(around(&mut gateway, "y", &["y"]), "y d");
}

#[test]
fn a_list_belongs_to_the_requested_name_not_to_the_alias_target() {
    let Some(mut gateway) = gateway("a_list_belongs_to_the_requested_name") else { return };
    let settings = "
router_settings:
  num_retries: 0
  model_group_alias: {h: {model: x, hidden: true}, i: {model: x, hidden: true}}
  default_fallbacks: [d]
  fallbacks: [{x: []}, {i: []}]
";
    load(&mut gateway, &(models(&["x", "d"]) + settings));
    assert_eq!(walk(&mut gateway, "x"), "x");
    assert_eq!(walk(&mut gateway, "i"), "x");
    assert_eq!(around(&mut gateway, "h", &["x"]), "x d");
}

#[test]
fn a_hop_through_an_alias_ignores_the_chain_of_its_target() {
    let Some(mut gateway) = gateway("a_hop_through_an_alias") else { return };
    let settings = "  fallbacks: [{a: [h_b, c]}, {b: [d]}]\n";
    let head = models(&["a", "b", "c", "d"]) + "router_settings:\n  num_retries: 0" + ALIASES;
    load(&mut gateway, &(head + settings));
    assert_eq!(walk(&mut gateway, "a"), "a b c");
    assert_eq!(walk(&mut gateway, "b"), "b d");
}

#[test]
fn a_name_with_a_list_never_gets_the_default_not_even_at_a_hop() {
    let Some(mut gateway) = gateway("a_name_with_a_list_never_gets_the_default") else { return };
    let settings = "
router_settings:
  num_retries: 0
  default_fallbacks: [e]
  fallbacks: [{a: [b, c]}]
";
    load(&mut gateway, &(models(&["a", "b", "c", "e"]) + settings));
    assert_eq!(walk(&mut gateway, "a"), "a b c");
    assert_eq!(walk(&mut gateway, "b"), "b e");
}

#[test]
fn a_hop_without_a_list_resumes_the_first_list_before_the_enclosing_one() {
    let Some(mut gateway) = gateway("a_hop_without_a_list_resumes_the_first") else { return };
    let names = models(&["a", "b", "c", "d", "e", "f"]);
    let chains = "{a: [b, c]}, {b: [d, e]}, {c: [f]}";
    let head = "router_settings:\n  num_retries: 0\n  fallbacks: [";
    load(&mut gateway, &format!("{names}{head}{chains}]\n"));
    assert_eq!(walk(&mut gateway, "a"), "a b d c f e");
    // An empty list at every end makes the walk depth first.
    load(&mut gateway, &format!("{names}{head}{chains}, {{d: []}}, {{e: []}}, {{f: []}}]\n"));
    assert_eq!(walk(&mut gateway, "a"), "a b d e c f");
}

#[test]
fn a_hop_is_skipped_by_its_name_so_an_alias_repeats_its_target() {
    let Some(mut gateway) = gateway("a_hop_is_skipped_by_its_name") else { return };
    let head = models(&["a", "b", "c"]) + "router_settings:\n  num_retries: 0" + ALIASES;
    load(&mut gateway, &format!("{head}  fallbacks: [{{a: [b, b, h_b]}}]\n"));
    assert_eq!(walk(&mut gateway, "a"), "a b b");
}

#[test]
fn cycles_end_when_every_name_was_tried() {
    let Some(mut gateway) = gateway("cycles_end") else { return };
    let head = models(&["a", "b", "c"]) + "router_settings:\n  num_retries: 0" + ALIASES;
    load(&mut gateway, &format!("{head}  fallbacks: [{{a: [b]}}, {{b: [c]}}, {{c: [a, b]}}]\n"));
    assert_eq!(walk(&mut gateway, "a"), "a b c");
    assert_eq!(walk(&mut gateway, "c"), "c a b");
    let through_aliases = "{a: [h_b]}, {b: [h_a]}, {h_a: [h_b]}, {h_b: [h_a]}";
    load(&mut gateway, &format!("{head}  fallbacks: [{through_aliases}]\n"));
    assert_eq!(walk(&mut gateway, "a"), "a b a");
}

#[test]
fn max_fallbacks_counts_the_siblings_before_a_nested_list() {
    let Some(mut gateway) = gateway("max_fallbacks_counts_the_siblings") else { return };
    let head = models(&["a", "b", "c", "d", "e", "f"]) + "router_settings:\n  num_retries: 0\n";
    let chains = "  fallbacks: [{a: [b, c, d, e]}, {e: [f]}]\n";
    load(&mut gateway, &format!("{head}  max_fallbacks: 4\n{chains}"));
    assert_eq!(walk(&mut gateway, "a"), "a b c d e");
    load(&mut gateway, &format!("{head}  max_fallbacks: 5\n{chains}"));
    assert_eq!(walk(&mut gateway, "a"), "a b c d e f");
}

#[test]
fn max_fallbacks_does_not_count_steps_that_were_tried() {
    let Some(mut gateway) = gateway("max_fallbacks_does_not_count_steps") else { return };
    let head = models(&["a", "b", "c", "d", "e"]) + "router_settings:\n  num_retries: 0\n";
    let chains = "  fallbacks: [{a: [b, c]}, {b: []}, {c: [b, d]}, {d: [e]}]\n";
    load(&mut gateway, &format!("{head}  max_fallbacks: 3\n{chains}"));
    assert_eq!(walk(&mut gateway, "a"), "a b c d");
    load(&mut gateway, &format!("{head}  max_fallbacks: 4\n{chains}"));
    assert_eq!(walk(&mut gateway, "a"), "a b c d e");
}

#[test]
fn max_fallbacks_does_not_limit_siblings() {
    let Some(mut gateway) = gateway("max_fallbacks_does_not_limit_siblings") else { return };
    let names = models(&["a", "b", "c", "d", "e", "f"]);
    let settings = "
router_settings:
  num_retries: 0
  max_fallbacks: 1
  fallbacks: [{a: [b, c, d, e, f]}, {b: []}, {c: []}, {d: []}, {e: []}, {f: []}]
";
    load(&mut gateway, &(names + settings));
    assert_eq!(walk(&mut gateway, "a"), "a b c d e f");
}

#[test]
fn an_unknown_name_is_refused_before_the_default() {
    let Some(mut gateway) = gateway("an_unknown_name_is_refused") else { return };
    let settings = "router_settings: {default_fallbacks: [d]}\n";
    load(&mut gateway, &(models(&["d"]) + settings));
    let answer = gateway.request("nosuch", &[]);
    assert_eq!(answer.error.expect("refused").class, "ProxyModelNotFoundError");
    assert!(answer.calls.is_empty());
}

#[test]
fn a_default_of_several_names_is_tried_in_order() {
    let Some(mut gateway) = gateway("a_default_of_several_names") else { return };
    let settings = "router_settings: {num_retries: 0, default_fallbacks: [d, e]}\n";
    load(&mut gateway, &(models(&["a", "d", "e"]) + settings));
    assert_eq!(walk(&mut gateway, "a"), "a d e");
    assert_eq!(walk(&mut gateway, "d"), "d e");
}
