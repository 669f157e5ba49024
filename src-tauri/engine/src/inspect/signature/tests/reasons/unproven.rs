//! What is not told, since no single cause explains it.

use super::*;

#[test]
fn several_causes_at_once_are_not_told() {
    let trimmed = |plant: Plant| Plant { checked_with: format!("{}\n", plant.signed_with), ..plant };
    trimmed(Plant::body(JSON, SPACED)).finds_nothing();
    trimmed(Plant::body(format!("{JSON}\n"), JSON)).finds_nothing();
    trimmed(Plant::url("square", URL, &URL.replace("https", "http"))).finds_nothing();
    trimmed(Plant { method: "PUT", ..Plant::new("hubspot") }).finds_nothing();
    let mut two = Plant::url("square", URL, &URL.replace("https", "http"));
    two.checked_body = SPACED.into();
    two.finds_nothing();
    Plant::body(format!("{JSON}\n"), SPACED).finds_nothing();
    Plant::body(JSON.replace('1', "2"), SPACED).finds_nothing();
    Plant::secret("github", "another", "s3cret").finds_nothing();
    Plant::body("{\"a\":1}", "{\"a\":2}").finds_nothing();
    Plant { checked_with: "whsec_x".into(), checked_body: SPACED.into(), ..Plant::new("stripe") }.finds_nothing();
    // What is too old besides would not pass either.
    for now in [NOW + 3_600, NOW - 3_600] {
        Plant { now, checked_body: SPACED.into(), ..Plant::new("slack") }.finds_nothing();
        Plant { now, checked_with: "s3cret\n".into(), ..Plant::new("slack") }.finds_nothing();
    }
}
