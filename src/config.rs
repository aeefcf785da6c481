//! Settings of the process: flags, environment, defaults — read once.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use url::Url;

/// Steward: the open IT-management backend.
#[derive(Debug, Parser)]
#[command(name = "steward", version, about = "The open IT-management backend: eight fields of IT management behind one documented REST API")]
pub struct Command {
    /// What to do; without it, `serve`.
    #[command(subcommand)]
    pub action: Option<Action>,
    /// Settings of `serve`, which is what happens when nothing else is asked for.
    #[command(flatten)]
    pub serve: Serve,
}

impl Command {
    /// Reads the command line. An option that stands before the command is refused: it would be forgotten, since each command has its own.
    pub fn read() -> Command {
        let mut known = Command::command();
        let matches = known.get_matches_mut();
        if let (Some(option), Some(action)) = (misplaced(&matches), matches.subcommand_name()) {
            let advice = format!("--{option} stands before {action} and would be forgotten. Write it after {action}.");
            known.error(ErrorKind::ArgumentConflict, advice).exit();
        }
        Command::from_arg_matches(&matches).unwrap_or_else(|fault| fault.exit())
    }
}

/// An option on the command line before a command.
fn misplaced(matches: &ArgMatches) -> Option<String> {
    matches.subcommand_name()?;
    let own = Command::command();
    let given = own.get_arguments().find(|own| matches.value_source(own.get_id().as_str()) == Some(ValueSource::CommandLine))?;
    Some(given.get_long().unwrap_or_else(|| given.get_id().as_str()).to_owned())
}

/// What the binary can do.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Serve the API (the default).
    Serve(Box<Serve>),
    /// Bring the database's tables up to date and stop.
    Migrate(DatabaseUrl),
    /// Write the database into a new file while the service runs (SQLite; PostgreSQL has pg_dump).
    Backup(Backup),
    /// Make a database of a backup (SQLite; PostgreSQL has pg_restore).
    Restore(Restore),
    /// Move all data from a SQLite file into an empty PostgreSQL database.
    Move(Move),
    /// Look at the settings and the database, and say what is wrong and how to mend it; ends with 1 if anything is.
    Check(Box<Serve>),
    /// Print the OpenAPI document.
    Openapi {
        /// The folder to write it into, whole and by domain, instead of standard output.
        #[arg(long)]
        into: Option<std::path::PathBuf>,
        /// As OpenAPI 3.0, for generators that know no 3.1.
        #[arg(long)]
        older: bool,
    },
    /// Fill a new database with a company to look at.
    Demo(Demo),
    /// Work on the keys that sign access tokens, while the service runs.
    #[command(subcommand)]
    Keys(Keys),
    /// Work on the accounts of users.
    #[command(subcommand)]
    User(User),
    /// Work on the history of all records.
    #[command(subcommand)]
    Audit(Audit),
    /// Compare the migrations with the resources, or print the schema crate's source.
    #[command(subcommand)]
    Schema(Schema),
}

/// Questions about the tables that the migrations make.
#[derive(Debug, Subcommand, Clone)]
pub enum Schema {
    /// Print the SQL that the migrations lack for the resources as they are: nothing if all is there.
    Diff,
    /// Print the source of `schema/src/tables.rs`.
    Print {
        /// The file to write it into, instead of standard output.
        #[arg(long)]
        into: Option<std::path::PathBuf>,
    },
    /// Print the source of `migrations/baseline.sql`: what all migrations make of an empty SQLite database.
    Baseline {
        /// The file to write it into, instead of standard output.
        #[arg(long)]
        into: Option<std::path::PathBuf>,
    },
}

/// Which database.
#[derive(Debug, Args, Clone)]
pub struct DatabaseUrl {
    /// sqlite://PATH or postgres://USER@HOST/NAME.
    #[arg(long, env = "STEWARD_DATABASE_URL", default_value = "sqlite://data/steward.db", hide_env_values = true)]
    pub database_url: String,
    /// What seals the signing keys in it.
    #[command(flatten)]
    pub key: WrappingKey,
}

/// The secret by which the signing keys in the database are sealed, so that whoever reads the database signs no token.
#[derive(Debug, Args, Clone, Default)]
pub struct WrappingKey {
    /// The file of the secret: 32 characters or more, such as `openssl rand -base64 32` makes. Without it, or --key, the keys stand in
    /// clear.
    #[arg(long, env = "STEWARD_KEY_FILE")]
    pub key_file: Option<std::path::PathBuf>,
    /// The secret itself.
    #[arg(long, env = "STEWARD_KEY", hide_env_values = true, conflicts_with = "key_file")]
    pub key: Option<String>,
}

impl WrappingKey {
    /// The secret, if one is given.
    pub fn read(&self) -> Result<Option<String>, String> {
        match (&self.key, &self.key_file) {
            (Some(key), _) => Ok(Some(key.clone())),
            (None, Some(file)) => std::fs::read_to_string(file).map(Some).map_err(|error| format!("{} cannot be read: {error}", file.display())),
            (None, None) => Ok(None),
        }
    }
}

/// Settings of `serve`.
#[derive(Debug, Args, Clone)]
pub struct Serve {
    /// Address and port to listen on.
    #[arg(long, env = "STEWARD_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// Which database.
    #[command(flatten)]
    pub database: DatabaseUrl,
    /// The address under which clients know the service; it stands in tokens. Default: http:// and the listen address.
    #[arg(long, env = "STEWARD_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// The first administrator's e-mail address, for a new database.
    #[arg(long, env = "STEWARD_ADMIN_EMAIL")]
    pub admin_email: Option<String>,
    /// The first administrator's password, for a new database; without it one is made and printed once.
    #[arg(long, env = "STEWARD_ADMIN_PASSWORD", hide_env_values = true)]
    pub admin_password: Option<String>,
    /// Role `employee` for everybody who is linked to a person, on what is their own, without a grant; false: only by a grant or a claim.
    #[arg(long, env = "STEWARD_IMPLY_EMPLOYEE", default_value_t = true, action = clap::ArgAction::Set)]
    pub imply_employee: bool,
    /// The origins whose pages may call the API (CORS), such as `https://app.example.org`, with commas between them; * for any.
    /// Default: none.
    #[arg(long, env = "STEWARD_CORS_ORIGINS", value_delimiter = ',')]
    pub cors_origins: Vec<String>,
    /// Networks that are not public and may be asked all the same, such as 10.1.0.0/16,127.0.0.1: where identity providers and receivers of webhooks
    /// stand that an internal name leads to. Without it, requests to private addresses are refused.
    #[arg(long, env = "STEWARD_ALLOW_PRIVATE_ADDRESSES", value_delimiter = ',')]
    pub allow_private_addresses: Vec<String>,
    /// A PEM file of the authorities that sign the certificates of those whom the service asks; default: those that
    /// browsers trust.
    #[arg(long, env = "STEWARD_CA_FILE")]
    pub ca_file: Option<std::path::PathBuf>,
    /// The server by which mails are sent, and their sender.
    #[command(flatten)]
    pub mail: Mail,
    /// How often, and behind which proxies.
    #[command(flatten)]
    pub limits: Limits,
    /// Readers of /metrics: everybody who reaches the address, those with the permission platform.operations:read, or nobody.
    #[arg(long, env = "STEWARD_METRICS", default_value = "public", value_parser = ["public", "permission", "off"])]
    pub metrics: String,
    /// How much is logged: error, warn, info, debug or trace.
    #[arg(long, env = "STEWARD_LOG", default_value = "warn")]
    pub log: tracing::Level,
    /// How the log is written: text or json.
    #[arg(long, env = "STEWARD_LOG_FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub log_format: String,
    /// Where traces are sent by OpenTelemetry: the address of a collector that takes OTLP over HTTP as JSON, such as
    /// http://127.0.0.1:4318. Default: none are made.
    #[arg(long, env = "STEWARD_TRACES")]
    pub traces: Option<String>,
    /// The share of traces that are sent, from 0 to 1; whoever calls with a `traceparent` decides for its own.
    #[arg(long, env = "STEWARD_TRACES_SHARE", default_value_t = 1.0)]
    pub traces_share: f64,
    /// How many threads serve requests; default: one for each processor.
    #[arg(long, env = "STEWARD_WORKERS")]
    pub workers: Option<usize>,
    /// How long requests may take to finish when the service stops, in seconds.
    #[arg(long, env = "STEWARD_GRACE_SECONDS", default_value_t = 20)]
    pub grace_seconds: u64,
    /// After how many seconds the service looks again for moves that are due by date.
    #[arg(long, env = "STEWARD_SCHEDULE_SECONDS", default_value_t = 60, value_parser = clap::value_parser!(i64).range(1..=3600))]
    pub schedule_seconds: i64,
}

/// The server by which mails are sent, and their sender.
#[derive(Debug, Args, Clone)]
pub struct Mail {
    /// The mail server: smtps://USER:PASSWORD@HOST, or smtp://USER:PASSWORD@HOST:587?tls=required; smtp://HOST in clear, without a password.
    /// Default: none, and no mail is sent.
    #[arg(long, env = "STEWARD_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// The sender of mails, such as `Steward <steward@example.org>`; needed with a mail server.
    #[arg(long, env = "STEWARD_SMTP_FROM")]
    pub smtp_from: Option<String>,
}

/// What can be done with the keys that sign access tokens.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Publish a new key. It signs a little later, so that no request fails; the one before it goes after its last token.
    Rotate(Rotate),
}

/// Settings of `keys rotate`.
#[derive(Debug, Args)]
pub struct Rotate {
    /// The database whose keys they are.
    #[command(flatten)]
    pub database: DatabaseUrl,
    /// The key before is not to be trusted: in two seconds no token of an older key is good any more, and clients refresh.
    #[arg(long)]
    pub compromised: bool,
}

/// Commands on the history of all records.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Verify that every revision is as it was written and that none is missing; names each broken history, and ends with 1 if there is any.
    Verify(VerifyAudit),
    /// Print the signed roots over the history, one on each line: kept elsewhere, they say whether it was cut off or written anew.
    Roots(DatabaseUrl),
}

/// Settings of `audit verify`.
#[derive(Debug, Args)]
pub struct VerifyAudit {
    /// The database whose history it is.
    #[command(flatten)]
    pub database: DatabaseUrl,
    /// A file of `audit roots` that was kept elsewhere: each of its roots has to be there.
    #[arg(long, value_name = "FILE")]
    pub roots: Option<std::path::PathBuf>,
    /// Compare the row of each record with its last revision as well. What an upgrade changed in rows differs until the record changes again.
    #[arg(long)]
    pub rows: bool,
}

/// What can be done with the accounts of users.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Give a user a new password, print it once, and end the user's logins.
    ResetPassword(ResetPassword),
}

/// Settings of `user reset-password`.
#[derive(Debug, Args)]
pub struct ResetPassword {
    /// The user's e-mail address.
    pub email: String,
    /// The database that the user is in; it may be served meanwhile.
    #[command(flatten)]
    pub database: DatabaseUrl,
}

/// How often anyone may ask, and whose request it is.
#[derive(Debug, Args, Clone)]
pub struct Limits {
    /// How often an address may ask at /api/v1/auth: requests/seconds, so many at once and that rate; 0 for no limit.
    #[arg(long, env = "STEWARD_LIMIT_AUTH", default_value = "600/60")]
    pub limit_auth: String,
    /// How often a user, a service account or a token may ask anything, likewise.
    #[arg(long, env = "STEWARD_LIMIT_PRINCIPAL", default_value = "0")]
    pub limit_principal: String,
    /// How often they may read, likewise.
    #[arg(long, env = "STEWARD_LIMIT_READ", default_value = "0")]
    pub limit_read: String,
    /// How often they may write, likewise.
    #[arg(long, env = "STEWARD_LIMIT_WRITE", default_value = "0")]
    pub limit_write: String,
    /// How often they may make bulk calls, imports and exports, likewise.
    #[arg(long, env = "STEWARD_LIMIT_BULK", default_value = "0")]
    pub limit_bulk: String,
    /// How many connections of one address may be open at once; 0 for no limit. Those of trusted proxies are not counted.
    #[arg(long, env = "STEWARD_CONNECTIONS_PER_ADDRESS", default_value_t = 512)]
    pub connections_per_address: usize,
    /// The proxies that are believed when they say whose request it is: addresses or CIDR ranges with commas between them.
    #[arg(long, env = "STEWARD_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<String>,
    /// The header in which those proxies say so: x-forwarded-for or forwarded.
    #[arg(long, env = "STEWARD_PROXY_HEADER", default_value = "x-forwarded-for")]
    pub proxy_header: String,
    /// How many passwords are hashed at once, at 19 MiB each; default: one for each processor.
    #[arg(long, env = "STEWARD_HASHES_AT_ONCE")]
    pub hashes_at_once: Option<usize>,
    /// How many more may wait; who comes then is told to come again (503).
    #[arg(long, env = "STEWARD_HASHES_WAITING", default_value_t = 256)]
    pub hashes_waiting: usize,
}

/// Settings of `backup`.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to make; it must not be there.
    pub file: std::path::PathBuf,
    /// The database: sqlite://PATH. It may be served meanwhile.
    #[arg(long, env = "STEWARD_DATABASE_URL", default_value = "sqlite://data/steward.db", hide_env_values = true)]
    pub database_url: String,
}

/// Settings of `restore`.
#[derive(Debug, Args)]
pub struct Restore {
    /// The file that `steward backup` made.
    pub file: std::path::PathBuf,
    /// The database to make: sqlite://PATH. Its file must not be there.
    #[arg(long, env = "STEWARD_DATABASE_URL", default_value = "sqlite://data/steward.db", hide_env_values = true)]
    pub database_url: String,
}

/// Settings of `move`.
#[derive(Debug, Args)]
pub struct Move {
    /// The database to move: sqlite://PATH.
    #[arg(long, env = "STEWARD_DATABASE_URL", hide_env_values = true)]
    pub from: String,
    /// The database to fill: postgres://USER@HOST/NAME, without data.
    #[arg(long, env = "STEWARD_MOVE_TO", hide_env_values = true)]
    pub to: String,
    /// Take what stands there at the beginning, though the service goes on and writes: what it writes meanwhile is not moved.
    #[arg(long)]
    pub while_served: bool,
}

/// Settings of `demo`.
#[derive(Debug, Args, Clone)]
pub struct Demo {
    /// The database to fill: sqlite://PATH or postgres://USER@HOST/NAME. It must be new.
    #[arg(long, env = "STEWARD_DATABASE_URL", default_value = "sqlite://data/steward.db", hide_env_values = true)]
    pub into: String,
    /// The first administrator's e-mail address.
    #[arg(long, env = "STEWARD_ADMIN_EMAIL")]
    pub admin_email: Option<String>,
    /// The first administrator's password; without it one is made and printed once.
    #[arg(long, env = "STEWARD_ADMIN_PASSWORD", hide_env_values = true)]
    pub admin_password: Option<String>,
    /// What seals the signing keys in it.
    #[command(flatten)]
    pub key: WrappingKey,
}

impl Serve {
    /// The public URL where one is set. It stands in every token: why it cannot be one otherwise.
    pub fn public_address(&self) -> Result<Option<Url>, String> {
        let Some(text) = self.public_text() else { return Ok(None) };
        let known = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
        let url = known.ok_or("STEWARD_PUBLIC_URL is no URL of a service. Expected one such as https://steward.example.org.")?;
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err("STEWARD_PUBLIC_URL has a user, a query or a fragment, and it stands in every token. Leave them out.".into());
        }
        Ok(Some(url))
    }

    /// The address under which clients know the service.
    pub fn issuer(&self) -> String {
        self.public_text().map_or_else(|| format!("http://{}", self.listen), str::to_owned).trim_end_matches('/').to_owned()
    }

    /// The public URL as it was given; a variable that is set to nothing gives none.
    fn public_text(&self) -> Option<&str> {
        self.public_url.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_before_the_command_is_told_of() {
        let of = |line: &str| misplaced(&Command::command().try_get_matches_from(line.split(' ')).unwrap());
        assert_eq!(of("steward --listen 127.0.0.1:1 serve").as_deref(), Some("listen"));
        assert_eq!(of("steward --database-url sqlite://a migrate").as_deref(), Some("database-url"));
        assert_eq!([of("steward --listen 127.0.0.1:1"), of("steward serve --listen 127.0.0.1:1"), of("steward demo")], [None, None, None]);
    }
}
