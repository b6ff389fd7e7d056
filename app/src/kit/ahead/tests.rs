use leptos_axum::{AxumRouteListing, generate_route_list};

use super::Ahead::{self, *};

/// Every page as the application names it, and what is fetched ahead for it.
const PAGES: &[(&str, Ahead<'static>)] = &[
    ("/", Nothing),
    ("/sign-in", Account),
    ("/forgotten-password", Account),
    ("/forgotten-password/sent", Account),
    ("/choose-password/done", Account),
    ("/choose-password/{token}", Account),
    ("/account", Account),
    ("/account/second-factor", Account),
    ("/sign-in/code", Account),
    ("/activate/new", Activation),
    ("/activate/done", Activation),
    ("/activate/{token}", Activation),
    ("/stop-reminders/done", Activation),
    ("/stop-reminders/{token}", Activation),
    ("/register", Activation),
    ("/register/sent", Activation),
    ("/register/done", Activation),
    ("/register/{token}", Activation),
    ("/account/withdraw", Activation),
    ("/consent-withdrawn", Activation),
    ("/learn", Courses),
    ("/learn/{course}", Course("{course}")),
    ("/learn/{course}/end", Check),
    ("/learn/{course}/{module}", Module("{course}", "{module}")),
    ("/learn/{course}/{module}/check", Check),
    ("/learn/{course}/{module}/{page}", Reading("{course}", "{module}", "{page}")),
    ("/cohorts", Cohort),
    ("/cohorts/{cohort}", Cohort),
    ("/organisation/{slug}", Organisation),
    ("/organisation/{slug}/people", Organisation),
    ("/organisation/{slug}/people/new", Organisation),
    ("/organisation/{slug}/sponsored", Organisation),
    ("/organisation/{slug}/cohorts", Organisation),
    ("/organisation/{slug}/cohorts/{cohort}", Organisation),
    ("/organisation/{slug}/courses", Organisation),
    ("/organisation/{slug}/reports", Organisation),
    ("/organisation/{slug}/uploads", Organisation),
    ("/organisation/{slug}/uploads/{upload}", Organisation),
    ("/organisation/{slug}/feedback", Organisation),
    ("/support", Support),
    ("/support/log", Support),
    ("/support/feedback", Support),
    ("/support/people/{person}", Support),
    ("/zone/{area}/messages", Zone),
    ("/zone/{area}/contacts", ZoneKeeping),
    ("/stop-messages/done", Zone),
    ("/stop-messages/{token}", Zone),
    ("/assessments", Candidate),
    ("/assessments/start/{paper}", Candidate),
    ("/assessments/sittings/{sitting}", Room),
    ("/assessments/sittings/{sitting}/receipt", Candidate),
    ("/assessments/sittings/{sitting}/result", Candidate),
    ("/assessments/practice", Candidate),
    ("/assessments/practice/{question}", Candidate),
    ("/verify/{code}", Candidate),
    ("/assessments/papers", Papers),
    ("/assessments/organisations", Papers),
    ("/assessments/papers/{paper}", Running),
    ("/assessments/papers/{paper}/settings", Setting),
    ("/assessments/papers/{paper}/questions", Setting),
    ("/assessments/papers/{paper}/candidates", Papers),
    ("/assessments/papers/{paper}/change", Setting),
    ("/assessments/papers/{paper}/preview", Setting),
    ("/assessments/papers/{paper}/publish", Setting),
    ("/assessments/papers/{paper}/results", Running),
    ("/assessments/papers/{paper}/items", Running),
    ("/assessments/papers/{paper}/sittings/{sitting}", Running),
    ("/assessments/questions/{organisation}", Setting),
    ("/assessments/questions/{organisation}/{draft}", Setting),
    ("/assessments/adjustments/{organisation}", Setting),
];

#[test]
fn every_page_has_what_it_needs_fetched_ahead() {
    let listed: Vec<_> = PAGES.iter().map(|(page, _)| *page).collect();
    let routes = generate_route_list(crate::App);
    let mut there: Vec<_> = routes.iter().map(AxumRouteListing::path).collect();
    there.sort_by_key(|page| listed.iter().position(|listed| listed == page));
    assert_eq!(there, listed);
    for (page, ahead) in PAGES {
        assert_eq!(Ahead::of(page), *ahead, "{page}");
    }
}
