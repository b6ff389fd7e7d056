use domain::organisations::{AREA_NAMES, GroupNames, TEAM_NAMES};
use leptos::prelude::*;

/// The names that the typed filters of a list offer, which stand nowhere on the page.
#[component]
pub fn Names(names: GroupNames) -> impl IntoView {
    let list = |id: &'static str, names: Vec<String>| {
        let names: Vec<_> = names.into_iter().map(|name| view! { <option value=name></option> }).collect();
        view! { <datalist id=id>{names}</datalist> }
    };
    view! {
        {list(TEAM_NAMES, names.teams)}
        {list(AREA_NAMES, names.areas)}
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn each_list_has_the_id_that_its_field_names() {
        let names = GroupNames { teams: vec!["Ward 7".into()], areas: vec!["A \"&\" B".into()] };
        let html = Owner::new().with(|| view! { <Names names /> }.to_html());
        let (teams, areas) = html.split_once("</datalist>").unwrap();
        assert!(teams.contains(TEAM_NAMES) && teams.contains("Ward 7"), "{html}");
        assert!(areas.contains(AREA_NAMES) && areas.contains("A &quot;&amp;&quot; B"), "{html}");
    }
}
