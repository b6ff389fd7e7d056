use leptos::prelude::Effect;

/// An `Effect` without its previous value, boxed so that its code is compiled once, and not for each closure.
pub fn whenever(run: impl Fn() + 'static) {
    let run: Box<dyn Fn()> = Box::new(run);
    Effect::new(move |_: Option<()>| run());
}
