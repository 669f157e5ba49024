//! Ctrl+C, or the system's wish that the program ends: what is under way comes to an orderly end.

use tokio_util::sync::CancellationToken;

/// Ends when the user or the system asks the program to end. From this call on, not only once it is waited for, nothing
/// else ends the program then.
///
/// # Errors
/// What the system says.
pub(crate) fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let (mut interrupt, mut terminate) = {
        use tokio::signal::unix::{SignalKind, signal};
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    #[cfg(windows)]
    let (mut interrupt, mut terminate) = (tokio::signal::windows::ctrl_c()?, tokio::signal::windows::ctrl_close()?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Is cancelled when the program is asked to end, which then ends the work after the step it is at.
///
/// # Errors
/// As [`interrupted`].
pub(crate) fn cancelled_by_interrupt() -> std::io::Result<CancellationToken> {
    let token = CancellationToken::new();
    let (cancel, interrupted) = (token.clone(), interrupted()?);
    tokio::spawn(async move {
        interrupted.await;
        cancel.cancel();
    });
    Ok(token)
}
