//! An empty window: what `cargo xtask bench` holds the start and the memory of Pushpull against.

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!("examples/empty/tauri.conf.json"))
}
