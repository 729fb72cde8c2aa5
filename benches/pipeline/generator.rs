//! Projects of any size in the shape that people write: ten models a provider, an exact match and a
//! chain of three for each model, some capabilities and patterns, comments and descriptions.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const FAMILIES: [&str; 8] =
    ["llama3.1", "qwen2.5-coder", "mistral", "phi-4", "gemma-3", "glm-4.6", "yi", "granite"];
const SIZES: [u32; 6] = [1, 3, 8, 13, 34, 70];
const PURPOSES: [&str; 4] = ["general_chat", "code_generation", "creative_writing", "vision"];
const RULE: &str = "# ==========================================================================\n";
/// Tiers of the chains: each falls to the next one, so that nothing goes round.
const TIERS: usize = 5;

/// A model as the three files speak of it.
struct Model {
    name: String,
    size: u32,
    provider: usize,
}

/// The same numbers in every run (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or(0)
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// Writes a project of `count` models under `folder`; gives its root.
pub fn project(folder: &Path, count: usize) -> io::Result<PathBuf> {
    let root = folder.join(format!("{count}"));
    let config = root.join("config");
    fs::create_dir_all(&config)?;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let models: Vec<Model> = (0..count)
        .map(|row| {
            let (family, size) = (random.of(&FAMILIES), random.of(&SIZES));
            Model { name: format!("{family}-{row:06}:{size}b"), size, provider: row / 10 }
        })
        .collect();
    fs::write(config.join("providers.yaml"), providers(&models, &mut random))?;
    fs::write(config.join("model-mappings.yaml"), mappings(&models, &mut random))?;
    Ok(root)
}

fn kind(provider: usize) -> &'static str {
    ["ollama", "llama_cpp", "ollama", "openai_compatible", "vllm"][provider % 5]
}

fn heading(text: &mut String, words: &str) {
    let _ = write!(text, "\n{RULE}# {words}\n{RULE}\n");
}

fn providers(models: &[Model], random: &mut Random) -> String {
    let mut text = "# The servers of the racks, and what runs on them\n\nproviders:\n".to_owned();
    for (row, served) in models.chunks(10).enumerate() {
        let (a, b, c) = (row >> 16 & 255, row >> 8 & 255, row & 255);
        let _ = write!(
            text,
            "  server_{row:05}:\n    type: {}\n    base_url: http://10.{a}.{b}.{c}:{}\n    \
             status: active\n    description: server {row} for general-purpose models (rack {})\n    \
             default_model: \"{}\"\n    features:\n      - OpenAI-compatible API\n      \
             - Continuous batching\n      - Parallel requests (4 concurrent)\n    models:\n",
            kind(row),
            8000 + row % 20000,
            row / 10,
            served[0].name,
        );
        for (place, model) in served.iter().enumerate() {
            let _ = write!(
                text,
                "      - name: \"{}\"\n        size: \"{}B\"\n        quantization: Q4_K_M\n        \
                 pulled_at: \"2025-{:02}-{:02}\"\n        specialty: {}\n",
                model.name,
                model.size,
                1 + place % 12,
                1 + row % 28,
                random.of(&PURPOSES),
            );
            if place % 3 == 0 {
                let _ = writeln!(text, "        context_length: {}", random.of(&[8192, 131_072]));
            }
        }
        let _ =
            write!(text, "    health_endpoint: /v1/models\n    location: rack {}\n\n", row / 10);
    }
    text
}

fn mappings(models: &[Model], random: &mut Random) -> String {
    let mut text = "# Who serves which name\n".to_owned();
    heading(&mut text, "EXACT NAMES");
    text.push_str("exact_matches:\n");
    for (row, model) in models.iter().enumerate() {
        let _ = write!(
            text,
            "  \"{}\":\n    provider: server_{:05}\n    priority: {}\n    \
             description: \"Model {row} routed → {}\"\n",
            model.name,
            model.provider,
            if row % 5 == 0 { "secondary" } else { "primary" },
            random.of(&PURPOSES),
        );
    }
    heading(&mut text, "PATTERNS");
    text.push_str("patterns:\n");
    for row in 0..(models.len() / 100).max(1) {
        let provider = row % models.len().div_ceil(10);
        let _ = write!(
            text,
            "  - pattern: '^org{row:05}/.*'  # rack {row}\n    \
            provider: server_{provider:05}\n    description: paths of organization {row}\n"
        );
    }
    heading(&mut text, "CAPABILITIES");
    text.push_str("capabilities:\n");
    for row in 0..(models.len() / 20).max(1) {
        let _ = write!(text, "  can_{}_{row:05}:\n    preferred_models:\n", random.of(&PURPOSES));
        for _ in 0..3 {
            let _ = writeln!(text, "      - \"{}\"", models[random.below(models.len())].name);
        }
    }
    chains(&mut text, models, random);
    text.push_str("\nrouting_rules:\n  default_provider: server_00000\n");
    text
}

fn chains(text: &mut String, models: &[Model], random: &mut Random) {
    heading(text, "FALLBACKS");
    text.push_str("fallback_chains:\n");
    let tier = models.len() / TIERS;
    for (row, model) in models.iter().enumerate().take(tier * (TIERS - 1)) {
        let next = (row / tier + 1) * tier;
        let _ = write!(
            text,
            "  \"{}\":\n    description: \"Fallback for model {row}: the same on another server\"\n    \
             chain:\n",
            model.name,
        );
        let first = random.below(tier);
        for step in 0..3.min(tier) {
            let target = next + (first + step * tier / 3) % tier;
            let _ = writeln!(text, "      - \"{}\"", models[target].name);
        }
    }
}
