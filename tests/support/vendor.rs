//! The servers that remote providers ask, as stand-ins: they speak HTTP, answer what a test says, and remember every
//! word that they were asked. They can do what real ones do at their worst: be silent, break off, send on, feed slowly.

use std::{
    collections::HashMap,
    convert::Infallible,
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::{
    HeaderMap, Request, Response,
    body::{Frame, Incoming},
    header::{HeaderName, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc, task::JoinSet};

use crate::{client::PATIENCE, eventually};

/// What a vendor's server was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `POST`.
    pub method: String,
    /// `/v1/models`, as it was sent.
    pub path: String,
    /// What comes after the question mark, as it was sent; empty without one.
    pub query: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// When.
    pub at: Instant,
}

impl Asked {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text: of a form, for example.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header, where it was sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// What it answers.
pub struct Reply {
    status: u16,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Content,
}

enum Content {
    Whole(Bytes),
    Fed(mpsc::UnboundedReceiver<Result<Bytes, io::Error>>),
    /// Nothing at all, and the connection stays open.
    Silence,
    /// Nothing at all, and the connection is closed.
    HangUp,
}

impl Reply {
    /// 200 with JSON.
    pub fn json(body: &Value) -> Self {
        Self::bytes("application/json", body.to_string())
    }

    /// 200 with bytes of that content type.
    pub fn bytes(content_type: &str, body: impl Into<Bytes>) -> Self {
        Self { status: 200, headers: Vec::new(), body: Content::Whole(body.into()) }.header("content-type", content_type)
    }

    /// 200 with server-sent events, each one's data; all at once.
    pub fn events(data: &[Value]) -> Self {
        let text: String = data.iter().map(|data| format!("data: {data}\n\n")).collect();
        Self::bytes("text/event-stream", text)
    }

    /// 200 with a body that the test feeds bit by bit.
    pub fn fed(content_type: &str) -> (Self, Feed) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let reply = Self { status: 200, headers: Vec::new(), body: Content::Fed(receiver) };
        (reply.header("content-type", content_type), Feed(sender))
    }

    /// 200 with the beginning of a longer body; then the connection breaks.
    pub fn cut_off(content_type: &str, beginning: impl Into<Bytes>) -> Self {
        let (reply, feed) = Self::fed(content_type);
        feed.send(beginning);
        feed.break_off();
        reply
    }

    /// It takes the request, and never says a word.
    pub fn silence() -> Self {
        Self { status: 200, headers: Vec::new(), body: Content::Silence }
    }

    /// It takes the request, and closes the connection.
    pub fn hang_up() -> Self {
        Self { status: 200, headers: Vec::new(), body: Content::HangUp }
    }

    /// With another status.
    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// With a header more, or another one of that name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.parse().expect("a header's value")));
        self
    }

    fn into_response(self) -> Response<BoxBody<Bytes, io::Error>> {
        let body = match self.body {
            Content::Whole(bytes) => Full::new(bytes).map_err(|never: Infallible| match never {}).boxed(),
            Content::Fed(receiver) => {
                let frames = futures_util::stream::unfold(receiver, async |mut receiver| {
                    receiver.recv().await.map(|bytes| (bytes.map(Frame::data), receiver))
                });
                BodyExt::boxed(StreamBody::new(frames))
            }
            Content::Silence | Content::HangUp => unreachable!("nothing is answered"),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status.try_into().expect("a status");
        response.headers_mut().extend(self.headers.into_iter().map(|(name, value)| (Some(name), value)));
        response
    }
}

/// What feeds a body. The body ends when it is dropped.
pub struct Feed(mpsc::UnboundedSender<Result<Bytes, io::Error>>);

impl Feed {
    /// Sends some of it.
    pub fn send(&self, bytes: impl Into<Bytes>) {
        // Nobody listens any more: what a canceled call looks like from here.
        drop(self.0.send(Ok(bytes.into())));
    }

    /// Sends the data of a server-sent event.
    pub fn event(&self, data: &Value) {
        self.send(format!("data: {data}\n\n"));
    }

    /// Breaks the connection in the middle.
    pub fn break_off(self) {
        drop(self.0.send(Err(io::ErrorKind::ConnectionReset.into())));
    }

    /// Waits until the one who asked has gone away.
    pub async fn until_dropped(&self) {
        tokio::time::timeout(PATIENCE, self.0.closed()).await.expect("whoever asked goes away");
    }
}

type Handler = dyn Fn(&Asked, usize) -> Reply + Send + Sync;

#[derive(Default)]
struct Desk {
    handlers: HashMap<(String, String), Arc<Handler>>,
    anything: Option<Arc<Handler>>,
    asked: Vec<Asked>,
}

/// A vendor's server. It is gone when it is dropped, its connections with it.
pub struct VendorServer {
    address: std::net::SocketAddr,
    desk: Arc<Mutex<Desk>>,
    listening: tokio::task::JoinHandle<()>,
}

impl fmt::Debug for VendorServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VendorServer({})", self.url())
    }
}

impl VendorServer {
    /// One that answers 404 to everything until it is told otherwise.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let desk = Arc::new(Mutex::new(Desk::default()));
        let listening = tokio::spawn(listen(listener, Arc::clone(&desk)));
        Self { address, desk, listening }
    }

    /// Its address: `http://127.0.0.1:port`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port that it listens at.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What it answers to a method and a path; a `*` in the path stands for one part of it. The function is told how
    /// often that was asked before.
    pub fn on(&self, method: &str, path: &str, handler: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static) -> &Self {
        self.desk().handlers.insert((method.to_owned(), path.to_owned()), Arc::new(handler));
        self
    }

    /// What it answers to everything else.
    pub fn on_anything(&self, handler: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static) -> &Self {
        self.desk().anything = Some(Arc::new(handler));
        self
    }

    /// As [`VendorServer::on`], with one JSON answer for ever.
    pub fn on_json(&self, method: &str, path: &str, body: Value) -> &Self {
        self.on(method, path, move |_, _| Reply::json(&body))
    }

    /// As [`VendorServer::on`], with a reply for each time, in that order; it must not be asked more often.
    pub fn on_each(&self, method: &str, path: &str, replies: impl IntoIterator<Item = Reply>) -> &Self {
        let replies = Mutex::new(replies.into_iter().collect::<std::collections::VecDeque<_>>());
        self.on(method, path, move |asked, before| {
            let next = replies.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            next.unwrap_or_else(|| {
                Reply::json(&json!({"error": {"message": format!("asked once too often, {} calls before: {}", before, asked.path)}}))
                    .status(418)
            })
        })
    }

    /// Everything that it was asked, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.desk().asked.clone()
    }

    /// What it was asked with that method and path; a `*` stands for one part.
    pub fn asked_at(&self, method: &str, path: &str) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.method == method && matches(path, &asked.path)).collect()
    }

    /// Waits until it was asked that often.
    pub async fn until_asked(&self, method: &str, path: &str, times: usize) {
        let what = fmt::from_fn(|f| write!(f, "{method} {path} is asked {times} times, of {:?}", self.asked()));
        eventually(what, async || self.asked_at(method, path).len() >= times).await;
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for VendorServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(part)) if wanted == "*" || wanted == part => {}
            _ => return false,
        }
    }
}

async fn listen(listener: TcpListener, desk: Arc<Mutex<Desk>>) {
    // Dropped with this task, so that nobody hangs on a server that is gone.
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        let desk = Arc::clone(&desk);
        connections.spawn(async move {
            let service = service_fn(|request| answer(&desk, request));
            // Whoever asked may go away at any time, and hanging up is an error here too.
            drop(http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

async fn answer(desk: &Mutex<Desk>, request: Request<Incoming>) -> Result<Response<BoxBody<Bytes, io::Error>>, io::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes().to_vec();
    let asked = Asked {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
        at: Instant::now(),
    };
    let (handler, before) = {
        let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
        let before = desk.asked.iter().filter(|known| known.method == asked.method && known.path == asked.path).count();
        desk.asked.push(asked.clone());
        let exact = desk.handlers.get(&(asked.method.clone(), asked.path.clone())).cloned();
        let fitting = || desk.handlers.iter().find(|((method, path), _)| *method == asked.method && matches(path, &asked.path));
        let known = exact.or_else(|| fitting().map(|(_, handler)| Arc::clone(handler)));
        (known.or_else(|| desk.anything.clone()), before)
    };
    let reply = handler.map_or_else(
        || Reply::json(&json!({"error": {"message": format!("No such page: {} {}", asked.method, asked.path)}})).status(404),
        |handler| handler(&asked, before),
    );
    match reply.body {
        Content::Silence => std::future::pending().await,
        Content::HangUp => Err(io::ErrorKind::ConnectionAborted.into()),
        _ => Ok(reply.into_response()),
    }
}
