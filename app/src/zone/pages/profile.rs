use domain::{
    FormToken,
    zone::profile::{MemberProfile, OTHER_WORK_AREA, ProfilePage, WORK_AREAS},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    kit::{
        api::PageData,
        ui::{
            ChangedMeanwhile, CheckBox, Done, FileField, FileForm, Loaded, PostForm, Refused, Reply,
            SelectField, TextArea, TextField,
        },
    },
    zone::{
        PICTURE_PATH,
        api::profile::{RemovePicture, SaveProfile, load_profile},
        parts::{Head, MemberDetails, use_area},
    },
};

const FORM: &[&str] = &[SaveProfile::PATH];
/// `MOST_BYTES` of the pictures in `services`.
const MOST_PICTURE_MB: usize = 15;
const NOTHING: &str = "Nothing but your name. Fill in below what you want the members of this area to know.";

/// `/zone/{area}/profile`: what others see of the reader, and the forms to change it.
#[component]
pub fn Profile() -> impl IntoView {
    let (area, query) = (use_area(), use_query_map());
    let page = PageData::new(
        move || (area(), query.read().get("done").unwrap_or_default()),
        |(area, done)| async move { load_profile(area).await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <ProfileView done page /> } /> }
}

#[component]
fn ProfileView(done: String, page: ProfilePage) -> impl IntoView {
    let reply = Reply::to(&[SaveProfile::PATH, RemovePicture::PATH, PICTURE_PATH]);
    let ProfilePage { head, seen, email, version, form } = page;
    let (area, has_picture) = (head.slug.clone(), seen.picture.is_some());
    let (area_now, seen_now) = (area.clone(), seen.clone());
    // An address that is opened again, when it is not so any more, says nothing.
    let done = match done.as_str() {
        "saved" if version > 0 => Some("Your profile is saved."),
        "picture" if has_picture => Some("Your picture is saved."),
        "picture-removed" if !has_picture => Some("Your picture is removed."),
        _ => None,
    };
    let of_text = reply.of(FORM);
    let preview = of_text.goes_on();
    let shown = if preview { as_typed(&seen, &email, of_text) } else { seen.clone() };
    view! {
        <Head head heading="Your profile" reply />
        <Done reply text=done.map(str::to_owned) />
        <div class="narrow">
            <ChangedMeanwhile reply again=format!("/zone/{area}/profile")>
                <MemberDetails area=area_now profile=seen_now nothing=NOTHING />
            </ChangedMeanwhile>
            <section aria-labelledby="seen-title">
                <h2 id="seen-title">"What others see"</h2>
                {preview.then(|| view! { <Refused>"This is what you have typed, and it is not saved yet. "<a href="#text-title">"Change or save it"</a>"."</Refused> })}
                <p class="hint">"Members of this area see this, and nobody else. What you leave blank is not there."</p>
                <h3>{seen.name.clone()}</h3>
                <MemberDetails area=area.clone() profile=shown nothing=NOTHING />
            </section>
            <TextForm area=area.clone() seen email version reply />
            <PictureForm area has_picture form reply />
        </div>
    }
}

/// The profile that the form would make. Nothing was wrong in it, so the server would keep what stands here.
fn as_typed(seen: &MemberProfile, email: &str, reply: Reply) -> MemberProfile {
    let typed = |name: &str| Some(reply.typed(name, "").trim().to_owned()).filter(|text| !text.is_empty());
    let ticked = |name: &str| reply.ticked(FORM, name, false);
    MemberProfile {
        role: typed("own_role"),
        work_area: typed("work_area")
            .filter(|area| area != OTHER_WORK_AREA)
            .or_else(|| typed("other_work_area")),
        place: typed("workplace"),
        about: typed("about_me"),
        interests: typed("interests"),
        years_qualified: typed("years_qualified").and_then(|years| years.parse().ok()),
        email: ticked("shows_email").then(|| email.to_owned()),
        telephone: typed("telephone"),
        own_views: ticked("own_views"),
        ..seen.clone()
    }
}

#[component]
fn TextForm(area: String, seen: MemberProfile, email: String, version: u32, reply: Reply) -> impl IntoView {
    let old = |text: &Option<String>| text.clone().unwrap_or_default();
    // What is not of the list was typed.
    let listed = seen.work_area.as_deref().filter(|area| WORK_AREAS.contains(area));
    let typed = seen.work_area.as_deref().filter(|_| listed.is_none()).unwrap_or_default();
    let chosen = listed.unwrap_or(if typed.is_empty() { "" } else { OTHER_WORK_AREA });
    let (chosen, typed) = (reply.typed("work_area", chosen), reply.typed("other_work_area", typed));
    let (other, nothing) = (chosen == OTHER_WORK_AREA, chosen.is_empty());
    let option = move |name: &'static str| {
        let selected = chosen == name;
        view! { <option value=name selected=selected>{name}</option> }
    };
    let years = seen.years_qualified.map(|years| years.to_string()).unwrap_or_default();
    let shows_email = reply.ticked(FORM, "shows_email", seen.email.is_some());
    let takes_messages = reply.ticked(FORM, "takes_messages", seen.takes_messages);
    let own_views = reply.ticked(FORM, "own_views", seen.own_views);
    view! {
        <section aria-labelledby="text-title">
            <h2 id="text-title">"About you"</h2>
            <p>"All of it is optional."</p>
            <PostForm to=SaveProfile::PATH>
                <input type="hidden" name="area" value=area />
                <input type="hidden" name="version" value=version.to_string() />
                <TextField id="own_role" label="Role" hint="For example: advanced nurse practitioner, prescribing pharmacist."
                    value=reply.typed("own_role", &old(&seen.role)) problem=reply.problem("own_role") />
                <SelectField id="work_area" label="Area of work" problem=reply.problem("work_area")>
                    <option value="" selected=nothing>"Not said"</option>
                    {WORK_AREAS.into_iter().map(option).collect_view()}
                    <option value=OTHER_WORK_AREA selected=other>"Another area of work"</option>
                </SelectField>
                <TextField id="other_work_area" label="If it is another area of work, which" value=typed problem=reply.problem("other_work_area") />
                <TextField id="workplace" label="Place" hint="A town, a region or an employer, for example."
                    value=reply.typed("workplace", &old(&seen.place)) problem=reply.problem("workplace") />
                <TextField id="years_qualified" label="Years qualified" numeric=true hint="A whole number, from 0 to 80."
                    value=reply.typed("years_qualified", &years) problem=reply.problem("years_qualified") />
                <TextArea id="about_me" label="About me" hint="At most 1,000 characters."
                    value=reply.typed("about_me", &old(&seen.about)) problem=reply.problem("about_me") />
                <TextArea id="interests" label="Prescribing interests" rows=4 hint="At most 1,000 characters."
                    value=reply.typed("interests", &old(&seen.interests)) problem=reply.problem("interests") />
                <CheckBox id="own_views" label="Say “These views are my own”"
                    hint="For a profile that does not speak for your employer." checked=own_views />
                <h3>"Ways of contact"</h3>
                <CheckBox id="takes_messages" label="Members of this area may write to me here"
                    hint="We send you their message by e-mail." checked=takes_messages />
                <CheckBox id="shows_email" label="Show my e-mail address" hint=format!("It is {email}.") checked=shows_email />
                <TextField id="telephone" label="Telephone" kind="tel" hint="It is shown as soon as it is filled in."
                    value=reply.typed("telephone", &old(&seen.telephone)) problem=reply.problem("telephone") />
                <div class="actions">
                    <button type="submit" class="button">"Save"</button>
                    <button type="submit" class="button secondary" name="act" value="preview">"See how it would look"</button>
                </div>
            </PostForm>
        </section>
    }
}

#[component]
fn PictureForm(area: String, has_picture: bool, form: FormToken, reply: Reply) -> impl IntoView {
    let label = if has_picture { "Another picture" } else { "Picture of you" };
    let hint = format!(
        "A JPEG, PNG or WebP file, at most {MOST_PICTURE_MB} MB. We keep a square from its middle, and nothing else that is in the file: not where or when it was taken."
    );
    view! {
        <section aria-labelledby="picture-title">
            <h2 id="picture-title">"Picture"</h2>
            <FileForm action=format!("{PICTURE_PATH}?area={area}")>
                <input type="hidden" name="form" value=form.to_string() />
                <FileField id="picture" label hint most=MOST_PICTURE_MB
                    accept=".jpg,.jpeg,.png,.webp,image/jpeg,image/png,image/webp" problem=reply.problem("picture") />
                <button type="submit" class="button">"Save this picture"</button>
            </FileForm>
            {has_picture.then(|| view! {
                <details>
                    <summary>"Remove your picture"</summary>
                    <p>"It is gone from your profile at once, and deleted within an hour."</p>
                    <PostForm to=RemovePicture::PATH>
                        <input type="hidden" name="area" value=area />
                        <button type="submit" class="button secondary small">"Yes, remove it"</button>
                    </PostForm>
                </details>
            })}
        </section>
    }
}
