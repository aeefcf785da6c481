//! A private PostgreSQL cluster for the tests of one process.
//!
//! The first caller starts it, and a watchdog stops and removes it when the process is gone, however
//! it ended. `STEWARD_TEST_POSTGRES_URL` names a running server to use instead: a role that may
//! create databases, on a maintenance database. Without any PostgreSQL the tests on it are skipped,
//! loudly; `STEWARD_SKIP_LOG` names a file that then gets a line, for a build that must not skip.
#![allow(dead_code, reason = "a test binary may use only a part")]

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use std::cmp::Reverse;
use std::env;
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

pub enum Postgres {
    /// It runs; the URL opens its maintenance database as a role that may create databases.
    Ready { admin_url: String },
    /// There is none on this machine.
    Skipped { why: String },
}

/// The cluster of this process. Panics when PostgreSQL is there but does not start.
pub fn cluster() -> &'static Postgres {
    &server().postgres
}

/// A new database, empty or a copy of `template` (its name or its URL, with nobody connected to it);
/// its URL, or nothing when PostgreSQL is skipped.
pub fn fresh_database(template: Option<&str>) -> Option<String> {
    // A template may be copied by one session at a time.
    static CREATED: Mutex<u32> = Mutex::new(0);

    let Postgres::Ready { admin_url } = cluster() else {
        return None;
    };
    let template = template.map_or("template0", database_of);
    let mut created = CREATED.lock().unwrap_or_else(PoisonError::into_inner);
    *created += 1;
    let name = format!("{}{}", server().prefix, *created);
    let statement = format!("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'{}", quoted(&name), quoted(template), server().strategy);
    execute(admin_url, &statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
    Some(with_database(admin_url, &name))
}

/// Drops a database that `fresh_database` made, with whoever is still connected to it.
pub fn drop_database(url: &str) {
    let Postgres::Ready { admin_url } = cluster() else {
        return;
    };
    let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(database_of(url)));
    // Called from destructors: a panic there would abort, and the cluster is removed anyway.
    if let Err(error) = execute(admin_url, &statement) {
        eprintln!("{statement}: {error}");
    }
}

/// Sends away whoever is still connected to a database, so that it can be copied.
pub fn let_go(url: &str) {
    let Postgres::Ready { admin_url } = cluster() else {
        return;
    };
    let statement = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", database_of(url));
    execute(admin_url, &statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
}

struct Server {
    postgres: Postgres,
    /// What the names of this process's databases begin with; unlike any other's on a shared server.
    prefix: String,
    /// How CREATE DATABASE copies.
    strategy: &'static str,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    SERVER.get_or_init(open).as_ref().unwrap_or_else(|error| panic!("no PostgreSQL to test on: {error}"))
}

fn open() -> Result<Server, String> {
    let started = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| error.to_string())?;
    let prefix = format!("steward_{}_{:x}_", process::id(), started.as_nanos());
    let programs = installed();
    let given = env::var("STEWARD_TEST_POSTGRES_URL").unwrap_or_default();
    let mut strategy = "";
    let postgres = if !given.is_empty() {
        let psql = programs.as_ref().map(|directory| directory.join("psql")).filter(|path| path.is_file());
        watch_databases(&psql.unwrap_or_else(|| PathBuf::from("psql")), &given, &prefix)?;
        Postgres::Ready { admin_url: given }
    } else if let Some(programs) = programs {
        let admin_url;
        (admin_url, strategy) = start(&programs)?;
        Postgres::Ready { admin_url }
    } else {
        let why = "found no initdb and pg_ctl; install the PostgreSQL server, \
                   or set STEWARD_TEST_POSTGRES_URL to one that runs"
            .to_owned();
        report_skipped(&why);
        Postgres::Skipped { why }
    };
    Ok(Server { postgres, prefix, strategy })
}

fn report_skipped(why: &str) {
    // Not eprintln!, which the test runner keeps to itself; on a line of its own.
    let _ = writeln!(std::io::stderr(), "\nSKIPPED: PostgreSQL tests, all of them: {why}");
    if let Some(path) = env::var_os("STEWARD_SKIP_LOG").filter(|path| !path.is_empty()) {
        fs::File::options()
            .create(true)
            .append(true)
            .open(&path)
            .and_then(|mut log| writeln!(log, "PostgreSQL tests: {why}"))
            .unwrap_or_else(|error| panic!("STEWARD_SKIP_LOG {}: {error}", path.display()));
    }
}

/// The folder of the server's programs: the one on the PATH, else the newest installed.
fn installed() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(newest_first("/usr/lib/postgresql", ""))
        .chain(newest_first("/usr", "pgsql-"))
        .chain(newest_first("/opt/homebrew/opt", "postgresql@"))
        .chain(["/opt/homebrew/bin".into()])
        .chain(newest_first("/usr/local/opt", "postgresql@"))
        .chain(["/usr/local/pgsql/bin".into(), "/usr/local/bin".into()])
        .find_map(|directory| {
            // Where a link leads, psql and the rest are of the same version.
            let real = fs::canonicalize(directory.join("initdb")).ok()?;
            [real.parent()?.to_owned(), directory]
                .into_iter()
                .find(|directory| directory.join("initdb").is_file())
                .filter(|directory| directory.join("pg_ctl").is_file())
        })
}

/// `parent/{prefix}{version}/bin` for each version there.
fn newest_first(parent: &str, prefix: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    found.sort_by_key(|(version, _)| Reverse(*version));
    found.into_iter().map(|(_, directory)| directory).collect()
}

/// Makes and starts a cluster in a new folder: the URL of its maintenance database, and how to copy
/// databases there.
fn start(programs: &Path) -> Result<(String, &'static str), String> {
    let account = account()?;
    let folder = folder(account)?;
    let data = folder.join("data");
    watch_cluster(programs, &folder, account)?;

    let initdb = |locale: &str| {
        run(command(programs.join("initdb"), account)
            .args(["-A", "trust", "-U", "steward", "--encoding=UTF8"])
            .args([&format!("--locale={locale}"), "--no-sync", "-D"])
            .arg(&data))
    };
    initdb("C.UTF-8").or_else(|_| initdb("C"))?;
    configure(&folder, &data)?;

    let version = fs::read_to_string(data.join("PG_VERSION")).unwrap_or_default();
    // Without fsync its checkpoints cost nothing, and a copy takes half the time or less.
    let strategy = match version.trim().parse() {
        Ok(15u32..) => " STRATEGY file_copy",
        _ => "",
    };
    Ok((serve(programs, &folder, &data, account)?, strategy))
}

/// What a cluster that lives for a test run needs not keep safe.
fn configure(folder: &Path, data: &Path) -> Result<(), String> {
    let settings = format!(
        "listen_addresses = '127.0.0.1'
         unix_socket_directories = '{}'
         max_connections = 200
         shared_buffers = 64MB
         fsync = off
         synchronous_commit = off
         full_page_writes = off
         wal_level = minimal
         max_wal_senders = 0
         autovacuum = off
         jit = off
         timezone = 'UTC'
         log_timezone = 'UTC'\n",
        folder.display()
    );
    fs::File::options()
        .append(true)
        .open(data.join("postgresql.conf"))
        .and_then(|mut file| file.write_all(settings.as_bytes()))
        .map_err(|error| format!("postgresql.conf in {}: {error}", data.display()))
}

/// Starts the server on a free port: the URL of its maintenance database.
fn serve(programs: &Path, folder: &Path, data: &Path, account: Option<Account>) -> Result<String, String> {
    let log = folder.join("log");
    let mut tries = 5;
    loop {
        let port = free_port()?;
        let started =
            run(command(programs.join("pg_ctl"), account).args(["start", "-w", "-t", "60", "-o", &format!("-p {port}"), "-D"]).arg(data).arg("-l").arg(&log));
        let Err(error) = started else { return Ok(format!("postgres://steward@127.0.0.1:{port}/postgres")) };
        tries -= 1;
        let said = fs::read_to_string(&log).unwrap_or_default();
        // Another program may have taken the port since it was found free.
        if tries == 0 || !said.contains("could not bind") {
            return Err(format!("{error}\n{said}"));
        }
        let _ = fs::remove_file(&log);
    }
}

/// The user and group to start the server as.
#[derive(Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

/// PostgreSQL refuses to run as root, and then gets another account; else nothing.
fn account() -> Result<Option<Account>, String> {
    let id = |args: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(args).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    if id(&["-u"]) != Some(0) {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| {
            let (user, group) = (id(&["-u", name])?, id(&["-g", name])?);
            Some(Some(Account { user, group }))
        })
        .ok_or_else(|| "root may not run it, and there is no user postgres or nobody; add one".to_owned())
}

/// A new folder of the account's own, with a path short enough for a socket in it.
fn folder(account: Option<Account>) -> Result<PathBuf, String> {
    let memory = Some(PathBuf::from("/dev/shm")).filter(|parent| has_room(parent));
    // Root's own folder for temporary files may be closed to the account.
    let temporary = Some(env::temp_dir()).filter(|parent| account.is_none() && parent.as_os_str().len() <= 60);
    let folder = [memory, temporary, Some(PathBuf::from("/tmp"))]
        .into_iter()
        .flatten()
        .find_map(|parent| tempfile::Builder::new().prefix("steward-pg-").tempdir_in(parent).ok())
        .ok_or("no folder could be made in /tmp; make it writable")?;
    if let Some(Account { user, group }) = account {
        chown(folder.path(), Some(user), Some(group)).map_err(|error| format!("chown {}: {error}", folder.path().display()))?;
    }
    Ok(folder.keep())
}

/// Whether a file system in memory can hold the cluster: 4 GiB. A copy of a database is thousands
/// of small files, which takes 40 ms there, but over a second on a slow disk.
fn has_room(parent: &Path) -> bool {
    const KIBIBYTES: u64 = 4 << 20;
    let free = || -> Option<u64> {
        let output = Command::new("df").arg("-Pk").arg(parent).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
    };
    let unused = || -> Option<u64> {
        let text = fs::read_to_string("/proc/meminfo").ok()?;
        let (_, rest) = text.split_once("MemAvailable:")?;
        rest.split_whitespace().next()?.parse().ok()
    };
    free() >= Some(KIBIBYTES) && unused() >= Some(KIBIBYTES)
}

fn free_port() -> Result<u16, String> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("a free port: {error}"))
}

/// Stops and removes the cluster once this process is gone. It starts before the cluster does, for a
/// process that ends in between: then an initdb or pg_ctl may still be at work, and is waited for,
/// because a server whose files vanish leaves its shared memory behind.
fn watch_cluster(programs: &Path, folder: &Path, account: Option<Account>) -> Result<(), String> {
    let script = r#"
        cat
        tries=0
        until "$2" stop -D "$1/data" -m immediate -w -t 10 || [ "$tries" -ge 25 ]; do
            sleep 0.2
            tries=$((tries + 1))
        done
        rm -rf "$1""#;
    watch(command("sh", account).args(["-c", &outlive(script), "watchdog"]).arg(folder).arg(programs.join("pg_ctl")))
}

/// Drops what this process made on a server that it did not start, once this process is gone. The
/// repetition is for a database whose creation was under way.
fn watch_databases(psql: &Path, admin_url: &str, prefix: &str) -> Result<(), String> {
    let script = r#"
        cat
        for pause in 1 4 0; do
            "$1" -X -q -w -d "$2" <<END
            SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', datname)
            FROM pg_database WHERE starts_with(datname, '$3') \gexec
END
            sleep "$pause"
        done"#;
    watch(command("sh", None).args(["-c", &outlive(script), "watchdog"]).arg(psql).args([admin_url, prefix]))
}

fn outlive(script: &str) -> String {
    format!("trap '' HUP INT TERM{script}")
}

/// Its `cat` returns when the other end of the pipe closes, which even `kill -9` of us does.
fn watch(watchdog: &mut Command) -> Result<(), String> {
    // Statics are not dropped: the pipe stays open for as long as the process lives.
    static WATCHDOG: OnceLock<Child> = OnceLock::new();
    let child = watchdog
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|error| format!("{watchdog:?}: {error}"))?;
    WATCHDOG.set(child).map_err(|_| "a second watchdog".to_owned())
}

fn command(program: impl AsRef<std::ffi::OsStr>, account: Option<Account>) -> Command {
    let mut command = Command::new(program);
    // Messages in English, and a folder that every account may enter.
    command.env("LC_ALL", "C").current_dir("/");
    if let Some(Account { user, group }) = account {
        command.uid(user).gid(group);
    }
    command
}

/// Runs a statement on the one connection that is kept open for such; a new one takes the place of one that broke.
fn execute(url: &str, statement: &str) -> Result<(), String> {
    static KEPT: Mutex<Option<PgConnection>> = Mutex::new(None);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.as_mut().is_some_and(|known| known.batch_execute("SELECT 1").is_err()) {
        *kept = None;
    }
    let connection = match kept.take() {
        Some(known) => known,
        None => PgConnection::establish(url).map_err(|error| error.to_string())?,
    };
    kept.insert(connection).batch_execute(statement).map_err(|error| error.to_string())
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().display().to_string();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program}: {}\n{}{}", output.status, String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The database that a URL names; a bare name is itself.
fn database_of(url: &str) -> &str {
    let (_, _, name, _) = parts(url);
    name
}

fn with_database(url: &str, name: &str) -> String {
    let (scheme, authority, _, query) = parts(url);
    format!("{scheme}{authority}/{name}{query}")
}

/// `scheme://`, authority, database without its slash, and `?query`.
fn parts(url: &str) -> (&str, &str, &str, &str) {
    let Some(start) = url.find("://").map(|at| at + 3) else {
        return ("", "", url, "");
    };
    let end = url.find('?').unwrap_or(url.len());
    let slash = url[start..end].find('/').map_or(end, |at| start + at);
    let name = url[slash..end].trim_start_matches('/');
    (&url[..start], &url[start..slash], name, &url[end..])
}
