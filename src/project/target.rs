//! `target` of `gwcfg.yaml` and of `--target`: a gateway, and the release of it that is run.

use crate::diagnostic::suggest;
use crate::gateway::litellm::releases::{MEASURED, PINNED, Release};

/// The one gateway that gwcfg compiles for.
const LITELLM: &str = "litellm";

/// The release that a target names, `None` for `litellm` alone: the one that gwcfg takes for
/// granted.
///
/// # Errors
///
/// What is wrong, and what is meant where that is near.
pub fn target(text: &str) -> Result<Option<Release>, String> {
    let (name, version) = match text.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (text, None),
    };
    if name != LITELLM {
        return Err(unknown(text, name, version));
    }
    let Some(version) = version else { return Ok(None) };
    release(version).map(Some).ok_or_else(|| {
        let near = nearest_version(version)
            .map_or_else(String::new, |release| format!(", did you mean `{LITELLM}@{release}`?"));
        let advice = if near.is_empty() { advice() } else { near };
        format!("the target `{text}` names no release{advice}")
    })
}

/// A word that is not `litellm`, or one that runs into its version.
fn unknown(text: &str, name: &str, version: Option<&str>) -> String {
    // `litellm==1.106.2` and `litellm:1.106.2` are what other tools take.
    let glued = text.strip_prefix(LITELLM).filter(|_| version.is_none());
    let glued = glued.map(|rest| rest.trim_start_matches(['=', ':', '-', ' ']));
    let near = match (glued.and_then(nearest_version), suggest::nearest(name, [LITELLM])) {
        (Some(release), _) => Some(format!("{LITELLM}@{release}")),
        (None, Some(_)) => Some(match version {
            Some(version) => format!("{LITELLM}@{version}"),
            None => LITELLM.to_owned(),
        }),
        (None, None) => None,
    };
    match near {
        Some(near) => format!("gwcfg knows no target `{text}`, did you mean `{near}`?"),
        None => format!("gwcfg knows no target `{text}`{}", advice()),
    }
}

fn advice() -> String {
    format!(": write `{LITELLM}`, or a release such as `{LITELLM}@{PINNED}`")
}

/// A release as semver writes it; what stands behind the numbers, such as `-stable`, tells no
/// other release.
fn release(text: &str) -> Option<Release> {
    let version = semver::Version::parse(text).ok()?;
    Some(Release::new(version.major, version.minor, version.patch))
}

/// What a version means that is not written in full: `v1.106.2`, `1.106`.
fn nearest_version(text: &str) -> Option<Release> {
    let text = text.trim().trim_start_matches(['v', 'V']);
    let known = || {
        let found =
            MEASURED.iter().rev().find(|one| one.to_string().starts_with(&format!("{text}.")));
        found.copied().filter(|_| !text.is_empty())
    };
    release(text).or_else(known).or_else(|| release(&format!("{text}.0")))
}

/// A line for people when a release is the target on which nothing was measured; `None` for one
/// that was.
#[must_use]
pub fn unmeasured(target: Option<Release>) -> Option<String> {
    let target = target.filter(|target| !target.is_measured())?;
    let others = MEASURED.iter().filter(|other| **other != PINNED);
    let measured: Vec<String> = others.map(Release::to_string).collect();
    Some(format!(
        "nothing was measured on LiteLLM {target}, the target: what is said was seen on {PINNED}, \
         and compared on {}",
        measured.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::{target, unmeasured};
    use crate::gateway::litellm::releases::Release;

    #[test]
    fn a_target_is_a_gateway_with_or_without_a_release() {
        assert_eq!(target("litellm"), Ok(None));
        assert_eq!(target("litellm@1.100.5"), Ok(Some(Release::new(1, 100, 5))));
        assert_eq!(target("litellm@1.83.14-stable.2"), Ok(Some(Release::new(1, 83, 14))));
    }

    #[test]
    fn what_is_wrong_with_a_target_is_told_with_what_is_near() {
        let wrong = [
            "litelm",
            "litelm@1.106.2",
            "LiteLLM@1.106.2",
            "envoy",
            "",
            "litellm@",
            "litellm@latest",
            "litellm@v1.106.2",
            "litellm@1.106",
            "litellm@1.55",
            "litellm==1.106.2",
            "litellm:1.80.0",
            "litellm@1.106.2.1",
            "litellm@>=1.100",
        ];
        let told: Vec<String> = wrong.iter().map(|text| target(text).unwrap_err()).collect();
        insta::assert_snapshot!(told.join("\n"), @"
        gwcfg knows no target `litelm`, did you mean `litellm`?
        gwcfg knows no target `litelm@1.106.2`, did you mean `litellm@1.106.2`?
        gwcfg knows no target `LiteLLM@1.106.2`, did you mean `litellm@1.106.2`?
        gwcfg knows no target `envoy`: write `litellm`, or a release such as `litellm@1.106.2`
        gwcfg knows no target ``: write `litellm`, or a release such as `litellm@1.106.2`
        the target `litellm@` names no release: write `litellm`, or a release such as `litellm@1.106.2`
        the target `litellm@latest` names no release: write `litellm`, or a release such as `litellm@1.106.2`
        the target `litellm@v1.106.2` names no release, did you mean `litellm@1.106.2`?
        the target `litellm@1.106` names no release, did you mean `litellm@1.106.2`?
        the target `litellm@1.55` names no release, did you mean `litellm@1.55.0`?
        gwcfg knows no target `litellm==1.106.2`, did you mean `litellm@1.106.2`?
        gwcfg knows no target `litellm:1.80.0`, did you mean `litellm@1.80.0`?
        the target `litellm@1.106.2.1` names no release: write `litellm`, or a release such as `litellm@1.106.2`
        the target `litellm@>=1.100` names no release: write `litellm`, or a release such as `litellm@1.106.2`
        ");
    }

    #[test]
    fn a_release_that_nobody_measured_is_told() {
        assert_eq!(unmeasured(None), None);
        assert_eq!(unmeasured(Some(Release::new(1, 106, 2))), None);
        insta::assert_snapshot!(unmeasured(Some(Release::new(1, 95, 0))).unwrap(), @"nothing was measured on LiteLLM 1.95.0, the target: what is said was seen on 1.106.2, and compared on 1.92.2, 1.100.5, 1.109.1");
    }
}
