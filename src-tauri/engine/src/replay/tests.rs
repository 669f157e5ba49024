//! Pushes replayed over real sockets.
