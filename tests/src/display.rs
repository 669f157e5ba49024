//! What a window manager does on the tests' display, which has none: another window takes the focus, a window is closed.

use anyhow::{Context, Result};
use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, InputFocus, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;

/// The display of the environment.
#[derive(Debug)]
pub struct Display {
    connection: RustConnection,
    root: Window,
}

impl Display {
    /// Connects to it.
    ///
    /// # Errors
    /// If there is none.
    pub fn open() -> Result<Self> {
        let (connection, screen) = x11rb::connect(None).context("Connecting to the display")?;
        let root = connection.setup().roots.get(screen).context("The display has no screen")?.root;
        Ok(Self { connection, root })
    }

    /// Opens a small window over whatever is there, and gives it the focus. It is there as long as the display is open.
    ///
    /// # Errors
    /// What the display says.
    pub fn cover(&self) -> Result<()> {
        let own = self.connection.generate_id()?;
        let aside = CreateWindowAux::new().override_redirect(1);
        let class = WindowClass::INPUT_OUTPUT;
        self.connection.create_window(COPY_DEPTH_FROM_PARENT, own, self.root, 0, 0, 9, 9, 0, class, 0, &aside)?;
        self.connection.map_window(own)?.check()?;
        Ok(self.connection.set_input_focus(InputFocus::PARENT, own, x11rb::CURRENT_TIME)?.check()?)
    }

    /// Asks the window of this title to close, as its title bar does.
    ///
    /// # Errors
    /// If there is none.
    pub fn close(&self, title: &str) -> Result<()> {
        let window = self.titled(title)?.with_context(|| format!("No window is called {title:?}"))?;
        let (protocols, delete) = (self.atom("WM_PROTOCOLS")?, self.atom("WM_DELETE_WINDOW")?);
        let message = ClientMessageEvent::new(32, window, protocols, [delete, x11rb::CURRENT_TIME, 0, 0, 0]);
        Ok(self.connection.send_event(false, window, EventMask::NO_EVENT, message)?.check()?)
    }

    fn titled(&self, title: &str) -> Result<Option<Window>> {
        let protocols = self.atom("WM_PROTOCOLS")?;
        for window in self.connection.query_tree(self.root)?.reply()?.children {
            let name = self.property(window, AtomEnum::WM_NAME.into())?;
            // Windows that are never shown have the name of their program, too, and can't be closed.
            if name == title.as_bytes() && !self.property(window, protocols)?.is_empty() {
                return Ok(Some(window));
            }
        }
        Ok(None)
    }

    fn property(&self, window: Window, name: Atom) -> Result<Vec<u8>> {
        // A window may be gone by now.
        let asked = self.connection.get_property(false, window, name, AtomEnum::ANY, 0, 99)?;
        Ok(asked.reply().map(|property| property.value).unwrap_or_default())
    }

    fn atom(&self, name: &str) -> Result<Atom> {
        Ok(self.connection.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }
}
