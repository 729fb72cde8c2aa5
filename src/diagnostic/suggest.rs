//! The nearest known name, when one is near.

/// Names longer than this are not compared: nobody mistypes them by a letter.
const MAX_LENGTH: usize = 128;

/// The candidate that `name` was most likely meant to be: at most a third of its letters away,
/// upper and lower case being the same letter. The first one wins among equals, so the order of
/// the candidates must be fixed.
#[must_use]
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if name.is_empty() || name.len() > MAX_LENGTH {
        return None;
    }
    within(name, candidates, name.chars().count().div_ceil(3).min(4))
}

/// The candidate that `name` is but for a slip of the hand: two letters at most. For words that
/// are like each other and mean different things.
#[must_use]
pub fn slip<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if name.len() < 6 || name.len() > MAX_LENGTH {
        return None;
    }
    within(name, candidates, 2)
}

fn within<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
    limit: usize,
) -> Option<&'c str> {
    let lower = name.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        // The length alone says that most candidates are too far away.
        if candidate.len().abs_diff(name.len()) > limit * 2 || candidate == name {
            continue;
        }
        let candidate_lower = candidate.to_lowercase();
        if least_distance(&lower, &candidate_lower) > limit {
            continue;
        }
        let distance = strsim::osa_distance(&lower, &candidate_lower);
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How far two texts are apart at least: by the letters that only one of them has. Most words are
/// told apart by it, at a small part of the cost of the distance itself.
fn least_distance(one: &str, other: &str) -> usize {
    if !one.is_ascii() || !other.is_ascii() {
        return 0;
    }
    let mut more = [0_i32; 32];
    for (text, step) in [(one, 1), (other, -1)] {
        for byte in text.bytes() {
            if let Some(count) = more.get_mut(usize::from(byte % 32)) {
                *count += step;
            }
        }
    }
    let only_one: i32 = more.iter().map(|count| (*count).max(0)).sum();
    let only_other: i32 = more.iter().map(|count| (-*count).max(0)).sum();
    usize::try_from(only_one.max(only_other)).unwrap_or(0)
}

/// The end of a message about an unknown name: `: did you mean …?`, or nothing.
#[must_use]
pub fn question(near: Option<&str>) -> String {
    near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_strangers_are_not() {
        assert_eq!(nearest("olama", ["vllm", "ollama"]), Some("ollama"));
        assert_eq!(nearest("Ollama", ["ollama"]), Some("ollama"));
        assert_eq!(nearest("gpt", ["claude", "llama"]), None);
        assert_eq!(nearest("x", ["abcdef"]), None);
    }

    proptest::proptest! {
        #[test]
        fn the_least_distance_is_never_more_than_the_distance(
            one in "[a-e_é-]{0,8}",
            other in "[a-e_é-]{0,8}",
        ) {
            proptest::prop_assert!(
                least_distance(&one, &other) <= strsim::osa_distance(&one, &other)
            );
        }
    }

    #[test]
    fn a_slip_is_two_letters_at_most() {
        assert_eq!(slip("usage_basde", ["cost_based", "usage_based"]), Some("usage_based"));
        assert_eq!(slip("context_based", ["cost_based"]), None);
        assert_eq!(slip("a", ["b"]), None);
    }
}
