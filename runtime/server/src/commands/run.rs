// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `statefun run`: runs an application until it is told to stop.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use statefun_engine::{Runtime, Settings, Stopping};
use statefun_io::{ByName, Egress, Ingress, Listener, PlaygroundEgress, PlaygroundIngress, serve};
use statefun_store::{FjallStore, Store};
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::assemble::{Assembly, assemble, read_modules};
use crate::error::{CliError, ExitCode, chain};
use crate::open_files::OpenFiles;
use crate::operating::{ADMINISTRATION, LogFormat, forget_address, note_address, operating_server, start_log};
use crate::rates::Rates;

/// How long requests that are under way are waited for, of the time that there is for the end.
const REQUEST_GRACE: Duration = Duration::from_secs(5);
/// How long somebody may be connected to the administration without asking: it has few places, and whoever
/// watches over the runtime needs one.
const IDLE_AT_ADMINISTRATION: Duration = Duration::from_secs(5);

/// Runs an application until it is told to stop.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The module files; together they are one application
    #[arg(required = true)]
    modules: Vec<PathBuf>,
    /// The directory of the store; made where there is none
    #[arg(long, default_value = "statefun-data", env = "STATEFUN_DATA")]
    data: PathBuf,
    /// On which address of this machine ingresses and egresses listen
    #[arg(long, default_value = "127.0.0.1", env = "STATEFUN_HOST")]
    host: IpAddr,
    /// Where health, metrics and administration listen
    #[arg(long, default_value = "127.0.0.1:8092", env = "STATEFUN_ADMIN")]
    admin: SocketAddr,
    /// How many shards work at once [default: the number of processors]
    #[arg(long)]
    shards: Option<usize>,
    /// How long requests and calls that are under way are waited for at the end, in seconds
    #[arg(long, default_value_t = 10)]
    grace_seconds: u64,
    /// How many of the latest records each topic of an egress keeps, however large they are
    #[arg(long, default_value_t = 1_000_000)]
    retained_records: u64,
    /// How many messages may wait for their functions before ingresses ask for patience
    #[arg(long, default_value_t = 10_000_000)]
    most_waiting: i64,
    /// Tries a message that cannot be taken for ever, as Apache StateFun does, instead of
    /// setting it aside as a dead letter
    #[arg(long)]
    strict: bool,
    /// How the log is written
    #[arg(long, value_enum, default_value_t = LogFormat::Text, env = "STATEFUN_LOG_FORMAT")]
    log_format: LogFormat,
}

/// Runs until a signal, or until the disk fails.
pub(crate) fn run(args: Args) -> Result<ExitCode, CliError> {
    start_log(args.log_format);
    let files = OpenFiles::raise();
    let application = read_modules(&args.modules)?;
    let machine = |source| CliError::Machine { what: "the program's threads cannot be started", source };
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let tokio = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads.min(4))
        .enable_all()
        .build()
        .map_err(machine)?;
    let assembly = assemble(&application, files.to_functions(application.endpoints.len()))?;
    let ended = tokio.block_on(run_application(&args, assembly, files, args.shards.unwrap_or(threads).max(1)));
    tokio.shutdown_timeout(Duration::from_secs(1));
    ended
}

async fn run_application(
    args: &Args,
    assembly: Assembly,
    files: OpenFiles,
    shards: usize,
) -> Result<ExitCode, CliError> {
    let (ingresses, egresses) = open_ends(args, &assembly, files).await?;
    let admin = Listener::bind(ADMINISTRATION, args.admin).await?;
    let admin = admin.with_most_connections(files.of_administration()).with_head_time(IDLE_AT_ADMINISTRATION);
    let mut signals = Signals::listen()?;
    let store: Arc<FjallStore> = Arc::new(FjallStore::open(&args.data)?);
    let address = admin.address();
    // Who asks before it is served waits.
    note_address(&args.data, address);
    let runtime = start_engine(args, assembly, store, shards)?;
    let rates = Rates::sample(runtime.clone());
    let (stop, stopped) = watch::channel(false);
    let mut servers = JoinSet::new();
    for ingress in ingresses {
        tracing::info!("{} listens", ingress.name());
        servers.spawn(ingress.run(runtime.clone(), stopped.clone()));
    }
    for egress in egresses {
        tracing::info!("{} listens", egress.name());
        servers.spawn(egress.run(runtime.clone(), stopped.clone()));
    }
    tracing::info!("the administration at {address} listens");
    let administration = operating_server(runtime.clone(), stopped.clone(), rates.clone());
    // It answers to the last: whoever waits for the end sees that, and how, the calls end.
    let (leave, left) = watch::channel(false);
    let administration = tokio::spawn(serve(admin, administration, left));
    tracing::info!(data = %args.data.display(), shards, "the runtime is ready");
    let failure = tokio::select! {
        signal = signals.next() => {
            tracing::info!(signal, "the runtime ends");
            None
        }
        error = runtime.failed() => Some(error),
    };
    runtime.release_readers();
    stop.send_replace(true);
    // What calls answer that end now cannot be kept where the disk has failed.
    let grace = if failure.is_none() { Duration::from_secs(args.grace_seconds) } else { Duration::ZERO };
    let until = Instant::now() + grace;
    let requests = grace.min(REQUEST_GRACE);
    let _ = tokio::time::timeout(requests, async { while servers.join_next().await.is_some() {} }).await;
    servers.abort_all();
    let grace = until.saturating_duration_since(Instant::now());
    let ending = tokio::task::spawn_blocking(move || runtime.stop(Stopping { grace }));
    let _ = ending.await;
    forget_address(&args.data);
    leave.send_replace(true);
    administration.abort();
    tracing::info!("the runtime has ended");
    match failure {
        None => Ok(ExitCode::Done),
        Some(error) => Err(CliError::Failed(chain(&*error))),
    }
}

/// Takes the ports of all ingresses and egresses; nothing is served yet.
async fn open_ends(
    args: &Args,
    assembly: &Assembly,
    files: OpenFiles,
) -> Result<(Vec<Box<dyn Ingress>>, Vec<Box<dyn Egress>>), CliError> {
    let most = files.of_clients(assembly.ingress_ports.len() + assembly.egresses.len());
    let mut ingresses: Vec<Box<dyn Ingress>> = Vec::new();
    for port in &assembly.ingress_ports {
        let listener = Listener::bind("the playground's ingress", (args.host, *port).into()).await?;
        let listener = listener.with_most_connections(most);
        let (router, most_waiting) = (Arc::new(ByName), args.most_waiting);
        ingresses.push(Box::new(PlaygroundIngress { listener, router, most_waiting }));
    }
    let mut egresses: Vec<Box<dyn Egress>> = Vec::new();
    for end in &assembly.egresses {
        let listener = Listener::bind("the playground's egress", (args.host, end.port).into()).await?;
        let listener = listener.with_most_connections(most);
        let (id, topics) = (end.id.clone(), end.topics.clone());
        egresses.push(Box::new(PlaygroundEgress { listener, id, topics }));
    }
    Ok((ingresses, egresses))
}

fn start_engine(
    args: &Args,
    assembly: Assembly,
    store: Arc<dyn Store>,
    shards: usize,
) -> Result<Arc<Runtime>, CliError> {
    let settings = Settings { strict: args.strict, ..Settings::default() };
    let Assembly { catalogue, callees, .. } = assembly;
    let retained = args.retained_records;
    Ok(Arc::new(Runtime::start(store, catalogue, callees, settings, shards, retained, Handle::current())?))
}

struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> Result<Self, CliError> {
        let machine = |source| CliError::Machine { what: "signals cannot be listened to", source };
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(machine)?,
            interrupt: signal(SignalKind::interrupt()).map_err(machine)?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
