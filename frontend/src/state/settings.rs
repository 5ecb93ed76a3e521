//! The settings, read once and kept.

use std::{cell::Cell, collections::BTreeMap, rc::Rc};

use gloo_timers::future::TimeoutFuture;
use shared::{
    ApiError,
    provider::{ProviderInfo, ProviderKind},
    settings::{PatchProvider, PatchSettings, ProviderTest, Settings},
};

use super::{
    Load, live,
    map::sort_by_key,
    store::{State, state},
    toasts,
};
use crate::api::{self, Answer};

/// The state of the settings.
#[derive(Clone, Default)]
pub struct SettingsState {
    /// How far their loading is.
    pub load: Load,
    /// The settings.
    pub settings: Option<Rc<Settings>>,
    /// How many choices were refused: what shows them is drawn again.
    pub refused: u32,
}
state!(SettingsState);

/// Those of the providers that do that kind of work, available ones first.
pub fn providers_of(settings: &Settings, kind: ProviderKind) -> Vec<&ProviderInfo> {
    let mut providers: Vec<_> = settings.providers.iter().filter(|provider| provider.kinds.contains(&kind)).collect();
    sort_by_key(&mut providers, |provider| !provider.available);
    providers
}

/// Reads them again.
pub async fn refresh() {
    let answer = api::settings::get().await;
    SettingsState::update(|state| match answer {
        Ok(settings) => {
            state.settings = Some(Rc::new(settings));
            state.load = Load::Ready;
        }
        Err(error) if state.settings.is_none() => state.load = Load::Failed(error),
        Err(error) => live::missed(&error), // The older ones stay.
    });
}

/// Changes some of them. Until then fields show what was chosen, and the old values again where that is refused.
pub async fn patch(patch: PatchSettings) {
    if let Err(error) = change(&patch).await {
        refuse("The settings were not saved", &error);
    }
}

/// Gives a server of the user's another name; the old one comes back where that is refused.
pub async fn rename_provider(id: String, name: String) {
    if let Err(error) = change_provider(id, PatchProvider { name: Some(name), ..PatchProvider::default() }).await {
        refuse("The server was not renamed", &error);
    }
}

fn refuse(what: &str, error: &ApiError) {
    SettingsState::update(|state| state.refused += 1);
    toasts::failed(what, error);
}

/// Changes a provider's key, address or name; gives why not, for the field.
pub async fn change_provider(id: String, change_of_it: PatchProvider) -> Answer<()> {
    set_provider(id, Some(change_of_it)).await
}

/// Removes a server that the user has added.
pub async fn remove_provider(id: String) -> Answer<()> {
    set_provider(id, None).await
}

async fn set_provider(id: String, to: Option<PatchProvider>) -> Answer<()> {
    change(&PatchSettings { providers: Some(BTreeMap::from([(id, to)])), ..PatchSettings::default() }).await?;
    // What it lists now is told by reading alone.
    refresh().await;
    Ok(())
}

/// Makes a real, cheap call to a provider; and what it lists is read again.
pub async fn test_provider(id: &str) -> Answer<ProviderTest> {
    let test = api::settings::test(id).await;
    if test.as_ref().is_ok_and(|test| test.ok) {
        refresh().await;
    }
    test
}

thread_local! {
    /// How many changes were asked for, and how many are done with.
    static ASKED: Cell<u32> = const { Cell::new(0) };
    static DONE: Cell<u32> = const { Cell::new(0) };
}

/// Between two looks at whether the change before is done with.
const TURN_MS: u32 = 20;

/// Changes some of them, after those that were asked for before: the last word counts. Gives why not, for the form.
pub async fn change(patch: &PatchSettings) -> Answer<()> {
    let turn = ASKED.replace(ASKED.get() + 1);
    while DONE.get() != turn {
        TimeoutFuture::new(TURN_MS).await;
    }
    let answer = send(patch).await;
    DONE.set(turn + 1);
    answer
}

async fn send(patch: &PatchSettings) -> Answer<()> {
    let settings = api::settings::patch(patch).await?;
    SettingsState::update(|state| state.settings = Some(Rc::new(settings)));
    Ok(())
}
