//! What can be wrong with a message, a sentence each.

use std::io;

/// Why a head was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeadProblem {
    /// A line ends in a line feed alone (RFC 9112, section 2.2 lets a reader take it for a line end; others don't).
    #[error("A line of the head ends in a bare line feed.")]
    BareLineFeed,
    /// A carriage return stands inside a line (RFC 9112, section 2.2).
    #[error("The head has a carriage return that no line feed follows.")]
    BareCarriageReturn,
    /// NUL or another control byte (RFC 9110, section 5.5).
    #[error("The head has a control byte.")]
    ControlByte,
    /// A header line begins with white space (RFC 9112, section 5.2).
    #[error("A header line is folded over two lines.")]
    FoldedLine,
    /// White space stands between a header name and its colon (RFC 9112, section 5.1).
    #[error("There is white space before the colon of a header line.")]
    SpaceBeforeColon,
    /// Both Transfer-Encoding and Content-Length (RFC 9112, section 6.3, rule 3).
    #[error("The head has both Transfer-Encoding and Content-Length.")]
    TransferEncodingAndLength,
    /// More than one Content-Length, not all alike (RFC 9112, section 6.3, rule 5).
    #[error("The head has two Content-Length values that differ.")]
    DifferentLengths,
    /// A Content-Length that is not a plain number below 2^63 (RFC 9110, section 8.6).
    #[error("The Content-Length is not a number.")]
    BadLength,
    /// Transfer-Encoding in a version that has none (RFC 9112, section 6.1).
    #[error("Transfer-Encoding does not belong in HTTP/1.0.")]
    TransferEncodingInOldVersion,
    /// The last transfer coding is not `chunked`, or it is named twice (RFC 9112, section 6.3, rule 4).
    #[error("The last transfer coding is not chunked, so the end of the body can't be known.")]
    ChunkedNotLast,
    /// A transfer coding besides `chunked` (RFC 9112, section 6.1).
    #[error("The body has a transfer coding that is not supported; send it chunked only.")]
    UnknownTransferCoding,
    /// More than one Host (RFC 9112, section 3.2).
    #[error("The head has more than one Host.")]
    ManyHosts,
    /// HTTP/1.1 without Host (RFC 9112, section 3.2).
    #[error("The head has no Host.")]
    NoHost,
    /// A Host that can't be one (RFC 9112, section 3.2).
    #[error("The Host is not a host name or address.")]
    BadHost,
    /// A tunnel was asked for (RFC 9110, section 9.3.6).
    #[error("CONNECT is not offered here.")]
    Connect,
    /// The first line is not `METHOD SP TARGET SP VERSION` (RFC 9112, section 3).
    #[error("The request line is not a method, a target and a version with one space between them.")]
    BadRequestLine,
    /// The first line of an answer is not `VERSION SP STATUS SP REASON` (RFC 9112, section 4).
    #[error("The status line is not a version, a status and a reason.")]
    BadStatusLine,
    /// A target in none of the forms of RFC 9112, section 3.2.
    #[error("The request target is not a path, a URL or an asterisk.")]
    BadTarget,
    /// A version that is neither HTTP/1.0 nor HTTP/1.1.
    #[error("The version is not HTTP/1.0 or HTTP/1.1.")]
    BadVersion,
    /// A header line without a colon, or with a name that is not a token (RFC 9110, section 5.1).
    #[error("A header line has no proper name.")]
    BadHeaderName,
    /// A header value with bytes that can't be in one (RFC 9110, section 5.5).
    #[error("A header line has a value with bytes that can't be in one.")]
    BadHeaderValue,
    /// More header lines than allowed.
    #[error("The head has more than {0} header lines.")]
    TooManyHeaders(usize),
}

impl HeadProblem {
    /// True if two readers could disagree about who is meant or where the message ends: the stuff of request
    /// smuggling.
    pub fn is_ambiguous(self) -> bool {
        use HeadProblem as P;
        matches!(
            self,
            P::BareLineFeed
                | P::BareCarriageReturn
                | P::ControlByte
                | P::FoldedLine
                | P::SpaceBeforeColon
                | P::TransferEncodingAndLength
                | P::DifferentLengths
                | P::BadLength
                | P::TransferEncodingInOldVersion
                | P::ChunkedNotLast
                | P::UnknownTransferCoding
                | P::ManyHosts
                | P::Connect
        )
    }

    /// The status that a server answers with.
    pub fn status(self) -> u16 {
        match self {
            Self::TooManyHeaders(_) => 431,
            Self::UnknownTransferCoding => 501,
            Self::BadVersion => 505,
            _ => 400,
        }
    }
}

/// Why the framing of a chunked body was refused (RFC 9112, section 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyProblem {
    /// The line before a chunk is not a hexadecimal size of at most 16 digits, an extension, CRLF.
    #[error("The line before a chunk is not a size in hexadecimal digits.")]
    BadChunkSize,
    /// The line before a chunk is too long.
    #[error("The line before a chunk is longer than 1,024 bytes.")]
    ChunkLineTooLong,
    /// What follows a chunk is not CRLF.
    #[error("A chunk is not followed by a line end.")]
    BadChunkEnd,
    /// The trailer section is not header lines.
    #[error("The trailer section is not made of header lines.")]
    BadTrailer,
    /// The trailer section is too long.
    #[error("The trailer section is longer than 16 KiB.")]
    TrailerTooLong,
    /// There is more framing than is kept.
    #[error("The chunks of the body are so small that their framing is over 8 MiB.")]
    TooMuchFraming,
}

/// Why a message could not be read from the wire.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The connection failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The other end closed in the middle of a message.
    #[error("The connection was closed in the middle of a message.")]
    Cut,
    /// The head is longer than allowed.
    #[error("The head is longer than {0} bytes.")]
    HeadTooLong(usize),
    /// The head is not one.
    #[error(transparent)]
    Head(#[from] HeadProblem),
    /// The body's framing is not right.
    #[error(transparent)]
    Body(#[from] BodyProblem),
}
