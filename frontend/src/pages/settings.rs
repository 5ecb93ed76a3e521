//! `/settings`: who does the work, what is used where nothing is said, and how the app looks.

use shared::settings::{PatchDefaults, PatchSettings};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::project_frame::use_title;
use crate::{
    components::{
        layout::PageHeader,
        settings::{DefaultsForm, ProviderCard},
        ui::{ButtonLink, Card, Choice, ErrorState, Icon, Segmented, skeleton},
    },
    design::{Theme, style},
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
                <DefaultsForm settings={settings.clone()} onchange={Callback::from(save)} />
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

fn save(defaults: PatchDefaults) {
    spawn_local(settings::patch(PatchSettings { defaults: Some(defaults), ..PatchSettings::default() }));
}
