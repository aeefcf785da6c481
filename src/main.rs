//! The commands.

use actix_web::HttpServer;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use steward::clock::Clock;
use steward::config::{
    Action, Audit, Backup, Command, Demo, Keys, Limits, Move, ResetPassword, Restore, Rotate, Schema, Serve, User, VerifyAudit, WrappingKey,
};
use steward::domains::identity;
use steward::http::Connections;
use steward::http::openapi::Version;
use steward::log::Log;
use steward::maintenance::{Audited, Severity};
use steward::outgoing::{Mailer, Outgoing};
use steward::telemetry::Traces;
use steward::{access, app, catalogue, database::Database, http, maintenance};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The system's allocator keeps what many threads have let go of; this one gives it back.
#[global_allocator]
static ALLOCATOR: steward_allocator::Allocator = steward_allocator::Allocator;

/// Says something on standard output: where nobody can hear it, the process goes on.
macro_rules! say {
    ($($words:tt)*) => { drop(writeln!(std::io::stdout(), $($words)*)) };
}

/// How long the end of the process waits for the log to be written.
const LAST_WORDS: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    steward_allocator::give_back_at_once();
    let command = Command::read();
    let outcome = match command.action {
        Some(Action::Check(settings)) => return check(&settings),
        Some(Action::Audit(Audit::Verify(settings))) => return verify_history(&settings),
        Some(Action::Audit(Audit::Roots(database))) => print_roots(&database.database_url),
        None => run(command.serve),
        Some(Action::Serve(settings)) => run(*settings),
        Some(Action::Migrate(url)) => Database::open(&url.database_url).map(|_| say!("The database's tables are up to date.")),
        Some(Action::Openapi { into, older }) => openapi(into.as_deref(), if older { Version::Older } else { Version::Newer }),
        Some(Action::Demo(settings)) => demo(&settings),
        Some(Action::Keys(Keys::Rotate(settings))) => rotate(&settings),
        Some(Action::User(User::ResetPassword(settings))) => reset_password(&settings),
        Some(Action::Schema(asked)) => schema(asked),
        Some(Action::Backup(settings)) => back_up(&settings),
        Some(Action::Restore(settings)) => restore(&settings),
        Some(Action::Move(settings)) => move_database(&settings),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "steward: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Takes the secret that seals the signing keys, where one is given.
fn seal_keys_by(key: &WrappingKey) -> Result<(), String> {
    key.read()?.map_or(Ok(()), |secret| access::key_wrap::wrap_by(&secret))
}

/// Prints the document, or writes it and those of the domains into a folder.
fn openapi(into: Option<&Path>, version: Version) -> Result<(), String> {
    let api = catalogue::api();
    let Some(folder) = into else {
        return write!(std::io::stdout(), "{}", api.document(version)).map_err(|error| error.to_string());
    };
    let write = |name: &str, text: String| {
        let file = folder.join(format!("{name}.json"));
        std::fs::write(&file, text).map_err(|error| format!("{} cannot be written: {error}", file.display()))
    };
    write("openapi", api.document(version))?;
    api.documents_of_domains(version).into_iter().try_for_each(|(domain, text)| write(domain, text))
}

/// Asks an empty database of its own, so that what counts is what the migrations say.
fn schema(asked: Schema) -> Result<(), String> {
    let api = catalogue::api();
    let folder = std::env::temp_dir().join(format!("steward-schema-{}", std::process::id()));
    let database = Database::open(&format!("sqlite://{}", folder.join("empty.db").display()))?;
    let into = match &asked {
        Schema::Print { into } | Schema::Baseline { into } => into.clone(),
        Schema::Diff => None,
    };
    let answer = actix_web::rt::System::new().block_on(database.read(move |connection| match asked {
        Schema::Diff => steward::store::schema::lacking(connection, &api.definitions),
        Schema::Print { .. } => steward::store::schema::print(connection, &api.definitions),
        Schema::Baseline { .. } => steward::store::schema::baseline(connection),
    }));
    drop(database);
    std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    let text = answer.map_err(|error| error.into_problem().detail)?;
    match into {
        // Not by the shell, which empties the file before this is compiled with it.
        Some(path) => std::fs::write(&path, text).map_err(|error| format!("{} cannot be written: {error}", path.display())),
        None => write!(std::io::stdout(), "{text}").map_err(|error| error.to_string()),
    }
}

/// Works beside the processes that serve the database: they read the keys anew by themselves.
fn rotate(settings: &Rotate) -> Result<(), String> {
    seal_keys_by(&settings.database.key)?;
    let api = catalogue::api();
    actix_web::rt::System::new().block_on(async {
        let store = app::beside(&api, &settings.database.database_url)?;
        let rotated = identity::bootstrap::rotate_keys(&store, settings.compromised).await.map_err(|error| error.into_problem().detail)?;
        let rotation = rotated.ok_or("No key could be made. Try again.")?;
        say!("The new key {} is published and signs from {}.", rotation.kid, rotation.signs_from);
        say!("The keys before it verify until {}.", rotation.retires_at);
        Ok(())
    })
}

/// Likewise: whoever is logged in is asked for anew within a second.
fn reset_password(settings: &ResetPassword) -> Result<(), String> {
    actix_web::rt::System::new().block_on(async {
        let store = app::beside(&catalogue::api(), &settings.database.database_url)?;
        let password = identity::bootstrap::reset_password(&store, &settings.email).await.map_err(|error| error.into_problem().detail)?;
        say!("The new password of {} is {password} (it is not shown again).", settings.email);
        Ok(())
    })
}

/// Says each finding on a line, and whether anything is wrong by how it ends.
fn check(settings: &Serve) -> ExitCode {
    let given = &settings.database.key;
    let key = seal_keys_by(given).map(|()| given.key.is_some() || given.key_file.is_some());
    let findings = actix_web::rt::System::new().block_on(maintenance::check(settings, key));
    findings.iter().for_each(|finding| say!("{finding}"));
    let wrong = findings.iter().filter(|finding| finding.severity == Severity::Wrong).count();
    say!("{}", if wrong == 0 { "Nothing is wrong.".to_owned() } else { format!("{wrong} things are wrong.") });
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Says each broken history on a line, and whether there is any by how it ends.
fn verify_history(settings: &VerifyAudit) -> ExitCode {
    match is_as_written(settings) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "steward: {why}");
            ExitCode::FAILURE
        }
    }
}

fn is_as_written(settings: &VerifyAudit) -> Result<bool, String> {
    let url = &settings.database.database_url;
    let mut tell = |revisions: u64| drop(writeln!(std::io::stderr(), "{revisions} revisions verified"));
    let Audited { history, seals, complaints } = maintenance::verify_history(url, settings.roots.as_deref(), &mut tell)?;
    history.broken.iter().for_each(|broken| say!("The history of {}", maintenance::breach_told(broken)));
    match history.broken.len() {
        0 => say!("{} revisions of {} records are as they were written.", history.revisions, history.records),
        count => say!("{count} of {} histories are broken. Compare these records with a backup.", history.records),
    }
    complaints.iter().for_each(|complaint| say!("{complaint}"));
    match complaints.len() {
        0 => say!("{seals} seals over them hold."),
        count => say!("{count} things are wrong with the order or the {seals} seals of the history. Compare it with a backup."),
    }
    let is_whole = history.broken.is_empty() && complaints.is_empty();
    Ok(if settings.rows { rows_are_as_written(url)? && is_whole } else { is_whole })
}

/// Says each row on a line that differs from the last revision of its record; true if there is none.
fn rows_are_as_written(url: &str) -> Result<bool, String> {
    let unlike = actix_web::rt::System::new().block_on(async {
        let store = app::beside(&catalogue::api(), url)?;
        maintenance::unlike_history(&store).await
    })?;
    unlike.iter().for_each(|each| say!("{each}"));
    match unlike.len() {
        0 => say!("The rows are those of the last revisions."),
        count => say!("{count} rows differ. Compare these records with a backup, or change them by the service."),
    }
    Ok(unlike.is_empty())
}

/// Prints the seals of the history, one on each line.
fn print_roots(database_url: &str) -> Result<(), String> {
    maintenance::audit_roots(database_url)?.iter().for_each(|root| say!("{root}"));
    Ok(())
}

fn back_up(settings: &Backup) -> Result<(), String> {
    let backup = maintenance::back_up(&settings.database_url, &settings.file)?;
    say!("{} holds the database up to event {}, in {} KiB.", settings.file.display(), backup.last_position, backup.bytes.div_ceil(1024));
    Ok(())
}

fn restore(settings: &Restore) -> Result<(), String> {
    let restored = maintenance::restore(&settings.file, &settings.database_url)?;
    match restored.behind {
        0 => say!("The database is restored: {} revisions of {} records, verified.", restored.history.revisions, restored.history.records),
        count => say!("The database is restored. It is of an older version: the next start runs {count} migrations."),
    }
    Ok(())
}

fn move_database(settings: &Move) -> Result<(), String> {
    let mut tell = |line: &str| drop(writeln!(std::io::stderr(), "{line}"));
    let moved = maintenance::move_database(&settings.from, &settings.to, settings.while_served, &mut tell)?;
    say!(
        "{} rows of {} tables are moved, up to event {}: counts and hashes are the same, and {} revisions are verified.",
        moved.rows,
        moved.tables,
        moved.last_position,
        moved.revisions
    );
    if moved.left_behind > 0 {
        say!(
            "The source has gone on: {} later events are not moved. Stop its service and move again into an empty database for all of them.",
            moved.left_behind
        );
    }
    Ok(())
}

/// How many threads of a worker may wait for the database at once: more than it has connections, and few enough to take little memory.
const BLOCKING: usize = 24;

/// For how long somebody waits who is told that they ask too often.
const HELD_BACK: Duration = Duration::from_secs(1);

/// The limits as the settings say.
fn limits(settings: &Limits, proxies: http::Proxies, clock: &Clock) -> Result<http::Limits, String> {
    let rule = |name: &str, text: &str| text.parse::<http::Rule>().map_err(|expected| format!("--{name}: {expected}."));
    let rules = http::Rules {
        auth: rule("limit-auth", &settings.limit_auth)?,
        principal: rule("limit-principal", &settings.limit_principal)?,
        read: rule("limit-read", &settings.limit_read)?,
        write: rule("limit-write", &settings.limit_write)?,
        bulk: rule("limit-bulk", &settings.limit_bulk)?,
    };
    Ok(http::Limits::new(rules, proxies, clock).holding_back(HELD_BACK))
}

/// The proxies that are trusted, as the settings say.
fn proxies(settings: &Limits) -> Result<http::Proxies, String> {
    let trusted = settings.trusted_proxies.iter().filter(|text| !text.trim().is_empty()).map(|text| text.parse());
    let trusted = trusted.collect::<Result<_, _>>().map_err(|expected| format!("--trusted-proxies: {expected}."))?;
    let header = settings.proxy_header.parse().map_err(|expected| format!("--proxy-header: {expected}."))?;
    Ok(http::Proxies { trusted, header })
}

fn demo(settings: &Demo) -> Result<(), String> {
    seal_keys_by(&settings.key)?;
    actix_web::rt::System::new().block_on(async {
        let api = Arc::new(catalogue::api());
        let (email, password) = (settings.admin_email.clone(), settings.admin_password.clone());
        let outgoing = Outgoing::new(&[], None, Clock::system())?;
        let opened = app::open(&api, &settings.into, app::Settings::new("http://steward.local".into(), Clock::system(), (email, password), outgoing)).await?;
        let count = steward::demo::fill(&opened.state.store, false).await?;
        say!("The company stands: {count} records.");
        introduce(&opened);
        Ok(())
    })
}

fn run(settings: Serve) -> Result<(), String> {
    let traces = settings.traces.as_deref().map(|collector| Traces::to(collector, settings.traces_share)).transpose()?;
    let log = log(&settings, traces.as_ref());
    seal_keys_by(&settings.database.key)?;
    let outcome = actix_web::rt::System::new().block_on(serve(settings));
    traces.map(Traces::end).unwrap_or_default();
    log.flush(LAST_WORDS);
    outcome
}

async fn serve(settings: Serve) -> Result<(), String> {
    let api = Arc::new(catalogue::api());
    let clock = Clock::system();
    settings.public_address()?;
    let proxies = proxies(&settings.limits)?;
    let limits = limits(&settings.limits, proxies.clone(), &clock)?;
    access::imply_employee(settings.imply_employee);
    access::password::size(settings.limits.hashes_at_once, Some(settings.limits.hashes_waiting));
    let outgoing = Outgoing::new(&settings.allow_private_addresses, settings.ca_file.as_deref(), clock.clone())?;
    let mailer = Mailer::of(&settings.mail, settings.ca_file.as_deref())?;
    let first = (settings.admin_email.clone(), settings.admin_password.clone());
    let origins = http::Origins::read(&settings.cors_origins).map_err(|expected| format!("--cors-origins: {expected}."))?;
    let opening = app::Settings {
        issuer: settings.issuer(),
        clock,
        limits,
        schedule_seconds: settings.schedule_seconds,
        first,
        outgoing,
        mailer,
        origins,
        metrics: http::MetricsAccess::named(&settings.metrics).unwrap_or_default(),
    };
    let opened = app::open(&api, &settings.database.database_url, opening).await?;
    let made = opened.state.store.make_indexes().await.map_err(|error| format!("The indexes could not be made: {error:?}"))?;
    tracing::debug!(made, "indexes");
    let state = opened.state.clone();
    let workers = settings.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from));
    let connections = Connections::new(settings.limits.connections_per_address, proxies);
    let server = HttpServer::new(move || app::service(state.clone()))
        .on_connect(move |socket, data| connections.admit(socket, data))
        .workers(workers.max(1))
        .worker_max_blocking_threads(BLOCKING)
        // An answer goes out in pieces: the last would wait for the client to acknowledge those before, some 40 ms.
        .tcp_nodelay(true)
        .shutdown_timeout(settings.grace_seconds)
        .disable_signals()
        .bind(&settings.listen)
        .map_err(|error| format!("{} cannot be listened on: {error}", settings.listen))?;
    let address = server.addrs().first().map_or(settings.listen.clone(), ToString::to_string);
    greet(&settings, &address, &opened);
    let server = server.run();
    let (handle, state) = (server.handle(), opened.state.clone());
    let working = opened.worker.clone();
    let worker = actix_web::rt::spawn(async move { working.run().await });
    actix_web::rt::spawn(async move {
        asked_to_stop().await;
        // Not ready any more: whoever sends requests here looks elsewhere before the door closes.
        state.closing.store(true, Ordering::Relaxed);
        actix_web::rt::time::sleep(Duration::from_millis(300)).await;
        handle.stop(true).await;
    });
    let ended = server.await.map_err(|error| error.to_string());
    opened.worker.close();
    // A job that cannot end in time is done again by whoever starts next.
    drop(tokio::time::timeout(Duration::from_secs(settings.grace_seconds), worker).await);
    ended
}

fn greet(settings: &Serve, address: &str, opened: &app::Opened) {
    let database = settings.database.database_url.strip_prefix("sqlite://").map_or("a PostgreSQL server".to_owned(), |path| format!("the file {path}"));
    say!("Steward {} keeps its data in {database}.", env!("CARGO_PKG_VERSION"));
    introduce(opened);
    if opened.state.origins.is_open() {
        say!("Pages on these origins may call the API: {}.", settings.cors_origins.join(", "));
    } else {
        say!("Pages on other origins cannot call the API; name those that may in STEWARD_CORS_ORIGINS.");
    }
    say!("The API is at http://{address}/api/v1, its documentation at http://{address}/docs. Stop it with Ctrl+C.");
}

fn introduce(opened: &app::Opened) {
    match &opened.administrator {
        Some(first) => match &first.password {
            Some(password) => say!("The first administrator is {} with the password {password} (it is not shown again).", first.email),
            None => say!("The first administrator is {}.", first.email),
        },
        None => say!("The database already holds an organisation: log in with an existing account."),
    }
}

/// Resolves at Ctrl+C or when the system asks the process to end.
async fn asked_to_stop() {
    use actix_web::rt::signal;
    let mut terminate = match signal::unix::signal(signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(_) => return drop(signal::ctrl_c().await),
    };
    tokio::select! {
        _ = signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Starts the log. A panic is told in it as well, and not on a standard error that may be closed or stuck.
fn log(settings: &Serve, traces: Option<&Traces>) -> Log {
    let log = Log::into(std::io::stderr());
    let lines = tracing_subscriber::fmt::layer().with_writer(log.clone()).log_internal_errors(false);
    let lines = if settings.log_format == "json" { lines.json().boxed() } else { lines.boxed() };
    let lines = lines.with_filter(LevelFilter::from_level(settings.log));
    // Spans are made at `info`, whatever the log shows.
    let traces = traces.map(|traces| traces.layer().with_filter(LevelFilter::INFO));
    tracing_subscriber::registry().with(lines).with(traces).init();
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a thread panicked")));
    log
}
