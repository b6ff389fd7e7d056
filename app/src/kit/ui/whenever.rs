use leptos::prelude::{AnyView, Effect, IntoAny, Memo};

/// An `Effect` without its previous value, boxed so that its code is compiled once, and not for each closure.
pub fn whenever(run: impl Fn() + 'static) {
    boxed(Box::new(run));
}

/// A separate function: in a generic one, each type would have a closure of its own.
fn boxed(run: Box<dyn Fn()>) {
    Effect::new(move |_: Option<()>| run());
}

/// A `Memo` of yes or no, boxed for the same reason.
pub fn known(look: impl Fn() -> bool + Send + Sync + 'static) -> Memo<bool> {
    remembered(Box::new(look))
}

fn remembered(look: Box<dyn Fn() -> bool + Send + Sync>) -> Memo<bool> {
    Memo::new(move |_| look())
}

/// A part of a page that is there sometimes. It is an `AnyView` either way: a closure in a `view!` that gives one has the one type of all
/// of them.
pub fn when(there: bool, part: impl FnOnce() -> AnyView) -> AnyView {
    if there { part() } else { ().into_any() }
}
