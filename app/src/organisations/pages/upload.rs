use domain::{
    count,
    organisations::{UploadId, UploadPage, UploadSheet, UploadState, hidden_sheets, other_sheets},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    kit::{
        api::PageData,
        list::asked,
        live::{Refresh, StillCurrent, keep_current},
        ui::{Done, HowFar, Loaded, PostForm, Refused, Reply, Time, problem_line},
    },
    organisations::{
        api::{ConfirmUpload, DiscardUpload, MatchColumns, UndoUpload, load_upload},
        parts::{Counts, Head, MatchingForm, Rows, UploadStateTag, use_slug},
    },
};

/// How often a page asks how far the job is, in seconds.
const ASKS_EVERY: u32 = 2;

/// `/organisation/{slug}/uploads/{upload}`: what is in a file, row by row, then how far it is, then what it did.
#[component]
pub fn Upload() -> impl IntoView {
    let (slug, params, asked, query) = (use_slug(), use_params_map(), asked(), use_query_map());
    let before = move || query.read().get("done").unwrap_or_default();
    let upload = PageData::new(
        move || (slug(), params.read().get("upload").unwrap_or_default(), asked(), before()),
        |(slug, upload, asked, before)| async move {
            load_upload(slug, upload, asked.clone()).await.map(|page| (asked, before, page))
        },
    );
    view! { <Loaded resource=upload page=|(asked, before, page)| view! { <UploadView asked before page /> } /> }
}

#[component]
fn UploadView(asked: String, before: String, page: UploadPage) -> impl IntoView {
    let reply = Reply::to(&[MatchColumns::PATH, ConfirmUpload::PATH, DiscardUpload::PATH, UndoUpload::PATH]);
    let name = page.upload.file_name.clone().unwrap_or_else(|| "One person by hand".to_owned());
    let (by, at, attested) = (page.upload.by.clone(), page.upload.at.clone(), page.attested.clone());
    // Not of an upload that is as it was before.
    let state = page.upload.state;
    let before = match before.as_str() {
        "before" if state != UploadState::Preview => Some("confirmed"),
        "undone" if matches!(state, UploadState::Undoing | UploadState::Undone) => Some("undone"),
        _ => None,
    };
    let before = before.map(|what| {
        format!(
            "This upload was {what} already, in another window or by a colleague. Nothing was done twice."
        )
    });
    view! {
        <Head head=page.head.clone() heading=name below=("uploads", "Uploads") reply />
        <Done reply text=before />
        <p class="hint">
            "Uploaded "{by.map(|by| view! { "by "{by}" " })}"on "<Time moment=at />
            ". The statement about sharing the data was agreed to on "<Time moment=attested />"."
        </p>
        {if page.upload.state.is_under_way() {
            view! { <UnderWay page reply /> }.into_any()
        } else {
            standing(asked, page, reply)
        }}
    }
}

/// A page on which a job is at work: it asks until the job has ended.
#[component]
fn UnderWay(page: UploadPage, reply: Reply) -> impl IntoView {
    let (slug, upload) = (page.head.slug.clone(), page.upload.id.to_string());
    let shown = RwSignal::new(page);
    let under_way = Memo::new(move |_| shown.read().upload.state.is_under_way());
    let ask = move || load_upload(slug.clone(), upload.clone(), String::new());
    let watch = move || {
        let ask = ask.clone();
        under_way.get().then(move || {
            let connection = keep_current(Refresh::Every(ASKS_EVERY), ask, move |now| shown.set(now));
            view! { <StillCurrent connection /> }
        })
    };
    // What a screen reader says of the job: when it begins and when it has ended, and none of the numbers in between.
    let said = Memo::new(move |_| shown.with(|page| page.upload.state.label()));
    view! {
        <p class="visually-hidden" role="status">{move || said.get()}</p>
        <div id="progress">
            {move || {
                let page = shown.get();
                if page.upload.state.is_under_way() {
                    view! { <Bar page /> }.into_any()
                } else {
                    standing(String::new(), page, reply)
                }
            }}
        </div>
        {watch}
    }
}

#[component]
fn Bar(page: UploadPage) -> impl IntoView {
    let (all, done) = (page.upload.counts.all.max(1), page.progress);
    let words = match page.upload.state {
        UploadState::Undoing => "The accounts that nobody has activated are being removed.".to_owned(),
        _ => format!("Taking in: {done} of {}.", count(all, "row")),
    };
    view! { <div class="notice"><HowFar words done=(done > 0).then_some(done) of=all /></div> }
}

/// What a job is not changing.
fn standing(asked: String, page: UploadPage, reply: Reply) -> AnyView {
    let state = page.upload.state;
    let counts = page.upload.counts;
    match state {
        UploadState::Preview | UploadState::Failed => view! { <Preview asked page reply /> }.into_any(),
        UploadState::Done => {
            let people = format!("/organisation/{}/people", page.head.slug);
            let destroyed = page.upload.file_name.is_some().then_some(" The file is destroyed.");
            view! {
                <p><UploadStateTag state /></p>
                <p class="notice success" role="status">
                    {format!("{} new, {} changed, {} already here.", counts.new, counts.changed, counts.same)}
                    " People who are new get a mail in which they agree."{destroyed}
                </p>
                <Counts counts />
                <p><a href=people>"See the people of the organisation"</a></p>
                <Undo page />
            }
            .into_any()
        }
        UploadState::Undone => view! {
            <p><UploadStateTag state /></p>
            <p class="notice success" role="status">{format!("{} taken back.", count(page.removed, "invitation"))}</p>
            <Counts counts />
        }
        .into_any(),
        // Not reached: the page shows how far the job is.
        UploadState::Confirmed | UploadState::Undoing => view! { <Bar page /> }.into_any(),
    }
}

#[component]
fn Preview(asked: String, page: UploadPage, reply: Reply) -> impl IntoView {
    let counts = page.upload.counts;
    let failed = page.upload.state == UploadState::Failed;
    let base = format!("/organisation/{}/uploads/{}", page.head.slug, page.upload.id);
    let problem = reply.problem("confirm");
    let readable = page.refused.is_none();
    let sheet = page.sheet.filter(|_| readable).and_then(|at| read_from(&page.sheets, at));
    let (slug, id, version) = (page.head.slug.clone(), page.upload.id, page.version);
    let wrong = (counts.wrong > 0).then(|| {
        let file = format!("{base}/failed.csv");
        view! {
            <p>
                {format!("{} cannot be taken. Download them with what to do about each, correct them and upload them again. The others can go in without them.", count(counts.wrong, "row"))}
            </p>
            <p class="downloads"><a href=file rel="external">{format!("Download {} to correct as CSV", count(counts.wrong, "row"))}</a></p>
        }
    });
    view! {
        {failed.then(|| view! { <Refused>"Sorry, something went wrong, and nobody was taken in. Please confirm it again, or tell us."</Refused> })}
        {page.returned.then(|| view! { <p class="notice" role="status">"Something has changed since you looked at this list, so nobody was taken in yet. Look at it again, then confirm."</p> })}
        {page.refused.clone().map(|refused| view! { <p class="notice" role="alert">{refused}"."</p> })}
        {sheet}
        {readable.then(|| view! { <Counts counts /> })}
        {(page.hidden > 0).then(|| view! { <p class="notice">{format!("{} of these are hidden in the spreadsheet. They are taken all the same.", count(page.hidden, "row"))}</p> })}
        {(!page.warnings.is_empty()).then(|| view! {
            <div class="notice">
                <p>"Look at these before you confirm:"</p>
                <ul class="plain-list">{page.warnings.iter().map(|warning| view! { <li>{warning.clone()}</li> }).collect_view()}</ul>
            </div>
        })}
        {wrong}
        <MatchingForm page=page.clone() reply />
        {readable.then(|| {
            let button = match counts.to_take() {
                0 => "Finish: nothing changes".to_owned(),
                rows => format!("Take in {}", count(rows, "row")),
            };
            view! {
                <section id="confirm" class="narrow" aria-labelledby="confirm-title">
                    <h2 id="confirm-title">"Confirm"</h2>
                    {move || problem_line("confirm", problem.get())}
                    <p>"All of these are taken in, or none if something goes wrong. The file is destroyed afterwards, with the rows to correct: download those before."</p>
                    <About to=ConfirmUpload::PATH slug=slug upload=id version>
                        <button type="submit" class="button">{button}</button>
                    </About>
                </section>
            }
        })}
        <About to=DiscardUpload::PATH slug=page.head.slug.clone() upload=id version>
            <button type="submit" class="button secondary small">"Destroy the file and take nothing"</button>
        </About>
        {readable.then(|| view! { <Rows asked page /> })}
    }
}

/// Which of several sheets is read, and what there is to say of the others. A file of one sheet leaves no choice.
fn read_from(sheets: &[UploadSheet], at: u32) -> Option<AnyView> {
    let sheet = sheets.get(usize::try_from(at).ok()?).filter(|_| sheets.len() > 1)?;
    let others = if other_sheets(sheets) {
        Some("Another can be chosen under “What the columns tell”.".to_owned())
    } else {
        hidden_sheets(sheets)
    };
    let (name, others) = (sheet.name.clone(), others.map(|others| format!(" {others}")));
    Some(view! { <p>"Read from the sheet "<strong>{name}</strong>"."{others}</p> }.into_any())
}

/// A form about this upload, as it is shown.
#[component]
fn About(
    to: &'static str,
    slug: String,
    upload: UploadId,
    version: u32,
    children: Children,
) -> impl IntoView {
    view! {
        <PostForm to>
            <input type="hidden" name="organisation" value=slug />
            <input type="hidden" name="upload" value=upload.to_string() />
            <input type="hidden" name="version" value=version.to_string() />
            {children()}
        </PostForm>
    }
}

#[component]
fn Undo(page: UploadPage) -> impl IntoView {
    view! {
        <details>
            <summary>"Undo this upload"</summary>
            <p>"People who have not answered yet are removed, with the names and addresses that came with this upload. People who have answered stay, and so does what was changed of others."</p>
            <About to=UndoUpload::PATH slug=page.head.slug upload=page.upload.id version=page.version>
                <button type="submit" class="button">"Yes, take them back"</button>
            </About>
        </details>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::organisations::SheetKind;

    use super::*;

    #[test]
    fn another_sheet_is_promised_only_where_one_can_be_chosen() {
        let said = |kinds: &[SheetKind]| {
            let named = |(n, kind): (usize, &SheetKind)| UploadSheet { name: format!("S{n}"), kind: *kind };
            let sheets: Vec<_> = kinds.iter().enumerate().map(named).collect();
            Owner::new().with(|| read_from(&sheets, 0).map(|view| view.to_html()))
        };
        let promise = "Another can be chosen";
        assert_eq!(said(&[SheetKind::Offered]), None);
        let several = said(&[SheetKind::Offered, SheetKind::Offered, SheetKind::Hidden]).unwrap();
        assert!(several.contains("S0") && several.contains(promise), "{several}");
        let one = said(&[SheetKind::Offered, SheetKind::Hidden, SheetKind::Empty]).unwrap();
        assert!(one.contains("S0") && !one.contains(promise), "{one}");
        assert!(one.contains("Hidden in the spreadsheet, and so not read: S1."), "{one}");
        let empty = said(&[SheetKind::Offered, SheetKind::Empty]).unwrap();
        assert!(!empty.contains(promise) && !empty.contains("Hidden"), "{empty}");
    }
}
