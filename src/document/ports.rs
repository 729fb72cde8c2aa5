//! `ports.yaml`: which service listens where.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::source::{Entries, Entry, Field, Ignored, Name, Text};

use super::numbers::Port;

/// The file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ports<'a> {
    /// Services, of both forms of the file: at the top, or under `services`.
    pub services: Vec<Entry<'a, Service<'a>>>,
    /// Ports kept for later.
    pub reserved: Field<Entries<'a, Service<'a>>>,
    /// Ranges by purpose, like `8000-8999,9000-9999`.
    pub ranges: Field<Entries<'a, Text<'a>>>,
}

/// One service.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Service<'a> {
    /// Where it listens.
    pub port: Field<Port>,
    /// A command or URL that tells whether it is up.
    pub health_check: Field<&'a str>,
    /// For people.
    pub protocol: Ignored,
    /// For people.
    pub required: Ignored,
    /// For people.
    pub service: Ignored,
    /// For people.
    pub description: Ignored,
    /// For people.
    pub notes: Ignored,
}

/// Top-level keys that only describe.
const DESCRIPTIVE: [&str; 4] = ["metadata", "version", "description", "notes"];

impl<'de: 'a, 'a> Deserialize<'de> for Ports<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Sections;
        impl<'de> Visitor<'de> for Sections {
            type Value = Ports<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping of services")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut ports = Ports::default();
                while let Some(name) = map.next_key::<Name<'de>>()? {
                    match name.value {
                        "reserved" => ports.reserved = map.next_value()?,
                        "ranges" => ports.ranges = map.next_value()?,
                        "services" => {
                            let services: Field<Entries<'de, Service<'de>>> = map.next_value()?;
                            if let Some(entries) = services.value() {
                                ports.services.extend(entries.iter().cloned());
                            }
                        }
                        key if DESCRIPTIVE.contains(&key) => {
                            let _: Ignored = map.next_value()?;
                        }
                        _ => ports.services.push(Entry { name, value: map.next_value()? }),
                    }
                }
                Ok(ports)
            }
        }
        deserializer.deserialize_map(Sections)
    }
}

impl JsonSchema for Ports<'_> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Ports".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let service = generator.subschema_for::<Field<Service<'static>>>();
        let mut services = generator.subschema_for::<Field<Entries<'static, Service<'static>>>>();
        let mut reserved = services.clone();
        let mut ranges = generator.subschema_for::<Field<Entries<'static, Text<'static>>>>();
        let all = "The services, when they do not stand at the top of the file.";
        for (section, words) in [
            (&mut services, all),
            (&mut reserved, "Ports kept for later, by name: no service may listen there."),
            (&mut ranges, "Ranges of ports by purpose, such as `8000-8999,9000-9999`."),
        ] {
            section.insert("description".to_owned(), words.into());
        }
        let for_people = json_schema!({ "description": "For people." });
        json_schema!({
            "title": "ports.yaml",
            "description": "Which service listens where: every mapping with a `port` is one.",
            "type": "object",
            "properties": {
                "services": services,
                "reserved": reserved,
                "ranges": ranges,
                "metadata": for_people, "version": for_people,
                "description": for_people, "notes": for_people,
            },
            "additionalProperties": service,
        })
    }
}
