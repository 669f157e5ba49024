//! Sending a captured push again to a URL of the user's, the bytes as they came.
