//! `/new`: a text becomes a project.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use super::project_frame::use_title;
use crate::{
    components::{
        layout::PageHeader,
        script::{Sample, SampleList, ScriptDraft, ScriptForm},
    },
    design::style,
    hooks::use_primary_shortcut,
    routes::Route,
    state::{make, settings::SettingsState, use_selector},
    storage,
};

/// The text that was typed and not sent yet survives a reload.
const TEXT: &str = "studio.new-text";

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
    let busy = use_state(|| false);
    let error = use_state(|| None::<AttrValue>);

    let write = {
        let (busy, error) = (busy.clone(), error.clone());
        Callback::from(move |request| {
            if *busy {
                return;
            }
            let (busy, error, navigator) = (busy.clone(), error.clone(), navigator.clone());
            busy.set(true);
            error.set(None);
            spawn_local(async move {
                match make::script(&request).await {
                    Ok(id) => {
                        storage::remove(TEXT);
                        if let Some(navigator) = navigator {
                            navigator.push(&Route::Script { id });
                        }
                    }
                    Err(cause) => error.set(Some(cause.message.into())),
                }
                busy.set(false);
            });
        })
    };
    let onsubmit = {
        let (write, draft) = (write.clone(), draft.clone());
        Callback::from(move |()| write.emit(draft.request()))
    };
    let onchoose = {
        let (write, draft) = (write, draft.clone());
        Callback::from(move |sample: &'static Sample| {
            let mut request =
                ScriptDraft { prompt: sample.text.trim().to_owned(), language: "en".to_owned(), ..(*draft).clone() }.request();
            if let Some(options) = &mut request.options {
                options.title = Some(sample.title.to_owned());
            }
            write.emit(request);
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
    use_primary_shortcut((!*busy && !draft.is_blank()).then(|| onsubmit.clone()));
    html! {
        <>
            <PageHeader title={html! { <h1>{ "New project" }</h1> }} />
            <main>
                <div class={style}>
                    <div class="lead">
                        <h2>{ "Turn a text into a film" }</h2>
                        <p>{ "It becomes scenes, is narrated, illustrated and cut, on this machine." }</p>
                    </div>
                    <ScriptForm draft={(*draft).clone()} {onchange} {onsubmit} busy={*busy} error={(*error).clone()} settings={(*settings).clone()} />
                    <section class="samples">
                        <h3>{ "Or begin with one of these" }</h3>
                        <SampleList disabled={*busy} {onchoose} />
                    </section>
                </div>
            </main>
        </>
    }
}
