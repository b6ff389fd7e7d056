use domain::count;
use leptos::prelude::*;

use super::Words;

/// `print` is the address of the page to print, or on that page the address of the normal list.
pub fn take_away(words: Words, found: u32, files: [String; 2], print: Result<String, String>) -> AnyView {
    if found == 0 {
        return ().into_any();
    }
    let [xlsx, csv] = files;
    match print {
        Ok(print) => view! {
            <div class="take-away on-screen">
                <p>
                    <a href=xlsx download="">{format!("Download {} as XLSX", count(found, words.one))}</a>
                    <a href=csv download="">"as CSV"</a>
                    <a href=print>"Show as one page to print"</a>
                </p>
                <p class="hint">"XLSX keeps everything as it is. Where a CSV file is opened, noughts at the beginning of a number may be lost."</p>
            </div>
        }
        .into_any(),
        Err(pages) => view! {
            <p class="take-away on-screen">"This page is to be printed: choose Print in your browser. "<a href=pages>"Back to the list"</a></p>
        }
        .into_any(),
    }
}
