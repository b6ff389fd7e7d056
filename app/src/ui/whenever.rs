use leptos::prelude::Effect;

/// An `Effect` that is given nothing by its run before. It is in a box, because of each closure that an `Effect` is made of, a browser
/// would load a copy of all that effects need.
pub fn whenever(run: impl Fn() + 'static) {
    let run: Box<dyn Fn()> = Box::new(run);
    Effect::new(move |_: Option<()>| run());
}
