use domain::assessment::results::Judged;
use leptos::prelude::*;

/// All questions of a sitting at a glance: each is a link to its place below, with a sign, a word and a colour, and the
/// words of the signs stand beneath with their numbers.
#[component]
pub fn Strip(judged: Vec<Judged>) -> impl IntoView {
    let numbers = Judged::ALL.into_iter().filter_map(|kind| {
        let number = judged.iter().filter(|one| **one == kind).count();
        (number > 0).then(|| {
            view! { <li class=format!("signed {}", kind.class())>{format!("{number} {}", kind.word())}</li> }
        })
    });
    let numbers = numbers.collect_view();
    let links = (1..).zip(judged).map(|(n, kind): (u32, Judged)| {
        view! {
            <li>
                <a class=format!("signed {}", kind.class()) href=format!("#question-{n}") rel="external">
                    <span class="visually-hidden">"Question "</span>{n}
                    <span class="visually-hidden">{format!(", {}", kind.word())}</span>
                </a>
            </li>
        }
    });
    let links = links.collect_view();
    view! {
        <nav class="strip" aria-label="Questions">
            <ol>{links}</ol>
            <ul>{numbers}</ul>
        </nav>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn each_question_is_a_link_to_its_place_that_says_what_became_of_it() {
        let judged = vec![Judged::Right, Judged::NotRight, Judged::NotAnswered, Judged::Right];
        let html = Owner::new().with(|| view! { <Strip judged /> }.to_html());
        for (n, class, word) in
            [(1, "right", "right"), (2, "not-right", "not right"), (3, "not-answered", "not answered")]
        {
            let (_, link) = html.split_once(&format!("href=\"#question-{n}\"")).unwrap();
            let (link, _) = link.split_once("</a>").unwrap();
            assert!(
                link.contains(&format!("signed {class}\"")) && link.contains(&format!(", {word}<")),
                "{html}"
            );
        }
        for told in ["2 right<", "1 not right<", "1 not answered<"] {
            assert!(html.contains(told), "{html}");
        }
        assert!(!html.contains("taken out"), "only what there is: {html}");
    }
}
