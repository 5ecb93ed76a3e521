//! `/settings`: who does the work, what is used where nothing is said, and how the app looks.

use std::rc::Rc;

use shared::{
    provider::ProviderKind,
    settings::{PatchAudioDefaults, PatchDefaults, PatchImageDefaults, PatchScriptDefaults, PatchSettings, PatchVideoDefaults, Settings},
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::project_frame::use_title;
use crate::{
    components::{
        audio::speed_choices,
        layout::PageHeader,
        settings::ProviderCard,
        ui::{ButtonLink, Card, Choice, ErrorState, Field, Icon, Segmented, Select, skeleton},
    },
    design::{Theme, style},
    state::{
        Load, State,
        settings::{self, SettingsState, providers_of},
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

        & .row { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(13rem, 100%), 1fr)); gap: var(--space-4); }
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
    let theme = *use_selector(|ui: &Ui| ui.theme);
    let state = use_selector(|state: &SettingsState| (state.load.clone(), state.settings.clone()));
    let themes: Vec<_> = Theme::ALL.map(|theme| Choice::new(theme.as_str(), theme.label())).into();
    let content = match &*state {
        (_, Some(settings)) => html! {
            <>
                <Defaults settings={settings.clone()} />
                <section class="section">
                    <h2>{ "Providers" }</h2>
                    <ul class="providers">{ for settings.providers.iter().map(|provider| html! { <ProviderCard key={provider.id.clone()} provider={provider.clone()} /> }) }</ul>
                </section>
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
            html! { <div role="status" aria-label="Loading">{ skeleton("100%", "9rem") }<br />{ skeleton("100%", "14rem") }</div> }
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

#[derive(PartialEq, Properties)]
struct DefaultsProps {
    settings: Rc<Settings>,
}

/// What is used where nothing is said.
#[component]
fn Defaults(props: &DefaultsProps) -> Html {
    let settings = &props.settings;
    let defaults = &settings.defaults;
    let choices = |kind: ProviderKind| -> Vec<Choice> {
        let all = providers_of(settings, kind);
        all.into_iter().map(|p| Choice::new(p.id.clone(), p.name.clone()).unavailable(!p.available || !p.configured)).collect()
    };
    html! {
        <Card title="Defaults">
            <div class="row">
                <Field label="Scripts are written by" control="default-script">
                    <Select id="default-script" choices={choices(ProviderKind::Script)} value={defaults.script.provider.clone()} onchange={Callback::from(|provider| {
                        save(PatchDefaults { script: Some(PatchScriptDefaults { provider: Some(provider), ..Default::default() }), ..Default::default() });
                    })} />
                </Field>
                <Field label="Narration is spoken by" control="default-audio">
                    <Select id="default-audio" choices={choices(ProviderKind::Speech)} value={defaults.audio.provider.clone()} onchange={Callback::from(|provider| {
                        save(PatchDefaults { audio: Some(PatchAudioDefaults { provider: Some(provider), ..Default::default() }), ..Default::default() });
                    })} />
                </Field>
                <Field label="Speaking speed" control="default-speed">
                    <Select id="default-speed" choices={speed_choices(defaults.audio.speed)} value={defaults.audio.speed.to_string()} onchange={Callback::from(|speed: String| {
                        save(PatchDefaults { audio: Some(PatchAudioDefaults { speed: speed.parse().ok(), ..Default::default() }), ..Default::default() });
                    })} />
                </Field>
                <Field label="Images are made by" control="default-image">
                    <Select id="default-image" choices={choices(ProviderKind::Image)} value={defaults.image.provider.clone()} onchange={Callback::from(|provider| {
                        save(PatchDefaults { image: Some(PatchImageDefaults { provider: Some(provider), ..Default::default() }), ..Default::default() });
                    })} />
                </Field>
                <Field label="Films are made by" control="default-video">
                    <Select id="default-video" choices={choices(ProviderKind::Video)} value={defaults.video.provider.clone()} onchange={Callback::from(|provider| {
                        save(PatchDefaults { video: Some(PatchVideoDefaults { provider: Some(provider), ..Default::default() }), ..Default::default() });
                    })} />
                </Field>
            </div>
        </Card>
    }
}

fn save(defaults: PatchDefaults) {
    spawn_local(settings::patch(PatchSettings { defaults: Some(defaults), ..PatchSettings::default() }));
}
