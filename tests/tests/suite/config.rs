//! The window's edges: what its configuration lets a page do.

use serde_json::Value;
use std::collections::BTreeSet;

const TAURI: &str = include_str!("../../../src-tauri/tauri.conf.json");
const CAPABILITIES: &str = include_str!("../../../src-tauri/capabilities/main.json");
const MANIFEST: &str = include_str!("../../../src-tauri/Cargo.toml");
const ENGINE_COMMANDS: &[&str] = include!("../../../src-tauri/engine/src/api/names.rs");
const SHELL_COMMANDS: &[&str] = include!("../../../src-tauri/src/commands/names.rs");

/// What the page may call besides our own commands: the feed, and its own preferences.
const PLUGINS: &[&str] =
    &["core:event:allow-listen", "core:event:allow-unlisten", "store:allow-load", "store:allow-get", "store:allow-set"];

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("the file is JSON")
}

#[test]
fn the_policy_starts_from_nothing_and_names_no_host_but_the_app() {
    let config = parse(TAURI);
    let policy = config["app"]["security"]["csp"].as_object().unwrap();
    assert_eq!(policy["default-src"], "'none'");
    assert_eq!(policy["script-src"], "'self'");
    for directive in ["base-uri", "form-action", "frame-src", "object-src"] {
        assert_eq!(policy[directive], "'none'", "{directive}");
    }
    let allowed = ["'none'", "'self'", "'unsafe-inline'", "blob:", "ipc:", "http://ipc.localhost"];
    for (directive, sources) in policy {
        for source in sources.as_str().unwrap().split(' ') {
            assert!(allowed.contains(&source), "{directive} allows {source}");
            // The editor and the styles of components are written into the page; scripts never are.
            assert!(source != "'unsafe-inline'" || directive == "style-src", "{directive} allows inline");
            // Images of payloads are drawn from memory when somebody asks for a preview.
            assert!(source != "blob:" || directive == "img-src", "{directive} allows blobs");
        }
    }
}

#[test]
fn the_page_gets_no_global_bridge_and_frozen_prototypes() {
    let config = parse(TAURI);
    assert_eq!(config["app"]["withGlobalTauri"], false);
    assert_eq!(config["app"]["security"]["freezePrototype"], true);
    assert_eq!(config["app"]["security"].get("assetProtocol"), None);
}

#[test]
fn only_the_named_capability_is_used_and_it_is_for_the_one_window() {
    let config = parse(TAURI);
    assert_eq!(config["app"]["security"]["capabilities"], serde_json::json!(["main"]));
    let capability = parse(CAPABILITIES);
    assert_eq!(capability["identifier"], "main");
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
    assert_eq!(capability.get("webviews"), None);
    assert_eq!(capability.get("remote"), None);
}

#[test]
fn every_permission_is_a_command_by_its_name() {
    let capability = parse(CAPABILITIES);
    let permissions = capability["permissions"].as_array().unwrap();
    let named: BTreeSet<String> = permissions.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    assert_eq!(named.len(), permissions.len(), "a permission is there twice");
    let commands = ENGINE_COMMANDS.iter().chain(SHELL_COMMANDS).map(|name| format!("allow-{}", name.replace('_', "-")));
    let wanted: BTreeSet<String> = commands.chain(PLUGINS.iter().map(ToString::to_string)).collect();
    assert_eq!(named, wanted);
}

#[test]
fn a_shipped_window_has_no_inspector_and_no_file_access() {
    for word in ["devtools", "tauri-plugin-fs", "tauri-plugin-shell", "tauri-plugin-http", "protocol-asset"] {
        assert!(!MANIFEST.contains(word), "{word}");
    }
}
