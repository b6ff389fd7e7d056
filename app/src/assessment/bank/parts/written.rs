//! The fields of the form for a question, by their keys in [`Fields`].

use domain::{
    FieldProblem, Problem,
    assessment::{
        Category,
        bank::{
            Fault, QuestionKind,
            form::{Fields, HOW, row_key},
        },
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    answered::answered,
    figure_fields::figure_fields,
    labels::{label, row_name, whole_label},
    picture::QUESTION_PICTURE_PATH,
};
use crate::{
    assessment::bank::api::WriteQuestion,
    kit::ui::{CheckBox, Reply, SelectField, TextArea, TextField, problem_for},
};

/// A fault as its field and the summary say it, with the name of the field: the same words may stand at several.
pub fn problem_of(fault: &Fault) -> FieldProblem {
    let draw = fault.seed.map(|seed| format!(" (draw {seed})")).unwrap_or_default();
    let what = format!("{}{draw}", fault.what);
    let words = match whole_label(&fault.field) {
        name if name.is_empty() => {
            let mut letters = what.chars();
            let first =
                letters.next().map(|first| first.to_ascii_uppercase().to_string()).unwrap_or_default();
            format!("{first}{}", letters.as_str())
        }
        name => format!("{name}: {what}"),
    };
    FieldProblem::new(&fault.field, Problem::InWords { words })
}

/// The forms whose reply counts.
pub const FORM: &[&str] = &[WriteQuestion::PATH, QUESTION_PICTURE_PATH];

/// What stands in the form, and what is wrong with it.
#[derive(Clone, Copy)]
pub struct Typed {
    pub fields: StoredValue<Fields>,
    pub problems: RwSignal<Vec<FieldProblem>>,
    /// A form that could not be kept has what was typed.
    pub reply: Reply,
}

impl Typed {
    pub fn value(self, key: &str) -> String {
        let kept = self.fields.with_value(|fields| fields.get(key).to_owned());
        self.reply.typed(&name(key), &kept)
    }

    fn problem(self, key: &str) -> Signal<Option<Problem>> {
        let key = key.to_owned();
        Signal::derive(move || problem_for(&self.problems.read(), &key))
    }

    /// One line of text. A text of several lines, from a file, keeps them.
    pub fn line(self, key: &str, hint: &str) -> AnyView {
        let value = self.value(key);
        if value.contains('\n') {
            return self.lines(key, hint, 2);
        }
        let (id, name, problem) = (key.to_owned(), name(key), self.problem(key));
        let label = label(key);
        if hint.is_empty() {
            view! { <TextField id name label value problem /> }.into_any()
        } else {
            view! { <TextField id name label hint value problem /> }.into_any()
        }
    }

    /// Several lines of text.
    pub fn lines(self, key: &str, hint: &str, rows: u8) -> AnyView {
        let (id, name, problem, value) = (key.to_owned(), name(key), self.problem(key), self.value(key));
        let label = label(key);
        if hint.is_empty() {
            view! { <TextArea id name label rows value problem /> }.into_any()
        } else {
            view! { <TextArea id name label hint rows value problem /> }.into_any()
        }
    }

    /// One of a list, each with its word in a file.
    pub fn choice(
        self,
        key: &str,
        first: Option<&'static str>,
        options: Vec<(&'static str, &'static str)>,
    ) -> AnyView {
        let (id, name, problem, value) = (key.to_owned(), name(key), self.problem(key), self.value(key));
        let first = first.map(|words| view! { <option value="">{words}</option> });
        let option = move |(word, words): (&'static str, &'static str)| {
            let selected = word == value;
            view! { <option value=word selected=selected>{words}</option> }
        };
        let options = options.into_iter().map(option).collect_view();
        let label = label(key);
        view! {
            <SelectField id name label problem>
                {first}
                {options}
            </SelectField>
        }
        .into_any()
    }

    pub fn tick(self, key: &str, label: &str) -> AnyView {
        let kept = self.fields.with_value(|fields| fields.get(key) == "true");
        let (id, name) = (key.to_owned(), name(key));
        let checked = self.reply.ticked(FORM, &name, kept);
        let label = label.to_owned();
        view! { <CheckBox id name label checked /> }.into_any()
    }

    /// The rows of a list, and the button for another.
    pub fn rows(self, list: &'static str, draw: impl Fn(Self, usize) -> AnyView) -> AnyView {
        let one = row_name(list);
        let count = self.fields.with_value(|fields| fields.rows(list));
        let rows = (0..count).map(|row| draw(self, row)).collect_view();
        view! {
            {rows}
            <p>
                <button type="submit" name="act" value=format!("add-{list}") class="button secondary small">
                    "Add: "{one.to_ascii_lowercase()}
                </button>
            </p>
        }
        .into_any()
    }

    /// The rows of a list of which each is one text.
    pub fn texts(self, list: &'static str, rows: u8) -> AnyView {
        self.rows(list, move |typed, row| {
            let key = row_key(list, row, "");
            if rows > 1 { typed.lines(&key, "", rows) } else { typed.line(&key, "") }
        })
    }
}

pub fn name(key: &str) -> String {
    format!("fields[{key}]")
}

/// The fields of one row, under its name.
pub fn framed(list: &str, row: usize, fields: AnyView) -> AnyView {
    view! {
        <fieldset class="written-row">
            <legend>{row_name(list)}" "{row + 1}</legend>
            {fields}
        </fieldset>
    }
    .into_any()
}

/// All fields, in their order. What another kind of question or figure has is there too, and hidden by the style sheet.
pub fn all_fields(typed: Typed, keeps_id: bool) -> AnyView {
    let kinds = QuestionKind::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect();
    let categories = Category::all().map(|category| (category.as_str(), category.title())).collect();
    let levels = vec![
        ("1", "1: one step"),
        ("2", "2: two steps or a conversion"),
        ("3", "3: several steps with a trap"),
    ];
    let id = if keeps_id {
        "It stays the same, whatever you change."
    } else {
        "Lower-case letters, digits and hyphens, like ibuprofen-syrup. It stays the same when you change the question later, and is its title for setters."
    };
    view! {
        <h2>"About the question"</h2>
        {typed.choice("kind", None, kinds)}
        {typed.choice("category", Some("Choose a category"), categories)}
        {typed.choice("difficulty", None, levels)}
        {typed.line("id", id)}
        <h2>"Variables"</h2>
        <p>"Each time the question is asked, its numbers are drawn anew. A question that is always the same needs none."</p>
        {typed.rows("variables", variable)}
        <h3>"Conditions"</h3>
        <p>"Numbers for which one of these does not hold are drawn again: "<code>"dose != 100"</code>", "<code>"volume / hours >= 60"</code>"."</p>
        {typed.texts("constraints", 1)}
        <h2>"What candidates see"</h2>
        {typed.lines("stimulus", "If there is one. Markdown; {dose} stands for the number, {dose:mg} for the number with its unit.", 3)}
        {figure_fields(typed)}
        {typed.lines("wording", "Markdown; {dose} stands for the number, {dose:mg} for the number with its unit. Say how the answer is rounded.", 5)}
        {answered(typed)}
        <h2>"Help and explanation"</h2>
        <p>"Hints are for practice, from the least to the most revealing."</p>
        {typed.texts("hints", 2)}
        {typed.lines("explanation", "Needed for everything but a number, which has its worked solution.", 3)}
    }
    .into_any()
}

fn variable(typed: Typed, row: usize) -> AnyView {
    let key = |column: &str| row_key("variables", row, column);
    let fields = view! {
        {typed.choice(&key("how"), None, HOW.to_vec())}
        <div class="for-name">{typed.line(&key("name"), "Lower-case letters, digits and _, a letter first")}</div>
        <div class="for-range three">
            {typed.line(&key("from"), "")}
            {typed.line(&key("to"), "")}
            {typed.line(&key("step"), "1, if left empty")}
        </div>
        <div class="for-values">
            {typed.lines(&key("values"), "A list: one on each line, a number or a word. A table: the names on the first line, then one row on each line, its parts between |.", 4)}
        </div>
        <div class="for-worked-out">{typed.line(&key("value"), "Like mg * tablets")}</div>
    };
    framed("variables", row, fields.into_any())
}
