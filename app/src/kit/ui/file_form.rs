//! A form with files. The browser itself sends it, with scripts as without. With scripts a file that is too large is not sent: its field says
//! so, and everything that is typed stays.

use domain::{FieldProblem, Problem};
use leptos::{
    ev::{Event, SubmitEvent},
    prelude::*,
};

use super::{FromPage, problem_for, problem_line};

/// The fields of the form around whose chosen file is too large.
#[derive(Clone, Copy)]
struct TooLarge(RwSignal<Vec<FieldProblem>>);

#[component]
pub fn FileForm(#[prop(into)] action: String, children: Children) -> impl IntoView {
    let large = RwSignal::new(Vec::new());
    provide_context(TooLarge(large));
    let chosen = move |event: Event| {
        #[cfg(feature = "hydrate")]
        browser::look(&event, large);
        #[cfg(not(feature = "hydrate"))]
        let _ = &event;
    };
    let submitted = move |event: SubmitEvent| {
        #[cfg(feature = "hydrate")]
        browser::stop_too_large(&event, large);
        #[cfg(not(feature = "hydrate"))]
        let _ = &event;
    };
    view! {
        <form method="post" action=action enctype="multipart/form-data" novalidate autocomplete="off" on:change=chosen on:submit=submitted>
            <FromPage />
            {children()}
        </form>
    }
}

/// A file to choose. No form keeps a chosen file.
#[component]
pub fn FileField(
    id: &'static str,
    #[prop(into)] label: String,
    #[prop(into)] hint: String,
    accept: &'static str,
    /// The largest file that is taken, in MB.
    most: usize,
    /// The same for a video, where it is another.
    #[prop(optional)]
    most_video: Option<usize>,
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let large = use_context::<TooLarge>();
    let problem = Signal::derive(move || {
        large.and_then(|TooLarge(large)| problem_for(&large.read(), id)).or_else(|| problem.get())
    });
    let described = move || match problem.read().is_some() {
        true => format!("{id}-hint {id}-problem"),
        false => format!("{id}-hint"),
    };
    let invalid = move || problem.read().is_some().then_some("true");
    view! {
        <div class="field" class:wrong=move || problem.read().is_some()>
            <label for=id>{label}</label>
            <p class="hint" id=format!("{id}-hint")>{hint}</p>
            {move || problem_line(id, problem.get())}
            <input type="file" id=id name=id accept=accept aria-describedby=described aria-invalid=invalid
                data-most=most.to_string() data-most-video=most_video.map(|most| most.to_string()) />
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use domain::{FieldProblem, Problem};
    use leptos::{
        ev::{Event, SubmitEvent},
        prelude::*,
    };
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::{
        HtmlFormElement, HtmlInputElement,
        js_sys::{Array, Reflect},
    };

    const BYTES_OF_MB: f64 = 1_000_000.0;

    /// A file was chosen, or taken back.
    pub fn look(event: &Event, large: RwSignal<Vec<FieldProblem>>) {
        let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(form) = field.filter(|field| field.type_() == "file").and_then(|field| field.form()) {
            large.set(too_large(&form));
        }
    }

    /// Keeps the browser from sending the form. The focus goes to the field, which says why.
    pub fn stop_too_large(event: &SubmitEvent, large: RwSignal<Vec<FieldProblem>>) {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form else { return };
        let found = too_large(&form);
        if let Some(first) = found.first() {
            event.prevent_default();
            let field = document().get_element_by_id(&first.field);
            if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
                let _ = field.focus();
            }
        }
        large.set(found);
    }

    fn too_large(form: &HtmlFormElement) -> Vec<FieldProblem> {
        let fields = form.query_selector_all("input[type=file]").map(|fields| Array::from(&fields));
        let fields = fields.unwrap_or_default();
        fields.iter().filter_map(|field| problem_of(field.dyn_ref()?)).collect()
    }

    fn problem_of(field: &HtmlInputElement) -> Option<FieldProblem> {
        // There is nothing to ask of where no file is chosen.
        let part = |of: &JsValue, name: &str| Reflect::get(of, &JsValue::from_str(name)).ok();
        let file = part(&part(field, "files")?, "0")?;
        let bytes = part(&file, "size")?.as_f64()?;
        let is_video = part(&file, "type")?.as_string()?.starts_with("video/");
        let of_video = field.get_attribute("data-most-video").filter(|_| is_video);
        let most = of_video.or_else(|| field.get_attribute("data-most"))?;
        let words = format!("Choose a smaller file: at most {most} MB");
        let is_larger = bytes > f64::from(most.parse::<u32>().ok()?) * BYTES_OF_MB;
        is_larger.then(|| FieldProblem::new(field.id(), Problem::InWords { words }))
    }
}
