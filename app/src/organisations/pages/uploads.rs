use domain::organisations::{ATTESTATION, UploadCard, UploadSort, Uploads};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    kit::{
        api::PageData,
        list::{Shown, Words, asked},
        ui::{CheckBox, Done, FromPage, Loaded, Reply, ShortTime, problem_line},
    },
    organisations::{
        UPLOAD_PATH,
        api::load_uploads,
        parts::{Head, UploadStateTag, use_slug},
    },
};

const WORDS: Words =
    Words { one: "upload", none: "None of the", searched: "Name of the file, or who uploaded it" };

/// `/organisation/{slug}/uploads`: a new file, and those before it.
#[component]
pub fn UploadList() -> impl IntoView {
    let (slug, asked, query) = (use_slug(), asked(), use_query_map());
    let discarded = move || query.read().get("done").as_deref() == Some("discarded");
    let uploads = PageData::new(
        move || (slug(), asked(), discarded()),
        |(slug, asked, discarded)| async move {
            load_uploads(slug, asked.clone()).await.map(|page| (asked, discarded, page))
        },
    );
    view! { <Loaded resource=uploads page=|(asked, discarded, page)| view! { <UploadsView asked discarded page /> } /> }
}

#[component]
fn UploadsView(asked: String, discarded: bool, page: Uploads) -> impl IntoView {
    let reply = Reply::to(&[UPLOAD_PATH]);
    let slug = page.head.slug.clone();
    let list = Shown::<UploadSort>::new(format!("/organisation/{slug}/uploads"), WORDS, &asked);
    let empty = page.uploads.in_all == 0;
    view! {
        <Head head=page.head.clone() heading="Uploads" reply />
        <Done reply text=discarded.then(|| "The file is destroyed. Nothing was taken from it.".to_owned()) />
        <FileForm slug reply />
        <h2>"Uploads so far"</h2>
        {if empty {
            view! { <p>"There is none yet."</p> }.into_any()
        } else {
            view! { <UploadTable list page /> }.into_any()
        }}
    }
}

/// The browser itself sends a form with a file, with scripts as without.
#[component]
fn FileForm(slug: String, reply: Reply) -> impl IntoView {
    let attested = reply.ticked(&[UPLOAD_PATH], "attested", false);
    let problem = reply.problem("file");
    let described = move || if problem.read().is_some() { "file-hint file-problem" } else { "file-hint" };
    let invalid = move || problem.read().is_some().then_some("true");
    view! {
        <section class="narrow" aria-labelledby="upload-title">
            <h2 id="upload-title">"Upload a file of people"</h2>
            <p>"The first row has the headings: a name (or first and last name) and an e-mail address for everybody; a student number, team, area and cohort if you have them. Columns may be in any order, and other columns are ignored."</p>
            <form method="post" action=format!("{UPLOAD_PATH}?organisation={slug}") enctype="multipart/form-data" novalidate autocomplete="off">
                <FromPage />
                <div class="field" class:wrong=move || problem.read().is_some()>
                    <label for="file">"File"</label>
                    <p class="hint" id="file-hint">"XLSX, ODS, XLS or CSV, at most 25 MB and 50,000 people. It is destroyed when the accounts exist."</p>
                    {move || problem_line("file", problem.get())}
                    <input type="file" id="file" name="file" accept=".xlsx,.ods,.xls,.csv,.txt,.tsv"
                        aria-describedby=described aria-invalid=invalid />
                </div>
                <CheckBox id="attested" label=ATTESTATION.text checked=attested problem=reply.problem("attested") />
                <button type="submit" class="button">"Upload and look at it"</button>
                <p class="hint">"Nothing is taken from the file before you have seen what is in it."</p>
            </form>
        </section>
    }
}

#[component]
fn UploadTable(list: Shown<UploadSort>, page: Uploads) -> impl IntoView {
    let (form, found, pages) = (list.form(), list.found(&page.uploads), list.pages(&page.uploads));
    let base = list.base.clone();
    let rows = page.uploads.rows;
    view! {
        {form}
        {found}
        {(!rows.is_empty()).then(|| view! {
            <div class="table-frame" role="region" aria-label="Uploads" tabindex="0">
                <table class="uploads">
                    <caption class="visually-hidden">"Uploads"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"File"</th><th scope="col">"When (UK time)"</th><th scope="col">"State"</th>
                            <th scope="col">"New"</th><th scope="col">"Changed"</th><th scope="col">"To correct"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.into_iter().map(|upload| row(&base, upload)).collect_view()}</tbody>
                </table>
            </div>
        })}
        {pages}
    }
}

fn row(base: &str, upload: UploadCard) -> AnyView {
    let name = upload.file_name.unwrap_or_else(|| "One person by hand".to_owned());
    view! {
        <tr>
            <th scope="row">
                <a href=format!("{base}/{}", upload.id)>{name}</a>
                {upload.by.map(|by| view! { <span class="hint">"by "{by}</span> })}
            </th>
            <td><ShortTime moment=upload.at /></td>
            <td><UploadStateTag state=upload.state /></td>
            <td class="number">{upload.counts.new}</td>
            <td class="number">{upload.counts.changed}</td>
            <td class="number">{upload.counts.wrong}</td>
        </tr>
    }
    .into_any()
}
