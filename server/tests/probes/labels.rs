//! Metrics, by a limited set of names.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Method, Request},
};
use metrics_exporter_prometheus::PrometheusBuilder;
use sqlx::PgPool;

use crate::support::Site;

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn clients_cannot_create_series_and_each_function_has_its_own(db: PgPool) {
    let site = Site::new(db, &[]);
    // The only recorder of this process. The other tests count in it too, under the same names.
    let recorder = PrometheusBuilder::new().install_recorder().unwrap();
    for n in 0..50 {
        let method = Method::from_bytes(format!("MADE-UP-{n}").as_bytes()).unwrap();
        for path in ["/sign-in", "/nowhere", "/api/accounts/sign_in"] {
            site.send(Request::builder().method(&method).uri(path).body(Body::empty()).unwrap()).await;
        }
        site.get(&format!("/made-up-{n}"), None).await;
        site.call(&format!("/api/made-up-{n}"), "", None).await;
        site.call(&format!("/api/accounts/made-up-{n}/x"), "", None).await;
    }
    site.call("/api/accounts/sign_in", "email=x", None).await;
    site.call("/api/assessment/save_answers", "", None).await;
    let page = recorder.render();
    let label = |name: &str| -> BTreeSet<_> {
        let before = format!("{name}=\"");
        page.lines()
            .filter_map(|line| line.split(&before).nth(1)?.split('"').next())
            .map(str::to_owned)
            .collect()
    };
    let methods = label("method");
    assert!(
        methods.iter().all(|method| ["GET", "HEAD", "POST", "OPTIONS", "other"].contains(&method.as_str())),
        "{methods:?}"
    );
    let routes = label("route");
    assert!(routes.iter().all(|route| !route.contains("made-up")), "{routes:?}");
    assert!(!routes.contains("/api/{*function}"), "{routes:?}");
    for function in ["/api/accounts/sign_in", "/api/assessment/save_answers", "other"] {
        assert!(routes.contains(function), "{function} is not in {routes:?}");
    }
}
