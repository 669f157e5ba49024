//! HTTP/1.1 as it stands on the wire: heads kept byte for byte, framing read strictly.
