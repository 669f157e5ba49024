//! Targets of requests (RFC 9112, section 3.2), taken apart.

/// Where the paths of sources begin.
pub(crate) const INBOX: &str = "/in/";

/// A target as a path with its query, be it written as one or as a whole URL.
pub(crate) fn origin_form(target: &str) -> &str {
    if target.starts_with('/') {
        return target;
    }
    let rest = target.split_once("://").map_or("", |(_, rest)| rest);
    rest.find(['/', '?']).map_or("/", |at| &rest[at..])
}

/// The path, and the query if there is one.
pub(crate) fn split_query(target: &str) -> (&str, Option<&str>) {
    target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)))
}

/// What follows `/in/NAME` in a path: empty, or a path of its own. None if it is not a source's.
pub(crate) fn behind_source(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(INBOX)?;
    Some(rest.find('/').map_or("", |at| &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_has_a_path_a_query_and_what_follows_its_source() {
        for (target, path, query, behind) in [
            ("/in/shop", "/in/shop", None, Some("")),
            ("/in/shop/", "/in/shop/", None, Some("/")),
            ("/in/shop/a/b?c=/d?e", "/in/shop/a/b", Some("c=/d?e"), Some("/a/b")),
            ("http://h/in/shop/a?", "/in/shop/a", Some(""), Some("/a")),
            ("http://h?x", "", Some("x"), None),
            ("http://h", "/", None, None),
            ("/other/shop", "/other/shop", None, None),
            ("*", "/", None, None),
        ] {
            let split = split_query(origin_form(target));
            assert_eq!(split, (path, query), "{target}");
            assert_eq!(behind_source(split.0), behind, "{target}");
        }
    }
}
