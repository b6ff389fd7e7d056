//! The router, and the layers around it, outermost first: request id and trace, metrics, security headers, compression,
//! pages for refusals and panics, the task that each request runs in, the origin check, the session; then, for pages,
//! the guard.

mod address;
mod calendar;
pub mod connections;
pub mod downloads;
pub mod file_forms;
mod forms;
mod functions;
mod guard;
mod headers;
mod health;
mod kept;
mod live;
mod media;
pub mod metrics;
pub mod pages;
mod per_person;
pub mod pictures;
mod plain;
pub mod question_pictures;
mod resource_form;
mod session;
mod stop_mail;
mod uploads;
mod whole;

use std::{error::Error, net::IpAddr, ops::Deref, sync::Arc};

use app::kit::api::CookieStyle;
use axum::{
    Router,
    extract::FromRef,
    http::HeaderValue,
    middleware::{from_fn, from_fn_with_state, map_request},
    routing::{get, post},
};
use leptos::config::LeptosOptions;
use services::{Services, kit::live::Live};
use sqlx::types::ipnetwork::IpNetwork;
use tokio::sync::{Semaphore, watch};
use tower::ServiceBuilder;
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, DefaultPredicate, Predicate},
    request_id::{PropagateRequestIdLayer, SetRequestIdLayer},
    services::ServeDir,
    set_header::SetResponseHeaderLayer,
};

use self::{
    file_forms::FileForm, per_person::PerPerson, pictures::PictureForm,
    question_pictures::QuestionPictureForm, resource_form::ResourceForm, uploads::Upload, whole::UnderWay,
};
use crate::config::Config;

/// The largest form or call that is read, in bytes.
const BODY_LIMIT: usize = 256 * 1024;

/// The state for serving requests. Cheap to clone: every layer does.
#[derive(Clone)]
pub struct WebState(Arc<Parts>);

pub struct Parts {
    pub services: Services,
    pub live: Live,
    pub cookies: CookieStyle,
    leptos: LeptosOptions,
    /// `https://learning.example`: the only origin whose forms are accepted.
    origin: Arc<str>,
    trusted_proxies: Arc<[IpNetwork]>,
    /// Turns true when the server stops.
    stopping: watch::Receiver<bool>,
    pub under_way: UnderWay,
    plain: Arc<plain::PlainPages>,
    /// Event streams.
    streams: PerPerson,
    /// Places for forms with a file, of all and of each person.
    uploads: Semaphore,
    own_uploads: PerPerson,
}

impl WebState {
    /// # Errors
    /// When the path of the binary cannot be determined.
    pub fn new(
        config: &Config,
        services: Services,
        live: Live,
        stopping: watch::Receiver<bool>,
    ) -> Result<Self, Box<dyn Error>> {
        // The build writes the hashes of its files beside the binary.
        let hashed = std::env::current_exe()?.with_file_name("hash.txt").is_file();
        // The build puts the browser's files into a folder of its own. The development build, which is rebuilt on every
        // change, has none.
        let current = std::fs::read_to_string(config.site_root.join("pkg/current"));
        let folder = current.map_or_else(|_| "pkg".to_owned(), |name| format!("pkg/{}", name.trim()));
        let plain = Arc::new(plain::PlainPages::new(&config.site_root, &folder, &config.support_contact));
        let leptos = LeptosOptions::builder()
            .output_name("learning")
            .site_root(config.site_root.to_string_lossy().as_ref())
            .site_pkg_dir(folder)
            .site_addr(config.listen)
            .hash_files(hashed)
            .build();
        Ok(Self(Arc::new(Parts {
            services,
            live,
            cookies: if config.tls() { CookieStyle::Tls } else { CookieStyle::Plain },
            leptos,
            origin: config.public_url.origin().ascii_serialization().into(),
            trusted_proxies: config.trusted_proxies.clone().into(),
            stopping,
            under_way: UnderWay::new(plain.clone()),
            plain,
            streams: PerPerson::at_most(live::MOST_STREAMS),
            uploads: Semaphore::new(file_forms::PLACES),
            own_uploads: PerPerson::at_most(file_forms::OWN_PLACES),
        })))
    }

    /// The build of the application that this server sends: the name of its folder.
    fn build(&self) -> &str {
        self.leptos.site_pkg_dir.rsplit('/').next().unwrap_or_default()
    }

    fn trusts(&self, proxy: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(proxy))
    }
}

impl Deref for WebState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<WebState> for LeptosOptions {
    fn from_ref(state: &WebState) -> Self {
        state.leptos.clone()
    }
}

pub fn router(state: WebState) -> Router {
    let site_root = state.leptos.site_root.to_string();
    let for_ever = || {
        let value = HeaderValue::from_static("public, max-age=31536000, immutable");
        SetResponseHeaderLayer::overriding(axum::http::header::CACHE_CONTROL, value)
    };
    // Called for every page that is shown.
    let for_a_day = SetResponseHeaderLayer::overriding(
        axum::http::header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=86400"),
    );
    // Built files have a hash of their content in their name, and compressed copies beside them.
    let built = ServiceBuilder::new()
        .layer(for_ever())
        .service(ServeDir::new(format!("{site_root}/pkg")).precompressed_br().precompressed_gzip());
    // The typeface. It is packed already, and a changed one gets another name.
    let as_it_is = SetResponseHeaderLayer::overriding(
        axum::http::header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable, no-transform"),
    );
    let quiet = Router::new()
        .nest_service("/pkg", ServiceBuilder::new().layer(from_fn(media::file_name)).service(built))
        .nest_service(
            "/fonts",
            ServiceBuilder::new()
                .layer(from_fn(media::file_name))
                .layer(as_it_is)
                .service(ServeDir::new(format!("{site_root}/fonts"))),
        )
        .route("/media/{file}", get(media::picture).layer(for_ever()))
        .route_service(
            "/favicon.svg",
            ServiceBuilder::new().layer(for_a_day).service(ServeDir::new(&site_root)),
        )
        .merge(kept::files(&site_root))
        .route("/robots.txt", get(|| async { "User-agent: *\nDisallow: /\n" }))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/mail/stop/{token}", get(stop_mail::page).post(stop_mail::stop))
        .route("/mail/stop-messages/{token}", get(stop_mail::page_of_messages).post(stop_mail::stop_messages))
        .route(
            "/mail/stop-cohort-reminders/{token}",
            get(stop_mail::page_of_cohort_reminders).post(stop_mail::stop_cohort_reminders),
        )
        .route(
            "/mail/stop-own-reminders/{token}",
            get(stop_mail::page_of_own_reminders).post(stop_mail::stop_own_reminders),
        )
        .route("/calendar/{file}", get(calendar::feed));
    let files = downloads::routes()
        .route_layer(from_fn(pages::not_ahead))
        .route_layer(from_fn(downloads::ask_reason))
        .route_layer(from_fn(guard::signed_in));
    let pictures = Router::new()
        .route(pictures::SHOWN, get(pictures::show))
        .route(question_pictures::SHOWN, get(question_pictures::show))
        .route_layer(from_fn(guard::signed_in));
    let with_session = pages::routes()
        .merge(files)
        .merge(pictures)
        .route(functions::ROUTE, post(functions::call))
        .route(Upload::PATH, file_forms::route::<Upload>())
        .route(ResourceForm::PATH, file_forms::route::<ResourceForm>())
        .route(PictureForm::PATH, file_forms::route::<PictureForm>())
        .route(QuestionPictureForm::PATH, file_forms::route::<QuestionPictureForm>())
        .route("/live", get(live::stream))
        .fallback(pages::nowhere)
        .layer(from_fn_with_state(state.clone(), session::load))
        .layer(from_fn_with_state(state.clone(), guard::same_origin));
    let plain = state.plain.clone();
    Router::new()
        .merge(quiet)
        .merge(with_session)
        .layer(
            ServiceBuilder::new()
                .layer(map_request(headers::without_id))
                .layer(SetRequestIdLayer::x_request_id(headers::NewRequestId))
                .layer(PropagateRequestIdLayer::x_request_id())
                .layer(from_fn(headers::trace))
                .layer(from_fn(metrics::count))
                .layer(from_fn_with_state(state.clone(), headers::secure))
                .layer(
                    CompressionLayer::new()
                        .quality(CompressionLevel::Precise(4))
                        .compress_when(DefaultPredicate::new().and(headers::may_be_packed)),
                )
                .layer(from_fn_with_state(plain.clone(), plain::in_words))
                .layer(CatchPanicLayer::custom(plain::Panicked(plain)))
                .layer(from_fn_with_state(state.under_way.clone(), whole::run)),
        )
        .with_state(state)
}
