//! What a browser is told when pages of other origins may call a source (Fetch standard, CORS protocol).

use crate::wire::RequestHead;

/// How long a browser may remember that it may, in seconds.
const MAX_AGE: &str = "600";

/// On every answer.
pub(super) const HEADERS: [(&str, &str); 2] =
    [("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "*")];

/// True if a browser asks whether a page may send something.
pub(super) fn is_preflight(head: &RequestHead) -> bool {
    let has = |name| head.headers.first(name).is_some();
    head.method == "OPTIONS" && has("origin") && has("access-control-request-method")
}

/// The headers that say that it may. `methods` is what the source takes, all if it is empty.
pub(super) fn leave(head: &RequestHead, methods: &[String]) -> Vec<(String, String)> {
    let asked = |name| head.headers.text(name).unwrap_or_default().to_owned();
    let methods = if methods.is_empty() { asked("access-control-request-method") } else { methods.join(", ") };
    let mut all = vec![
        ("Access-Control-Allow-Origin", "*".into()),
        ("Access-Control-Allow-Methods", methods),
        ("Access-Control-Max-Age", MAX_AGE.into()),
    ];
    let headers = asked("access-control-request-headers");
    if !headers.is_empty() {
        all.push(("Access-Control-Allow-Headers", headers));
    }
    if head.headers.first("access-control-request-private-network").is_some() {
        all.push(("Access-Control-Allow-Private-Network", "true".into()));
    }
    all.into_iter().map(|(name, value): (&str, String)| (name.to_owned(), value)).collect()
}
