use domain::organisations::{
    FieldChoice, SheetKind, UploadColumn, UploadPage, UploadSheet, hidden_sheets, other_sheets,
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    kit::ui::{CheckBox, PostForm, Reply, SelectField, problem_line},
    organisations::api::MatchColumns,
};

/// What each column tells, as it was recognised, and the form that changes it. While somebody has to say which sheet is meant, there is
/// nothing but that question.
#[component]
pub fn MatchingForm(page: UploadPage, reply: Reply) -> impl IntoView {
    let asks = page.asks_for_sheet();
    let UploadPage {
        head, upload, version, sheets, sheet, columns, fields, linked_addresses, refused, ..
    } = page;
    let own = reply.of(&[MatchColumns::PATH]);
    let typed = own.all("fields");
    let (problem, sheet_problem) = (reply.problem("matching"), reply.problem("sheet"));
    let asked = asks || refused.is_some();
    // A refused form is visible.
    let open = move || asked || problem.read().is_some() || sheet_problem.read().is_some();
    let (summary, button) = if asks {
        ("Which sheet is read", "Read this sheet")
    } else {
        ("What the columns tell", "Read the file again")
    };
    let rows = columns.into_iter().enumerate().map(|(at, column)| {
        let chosen = typed.get(at).cloned().or_else(|| column.field.clone()).unwrap_or_default();
        view! { <ColumnRow at column chosen fields=fields.clone() /> }
    });
    let rows = rows.collect_view();
    let columns = (!asks).then(|| view! {
        <div class="table-frame" role="region" tabindex="0" aria-label="Columns of the file">
            <table>
                <caption class="visually-hidden">"Columns of the file"</caption>
                <thead><tr><th scope="col">"Column"</th><th scope="col">"For example"</th><th scope="col">"Tells"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <CheckBox id="linked" label="Where a cell is not an e-mail address but links to one, take the one it links to" checked=linked_addresses />
    });
    view! {
        <details id="matching" open=open>
            <summary>{summary}</summary>
            <PostForm to=MatchColumns::PATH id="matching-form">
                <input type="hidden" name="organisation" value=head.slug />
                <input type="hidden" name="upload" value=upload.id.to_string() />
                <input type="hidden" name="version" value=version.to_string() />
                {move || problem_line("matching", problem.get())}
                {(sheets.len() > 1).then(|| view! { <SheetField sheets sheet reply=own /> })}
                {columns}
                <button type="submit" class="button secondary">{button}</button>
            </PostForm>
        </details>
    }
}

/// Which sheet is read: none before somebody has chosen. What is hidden cannot be chosen, and is named.
#[component]
fn SheetField(sheets: Vec<UploadSheet>, sheet: Option<u32>, reply: Reply) -> impl IntoView {
    let shown = sheet.map(|sheet| sheet.to_string()).unwrap_or_default();
    let chosen = reply.typed("sheet", &shown);
    let told = if other_sheets(&sheets) {
        "The columns of another sheet are recognised when it is read."
    } else {
        "No other sheet can be chosen: they are empty or hidden."
    };
    let hint =
        [Some(told.to_owned()), hidden_sheets(&sheets)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let nobody_has_chosen = sheet.is_none().then(|| view! { <option value="">"Choose the sheet"</option> });
    let options = sheets.into_iter().enumerate().filter(|(_, sheet)| sheet.kind == SheetKind::Offered);
    let option = |(place, sheet): (usize, UploadSheet)| {
        let place = place.to_string();
        let selected = place == chosen;
        view! { <option value=place selected=selected>{sheet.name}</option> }
    };
    let options = options.map(option).collect_view();
    view! { <SelectField id="sheet" label="Sheet" hint problem=reply.problem("sheet")>{nobody_has_chosen}{options}</SelectField> }
}

#[component]
fn ColumnRow(at: usize, column: UploadColumn, chosen: String, fields: Vec<FieldChoice>) -> impl IntoView {
    let id = format!("column-{at}");
    let option = move |field: FieldChoice| {
        let selected = field.word == chosen;
        view! { <option value=field.word selected=selected>{field.name}</option> }
    };
    view! {
        <tr>
            <th scope="row"><label for=id.clone()>{column.heading}</label></th>
            <td>{column.examples.join(", ")}</td>
            <td>
                <select id=id name="fields[]" autocomplete="off">
                    <option value="">"Nothing: leave it aside"</option>
                    {fields.into_iter().map(option).collect_view()}
                </select>
            </td>
        </tr>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::{
        Moment, Problem,
        kit::list::Page,
        organisations::{OrganisationHead, UploadCard, UploadCounts, UploadId, UploadState},
    };
    use uuid::Uuid;

    use super::*;

    /// A workbook of two sheets, of which this one is read.
    fn page(sheet: Option<u32>) -> UploadPage {
        let moment = || Moment { utc: String::new(), london: String::new() };
        let named = |name: &str| UploadSheet { name: name.into(), kind: SheetKind::Offered };
        UploadPage {
            head: OrganisationHead { slug: "north".into(), name: "North".into() },
            upload: UploadCard {
                id: UploadId(Uuid::nil()),
                file_name: None,
                by: None,
                at: moment(),
                state: UploadState::Preview,
                counts: UploadCounts::default(),
            },
            version: 1,
            returned: false,
            attested: moment(),
            hidden: 0,
            refused: None,
            warnings: Vec::new(),
            progress: 0,
            removed: 0,
            sheets: vec![named("Autumn"), named("Spring")],
            sheet,
            columns: Vec::new(),
            fields: Vec::new(),
            linked_addresses: false,
            rows: Page { rows: Vec::new(), found: 0, in_all: 0, next: None, anew: false },
        }
    }

    fn drawn(sheet: Option<u32>, wrong: Option<&str>) -> String {
        Owner::new().with(|| {
            let reply = Reply::to(&[MatchColumns::PATH]);
            let reply = wrong.map_or(reply, |field| reply.or_wrong(field, Problem::ChoiceMissing));
            view! { <MatchingForm page=page(sheet) reply /> }.to_html()
        })
    }

    fn is_open(html: &str) -> bool {
        let after = html.split("<details").nth(1).unwrap_or_default();
        after.split('>').next().unwrap_or_default().contains("open")
    }

    #[test]
    fn what_is_refused_about_the_sheet_or_the_columns_is_seen() {
        assert!(!is_open(&drawn(Some(1), None)));
        for field in ["sheet", "matching"] {
            let html = drawn(Some(1), Some(field));
            assert!(is_open(&html), "{html}");
            assert!(html.contains(&format!("{field}-problem")), "{html}");
        }
    }

    #[test]
    fn no_sheet_is_chosen_before_somebody_has_chosen() {
        let html = drawn(None, None);
        assert!(is_open(&html) && html.contains("Choose the sheet"), "{html}");
        assert!(!html.contains("selected") && !html.contains("<table"), "{html}");
        let html = drawn(Some(1), None);
        assert!(html.contains("selected") && html.contains("<table"), "{html}");
        assert!(!html.contains("Choose the sheet"), "{html}");
    }
}
