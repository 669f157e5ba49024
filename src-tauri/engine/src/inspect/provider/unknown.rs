//! What is said of a key that no provider has.

use super::{Provider, providers};
use strsim::levenshtein;

/// Providers that are named at most.
const NAMED: usize = 3;

/// Says that there is no provider of this key, among those that are known and `own`, and which are written nearly so.
pub fn unknown(key: &str, own: &[Provider]) -> String {
    let wanted = key.to_lowercase();
    let most = wanted.chars().count() / 3; // of a short word nearly every other is near
    let near = |provider: &Provider| {
        let far = levenshtein(&wanted, &provider.key).min(levenshtein(&wanted, &provider.name.to_lowercase()));
        (far <= most.min(2)).then(|| (far, provider.key.clone()))
    };
    let mut found: Vec<(usize, String)> = own.iter().filter_map(near).chain(providers().filter_map(near)).collect();
    found.sort();
    let nearest = found.first().map(|(far, _)| *far);
    let keys = found.into_iter().filter(|(far, _)| Some(*far) == nearest).map(|(_, key)| key);
    let keys: Vec<String> = keys.take(NAMED).collect();
    match keys.is_empty() {
        true => format!("There is no provider {key:?}. A key is written like github; the window lists them all."),
        false => format!("There is no provider {key:?}. Did you mean {}?", keys.join(" or ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_keys_are_named_whatever_the_case_and_also_by_the_name_of_the_service() {
        let own = Provider { key: "acme-1".into(), name: "Acme".into(), ..providers().next().unwrap().clone() };
        for (key, told) in [
            ("Shopify", "Did you mean shopify?"),
            ("shoppify", "Did you mean shopify?"),
            ("Standard Webhooks", "Did you mean standard-webhooks?"),
            ("acme", "Did you mean acme-1?"),
            ("zz", "A key is written like github; the window lists them all."),
        ] {
            assert_eq!(unknown(key, std::slice::from_ref(&own)), format!("There is no provider {key:?}. {told}"));
        }
    }
}
