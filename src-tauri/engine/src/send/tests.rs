//! Sends over real sockets.
