//! The HTML document around every page, and the script that starts the application in it.

#![expect(
    clippy::disallowed_methods,
    reason = "the script is made only of file names that the build wrote, and what is there without scripts of fixed words"
)]

use std::sync::OnceLock;

use domain::support::contact_address;
use leptos::{
    WasmSplitManifest,
    config::LeptosOptions,
    hydration::{HydrationScripts, HydrationScriptsProps},
    nonce::use_nonce,
    prelude::*,
};
use leptos_meta::MetaTags;

use super::{
    ahead,
    api::{address_of_page, request},
    display::Display,
    kept, navigation,
};
use crate::App;

/// The HTML document around every page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let files = Files::of(&options);
    let Display { colours, text_size } = Display::shown();
    // Before the style has arrived the page is not white either.
    let scheme = if colours == "system" { "light dark" } else { colours };
    view! {
        <!DOCTYPE html>
        <html lang="en-GB" data-colours=colours data-text=text_size>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="theme-color" content="#0b3c5d" />
                <meta name="color-scheme" content=scheme />
                // A phone that turns numbers into links would change the page before the application hydrates it.
                <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
                // The address of the page, when the browser shows another one: the address that a form was sent to.
                {address_of_page().map(|page| view! { <meta name="page-address" content=page /> })}
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link id="styles" rel="stylesheet" href=files.style.as_str() />
                <Begin options files />
                {kept::tags()}
                <MetaTags />
            </head>
            <body>
                <App />
                {help()}
            </body>
        </html>
    }
}

/// Who runs this and who helps, with how to reach support (`SUPPORT_CONTACT`), at the end of every page: people are stuck anywhere, on a
/// page that says that something went wrong as well as where they wait to sign in. The server alone writes it, after all that the
/// application takes over: it adds nothing to what the browser loads, and stays when another page is shown.
fn help() -> Option<AnyView> {
    let contact = request().ok()?.services.support_contact.to_string();
    let support = (!contact.is_empty()).then(|| {
        let address = contact_address(&contact);
        view! { <p>"If you cannot go on, ask support: "<a href=address rel="external">{contact}</a></p> }
    });
    let file = ahead::file_of(&navigation::page_path());
    let room = matches!(file, Some("room" | "trial")).then(|| {
        view! {
            <noscript>
                <p>"Without scripts this page has no calculator. If the paper allows one, use your own."</p>
            </noscript>
        }
    });
    let help = view! {
        <aside class="site-footer" aria-label="Help">
            <div class="width">
                {room}
                <ul class="footer-links">
                    <li><a href="/help">"Help and contact"</a></li>
                    <li><a href="/accessibility">"Accessibility"</a></li>
                    <li><a href="/display">"Colours and text size"</a></li>
                    <li><a href="/privacy">"Privacy notice"</a></li>
                </ul>
                {support}
            </div>
        </aside>
    };
    Some(help.into_any())
}

/// Loads the application once the page is painted. Every page works without it, so on a slow line its 260 kB wait until the style and the
/// text have arrived.
#[component]
fn Begin(options: LeptosOptions, files: &'static Files) -> impl IntoView {
    // Leptos' own tags would start at once and load beside the style, so they are dropped. The call is still needed, because it puts the
    // manifest of the lazily loaded files into the context.
    drop(HydrationScripts(HydrationScriptsProps::builder().options(options).build()));
    let begin = format!("{}, {:?})", files.begin, files_of_page());
    view! { <script type="module" nonce=use_nonce()>{begin}</script> }
}

/// The addresses of the lazily loaded files that the page needs. Leptos' own tags for them would load beside the style, and are only in
/// the first page of each file that a server draws.
fn files_of_page() -> Vec<String> {
    let file = ahead::file_of(&navigation::page_path());
    let manifest = use_context::<WasmSplitManifest>();
    let (Some(file), Some(manifest)) = (file, manifest) else { return Vec::new() };
    let manifest = manifest.0.read_value();
    let (folder, files, _) = &*manifest;
    files.get(file).into_iter().flatten().map(|name| format!("{folder}/{name}.wasm")).collect()
}

/// The addresses of the files that every page loads. Their names contain hashes, which the build writes beside the binary. They are read
/// once, whereas Leptos' own `HashedStylesheet` reads them for each page. Tests have no build, so there the names have no hashes.
struct Files {
    style: String,
    /// The script that starts the application, up to the files of the page.
    begin: String,
}

impl Files {
    fn of(options: &LeptosOptions) -> &'static Self {
        static FILES: OnceLock<Files> = OnceLock::new();
        FILES.get_or_init(|| Self::read(options))
    }

    fn read(options: &LeptosOptions) -> Self {
        let hashes = std::env::current_exe().ok().map(|path| path.with_file_name(options.hash_file.as_ref()));
        let hashes = hashes.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        let file = |name: &str, key: &str, extension: &str| {
            let mut lines = hashes.lines().filter_map(|line| line.trim().split_once(':'));
            let hash = lines.find(|(of, _)| *of == key).map(|(_, hash)| format!(".{}", hash.trim()));
            format!("/{}/{name}{}.{extension}", options.site_pkg_dir, hash.unwrap_or_default())
        };
        let own = |key: &str| file(&options.output_name, key, key);
        let parts = file("__wasm_split", "split", "js");
        Self {
            begin: format!(
                "{}({:?}, {:?}, {parts:?}",
                include_str!("document.js").trim(),
                own("js"),
                own("wasm")
            ),
            style: own("css"),
        }
    }
}
