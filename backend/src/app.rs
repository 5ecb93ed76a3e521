//! Builds everything once; the program and the tests both use it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{HttpServer, dev::ServerHandle};
use engines::{espeak::WorkerCommand, media::ffmpeg};

use crate::{
    api::{self, Guard},
    config::Config,
    db::{Db, event, migrate, private_server::PrivateServer, reach},
    jobs::Worker,
    live::Live,
    metrics::Metrics,
    providers::{Machine, Providers, http::Http, neighbours::Ports, speech::PiperPlace},
    services::{
        Ctx, Vault, belonging,
        held::Held,
        settings::{Models, Neighbourhood},
        video::preview::Previews,
        voices::{Directory, preview::Spoken},
    },
    storage::Storage,
};

/// How long the server waits at start for a database that is coming up.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many connections the requests and jobs share.
const CONNECTIONS: u32 = 16;

/// Why the studio could not start.
pub type StartError = Box<dyn std::error::Error + Send + Sync>;

/// A running studio.
pub struct Studio {
    address: SocketAddr,
    /// The access token that was made for this run; one that was given is known to whoever gave it.
    made_token: Option<String>,
    server: ServerHandle,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
    worker: Worker,
    ctx: Arc<Ctx>,
    private: Option<PrivateServer>,
}

impl Studio {
    /// Starts a studio with the providers of the registries.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        Self::start_with(config, WorkerCommand::of_this_program()?, |providers| providers).await
    }

    /// Starts a studio with another program as its speech worker, and with other providers beside those of the registries.
    pub async fn start_with(
        config: Config,
        speech_worker: WorkerCommand,
        with: impl FnOnce(Providers) -> Providers,
    ) -> Result<Self, StartError> {
        let tools = ffmpeg::Tools::find().map_err(|missing| missing.to_string());
        let voices = config.piper_voices.clone().unwrap_or_else(|| config.data_dir.join("voices"));
        let piper = PiperPlace { program: config.piper.clone(), voices };
        let machine = Machine { http: Http::new(), speech_worker, piper, tools: tools.clone() };
        let providers = with(Providers::all(&machine).await);
        std::fs::create_dir_all(&config.data_dir)
            .map_err(|error| format!("cannot make the data directory {}: {error}", config.data_dir.display()))?;
        let storage = Storage::open(&config.data_dir)?;
        let vault = Vault::open(&config.data_dir, config.master_key.as_deref())?;
        let private = private_server(&config).await?;
        let url = match (&config.database_url, &private) {
            (Some(url), _) => reach::with_time_limits(url),
            (None, Some(server)) => reach::with_time_limits(server.database_url()),
            (None, None) => return Err("there is no database".into()),
        };
        let migrated = url.clone();
        tokio::task::spawn_blocking(move || migrate::migrate(&migrated, PATIENCE)).await??;
        let db = Db::new(&url, CONNECTIONS);
        belonging::claim(&storage, &db).await?;
        let newest = db.read(event::newest).await?;

        let config_token_missing = config.token.is_none();
        let guard = Guard { token: token(&config)?, hosts: config.hosts.clone() };
        let bind = config.bind;
        let ctx = Arc::new(Ctx {
            db,
            storage,
            providers,
            live: Live::start(url, newest),
            metrics: Metrics::new()?,
            vault,
            http: machine.http.clone(),
            neighbours: config.neighbours.clone().unwrap_or_else(|| Ports::usual(bind.port())),
            neighbourhood: Neighbourhood::default(),
            models: Models::default(),
            voices: Directory::default(),
            jobs: Held::default(),
            keys: Held::default(),
            previews: Previews::default(),
            spoken: Spoken::default(),
            tools,
            config,
        });
        let made_token = guard.token.clone().filter(|_| config_token_missing);
        let (shared, shown) = (Arc::clone(&ctx), guard);
        let server = HttpServer::new(move || api::app(Arc::clone(&shared), shown.clone()))
            .workers(std::thread::available_parallelism().map_or(2, usize::from).min(8))
            .shutdown_timeout(2)
            .disable_signals()
            .bind(bind)
            .map_err(|error| format!("cannot listen on {bind}: {error}"))?;
        let address = server.addrs().first().copied().ok_or("the server listens nowhere")?;
        let server = server.run();
        let handle = server.handle();
        let serving = tokio::spawn(server);
        let worker = Worker::start(Arc::clone(&ctx));
        Ok(Self { address, made_token, server: handle, serving, worker, ctx, private })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address to open in a browser: with the access token, where one was made.
    pub fn url(&self) -> String {
        let host = if self.address.ip().is_unspecified() { format!("localhost:{}", self.address.port()) } else { self.address.to_string() };
        match &self.made_token {
            Some(token) => format!("http://{host}/?token={token}"),
            None => format!("http://{host}/"),
        }
    }

    /// Waits until the server ends by itself, which it does not unless something is wrong.
    pub async fn ended(&mut self) -> std::io::Result<()> {
        (&mut self.serving).await.map_err(std::io::Error::other)?
    }

    /// A clean stop: running work is finished or handed back, and the private database is stopped.
    pub async fn stop(self) {
        self.ctx.live.close();
        tokio::join!(self.server.stop(true), self.worker.stop());
        self.ctx.live.stop();
        if let Some(private) = self.private
            && let Err(error) = tokio::task::spawn_blocking(move || private.stop()).await
        {
            tracing::error!(%error, "could not stop the private database");
        }
    }
}

async fn private_server(config: &Config) -> Result<Option<PrivateServer>, StartError> {
    if config.database_url.is_some() {
        return Ok(None);
    }
    let data_dir = config.data_dir.clone();
    let server = tokio::task::spawn_blocking(move || PrivateServer::start(&data_dir)).await??;
    Ok(Some(server))
}

/// An address that others can reach needs a token; without a given one, a new one is made for this run.
fn token(config: &Config) -> Result<Option<String>, StartError> {
    match &config.token {
        Some(token) if token.len() < 16 => Err("STUDIO_TOKEN must have at least 16 characters".into()),
        Some(token) => Ok(Some(token.clone())),
        None if config.bind.ip().is_loopback() => Ok(None),
        None => {
            let mut bytes = [0_u8; 24];
            getrandom::fill(&mut bytes).map_err(|error| format!("no random numbers: {error}"))?;
            Ok(Some(hex::encode(bytes)))
        }
    }
}
