//! Where LiteLLM picks at random, it picks as often as `route` says.

use serde_json::Value;

use crate::support::litellm::{Gateway, Load, gateway, release};
use crate::support::project::Project;

/// Requests for each name.
const DRAWS: usize = 500;

/// The chance that a right share is found wrong, for each of them: about one in a million.
const DEVIATIONS: f64 = 5.0;

/// Name, model, what stands in `litellm_params`, what stands beside it.
const DEPLOYMENTS: [(&str, &str, &str, &str); 12] = [
    ("even", "e0", "", ""),
    ("even", "e1", "", ""),
    ("even", "e2", "", ""),
    ("weighted", "w0", ", weight: 7", ""),
    ("weighted", "w1", ", weight: 2.5", ""),
    ("weighted", "w2", ", weight: 0.5", ""),
    ("weighted", "w3", "", ""),
    ("limited", "l0", ", rpm: 300", ""),
    ("limited", "l1", "", ", rpm: 100"),
    ("ordered", "o0", ", order: 1, weight: 1", ""),
    ("ordered", "o1", ", weight: 3", ", model_info: {order: 1}"),
    ("ordered", "o2", ", order: 2, weight: 9", ""),
];

fn config() -> String {
    let entry = |(name, model, inside, beside): &(&str, &str, &str, &str)| {
        format!(
            "- {{model_name: {name}, litellm_params: {{model: openai/{model}, api_key: none, \
             api_base: 'http://127.0.0.1:8001/v1'{inside}}}{beside}}}\n"
        )
    };
    let entries: Vec<String> = DEPLOYMENTS.iter().map(entry).collect();
    format!("model_list:\n{}", entries.concat())
}

#[test]
fn the_shares_of_route_are_those_of_the_real_router() {
    let Some(mut gateway) = gateway("the_shares_of_route_are_those_of_the_real_router") else {
        return;
    };
    let upstreams = vec!["http://127.0.0.1:8001".to_owned()];
    let loaded = gateway.load(&Load { config: config(), upstreams, ..Load::default() });
    assert!(loaded.ok, "{loaded:?}");
    for name in ["even", "weighted", "limited", "ordered"] {
        let shares = shares(name);
        let total: f64 = shares.iter().map(|(_, share)| share).sum();
        assert!((total - 1.0).abs() < 1e-3, "{name}: {shares:?}");
        let seen = draw(&mut gateway, name);
        for (model, share) in &shares {
            let count = seen.iter().filter(|seen| *seen == model).count();
            // Normal approximation of the binomial distribution.
            let draws = f64::from(u32::try_from(DRAWS).unwrap());
            let wanted = share * draws;
            let allowed = DEVIATIONS * (wanted * (1.0 - share)).sqrt() + 1.0;
            let found = f64::from(u32::try_from(count).unwrap());
            println!("{name}: {model} {found} of {DRAWS}, route says {share:.3}");
            assert!((found - wanted).abs() <= allowed, "{name}: {model} {found}, wanted {wanted}");
        }
        let known = |model: &String| shares.iter().any(|(known, _)| known == model);
        assert!(seen.iter().all(known), "{name}: a model that `route` does not name answered");
    }
}

/// The models that answer, one for each request.
fn draw(gateway: &mut Gateway, name: &str) -> Vec<String> {
    let answer = |_| {
        let answer = gateway.request(name, &[]);
        answer.answered_by().map(|(_, model)| model.to_owned()).unwrap()
    };
    (0..DRAWS).map(answer).collect()
}

/// The first choices of `gwcfg route --format json`, by model.
fn shares(name: &str) -> Vec<(String, f64)> {
    let project = Project::new();
    project.write("litellm.yaml", config());
    let target = format!("litellm@{}", release());
    let options = ["--gateway", "litellm.yaml", "--format", "json", "--target", &target];
    let ended = project.run(&[&["route", name], &options[..]].concat());
    let json: Value = serde_json::from_str(&ended.out).unwrap_or_else(|error| {
        panic!("{error}: {} {}", ended.out, ended.err);
    });
    let choices = &json["attempts"][0]["deployments"];
    let choice = |choice: &Value| {
        let model = choice["model"].as_str().unwrap();
        (model.to_owned(), choice["share"].as_f64().unwrap())
    };
    choices.as_array().unwrap().iter().map(choice).collect()
}
