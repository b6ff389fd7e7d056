use leptos::prelude::{AnyView, Effect, IntoAny, Memo};

/// An `Effect` without its previous value, boxed so that its code is compiled once, and not for each closure.
pub fn whenever(run: impl Fn() + 'static) {
    boxed(Box::new(run));
}

/// A separate function: in a generic one, each type would have a closure of its own.
fn boxed(run: Box<dyn Fn()>) {
    Effect::new(move |_: Option<()>| run());
}

/// A `Memo` without its previous value, boxed for the same reason.
pub fn known<T: PartialEq + Send + Sync + 'static>(look: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    remembered(Box::new(look))
}

fn remembered<T: PartialEq + Send + Sync + 'static>(look: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
    Memo::new(move |_| look())
}

/// A part of a page that is there sometimes. It is an `AnyView` either way: a closure in a `view!` that gives one has the one type of all
/// of them.
pub fn when(there: bool, part: impl FnOnce() -> AnyView) -> AnyView {
    if there { part() } else { ().into_any() }
}
