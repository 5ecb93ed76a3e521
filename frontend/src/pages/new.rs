//! `/new`: a text becomes a project.

use shared::ProjectId;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use super::project_frame::use_title;
use crate::{
    api::Answer,
    components::{
        layout::PageHeader,
        script::{PasteDraft, PasteForm, Sample, SampleList, ScriptDraft, ScriptForm},
        ui::{Choice, Tabs},
    },
    design::style,
    format,
    hooks::{Newest, use_primary_shortcut},
    routes::Route,
    state::{
        make,
        paste::{self, Pasted},
        settings::SettingsState,
        use_selector,
    },
    storage,
};

/// The texts that were typed and not sent yet survive a reload.
const TEXT: &str = "studio.new-text";
const PASTED: &str = "studio.new-script";

const WRITE: &str = "write";
const PASTE: &str = "paste";

/// A new project.
#[component]
pub fn NewPage() -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-8);
        align-content: start;
        width: min(var(--measure), 100%);
        margin: 0 auto;
        padding: clamp(var(--space-6), 9vh, 6rem) var(--space-4) var(--space-10);

        & .lead h2 { font-size: var(--text-2xl); letter-spacing: -0.025em; text-wrap: balance; }
        & .lead p { margin-top: var(--space-2); color: var(--text-muted); font-size: var(--text-lg); text-wrap: balance; }
        & .samples { display: grid; gap: var(--space-3); }
        & .samples h3 { color: var(--text-muted); font-size: var(--text-sm); font-weight: var(--weight-medium); letter-spacing: 0; }
        "#
    );
    use_title("New project".to_owned());
    let navigator = use_navigator();
    let settings = use_selector(|state: &SettingsState| state.settings.clone());
    let draft = use_state(|| ScriptDraft { prompt: storage::get(TEXT).unwrap_or_default(), ..ScriptDraft::default() });
    let script = use_state(|| PasteDraft { text: storage::get(PASTED).unwrap_or_default(), ..PasteDraft::default() });
    let view = use_state(|| WRITE);
    let busy = use_state(|| false);
    let error = use_state(|| None::<AttrValue>);

    // Opens the project that comes of it, or says why none does.
    let begin = {
        let (busy, error) = (busy.clone(), error.clone());
        move |kept: &'static str, making: std::pin::Pin<Box<dyn Future<Output = Answer<ProjectId>>>>| {
            if *busy {
                return;
            }
            let (busy, error, navigator) = (busy.clone(), error.clone(), navigator.clone());
            busy.set(true);
            error.set(None);
            spawn_local(async move {
                match making.await {
                    Ok(id) => {
                        storage::remove(kept);
                        navigator.into_iter().for_each(|navigator| navigator.push(&Route::Script { id }));
                    }
                    Err(cause) => error.set(Some(format::reason(&cause).into())),
                }
                busy.set(false);
            });
        }
    };
    let onsubmit = {
        let (begin, draft) = (begin.clone(), draft.clone());
        Callback::from(move |()| {
            let request = draft.request();
            begin(TEXT, Box::pin(async move { make::script(&request).await }));
        })
    };
    let onpaste = {
        let (begin, script) = (begin.clone(), script.clone());
        Callback::from(move |()| {
            let (pasted, shape) = (Pasted::read(&script.text), script.shape);
            let language = Some(script.language.clone()).filter(|tag| !tag.is_empty());
            begin(PASTED, Box::pin(paste::create(pasted, shape, language)));
        })
    };
    let onchoose = {
        let draft = draft.clone();
        Callback::from(move |sample: &'static Sample| {
            let chosen = ScriptDraft { prompt: sample.text.trim().to_owned(), language: "en".to_owned(), ..(*draft).clone() };
            let mut request = chosen.request();
            if let Some(options) = &mut request.options {
                options.title = Some(sample.title.to_owned());
            }
            begin(TEXT, Box::pin(async move { make::script(&request).await }));
        })
    };
    let onchange = {
        let draft = draft.clone();
        Callback::from(move |next: ScriptDraft| {
            if next.prompt != draft.prompt {
                storage::set(TEXT, &next.prompt);
            }
            draft.set(next);
        })
    };
    let onscript = {
        let script = script.clone();
        Callback::from(move |next: PasteDraft| {
            if next.text != script.text {
                storage::set(PASTED, &next.text);
            }
            script.set(next);
        })
    };
    let onview = {
        let (view, error) = (view.clone(), error.clone());
        Callback::from(move |name: String| {
            error.set(None);
            view.set(if name == PASTE { PASTE } else { WRITE });
        })
    };
    let primary = match *view {
        PASTE => (!Pasted::read(&script.text).scenes.is_empty()).then(|| onpaste.clone()),
        _ => (!draft.is_blank()).then(|| onsubmit.clone()),
    };
    use_primary_shortcut(primary.filter(|_| !*busy));
    html! {
        <>
            <PageHeader title={html! { <h1>{ "New project" }</h1> }} />
            <main>
                <div class={style}>
                    <div class="lead">
                        <h2>{ "Turn a text into a film" }</h2>
                        <p>{ "It becomes scenes, is narrated, illustrated and cut, on this machine." }</p>
                    </div>
                    <Tabs id="new" label="Where the script comes from" value={*view} onchange={onview} choices={vec![Choice::new(WRITE, "From a text or an idea"), Choice::new(PASTE, "Paste a script")]}>
                        if *view == PASTE {
                            <PasteForm draft={Newest::from(&script)} onchange={onscript} onsubmit={onpaste} busy={*busy} error={(*error).clone()} />
                        } else {
                            <ScriptForm draft={Newest::from(&draft)} {onchange} {onsubmit} busy={*busy} error={(*error).clone()} settings={(*settings).clone()} />
                        }
                    </Tabs>
                    if *view == WRITE {
                        <section class="samples">
                            <h3>{ "Or begin with one of these" }</h3>
                            <SampleList disabled={*busy} {onchoose} />
                        </section>
                    }
                </div>
            </main>
        </>
    }
}
