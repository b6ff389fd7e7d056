//! Sends answers that a page could not send before the person left it.

use std::{cell::Cell, pin::pin, time::Duration};

use futures::{channel::oneshot::channel, future::select};
use leptos::{ev, prelude::*, task::spawn_local};

use crate::kit::{
    api::{ApiError, ErrorKind},
    navigation::pause,
};

/// Twice as long each time that it fails.
const AGAIN: Duration = Duration::from_secs(2);
const AT_LEAST_EVERY: Duration = Duration::from_secs(30);
/// A call without a reply for this long counts as lost.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends at once, and then again and again for as long as the tab lives, until the server has accepted or finally
/// refused it; and only while `stands` finds the stored answers on the device: a new opening of the page takes them
/// over.
pub fn send_later<F>(stands: impl Fn() -> bool + 'static, send: impl Fn() -> F + 'static)
where
    F: Future<Output = Result<(), ApiError>> + 'static,
{
    spawn_local(async move {
        let mut wait = AGAIN;
        while goes_on(send()).await {
            wait = if online_within(wait).await { AGAIN } else { (wait * 2).min(AT_LEAST_EVERY) };
            if !stands() {
                return;
            }
        }
    });
}

/// Whether it has to be sent again.
async fn goes_on(call: impl Future<Output = Result<(), ApiError>>) -> bool {
    let mut answer = None;
    let answered = async { answer = Some(call.await) };
    select(pin!(answered), pin!(pause(PATIENCE))).await;
    match answer {
        Some(Ok(())) => false,
        Some(Err(error)) => {
            !matches!(error.kind, ErrorKind::NotFound | ErrorKind::SignedOut | ErrorKind::Invalid)
        }
        None => true,
    }
}

/// Waits until the browser reports a network again, or for this long. Returns which it was.
async fn online_within(wait: Duration) -> bool {
    let (tell, told) = channel();
    let tell = Cell::new(Some(tell));
    let listening = window_event_listener(ev::online, move |_| {
        if let Some(tell) = tell.take() {
            let _ = tell.send(());
        }
    });
    let mut is_online = false;
    let heard = async { is_online = told.await.is_ok() };
    select(pin!(heard), pin!(pause(wait))).await;
    listening.remove();
    is_online
}
