//! What an operator does beside the service: backups, restores, the move to PostgreSQL.

use crate::harness::mail::MailServer;
use crate::harness::process::{EMAIL, PASSWORD, Place, Running, agent, binary, refusal};
use crate::harness::receiver::Receiver;
use crate::on_each;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};
use steward::database::{Connection, Statement, file};
use tempfile::TempDir;

/// A folder with a database in it, and what a command about that says.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn url(&self, name: &str) -> String {
        format!("sqlite://{}", self.path(name).display())
    }

    /// A new database with an administrator, served by nobody.
    fn made(&self, name: &str) -> String {
        let url = self.url(name);
        let running = Running::start(&url, true);
        // It listens to signals once it answers.
        running.log_in(EMAIL, PASSWORD).unwrap();
        running.ask_to_stop();
        assert_eq!(running.end(), Some(0));
        url
    }

    /// The company of the demonstration, filled once and copied.
    fn company(&self, name: &str) -> String {
        static COMPANY: LazyLock<Vec<u8>> = LazyLock::new(|| {
            let folder = Folder::new();
            let url = folder.url("company.db");
            let (_, made) = ran(&url, &["demo"], &[("STEWARD_ADMIN_EMAIL", EMAIL), ("STEWARD_ADMIN_PASSWORD", PASSWORD)]);
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
            let copy = folder.path("copy.db");
            let (said, backup) = run(&url, &["backup", copy.to_str().unwrap()]);
            assert!(backup.status.success(), "{said}");
            fs::read(copy).unwrap()
        });
        fs::write(self.path(name), &*COMPANY).unwrap();
        self.url(name)
    }
}

/// All that a command says, and how it ended.
fn run(url: &str, arguments: &[&str]) -> (String, Output) {
    ran(url, arguments, &[])
}

fn ran(url: &str, arguments: &[&str], settings: &[(&str, &str)]) -> (String, Output) {
    let output = binary(url).args(arguments).envs(settings.iter().copied()).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains(PASSWORD) && !said.contains("panicked"), "{said}");
    (said, output)
}

fn succeeds(url: &str, arguments: &[&str]) -> String {
    let (said, output) = run(url, arguments);
    assert!(output.status.success(), "{said}");
    said
}

fn fails(url: &str, arguments: &[&str]) -> String {
    let (said, output) = run(url, arguments);
    assert!(!output.status.success(), "{said}");
    said
}

/// Changes a file behind the back of the service.
fn change(path: &Path, sql: &'static str) {
    let mut connection: Connection = file::open(path).unwrap();
    Statement::new(sql).execute(&mut connection).unwrap();
    Statement::new("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).unwrap();
}

/// Writers, and the ids of what was acknowledged to them.
struct Writers {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<Mutex<Vec<String>>>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Writers {
    fn start(running: &Running) -> Writers {
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let threads = (0..3).map(|writer| {
            let (url, token, stop, acknowledged) = (running.url("/api/v1/governance/controls"), token.clone(), stop.clone(), acknowledged.clone());
            std::thread::spawn(move || {
                let agent = agent();
                let bearer = format!("Bearer {token}");
                for number in (0..).take_while(|_| !stop.load(Ordering::Relaxed)) {
                    let control = json!({"code": format!("W-{writer}-{number}"), "name": "A control", "kind": "preventive", "test_period_days": 30});
                    let mut answer = agent.post(&url).header("Authorization", &bearer).send_json(control).unwrap();
                    let made: Value = answer.body_mut().read_json().unwrap();
                    assert_eq!(answer.status().as_u16(), 201, "{made}");
                    acknowledged.lock().unwrap().push(made["id"].as_str().unwrap().to_owned());
                }
            })
        });
        let writers = Writers { threads: threads.collect(), stop, acknowledged };
        writers.wait_for(20);
        writers
    }

    fn so_far(&self) -> Vec<String> {
        self.acknowledged.lock().unwrap().clone()
    }

    fn wait_for(&self, more: usize) {
        let (before, since) = (self.so_far().len(), Instant::now());
        while self.so_far().len() < before + more {
            assert!(since.elapsed() < Duration::from_secs(60), "the writers stand still");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
}

/// The ids of controls that a service holds.
fn controls(running: &Running) -> Vec<String> {
    let token = running.log_in(EMAIL, PASSWORD).unwrap();
    let (mut ids, mut next) = (Vec::new(), "/api/v1/governance/controls?limit=200".to_owned());
    loop {
        let (status, page) = running.get(Some(&token), &next);
        assert_eq!(status, 200, "{page}");
        ids.extend(page["data"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("/api/v1/governance/controls?limit=200&cursor={cursor}"),
            None => return ids,
        }
    }
}

#[test]
fn a_backup_of_a_service_that_writes_holds_what_was_acknowledged_before_and_is_restored_elsewhere() {
    let (place, folder) = (Place::sqlite(), Folder::new());
    let running = Running::start(&place.url, true);
    let writers = Writers::start(&running);
    let before = writers.so_far();
    let backup = folder.path("backup.db");
    let said = succeeds(&place.url, &["backup", backup.to_str().unwrap()]);
    assert!(said.contains("holds the database up to event"), "{said}");
    writers.wait_for(10);
    writers.stop();
    assert_eq!(fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 1, "nothing but the backup is left");

    let elsewhere = folder.url("elsewhere/steward.db");
    let said = succeeds(&elsewhere, &["restore", backup.to_str().unwrap()]);
    assert!(said.contains("verified"), "{said}");
    assert_eq!(fs::metadata(folder.path("elsewhere/steward.db")).unwrap().permissions().mode() & 0o777, 0o600);
    let again = Running::start(&elsewhere, false);
    let kept = controls(&again);
    let lost: Vec<&String> = before.iter().filter(|id| !kept.contains(id)).collect();
    assert!(lost.is_empty(), "{} of {} are lost", lost.len(), before.len());
    let token = again.log_in(EMAIL, PASSWORD).unwrap();
    assert_eq!(again.get(Some(&token), &format!("/api/v1/governance/controls/{}/transitions", before[0])).0, 200);
}

#[test]
fn a_backup_writes_over_nothing_and_what_a_killed_one_left_is_no_hindrance() {
    let folder = Folder::new();
    let url = folder.made("steward.db");
    let backup = folder.path("backup.db");
    fs::write(folder.path("backup.db.partial"), "what was written when it was killed").unwrap();
    succeeds(&url, &["backup", backup.to_str().unwrap()]);
    assert!(!folder.path("backup.db.partial").exists());
    let first = fs::read(&backup).unwrap();
    let said = fails(&url, &["backup", backup.to_str().unwrap()]);
    assert!(said.contains("is there already, and nothing was written over it"), "{said}");
    assert_eq!(fs::read(&backup).unwrap(), first);
    let said = fails(&folder.url("none.db"), &["backup", folder.path("other.db").to_str().unwrap()]);
    assert!(said.contains("There is no database at") && !folder.path("none.db").exists() && !folder.path("other.db").exists(), "{said}");
    let said = fails("postgres://steward@127.0.0.1:1/steward", &["backup", folder.path("other.db").to_str().unwrap()]);
    assert!(said.contains("pg_dump"), "{said}");
}

#[test]
fn what_is_not_a_whole_database_of_steward_is_not_restored() {
    let folder = Folder::new();
    let url = folder.made("steward.db");
    let backup = folder.path("backup.db");
    succeeds(&url, &["backup", backup.to_str().unwrap()]);
    let whole = fs::read(&backup).unwrap();
    let refused = |name: &str, expected: &str| {
        let said = fails(&folder.url("restored.db"), &["restore", folder.path(name).to_str().unwrap()]);
        assert!(said.contains(expected), "{name}: {said}");
        assert!(!folder.path("restored.db").exists() && !folder.path("restored.db.partial").exists(), "{name}: something was left");
    };
    fs::write(folder.path("cut.db"), &whole[..whole.len() / 2]).unwrap();
    refused("cut.db", "cut.db is ");
    fs::write(folder.path("text.db"), "this is no database, and long enough to be taken for one".repeat(20)).unwrap();
    refused("text.db", "is no whole database of Steward");
    fs::write(folder.path("empty.db"), "").unwrap();
    refused("empty.db", "is no database of Steward");
    refused("none.db", "There is no file");
    for (name, sql, expected) in [
        ("newer.db", "INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('29990101000000', '2026-01-01')", "is of a newer version of Steward"),
        ("altered.db", "UPDATE revisions SET reason = 'another' WHERE id = (SELECT MAX(id) FROM revisions)", "the history of"),
        ("cut_off.db", "DELETE FROM revisions WHERE id = (SELECT MAX(id) FROM revisions)", "the history of"),
        ("loose.db", "UPDATE grants SET role_id = zeroblob(16) WHERE id = (SELECT MAX(id) FROM grants)", "is damaged: A row of grants names one of roles"),
    ] {
        fs::write(folder.path(name), &whole).unwrap();
        let mut connection = file::open(&folder.path(name)).unwrap();
        Statement::new("PRAGMA foreign_keys = OFF").execute(&mut connection).unwrap();
        Statement::new(sql).execute(&mut connection).unwrap();
        Statement::new("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).unwrap();
        drop(connection);
        refused(name, expected);
    }
}

#[test]
fn a_restore_writes_over_nothing_and_takes_no_file_that_is_served() {
    let (place, folder) = (Place::sqlite(), Folder::new());
    let running = Running::start(&place.url, true);
    let backup = folder.path("backup.db");
    succeeds(&place.url, &["backup", backup.to_str().unwrap()]);
    let said = fails(&place.url, &["restore", backup.to_str().unwrap()]);
    assert!(said.contains("is in use by another Steward process"), "{said}");
    let served = place.url.strip_prefix("sqlite://").unwrap();
    let said = fails(&folder.url("restored.db"), &["restore", served]);
    assert!(said.contains("Take a backup of it by `steward backup`"), "{said}");
    running.kill();
    let said = fails(&folder.url("restored.db"), &["restore", served]);
    assert!(said.contains("-wal belongs to"), "the rest of what was acknowledged is beside it: {said}");
    let said = fails(&place.url, &["restore", backup.to_str().unwrap()]);
    assert!(said.contains("is there already, and nothing was written over it"), "{said}");
    assert!(Running::start(&place.url, false).log_in(EMAIL, PASSWORD).is_some());
}

#[test]
fn an_older_backup_is_restored_and_brought_up_to_date_by_the_next_start() {
    let folder = Folder::new();
    let url = folder.made("steward.db");
    let older = "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT MAX(version) FROM __diesel_schema_migrations)";
    change(&folder.path("steward.db"), older);
    succeeds(&url, &["backup", folder.path("backup.db").to_str().unwrap()]);
    let said = succeeds(&folder.url("restored.db"), &["restore", folder.path("backup.db").to_str().unwrap()]);
    assert!(said.contains("the next start runs 1 migrations"), "{said}");
}

/// How many rows each table has, by the count that a list gives.
fn totals(running: &Running) -> Vec<Value> {
    let token = running.log_in(EMAIL, PASSWORD).unwrap();
    ["teams/people", "finance/budgets", "vendors/contracts", "security/risks", "infrastructure/devices", "projects/work-items", "governance/controls"]
        .map(|collection| running.get(Some(&token), &format!("/api/v1/{collection}?limit=1&include_total=true")).1["total_count"].clone())
        .to_vec()
}

#[test]
fn the_company_of_the_demonstration_is_moved_to_postgresql_and_goes_on_there() {
    let (Some(target), folder) = (Place::postgres(), Folder::new()) else { return };
    let url = folder.company("steward.db");
    let said = succeeds(&url, &["move", "--to", &target.url]);
    let steps: Vec<(u64, u64)> = said
        .lines()
        .filter_map(|line| line.strip_prefix("copied ")?.split_once(" of "))
        .map(|(done, rest)| (done.parse().unwrap(), rest.split(' ').next().unwrap().parse().unwrap()))
        .collect();
    let total = steps[0].1;
    assert!(total > 5_000 && steps.is_sorted() && steps.iter().all(|(_, of)| *of == total) && steps.last() == Some(&(total, total)), "{said}");
    assert!(said.contains(&format!("{total} rows of ")) && said.contains("counts and hashes are the same"), "{said}");

    let (before, after) = (Running::start(&url, false), Running::start(&target.url, false));
    let (there, here) = (totals(&after), totals(&before));
    assert!(there == here && there.iter().all(Value::is_u64), "{there:?} {here:?}");
    let token = after.log_in(EMAIL, PASSWORD).unwrap();
    let found = |running: &Running| {
        running.get(Some(&running.log_in(EMAIL, PASSWORD).unwrap()), "/api/v1/platform/search?q=contract").1["data"].as_array().map(Vec::len)
    };
    assert!(found(&after).is_some_and(|count| count > 0) && found(&after) == found(&before), "full text works there");
    let control = json!({"code": "AFTER", "name": "A control", "kind": "preventive", "test_period_days": 30});
    let last = |running: &Running, token: &str| running.get(Some(token), "/api/v1/platform/events?limit=1&after=0").1["data"][0]["position"].as_i64();
    assert_eq!(last(&after, &token), last(&before, &before.log_in(EMAIL, PASSWORD).unwrap()), "the feed begins with the same event");
    let mut answer = agent().post(after.url("/api/v1/governance/controls")).header("Authorization", format!("Bearer {token}")).send_json(control).unwrap();
    let made: Value = answer.body_mut().read_json().unwrap();
    assert_eq!(answer.status().as_u16(), 201, "{made}");
    let (status, changed) = after.send(&token, "PATCH", &format!("/api/v1/governance/controls/{}", made["id"].as_str().unwrap()), &json!({"name": "Changed"}));
    assert_eq!((status, &changed["revision"]), (200, &json!(2)), "{changed}");
    after.kill();
    let said = fails(&url.replace("steward.db", "other.db"), &["move", "--to", &target.url]);
    assert!(said.contains("There is no database at"), "{said}");
    before.kill();
    let said = fails(&url, &["move", "--to", &target.url]);
    assert!(said.contains("The target holds data already"), "{said}");
    assert!(Running::start(&target.url, false).log_in(EMAIL, PASSWORD).is_some(), "a refused move has changed nothing");
}

#[test]
fn a_move_that_was_killed_leaves_nothing_that_is_served_and_is_begun_again() {
    let (Some(target), folder) = (Place::postgres(), Folder::new()) else { return };
    let url = folder.company("steward.db");
    let mut child = binary(&url).args(["move", "--to", &target.url]).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    assert!(first.starts_with("copied "), "{first}");
    child.kill().unwrap();
    child.wait().unwrap();
    for refused in [refusal(&target.url), fails(&target.url, &["keys", "rotate"]), fails(&target.url, &["migrate"])] {
        assert!(refused.contains("A move into this database has not come to its end"), "{refused}");
    }
    // The server notices a little later that the one before is gone.
    let since = Instant::now();
    let said = loop {
        let (said, output) = run(&url, &["move", "--to", &target.url]);
        if output.status.success() {
            break said;
        }
        assert!(said.contains("Another move into the target is under way") && since.elapsed() < Duration::from_secs(30), "{said}");
        std::thread::sleep(Duration::from_millis(200));
    };
    assert!(said.contains("counts and hashes are the same"), "{said}");
    assert!(Running::start(&target.url, false).log_in(EMAIL, PASSWORD).is_some());
}

#[test]
fn a_move_from_a_file_that_is_served_is_refused_or_says_what_it_left_behind() {
    let (Some(target), place) = (Place::postgres(), Place::sqlite()) else { return };
    let running = Running::start(&place.url, true);
    let said = fails(&place.url, &["move", "--to", &target.url]);
    assert!(said.contains("is in use by another Steward process") && said.contains("--while-served"), "{said}");
    let writers = Writers::start(&running);
    let before = writers.so_far();
    let said = succeeds(&place.url, &["move", "--to", &target.url, "--while-served"]);
    writers.wait_for(5);
    writers.stop();
    let left = said.split("The source has gone on: ").nth(1).unwrap_or_else(|| panic!("{said}"));
    assert!(left.split(' ').next().unwrap().parse::<u64>().is_ok_and(|count| count > 0), "{said}");
    let there = Running::start(&target.url, false);
    let (kept, all) = (controls(&there), controls(&running));
    assert!(before.iter().all(|id| kept.contains(id)), "what was acknowledged before is there");
    assert!(kept.len() < all.len() && kept.iter().all(|id| all.contains(id)), "{} of {}", kept.len(), all.len());
}

#[test]
fn what_cannot_be_moved_is_refused_in_a_sentence() {
    let folder = Folder::new();
    let url = folder.made("steward.db");
    for (from, to, expected) in [
        (url.as_str(), "sqlite:///tmp/other.db", "Name a PostgreSQL database to move into"),
        ("postgres://steward@127.0.0.1:1/steward", "postgres://steward@127.0.0.1:1/other", "Only a SQLite database can be moved"),
        (url.as_str(), "postgres://steward:secret-word@127.0.0.1:1/steward", "The PostgreSQL database cannot be reached"),
    ] {
        let said = fails(from, &["move", "--to", to]);
        assert!(said.contains(expected) && !said.contains("secret-word"), "{said}");
    }
    let Some(target) = Place::postgres() else { return };
    change(&folder.path("steward.db"), "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT MAX(version) FROM __diesel_schema_migrations)");
    let said = fails(&url, &["move", "--to", &target.url]);
    assert!(said.contains("Bring it up to date by `steward migrate` first"), "{said}");
}

/// What `check` finds, by how bad it is.
fn checked(url: &str, settings: &[(&str, &str)]) -> (bool, Vec<String>) {
    let (said, output) = ran(url, &["check"], settings);
    let complaints = said.lines().filter(|line| line.starts_with("wrong") || line.starts_with("note")).map(str::to_owned);
    assert_eq!(output.status.success(), !said.contains("\nwrong") && !said.starts_with("wrong"), "{said}");
    (output.status.success(), complaints.collect())
}

#[test]
fn a_check_calls_wrong_what_a_start_refuses_in_the_same_words() {
    let folder = Folder::new();
    let url = folder.made("steward.db");
    for (settings, expected) in [
        (&[("STEWARD_SMTP_URL", "smtps://mail.example.org")][..], "STEWARD_SMTP_FROM is missing"),
        (&[("STEWARD_SMTP_URL", "bogus"), ("STEWARD_SMTP_FROM", "steward@example.org")], "STEWARD_SMTP_URL is no URL of a mail server"),
        (&[("STEWARD_SMTP_URL", "smtp://me:sesame@mail.example.org"), ("STEWARD_SMTP_FROM", "steward@example.org")], "would send a password in clear"),
        (&[("STEWARD_TRACES", "bogus")], "STEWARD_TRACES is no URL of a collector"),
        (&[("STEWARD_PUBLIC_URL", "foo")], "STEWARD_PUBLIC_URL is no URL of a service"),
        (&[("STEWARD_PUBLIC_URL", "https://me@steward.example.org")], "STEWARD_PUBLIC_URL has a user"),
    ] {
        let (good, found) = checked(&url, settings);
        assert!(!good && found.iter().any(|line| line.starts_with("wrong") && line.contains(expected)), "{expected}: {found:?}");
        let (said, started) = ran(&url, &["serve"], settings);
        assert!(!started.status.success() && said.contains(expected) && !said.contains("sesame"), "{expected}: {said}");
    }
}

on_each! {
    the_history_is_verified_and_each_broken_one_is_named(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        let mut ids = Vec::new();
        for code in ["ALTERED", "DETACHED", "CUT"] {
            let control = json!({"code": code, "name": "A control", "kind": "preventive", "test_period_days": 30});
            let id = running.send(&token, "POST", "/api/v1/governance/controls", &control).1["id"].as_str().unwrap().to_owned();
            for name in ["Second", "Third"] {
                assert_eq!(running.send(&token, "PATCH", &format!("/api/v1/governance/controls/{id}"), &json!({"name": name})).0, 200);
            }
            ids.push(id);
        }
        let said = succeeds(&place.url, &["audit", "verify"]);
        assert!(said.contains("are as they were written.") && said.contains("seals over them hold."), "whether or not it is served: {said}");
        let roots = succeeds(&place.url, &["audit", "roots"]);
        assert!(roots.lines().all(|line| line.split('.').count() == 3), "{roots}");
        assert!(fails(&place.url, &["audit", "verify", "--roots", "/nowhere/roots"]).contains("The seals cannot be read from /nowhere/roots"));
        running.ask_to_stop();
        assert_eq!(running.end(), Some(0));
        let mut connection = steward::database::Database::connect(&place.url).unwrap();
        for (at, sql) in ["UPDATE revisions SET reason = 'another' WHERE revision = 2 AND resource_id = ", "DELETE FROM revisions WHERE revision = 2 AND resource_id = ", "DELETE FROM revisions WHERE revision = 3 AND resource_id = "].into_iter().enumerate() {
            Statement::new(sql).with(steward::resource::Id::parse(&ids[at]).unwrap(), "").execute(&mut connection).unwrap();
        }
        drop(connection);
        let said = fails(&place.url, &["audit", "verify"]);
        for (id, how) in ids.iter().zip(["revision 2 was altered", "revision 3 does not follow the revision before it", "revision 2 is not the last one"]) {
            assert!(said.contains(&format!("The history of governance/controls {id} is broken: {how}")), "{how}: {said}");
        }
        assert!(said.contains("3 of ") && said.contains("histories are broken"), "{said}");
    }

    keys_of_an_earlier_version_are_folded_anew(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        let control = |code: &str| json!({"code": code, "name": "A control", "kind": "preventive", "test_period_days": 30});
        for code in ["ＩＮＶ-777", "ﬁre-1", "Öl-2"] {
            assert_eq!(running.send(&token, "POST", "/api/v1/governance/controls", &control(code)).0, 201);
        }
        running.ask_to_stop();
        assert_eq!(running.end(), Some(0));
        let mut connection = steward::database::Database::connect(&place.url).unwrap();
        for sql in [
            "UPDATE controls SET code_key = 'ｉｎｖ-777' WHERE code = 'ＩＮＶ-777'",
            "UPDATE controls SET code_key = 'ﬁre-1' WHERE code = 'ﬁre-1'",
            "DELETE FROM __diesel_schema_migrations WHERE version IN ('20261130000660', '20261130000661')",
        ] {
            Statement::new(sql).execute(&mut connection).unwrap();
        }
        drop(connection);
        let running = Running::start(&place.url, false);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        for code in ["inv-777", "FIRE-1", "%C3%96L-2"] {
            let found = running.get(Some(&token), &format!("/api/v1/governance/controls?code={code}")).1;
            assert_eq!(found["data"].as_array().map(Vec::len), Some(1), "{code}: {found}");
        }
        assert_eq!(running.send(&token, "POST", "/api/v1/governance/controls", &control("INV-777")).0, 409);
    }

    a_check_of_what_is_well_says_so_line_by_line_whether_it_is_served_or_not(place) {
        let secret = tempfile::tempdir().unwrap();
        let file = secret.path().join("key");
        fs::write(&file, "0123456789abcdef0123456789abcdef").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let settings = [("STEWARD_KEY_FILE", file.to_str().unwrap()), ("STEWARD_ADMIN_EMAIL", EMAIL), ("STEWARD_ADMIN_PASSWORD", PASSWORD), ("STEWARD_LIMIT_AUTH", "600/60")];
        let running = Running::start_with(&place.url, &settings);
        running.log_in(EMAIL, PASSWORD).unwrap();
        assert_eq!(checked(&place.url, &settings), (true, vec![]));
        running.ask_to_stop();
        assert_eq!(running.end(), Some(0));
        let (said, _) = ran(&place.url, &["check"], &settings);
        for line in ["ok    database: Its tables are those of this version.", "ok    history: ", "ok    key: ", "ok    listen: ", "Nothing is wrong."] {
            assert!(said.contains(line), "{said}");
        }
        assert!(!said.contains("0123456789abcdef"), "{said}");
        for (key, expected) in [("", "in the database are sealed, and not by the key given."), ("fedcba9876543210fedcba9876543210", "not by the key given"), ("short", "has fewer than 32 characters")] {
            let given: &[(&str, &str)] = if key.is_empty() { &[] } else { &[("STEWARD_KEY", key)] };
            let (good, found) = checked(&place.url, given);
            assert!(!good && found.iter().any(|line| line.starts_with("wrong key: ") && line.contains(expected)), "{found:?}");
        }
    }

    a_check_names_what_is_wrong_in_the_database_and_how_to_mend_it(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        let provider = json!({"code": "company", "name": "Company", "issuer": "http://127.0.0.1:1", "audiences": ["steward"], "jwks_url": "http://127.0.0.1:1/keys"});
        assert_eq!(running.send(&token, "POST", "/api/v1/identity/identity-providers", &provider).0, 201);
        running.ask_to_stop();
        assert_eq!(running.end(), Some(0));
        let tell = |sql: &'static str| {
            let mut connection = steward::database::Database::connect(&place.url).unwrap();
            Statement::new(sql).execute(&mut connection).unwrap();
        };
        tell("UPDATE revisions SET reason = 'another', at = '2199-01-01T00:00:00.000000Z' WHERE collection = 'identity/identity-providers'");
        let (_, found) = checked(&place.url, &[]);
        for expected in ["history: That of identity/identity-providers ", "clock: The last change was made at 2199-01-01", "identity provider: company: the set of its keys cannot be fetched", "identity providers: They send browsers back to the public URL"] {
            assert!(found.iter().any(|line| line.starts_with(&format!("wrong {expected}"))), "{expected}: {found:?}");
        }
        tell("DELETE FROM __diesel_schema_migrations WHERE version = (SELECT MAX(version) FROM __diesel_schema_migrations)");
        assert!(checked(&place.url, &[]).1.iter().any(|line| line.starts_with("note  database: 1 migrations have not run")));
        tell("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')");
        let (good, found) = checked(&place.url, &[]);
        assert!(!good && found.iter().any(|line| line.starts_with("wrong database: It is of a newer version of Steward")), "{found:?}");
    }
}

#[test]
fn a_check_looks_at_files_and_makes_none() {
    let folder = Folder::new();
    let (good, found) = checked(&folder.url("none.db"), &[]);
    assert!(good && found.iter().any(|line| line.starts_with("note  database: There is no file yet")), "{found:?}");
    assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 0);
    let url = folder.made("steward.db");
    let path = folder.path("steward.db");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let key = folder.path("key");
    fs::write(&key, "0123456789abcdef0123456789abcdef").unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    let (good, found) = checked(&url, &[("STEWARD_KEY_FILE", key.to_str().unwrap()), ("STEWARD_CA_FILE", "/nowhere.pem")]);
    assert!(!good);
    for expected in [
        "steward.db is open to other accounts (mode 644)",
        "key can be read by other accounts (mode 640)",
        "outgoing: The authorities cannot be read from /nowhere.pem",
    ] {
        assert!(found.iter().any(|line| line.starts_with("wrong") && line.contains(expected)), "{expected}: {found:?}");
    }
    assert!(found.iter().any(|line| line.contains("The signing keys stand in clear: the next start seals them.")), "{found:?}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    change(&path, "PRAGMA foreign_keys = OFF");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let (good, found) = checked(&url, &[]);
    let damaged = found.iter().find(|line| line.starts_with("wrong database") || line.starts_with("wrong integrity"));
    assert!(!good && damaged.is_some_and(|line| line.contains(". Restore the last backup that is whole by `steward restore`.")), "{found:?}");
    let (good, found) = checked("postgres://steward:secret-word@127.0.0.1:1/steward", &[]);
    assert!(!good && found.iter().any(|line| line.starts_with("wrong database: The PostgreSQL database cannot be reached")), "{found:?}");
    assert!(found.iter().all(|line| !line.contains("secret-word")), "{found:?}");
}

#[test]
fn a_check_calls_a_mail_server_and_a_collector_and_says_which_does_not_answer() {
    let folder = Folder::new();
    let url = folder.made("steward.db");
    let (mail, collector) = (MailServer::start(), Receiver::start());
    let from = ("STEWARD_SMTP_FROM", "steward@example.org");
    let (said, _) = ran(&url, &["check"], &[("STEWARD_SMTP_URL", &mail.url), from, ("STEWARD_TRACES", &collector.url)]);
    for line in ["ok    mail: The mail server answers.", "ok    traces: The collector takes traces."] {
        assert!(said.contains(line), "{said}");
    }
    assert!(mail.mails().is_empty(), "it sends no mail");
    // Nothing listens on the port of a listener that is gone.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (smtp, traces) = (format!("smtp://127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
    let (good, found) = checked(&url, &[("STEWARD_SMTP_URL", &smtp), from, ("STEWARD_TRACES", &traces)]);
    for expected in ["wrong mail: The mail server could not be reached. Mend STEWARD_SMTP_URL", "wrong traces: The collector could not be reached"] {
        assert!(!good && found.iter().any(|line| line.starts_with(expected)), "{expected}: {found:?}");
    }
    collector.answer(&[404]);
    let (good, found) = checked(&url, &[("STEWARD_TRACES", &collector.url)]);
    assert!(!good && found.iter().any(|line| line.starts_with("wrong traces: The collector answered 404. Mend STEWARD_TRACES")), "{found:?}");
}
