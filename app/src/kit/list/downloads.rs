use domain::count;
use leptos::prelude::*;

use super::Words;

/// The links to the files lead out of the application, and the server's header says that they are files. Under a `download` attribute a
/// redirect would be saved as the file: the sign-in page, when the session has ended, or the page that asks support for a reason.
///
/// `print` is the address of the page to print, or on that page the address of the normal list.
pub fn downloads(words: Words, found: u32, files: [String; 2], print: Result<String, String>) -> AnyView {
    if found == 0 {
        return ().into_any();
    }
    let [xlsx, csv] = files;
    match print {
        Ok(print) => view! {
            <div class="downloads on-screen">
                <p>
                    <a href=xlsx rel="external">{format!("Download {} as XLSX", count(found, words.one))}</a>
                    <a href=csv rel="external">"as CSV"</a>
                    <a href=print>"Show as one page to print"</a>
                </p>
                <p class="hint">"XLSX keeps everything as it is. Where a CSV file is opened, noughts at the beginning of a number may be lost."</p>
            </div>
        }
        .into_any(),
        Err(pages) => view! {
            <p class="downloads on-screen">"This page is to be printed: choose Print in your browser. "<a href=pages>"Back to the list"</a></p>
        }
        .into_any(),
    }
}
