use domain::zone::joining::CODE_OF_CONDUCT;
use leptos::prelude::*;

use crate::kit::ui::{CheckBox, Reply};

/// The code of conduct, each rule with what it means. Another text is another version: `domain::zone::joining::CODE_OF_CONDUCT`.
const RULES: [(&str, &str); 8] = [
    ("Be kind", "Treat everybody with respect, also when you disagree. No bullying, no harassment, no hate."),
    (
        "What is shared here stays here",
        "Do not pass on what members write, nor who they are, unless they have agreed. Nothing goes to the media.",
    ),
    (
        "Nothing about patients",
        "Write nothing by which anybody could recognise a patient: no name, no contact details, no number, no picture, no story that is known to be theirs.",
    ),
    (
        "Contact details are for their owner to give",
        "Do not press members for details that their profile does not show.",
    ),
    ("No promotion", "Do not advertise products, services or events by which somebody earns money."),
    (
        "If you are worried about somebody's safety",
        "Dial 999 if anybody is in immediate danger. Otherwise tell the person who is responsible for safeguarding where you work, at once.",
    ),
    (
        "If you are unwell, seek help",
        "Speak to somebody whom you trust, to your GP or to NHS 111. In an emergency, dial 999. Nobody watches these pages all the time.",
    ),
    (
        "The leads look after the area",
        "They decide who joins. They can end a membership that breaks these rules, and then say why.",
    ),
];

/// The rules, and the box by which somebody accepts them. The form takes it as `code`, and their version as `code_version`.
#[component]
pub fn CodeOfConduct(
    /// The paths of the functions whose form has the box.
    form: &'static [&'static str],
    reply: Reply,
) -> impl IntoView {
    let rules = RULES.iter().map(|(rule, meaning)| view! { <li><strong>{*rule}</strong>". "{*meaning}</li> });
    view! {
        <h2>"Code of conduct"</h2>
        <ul class="tips">{rules.collect_view()}</ul>
        <p class="hint">"This is version "{CODE_OF_CONDUCT}"."</p>
        <input type="hidden" name="code_version" value=CODE_OF_CONDUCT />
        <CheckBox id="code" label="I accept the code of conduct" checked=reply.ticked(form, "code", false)
            problem=reply.problem("code") />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who changes the rules changes both.
    #[test]
    fn another_text_of_the_code_of_conduct_is_another_version() {
        let text: String = RULES.iter().map(|(rule, meaning)| format!("{rule}\n{meaning}\n")).collect();
        // FNV-1a.
        let digest = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        assert_eq!((CODE_OF_CONDUCT, digest), ("2026-12-02", 0x1065_18d3_87cd_4953));
    }
}
