//! The WebAssembly entry point: the application takes over the page that the server drew.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|fault| {
        console_error_panic_hook::hook(fault);
        app::leave_as_drawn();
    }));
    if app::loads_another_page() {
        return;
    }
    app::stand_at_page_address();
    // Continues after this returns: the page's file may have to be fetched first. `SiteFooter` marks the end.
    leptos::mount::hydrate_lazy(app::App);
}
