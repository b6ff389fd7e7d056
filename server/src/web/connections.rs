//! Connections: a client that sends no request, or half of one, or nothing more, cannot hold one for ever. A connection
//! with a response in progress lives on, including an event stream.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::Request,
};
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpListener,
    sync::watch,
    time::{Instant, interval},
};
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// How long a connection may be silent.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For the head of a request, from its first byte or from the beginning of the connection.
    pub head: Duration,
    /// Between two requests. Longer than proxies keep theirs: a request must not arrive just when the connection is
    /// closed.
    pub idle: Duration,
}

pub const LIMITS: Limits = Limits { head: Duration::from_secs(20), idle: Duration::from_secs(100) };

/// Serves until `stopping` turns true, then finishes running requests.
pub async fn serve(listener: TcpListener, router: Router, mut stopping: watch::Receiver<bool>) {
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = told_to_stop(&mut stopping) => break,
        };
        match accepted {
            Ok((io, peer)) => {
                connections.spawn(one(io, peer, router.clone(), stopping.clone(), LIMITS));
            }
            // The client has gone again, or the process has no more file descriptors: the next may succeed.
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "could not accept a connection");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    drop(stopping.wait_for(|stop| *stop).await);
}

/// Serves one connection to its end.
pub async fn one<I>(
    io: I,
    peer: SocketAddr,
    router: Router,
    mut stopping: watch::Receiver<bool>,
    limits: Limits,
) where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let use_of_it = Arc::new(Mutex::new(Use::Fresh(Instant::now())));
    let answering = use_of_it.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let (router, answering) = (router.clone(), Answering::begin(&answering));
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let response = router.oneshot(request).await?;
            Ok::<_, Infallible>(response.map(|body| Answer { body, _answering: answering }))
        }
    });
    let io = TokioIo::new(Watched { io, used: use_of_it.clone() });
    let mut connection = pin!(http1::Builder::new().serve_connection(io, service));
    let mut ticks = interval(limits.head / 4);
    let mut told = false;
    loop {
        tokio::select! {
            _ = connection.as_mut() => break,
            () = told_to_stop(&mut stopping), if !told => {
                told = true;
                connection.as_mut().graceful_shutdown();
            }
            _ = ticks.tick() => {
                if seen(&use_of_it).too_long(limits) {
                    break;
                }
            }
        }
    }
}

/// The present use of a connection, and since when.
#[derive(Clone, Copy)]
enum Use {
    /// Nothing has arrived yet, or the head of a request is arriving.
    Fresh(Instant),
    Answering,
    Idle(Instant),
}

impl Use {
    fn too_long(self, limits: Limits) -> bool {
        match self {
            Self::Fresh(since) => since.elapsed() >= limits.head,
            Self::Answering => false,
            Self::Idle(since) => since.elapsed() >= limits.idle,
        }
    }
}

fn seen(used: &Mutex<Use>) -> Use {
    *used.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now_is(used: &Mutex<Use>, now: Use) {
    *used.lock().unwrap_or_else(PoisonError::into_inner) = now;
}

/// A request being answered, until the last part of its response has been sent.
struct Answering(Arc<Mutex<Use>>);

impl Answering {
    fn begin(used: &Arc<Mutex<Use>>) -> Self {
        now_is(used, Use::Answering);
        Self(used.clone())
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        now_is(&self.0, Use::Idle(Instant::now()));
    }
}

/// The bytes of a connection: the first ones after a pause begin a request.
struct Watched<I> {
    io: I,
    used: Arc<Mutex<Use>>,
}

impl<I: AsyncRead + Unpin> AsyncRead for Watched<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.io).poll_read(context, buffer);
        if buffer.filled().len() > before && matches!(seen(&self.used), Use::Idle(_)) {
            now_is(&self.used, Use::Fresh(Instant::now()));
        }
        read
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Watched<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, parts)
    }
}

/// The body of a response, which knows when it has ended.
struct Answer {
    body: Body,
    _answering: Answering,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
