//! Settings of the process: flags, environment, defaults — read once.

use clap::{Args, Parser, Subcommand};

/// Steward: the open IT-management backend.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Command {
    /// What to do; without it, `serve`.
    #[command(subcommand)]
    pub action: Option<Action>,
    /// Settings of `serve`, which is what happens when nothing else is asked for.
    #[command(flatten)]
    pub serve: Serve,
}

/// What the binary can do.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Serve the API (the default).
    Serve(Serve),
    /// Bring the database's tables up to date and stop.
    Migrate(DatabaseUrl),
    /// Print the OpenAPI document.
    Openapi,
    /// Fill a new database with a company to look at.
    Demo(Demo),
    /// Work on the keys that sign access tokens, while the service runs.
    #[command(subcommand)]
    Keys(Keys),
    /// Print the SQL that the migrations lack for the resources as they are: nothing if all is there.
    Lacking,
}

/// Which database.
#[derive(Debug, Args, Clone)]
pub struct DatabaseUrl {
    /// sqlite://PATH or postgres://USER@HOST/NAME.
    #[arg(long, env = "STEWARD_DATABASE_URL", default_value = "sqlite://data/steward.db", hide_env_values = true)]
    pub database_url: String,
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
    /// Networks that are not public and may be asked all the same, such as 10.1.0.0/16,127.0.0.1: where identity providers
    /// stand that an internal name leads to. Without it, requests to private addresses are refused.
    #[arg(long, env = "STEWARD_ALLOW_PRIVATE_ADDRESSES", value_delimiter = ',')]
    pub allow_private_addresses: Vec<String>,
    /// A PEM file of the authorities that sign the certificates of those whom the service asks; default: those that
    /// browsers trust.
    #[arg(long, env = "STEWARD_CA_FILE")]
    pub ca_file: Option<std::path::PathBuf>,
    /// How much is logged: error, warn, info, debug or trace.
    #[arg(long, env = "STEWARD_LOG", default_value = "warn")]
    pub log: tracing::Level,
    /// How the log is written: text or json.
    #[arg(long, env = "STEWARD_LOG_FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub log_format: String,
    /// How many threads serve requests; default: one for each processor.
    #[arg(long, env = "STEWARD_WORKERS")]
    pub workers: Option<usize>,
    /// How long requests may take to finish when the service stops, in seconds.
    #[arg(long, env = "STEWARD_GRACE_SECONDS", default_value_t = 20)]
    pub grace_seconds: u64,
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
}

impl Serve {
    /// The address under which clients know the service.
    pub fn issuer(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen)).trim_end_matches('/').to_owned()
    }
}
