//! `/settings`: who does the work, what is used where nothing is said, and how the app looks.

use std::{collections::BTreeSet, rc::Rc};

use shared::{
    provider::ProviderInfo,
    settings::{PatchDefaults, PatchSettings},
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::project_frame::use_title;
use crate::{
    api,
    components::{
        layout::PageHeader,
        settings::{AddServer, DefaultsForm, Neighbours, PricesCard, ProviderCard, RetriesCard, SpendingCard},
        ui::{ButtonLink, Card, Choice, ErrorState, Icon, Segmented, skeleton},
    },
    design::{Theme, style},
    hooks::use_query,
    state::{
        Load, State,
        settings::{self, SettingsState},
        ui::{self, Ui},
        use_selector,
    },
};

/// The settings.
#[component]
pub fn SettingsPage() -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-6);
        width: min(56rem, 100%);
        margin: 0 auto;
        padding: var(--space-5) var(--space-6) var(--space-12);

        & .section > header { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: var(--space-2); }
        & .providers { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: var(--space-3); }
        & .theme { width: min(20rem, 100%); }
        & .section { display: grid; gap: var(--space-3); }
        & .links { display: flex; flex-wrap: wrap; gap: var(--space-2); }
        @media (max-width: 40rem) {
            padding: var(--space-4) var(--space-3) var(--space-10);
        }
        "#
    );
    use_title("Settings · AI Studio".to_owned());
    use_effect_with((), |()| {
        // What runs on this machine, and what providers list, may be others than when the app was opened.
        if SettingsState::current().settings.is_some() {
            spawn_local(settings::refresh());
        }
    });
    let theme = *use_selector(|ui: &Ui| ui.theme);
    let state = use_selector(|state: &SettingsState| (state.load.clone(), state.settings.clone()));
    // A choice that was refused is shown no longer.
    let _refused = use_selector(|state: &SettingsState| state.refused);
    let speaker = state.1.as_ref().and_then(|settings| {
        let speaker = settings.providers.iter().find(|provider| provider.id == settings.defaults.audio.provider);
        speaker.filter(|speaker| speaker.configured).map(|speaker| speaker.id.clone())
    });
    let voices = use_query(speaker, 0, |speaker| async move {
        match speaker {
            Some(speaker) => api::audio::voices_of(&speaker).await.map(|list| Rc::new(list.items)),
            None => Ok(Rc::default()),
        }
    });
    let no_voices = voices.error.map(|error| AttrValue::from(format!("The voices could not be read: {}", error.message)));
    let voices = voices.data.map(|data| (*data).clone()).unwrap_or_default();
    let first = use_memo(state.1.is_some(), |_| {
        let providers = state.1.iter().flat_map(|settings| &settings.providers);
        providers.filter(|provider| provider.available).map(|provider| provider.id.clone()).collect::<BTreeSet<_>>()
    });
    let themes: Vec<_> = Theme::ALL.map(|theme| Choice::new(theme.as_str(), theme.label())).into();
    let content = match &*state {
        (_, Some(settings)) => html! {
            <>
                <DefaultsForm settings={settings.clone()} {voices} {no_voices} onchange={Callback::from(save)} />
                <section class="section" aria-label="Providers">
                    <header><h2>{ "Providers" }</h2><AddServer settings={settings.clone()} /></header>
                    <Neighbours found={settings.discovered.clone()} />
                    <ul class="providers">{ for in_order(&settings.providers, &first).into_iter().map(|provider| html! {
                        <ProviderCard key={provider.id.clone()} provider={provider.clone()} limits={settings.limits.get(&provider.id).cloned()} />
                    }) }</ul>
                </section>
                <SpendingCard spending={settings.spending.clone()} />
                <PricesCard settings={settings.clone()} />
                <RetriesCard retries={settings.retries.clone()} />
            </>
        },
        (Load::Failed(error), None) => {
            let onretry = Callback::from(|()| {
                SettingsState::update(|state| state.load = Load::Loading);
                spawn_local(settings::refresh());
            });
            html! { <ErrorState title="The settings could not be read" message={error.message.clone()} {onretry} /> }
        }
        (_, None) => {
            // As high as a window: what stands behind it does not come into sight to leave again.
            html! { <div role="status" aria-label="Loading">{ for (0..4).map(|_| html! { <>{ skeleton("100%", "14rem") }<br /></> }) }</div> }
        }
    };
    html! {
        <>
            <PageHeader title={html! { <h1>{ "Settings" }</h1> }} />
            <main>
                <div class={style}>
                    <Card title="Appearance">
                        <div class="theme">
                            <Segmented id="theme" label="Theme" choices={themes} value={theme.as_str()} onchange={Callback::from(|name: String| ui::choose_theme(Theme::from_name(&name)))} />
                        </div>
                    </Card>
                    { content }
                    <section class="section">
                        <h2>{ "For developers" }</h2>
                        <div class="links">
                            <ButtonLink icon={Icon::Link} href="/api/docs">{ "API documents" }</ButtonLink>
                            <ButtonLink icon={Icon::Download} href="/api/openapi.json">{ "OpenAPI" }</ButtonLink>
                        </div>
                    </section>
                </div>
            </main>
        </>
    }
}

/// Those that could be used first when the page was opened, so that a card stays where it is while it is set up; and a plain compatible server, which the environment alone sets up, only where it is.
fn in_order<'a>(providers: &'a [ProviderInfo], first: &BTreeSet<String>) -> Vec<&'a ProviderInfo> {
    let mut shown: Vec<_> = providers.iter().filter(|provider| provider.id != "compatible" || provider.configured).collect();
    shown.sort_by_key(|provider| (!first.contains(&provider.id), provider.built_in && first.contains(&provider.id)));
    shown
}

fn save(defaults: PatchDefaults) {
    spawn_local(settings::patch(PatchSettings { defaults: Some(defaults), ..PatchSettings::default() }));
}
