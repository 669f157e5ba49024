//! Input that others have collected to break programs, through the real listener and every reader behind it.

mod json;
mod naughty;
mod torture;
