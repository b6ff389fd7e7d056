//! The form that brings a picture into a question.

use leptos::prelude::*;

use crate::kit::ui::{FileField, FileForm, Reply, TextArea};

/// Takes the picture of a question: see `server/src/web/question_pictures.rs`.
pub const QUESTION_PICTURE_PATH: &str = "/question-pictures";
/// The largest file that is taken, in MB.
const MOST_MB: usize = 15;

pub fn picture_form(organisation: &str, draft: &str, reply: Reply) -> AnyView {
    let back = format!("/assessments/questions/{organisation}/write?draft={draft}");
    let hint = format!(
        "A JPEG, PNG or WebP file, at most {MOST_MB} MB. We keep what it shows, and nothing else that is in the file."
    );
    view! {
        <div class="narrow">
            <h2>"Bring a picture"</h2>
            <p>"It stands above the question, in place of another figure. Bring only pictures that you may use, and that show no person who could be recognised."</p>
            <FileForm action=format!("{QUESTION_PICTURE_PATH}?organisation={organisation}&draft={draft}")>
                <FileField id="picture" label="Picture" hint most=MOST_MB
                    accept=".jpg,.jpeg,.png,.webp,image/jpeg,image/png,image/webp" problem=reply.problem("picture") />
                <TextArea id="alt" label="What it shows" hint="For people who do not see it: all that is needed to answer the question, and not the answer."
                    rows=3 value=reply.typed("alt", "") problem=reply.problem("alt") />
                <button type="submit" class="button">"Bring this picture"</button>
            </FileForm>
            <p><a href=back>"Back to the question"</a></p>
        </div>
    }
    .into_any()
}
