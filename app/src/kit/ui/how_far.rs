use leptos::prelude::*;

/// How far a job is, on a page that asks for it again and again. It is no part of a status, or a screen reader would say every number.
#[component]
pub fn HowFar(words: String, done: Option<u32>, of: u32) -> impl IntoView {
    view! {
        <p id="how-far">{words}</p>
        <progress max=of.max(1).to_string() value=done.map(|done| done.to_string()) aria-labelledby="how-far"></progress>
        <p class="hint">"You can leave this page: it goes on without you. Without scripts, load it again to see how far it is."</p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    /// The lines of an element, from the one that opens it, by their indentation.
    fn element<'a>(lines: &[&'a str]) -> Vec<&'a str> {
        let depth = |line: &str| line.len() - line.trim_start().len();
        let opens = depth(lines[0]);
        let within = lines[1..].iter().take_while(|line| line.trim().is_empty() || depth(line) > opens);
        std::iter::once(&lines[0]).chain(within).copied().collect()
    }

    fn look(folder: &Path, found: &mut usize) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, found);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let lines: Vec<_> = text.lines().collect();
            for (at, line) in lines.iter().enumerate() {
                if !line.contains(concat!("role=", "\"status\"")) {
                    continue;
                }
                *found += 1;
                let element = element(&lines[at..]).join("\n");
                for tag in ["<progress", "<HowFar", "<PostForm", "<form", "<input", "<button"] {
                    assert!(!element.contains(tag), "{}: {element}", path.display());
                }
            }
        }
    }

    /// A status is read aloud whenever anything in it changes.
    #[test]
    fn no_status_holds_a_form_or_how_far_a_job_is() {
        let mut found = 0;
        look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        assert!(found > 15, "{found}");
    }
}
