use leptos::prelude::*;

use super::ErrorPage;
use crate::api::ApiError;

/// Shows a page when its data is there, or the page that says why it is not.
#[component]
pub fn Loaded<T, F, V>(resource: Resource<Result<T, ApiError>>, page: F) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    F: FnOnce(T) -> V + Send + 'static,
    V: IntoView + Send + 'static,
{
    view! {
        <Suspense fallback=|| view! { <p class="loading" role="status">"Loading…"</p> }>
            // No closure: Leptos calls one twice, once to look for more to wait for, and would make every page twice.
            {Suspend::new(async move {
                match resource.await {
                    Ok(data) => page(data).into_any(),
                    Err(error) => view! { <ErrorPage error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}
