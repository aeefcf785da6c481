//! Building the service: database, store, keys, routes.

use crate::access::change::Changes;
use crate::access::token::Keys;
use crate::clock::Clock;
use crate::database::Database;
use crate::domains::identity;
use crate::domains::identity::bootstrap::FirstAdministrator;
use crate::domains::platform::{calendar_feed, file_link, history_seal, judgement, mail_digest, operation, webhook};
use crate::domains::security;
use crate::error::Error;
use crate::http::{self, Api, AppState, Later, Limits, Metrics, MetricsAccess, Origins, Proxies, Routes, Rules};
use crate::jobs::{self, Ongoing, Worker};
use crate::outgoing::{Mailer, Outgoing};
use crate::store::Store;
use actix_web::App;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::web::{Data, ServiceConfig};
use std::sync::Arc;

/// A service that is ready to serve, and its first administrator if it is new.
pub struct Opened {
    /// The service.
    pub state: Data<AppState>,
    /// Who does the work that no request waits for.
    pub worker: Arc<Worker>,
    /// Its first administrator, if it was made just now.
    pub administrator: Option<FirstAdministrator>,
}

/// Settings with which the service is opened.
pub struct Settings {
    /// The address under which it is known.
    pub issuer: String,
    /// What tells it the time.
    pub clock: Clock,
    /// How often anyone may ask, and behind which proxies.
    pub limits: Limits,
    /// After how many seconds it looks again for moves that are due by date.
    pub schedule_seconds: i64,
    /// The address and the password of the first administrator of a new service, if they are chosen.
    pub first: (Option<String>, Option<String>),
    /// Client for requests to other services.
    pub outgoing: Outgoing,
    /// Sender of mails, if there is a mail server.
    pub mailer: Option<Mailer>,
    /// The origins whose pages may call the API.
    pub origins: Origins,
    /// Readers of the metrics.
    pub metrics: MetricsAccess,
}

impl Settings {
    /// The usual limits, no proxies, and the usual schedule.
    pub fn new(issuer: String, clock: Clock, first: (Option<String>, Option<String>), outgoing: Outgoing) -> Settings {
        let limits = Limits::new(Rules::default(), Proxies::default(), &clock);
        Settings {
            issuer,
            clock,
            limits,
            schedule_seconds: jobs::schedule::USUAL_SECONDS,
            first,
            outgoing,
            mailer: None,
            origins: Origins::default(),
            metrics: MetricsAccess::default(),
        }
    }
}

/// Opens a service: brings the tables up to date and makes what every service has.
pub async fn open(api: &Arc<Api>, database_url: &str, settings: Settings) -> Result<Opened, String> {
    let Settings { issuer, clock, limits, schedule_seconds, first: (email, password), outgoing, mailer, origins, metrics } = settings;
    let url = database_url.to_owned();
    let database = tokio::task::spawn_blocking(move || Database::open(&url)).await.map_err(|error| error.to_string())??;
    let store = Store { database, definitions: api.definitions.clone(), clock, changes: Changes::default() };
    let administrator = identity::bootstrap::bootstrap(&store, email, password).await.map_err(explain)?;
    let read_at = store.clock.ticks();
    let keys = identity::bootstrap::keys(&store).await.map_err(explain)?;
    let routes = Routes::new(&[], &api.operations());
    outgoing.admit();
    let due_moves = jobs::schedule::due_moves(schedule_seconds);
    let works = vec![operation::work(routes), jobs::retention(), judgement::work(), due_moves, security::judge_appetites(), webhook::retention()];
    let mut ongoing: Vec<Box<dyn Ongoing>> = vec![Box::new(webhook::Dispatch::new(store.clone(), outgoing.client.clone()))];
    ongoing.push(Box::new(history_seal::Sealing::new(store.clone())));
    ongoing.extend(mailer.map(|mailer| Box::new(mail_digest::MailDispatch::new(store.clone(), mailer, &issuer)) as Box<dyn Ongoing>));
    let worker = Worker::new(store.clone(), works, ongoing);
    let later = Later { ask: operation::ask, bell: worker.bell.clone() };
    let metrics = Metrics::new(metrics).map_err(|error| format!("The metrics could not be set up: {error}"))?;
    let mut state = AppState::new(api, store, Keys::new(issuer, keys, read_at), limits, later, outgoing, metrics);
    state.origins = origins;
    Ok(Opened { state: Data::new(state), worker: Arc::new(worker), administrator })
}

/// The data of a service that other processes may be serving.
pub fn beside(api: &Api, database_url: &str) -> Result<Store, String> {
    let database = Database::open_beside(database_url)?;
    Ok(Store { database, definitions: api.definitions.clone(), clock: Clock::system(), changes: Changes::default() })
}

/// The service as it is served: every route behind what every request passes. A page's preflight is answered before limits and logins.
pub fn service(
    state: Data<AppState>,
) -> App<impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<impl MessageBody>, Error = actix_web::Error, InitError = ()>> {
    let cors = Condition::new(state.origins.is_open(), state.origins.middleware());
    App::new().app_data(state).wrap(from_fn(http::answering)).wrap(Compress::default()).wrap(cors).wrap(from_fn(http::trace)).configure(mount)
}

/// Mounts everything that a service serves.
pub fn mount(config: &mut ServiceConfig) {
    crate::http::mount(config, |config| {
        identity::oauth::mount(config);
        crate::http::mount_keyed(config, &calendar_feed::ADDRESS);
        crate::http::mount_keyed(config, &file_link::ADDRESS);
    });
}

fn explain(error: Error) -> String {
    let problem = error.into_problem();
    let fields: Vec<String> = problem.errors.iter().map(|broken| format!("{}: {}", broken.pointer, broken.detail)).collect();
    format!("The service could not be set up: {} {}", problem.detail, fields.join(" "))
}
