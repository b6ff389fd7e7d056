use leptos::prelude::Effect;

/// An `Effect` without its previous value, boxed so that its code is compiled once, and not for each closure.
pub fn whenever(run: impl Fn() + 'static) {
    boxed(Box::new(run));
}

/// By itself: in a function that is generic, the closure would be another for each type.
fn boxed(run: Box<dyn Fn()>) {
    Effect::new(move |_: Option<()>| run());
}
