//! A compiled config in the shapes in which a cluster takes it.
//!
//! Kubernetes 1.21 and newer; LiteLLM's chart `litellm-helm`, which renders `proxy_config` of its
//! values as `config.yaml` and restarts the pods when that changes.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::gateway::sink::{Scalar, Sink};
use crate::gateway::yaml::YamlWriter;
use crate::source::Span;

use super::{Lowered, emit};

/// Bytes that the data of a ConfigMap may have: `MaxSecretSize` of Kubernetes, 1 MiB.
pub const MAX_BYTES: usize = 1024 * 1024;

/// Bytes above which `kubectl apply` needs `--server-side`: it keeps a copy in an annotation, and
/// all annotations together may have 256 KiB.
pub const MAX_CLIENT_SIDE_BYTES: usize = 256 * 1024;

/// The file in the ConfigMap; the chart looks for this name too.
const FILE: &str = "config.yaml";

/// What a config asks of the place in which it runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// The environment variables that it refers to by `os.environ/`.
    pub variables: BTreeSet<String>,
    /// The first kind of value that LiteLLM would read otherwise when Helm has written it anew.
    pub changed_by_helm: Option<Change>,
}

/// What Helm makes of a value. Helm reads values as JSON and writes them by Go's YAML (measured
/// with `kubectl`, whose YAML is the same), and LiteLLM reads that by PyYAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A key whose value is null goes away.
    Null,
    /// `1.0e-07` becomes `1e-07`, which is text to PyYAML.
    Number,
    /// `=` and `<<` lose their quotes, and U+0085 becomes a blank.
    Text,
}

/// A ConfigMap.
#[derive(Debug, Clone, Copy)]
pub struct ConfigMap<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether the cluster refuses to change its data.
    pub immutable: bool,
    /// The gateway and its release.
    pub target: &'a str,
    /// SHA-256 of the config.
    pub sha256: &'a str,
    /// The config.
    pub config: &'a str,
}

/// What the config asks of the place in which it runs.
#[must_use]
pub fn needs(lowered: &Lowered<'_>) -> Needs {
    let mut needs = Needs::default();
    match emit(lowered, &mut needs) {
        Ok(()) => needs,
        Err(never) => match never {},
    }
}

/// Writes a ConfigMap that holds the config as one file.
///
/// # Errors
/// Those of the receiver.
pub fn config_map(map: &ConfigMap<'_>, needs: &Needs, out: &mut dyn Write) -> io::Result<()> {
    let mut yaml = YamlWriter::new(out);
    comment(needs, &mut yaml)?;
    yaml.map_start()?;
    text(&mut yaml, "apiVersion", "v1")?;
    text(&mut yaml, "kind", "ConfigMap")?;
    yaml.key("metadata", None)?;
    yaml.map_start()?;
    text(&mut yaml, "name", map.name)?;
    yaml.key("labels", None)?;
    yaml.map_start()?;
    text(&mut yaml, "app.kubernetes.io/managed-by", "gwcfg")?;
    yaml.map_end()?;
    yaml.key("annotations", None)?;
    yaml.map_start()?;
    text(&mut yaml, "gwcfg/content-sha256", map.sha256)?;
    text(&mut yaml, "gwcfg/target", map.target)?;
    yaml.map_end()?;
    yaml.map_end()?;
    if map.immutable {
        yaml.key("immutable", None)?;
        yaml.scalar(Scalar::Bool(true))?;
    }
    yaml.key("data", None)?;
    yaml.map_start()?;
    yaml.key(FILE, None)?;
    yaml.literal(map.config)?;
    yaml.map_end()?;
    yaml.map_end()?;
    yaml.finish()?;
    Ok(())
}

/// Writes values for LiteLLM's chart: the config as the map `proxy_config`.
///
/// # Errors
/// Those of the receiver.
pub fn chart_values(lowered: &Lowered<'_>, needs: &Needs, out: &mut dyn Write) -> io::Result<()> {
    let mut yaml = YamlWriter::new(out);
    comment(needs, &mut yaml)?;
    yaml.map_start()?;
    yaml.key("proxy_config", None)?;
    emit(lowered, &mut yaml)?;
    yaml.map_end()?;
    yaml.finish()?;
    Ok(())
}

/// The variables, for whoever writes the Secret that gives them.
fn comment(needs: &Needs, yaml: &mut YamlWriter<&mut dyn Write>) -> io::Result<()> {
    if needs.variables.is_empty() {
        return Ok(());
    }
    yaml.comment("environment variables that a Secret has to give:")?;
    for name in &needs.variables {
        yaml.comment(&format!("  {name}"))?;
    }
    Ok(())
}

fn text<W: Write>(yaml: &mut YamlWriter<W>, key: &str, value: &str) -> io::Result<()> {
    yaml.key(key, None)?;
    yaml.scalar(Scalar::Text(value))
}

impl Sink for Needs {
    type Error = std::convert::Infallible;

    fn map_start(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn key(&mut self, _: &str, _: Option<Span>) -> Result<(), Self::Error> {
        Ok(())
    }

    fn map_end(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn list_start(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn item(&mut self, _: Option<Span>) -> Result<(), Self::Error> {
        Ok(())
    }

    fn list_end(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn scalar(&mut self, scalar: Scalar<'_>) -> Result<(), Self::Error> {
        if let Scalar::Text(text) = scalar
            && let Some(name) = text.strip_prefix("os.environ/")
        {
            self.variables.insert(name.to_owned());
        }
        self.changed_by_helm = self.changed_by_helm.or_else(|| change(scalar));
        Ok(())
    }
}

fn change(scalar: Scalar<'_>) -> Option<Change> {
    match scalar {
        Scalar::Null => Some(Change::Null),
        Scalar::Float(value) => {
            // Go writes an exponent outside of these bounds, and no dot behind a single digit.
            let exponent = value != 0.0 && !(1e-6..1e21).contains(&value.abs());
            let one_digit = !format!("{value:e}").contains('.');
            (exponent && one_digit).then_some(Change::Number)
        }
        Scalar::Text("=" | "<<") => Some(Change::Text),
        Scalar::Text(text) => text.contains('\u{85}').then_some(Change::Text),
        Scalar::Int(_) | Scalar::Bool(_) => None,
    }
}

/// Why a text is no name of a ConfigMap; `None` when it is one: a DNS subdomain (RFC 1123).
#[must_use]
pub fn wrong_name(name: &str) -> Option<String> {
    let end = |byte: Option<&u8>| byte.is_some_and(|byte| is_name_letter(*byte));
    let label = |label: &str| {
        let bytes = label.as_bytes();
        end(bytes.first())
            && end(bytes.last())
            && bytes.iter().all(|byte| is_name_letter(*byte) || *byte == b'-')
    };
    let fits = name.len() <= 253 && name.split('.').all(label);
    (!fits).then(|| {
        format!(
            "`{name}` is no name for a ConfigMap: use at most 253 lower-case letters, digits, `-` \
             and `.`, with a letter or a digit at both ends"
        )
    })
}

fn is_name_letter(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_map_holds_the_config_as_a_file() {
        let map = ConfigMap {
            name: "litellm-config-0123456789",
            immutable: true,
            target: "litellm 1.106.2",
            sha256: "0123",
            config: "model_list: []\nrouter_settings:\n  num_retries: 0\n",
        };
        let variables = ["A_KEY", "B_KEY"].map(str::to_owned).into();
        let mut out = Vec::new();
        config_map(&map, &Needs { variables, changed_by_helm: None }, &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
        # environment variables that a Secret has to give:
        #   A_KEY
        #   B_KEY
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: litellm-config-0123456789
          labels:
            app.kubernetes.io/managed-by: gwcfg
          annotations:
            gwcfg/content-sha256: '0123'
            gwcfg/target: litellm 1.106.2
        immutable: true
        data:
          config.yaml: |
            model_list: []
            router_settings:
              num_retries: 0
        ");
    }

    #[test]
    fn what_a_config_asks_for_is_collected() {
        let mut needs = Needs::default();
        for text in ["os.environ/B", "x", "os.environ/A", "os.environ/B", "see os.environ/C"] {
            needs.scalar(Scalar::Text(text)).unwrap();
        }
        assert_eq!(needs.variables, ["A", "B"].map(str::to_owned).into());
        assert_eq!(needs.changed_by_helm, None);
    }

    #[test]
    fn what_helm_changes_is_known() {
        let float = |value: f64| change(Scalar::Float(value));
        for value in [1e-7, -5e-10, 1e21, 3e22] {
            assert_eq!(float(value), Some(Change::Number), "{value}");
        }
        for value in [0.0, 1.0, 0.5, 1e-6, 1.5e-7, 1e20, 1.25e30] {
            assert_eq!(float(value), None, "{value}");
        }
        assert_eq!(change(Scalar::Null), Some(Change::Null));
        for text in ["=", "<<", "a\u{85}b"] {
            assert_eq!(change(Scalar::Text(text)), Some(Change::Text), "{text}");
        }
        for scalar in [Scalar::Text("1e-07"), Scalar::Text("=="), Scalar::Int(1 << 60)] {
            assert_eq!(change(scalar), None, "{scalar:?}");
        }
    }

    #[test]
    fn names_are_those_that_kubernetes_takes() {
        let long = "a".repeat(254);
        for name in ["a", "litellm-config", "a.b-c.0", "0"] {
            assert_eq!(wrong_name(name), None, "{name}");
        }
        for name in ["", "A", "a_b", "-a", "a-", "a..b", ".a", "a/b", "é", "{hash}", &long] {
            assert!(wrong_name(name).is_some(), "{name}");
        }
    }
}
