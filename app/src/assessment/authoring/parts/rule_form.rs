use domain::assessment::{
    Category, Difficulty, PaperId, SectionId, Strand,
    bank::{BankCard, CategoryStock},
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::level;
use crate::{
    assessment::{
        authoring::api::AddRule,
        bank::parts::card::{Wording, about},
    },
    kit::ui::{PostForm, Reply, SelectField, TextField, problem_line},
};

/// The questions that a section may ask.
#[derive(Debug, Clone)]
pub struct Sources {
    pub stock: Vec<CategoryStock>,
    /// The category whose questions are shown one by one.
    pub category: Option<Category>,
    pub cards: Vec<BankCard>,
}

/// Adds questions to a section: so many of a category, or, once a category is opened, one of its questions.
#[component]
pub fn AddRuleForm(
    paper: PaperId,
    version: u32,
    section: SectionId,
    sources: Sources,
    reply: Reply,
) -> impl IntoView {
    let Sources { stock, category, cards } = sources;
    if stock.is_empty() {
        return view! { <p>"There is nothing to ask yet: the question bank is empty."</p> }.into_any();
    }
    // Only one of the sections' forms was refused.
    let here = reply.typed("section", "") == section.to_string();
    let back = reply;
    let text =
        move |name: &str, before: &str| if here { back.typed(name, before) } else { before.to_owned() };
    let field = move |name: &str| format!("{name}-{section}");
    let wrong = move |name: &str| reply.problem(&field(name));
    let difficulty = text("difficulty", "");
    let level_field = view! {
        <SelectField id=field("difficulty") name="difficulty" label="Difficulty"
            hint="Counts only for questions that are drawn: a chosen one has its own." problem=wrong("difficulty")>
            <option value="">"Any"</option>
            {[Difficulty::One, Difficulty::Two, Difficulty::Three].map(|step| {
                let value = u8::from(step).to_string();
                let selected = value == difficulty;
                view! { <option value=value selected=selected>{level(Some(step))}</option> }
            }).into_iter().collect_view()}
        </SelectField>
    };
    let (source, ways) = match category {
        Some(category) => {
            let chosen = text("source", category.as_str());
            let back = format!("/assessments/papers/{paper}/questions?add={section}#section-{section}");
            let of = stock.iter().find(|stock| stock.category == category).map_or(0, |stock| stock.questions);
            let cut = cut(cards.len(), of);
            (
                view! { <OneOf id=field("source") category cards chosen problem=wrong("source") /> }
                    .into_any(),
                view! {
                    {cut.map(|cut| view! {
                        <p>{cut}" "<a href=format!("/questions?category={}", category.as_str())>"Look through all of them"</a></p>
                    })}
                    <p><a href=back>"Another category"</a></p>
                }
                .into_any(),
            )
        }
        None => {
            let chosen = text("source", "");
            let listed = stock.clone();
            (
                view! {
                    <SelectField id=field("source") name="source" label="About" problem=wrong("source")>
                        <Categories stock=listed.clone() chosen />
                    </SelectField>
                }
                .into_any(),
                view! { <OneByOne paper section stock /> }.into_any(),
            )
        }
    };
    view! {
        <PostForm to=AddRule::PATH class="add-rule">
            <input type="hidden" name="paper" value=paper.to_string() />
            <input type="hidden" name="section" value=section.to_string() />
            <input type="hidden" name="version" value=version.to_string() />
            {category.map(|category| view! { <input type="hidden" name="category" value=category.as_str() /> })}
            {source}
            {level_field}
            <TextField id=field("questions") name="questions" label="How many questions" numeric=true hint="1 to 60"
                value=text("questions", "") problem=wrong("questions") />
            <TextField id=field("marks") name="marks" label="Marks for each" numeric=true hint="1 to 20"
                value=text("marks", "1") problem=wrong("marks") />
            <button type="submit" class="button secondary">"Add the questions"</button>
        </PostForm>
        {ways}
    }
    .into_any()
}

/// The categories of a strand that the banks have questions of.
fn of_strand(stock: &[CategoryStock], strand: Strand) -> Vec<CategoryStock> {
    stock.iter().copied().filter(|stock| stock.category.strand() == strand).collect()
}

const STRANDS: [(Strand, &str); 2] = [(Strand::Numeracy, "Numeracy"), (Strand::Literacy, "Literacy")];

#[component]
fn Categories(stock: Vec<CategoryStock>, chosen: String) -> impl IntoView {
    let option = move |CategoryStock { category, .. }: CategoryStock| {
        let selected = category.as_str() == chosen;
        view! { <option value=category.as_str() selected=selected>{category.title()}</option> }
    };
    let groups = STRANDS.map(|(strand, label)| {
        let options: Vec<_> = of_strand(&stock, strand).into_iter().map(&option).collect();
        (!options.is_empty()).then(|| view! { <optgroup label=label>{options}</optgroup> })
    });
    view! {
        <option value="">"Choose a category"</option>
        {groups.into_iter().collect_view()}
    }
}

/// Says that not all questions of a category are shown.
fn cut(shown: usize, all: u32) -> Option<String> {
    usize::try_from(all)
        .is_ok_and(|all| all > shown)
        .then(|| format!("These are {shown} of {all} questions, the easiest first."))
}

/// Leads to the questions of one category.
#[component]
fn OneByOne(paper: PaperId, section: SectionId, stock: Vec<CategoryStock>) -> impl IntoView {
    let link = move |CategoryStock { category, questions }: CategoryStock| {
        let href = format!(
            "/assessments/papers/{paper}/questions?add={section}&category={}#section-{section}",
            category.as_str()
        );
        view! { <li><a href=href>{category.title()}</a>" "<span class="hint">"("{questions}")"</span></li> }
    };
    let lists = STRANDS.map(|(strand, label)| {
        let links: Vec<_> = of_strand(&stock, strand).into_iter().map(link).collect();
        (!links.is_empty())
            .then(|| view! { <p class="box-title">{label}</p><ul class="categories">{links}</ul> })
    });
    view! {
        <h3>"Or choose questions one by one"</h3>
        <p>"Choose a category to see its questions, each with an example."</p>
        {lists.into_iter().collect_view()}
    }
}

/// Any question of the category, or one that is chosen by its example.
#[component]
fn OneOf(
    id: String,
    category: Category,
    cards: Vec<BankCard>,
    chosen: String,
    problem: Signal<Option<domain::Problem>>,
) -> impl IntoView {
    let (first, wrong) = (id.clone(), id);
    let any = category.as_str();
    let any_chosen = !cards.iter().any(|card| card.id.to_string() == chosen);
    let card = move |card: BankCard| {
        let value = card.id.to_string();
        let own = format!("source-{value}");
        let (described, checked) = (format!("{own}-example"), value == chosen);
        let (of, about) = (described.clone(), about(&card));
        view! {
            <div class="question-choice">
                <div class="choice">
                    <input type="radio" id=own.clone() name="source" value=value checked=checked aria-describedby=of />
                    <label for=own>{card.title.clone()}</label>
                </div>
                <div class="example" id=described>
                    <p class="hint">{about}</p>
                    <Wording example=card.example />
                    <p><a href=format!("/questions/{}", card.id)>"Answer and other numbers"<span class="visually-hidden">" of "{card.title}</span></a></p>
                </div>
            </div>
        }
    };
    let cards: Vec<_> = cards.into_iter().map(card).collect();
    view! {
        <fieldset class="field" class:wrong=move || problem.read().is_some()>
            <legend>"Questions about: "{category.title()}</legend>
            {move || problem_line(&wrong, problem.get())}
            <div class="choice">
                <input type="radio" id=first.clone() name="source" value=any checked=any_chosen />
                <label for=first>"Any of them, drawn when you publish"</label>
            </div>
            {cards}
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_category_says_when_it_shows_only_some_of_its_questions() {
        assert_eq!(cut(60, 60), None);
        assert_eq!(cut(60, 61).as_deref(), Some("These are 60 of 61 questions, the easiest first."));
    }
}
