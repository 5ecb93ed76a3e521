//! Servers of the user's own: those that run on this machine and are offered, and a form for any other.

use shared::{
    ApiError,
    provider::{ProviderInfo, ProviderKind},
    settings::{Discovered, PatchProvider, Settings},
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::kind_name;
use crate::{
    components::ui::{Button, ButtonSize, ButtonVariant, Field, Icon, Input, Modal, Switch, glyph},
    design::style,
    format,
    state::{settings, toasts},
};

/// What begins the id of every such server.
const COMPATIBLE: &str = "compatible";

/// Props of [`Neighbours`].
#[derive(PartialEq, Properties)]
pub struct NeighboursProps {
    /// Who was noticed.
    pub found: Vec<Discovered>,
}

/// Servers that run on this machine, to be used with one press.
#[component]
pub fn Neighbours(props: &NeighboursProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-1);
        padding: var(--space-3) var(--space-4);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius-lg);
        background: var(--raised);

        & > p { color: var(--text-muted); font-size: var(--text-sm); }
        & ul { display: grid; }
        & li { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-1) var(--space-3); min-height: var(--control); min-width: 0; padding: var(--space-1) 0; }
        & li + li { border-top: 1px solid var(--line); }
        & .who { flex: 1 1 12rem; min-width: 0; }
        & .who span { display: block; color: var(--text-faint); font-size: var(--text-sm); overflow-wrap: anywhere; }
        "#
    );
    let using = use_state(|| None::<String>);
    if props.found.is_empty() {
        return Html::default();
    }
    let take = |found: &Discovered| {
        let (found, using) = (found.clone(), using.clone());
        Callback::from(move |()| {
            let (found, using) = (found.clone(), using.clone());
            using.set(Some(found.id.clone()));
            spawn_local(async move {
                match settings::change_provider(found.id.clone(), patch_of(&found)).await {
                    Ok(()) => drop(toasts::done(format!("{} can be used now", found.name))),
                    Err(error) => drop(toasts::failed(&format!("{} was not added", found.name), &error)),
                }
                using.set(None);
            });
        })
    };
    html! {
        <section class={style} aria-label="Found on this machine">
            <p>{ "Running on this machine. Nothing is sent there until you use it." }</p>
            <ul>
                { for props.found.iter().map(|found| html! {
                    <li key={found.id.clone()}>
                        <div class="who">{ &found.name }<span>{ format!("{} · {}", kinds(&found.kinds), found.base_url) }</span></div>
                        <Button size={ButtonSize::Small} variant={ButtonVariant::Primary} busy={using.as_deref() == Some(&*found.id)} label={format!("Use {}", found.name)} onclick={take(found)}>{ "Use" }</Button>
                    </li>
                }) }
            </ul>
        </section>
    }
}

/// What sets up a server that was noticed.
fn patch_of(found: &Discovered) -> PatchProvider {
    let mut patch = PatchProvider { base_url: Some(Some(found.base_url.clone())), ..PatchProvider::default() };
    if found.id.starts_with(COMPATIBLE) {
        patch.name = Some(found.name.clone());
        patch.kinds = Some(Some(found.kinds.clone()));
    }
    patch
}

pub(super) fn kinds(kinds: &[ProviderKind]) -> String {
    kinds.iter().map(|kind| kind_name(*kind)).collect::<Vec<_>>().join(", ")
}

/// Props of [`AddServer`].
#[derive(PartialEq, Properties)]
pub struct AddServerProps {
    /// The settings as they are.
    pub settings: std::rc::Rc<Settings>,
}

/// A button, and the form behind it.
#[component]
pub fn AddServer(props: &AddServerProps) -> Html {
    let open = use_state(|| false);
    let Some(plain) = props.settings.providers.iter().find(|provider| provider.id == COMPATIBLE) else { return Html::default() };
    let set = |to: bool| {
        let open = open.clone();
        Callback::from(move |()| open.set(to))
    };
    html! {
        <>
            <Button icon={Icon::Add} onclick={set(true)}>{ "Add a server" }</Button>
            if *open {
                <ServerForm can={plain.kinds.clone()} taken={props.settings.providers.clone()} onclose={set(false)} />
            }
        </>
    }
}

#[derive(PartialEq, Properties)]
struct ServerFormProps {
    /// What such servers can be asked for.
    can: Vec<ProviderKind>,
    /// Those that there are.
    taken: Vec<ProviderInfo>,
    onclose: Callback<()>,
}

#[component]
fn ServerForm(props: &ServerFormProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-4);

        & .kinds { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-5); }
        & .hint { color: var(--text-muted); font-size: var(--text-sm); }
        & .bad { display: flex; gap: var(--space-2); align-items: baseline; color: var(--danger); }
        "#
    );
    let (name, address, key) = (use_state(String::new), use_state(String::new), use_state(String::new));
    let wanted = {
        let can = props.can.clone();
        use_state(move || can)
    };
    let (busy, error) = (use_state(|| false), use_state(|| None::<(&'static str, AttrValue)>));
    let typed = |field: &UseStateHandle<String>| {
        let field = field.clone();
        Callback::from(move |text: String| field.set(text))
    };
    let complete = {
        let (name, address, wanted) = (name.clone(), address.clone(), wanted.clone());
        move || !name.trim().is_empty() && !address.trim().is_empty() && !wanted.is_empty()
    };
    let incomplete = !complete();
    let add = {
        let (name, address, key, wanted) = (name.clone(), address.clone(), key.clone(), wanted.clone());
        let (busy, error, onclose, taken) = (busy.clone(), error.clone(), props.onclose.clone(), props.taken.clone());
        let can = props.can.len();
        Callback::from(move |()| {
            if !complete() || *busy {
                return;
            }
            let id = id_for(&name, &taken);
            let secret = Some(key.trim().to_owned()).filter(|key| !key.is_empty());
            let change = PatchProvider {
                name: Some(name.trim().to_owned()),
                base_url: Some(Some(address.trim().to_owned())),
                // Where nothing is left out, what the server lists tells what it does: one that only speaks works as well.
                kinds: (wanted.len() < can).then(|| Some((*wanted).clone())),
                api_key: secret.map(Some),
                ..PatchProvider::default()
            };
            key.set(String::new());
            busy.set(true);
            error.set(None);
            let (busy, error, onclose) = (busy.clone(), error.clone(), onclose.clone());
            spawn_local(async move {
                match settings::change_provider(id, change).await {
                    Ok(()) => onclose.emit(()),
                    Err(cause) => {
                        error.set(Some((field_of(&cause), format::reason(&cause).into())));
                        busy.set(false);
                    }
                }
            });
        })
    };
    let onsubmit = {
        let add = add.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            add.emit(());
        })
    };
    let wrong = |field: &str| error.as_ref().filter(|(of, _)| *of == field).map(|(_, why)| why.clone());
    let footer = html! {
        <>
            <Button onclick={props.onclose.clone()}>{ "Cancel" }</Button>
            <Button variant={ButtonVariant::Primary} busy={*busy} disabled={incomplete} onclick={add}>{ "Add server" }</Button>
        </>
    };
    html! {
        <Modal title="Add a server" onclose={props.onclose.clone()} {footer}>
            <form class={style} novalidate=true {onsubmit}>
                <p class="hint">{ "Any server that speaks OpenAI’s language: Ollama, LM Studio, llama.cpp, LocalAI, vLLM, Kokoro, OpenRouter." }</p>
                <Field label="Name" control="server-name" error={wrong("name")}>
                    <Input id="server-name" value={(*name).clone()} placeholder="Ollama" maxlength=60 autofocus=true oninput={typed(&name)} />
                </Field>
                <Field label="Address" control="server-address" error={wrong("baseUrl")} help="With the /v1 at its end.">
                    <Input id="server-address" kind="url" value={(*address).clone()} placeholder="http://127.0.0.1:11434/v1" oninput={typed(&address)} />
                </Field>
                <Field label="Key" control="server-key" error={wrong("apiKey")} help="Only where the server wants one.">
                    <Input id="server-key" kind="password" value={(*key).clone()} oninput={typed(&key)} />
                </Field>
                <div class="kinds" role="group" aria-label="What it is asked for">
                    { for props.can.iter().map(|kind| {
                        let (kind, wanted) = (*kind, wanted.clone());
                        let on = wanted.contains(&kind);
                        let onchange = Callback::from(move |on: bool| {
                            let mut kinds: Vec<_> = wanted.iter().copied().filter(|known| *known != kind).collect();
                            if on {
                                kinds.push(kind);
                            }
                            wanted.set(kinds);
                        });
                        html! { <Switch key={kind_name(kind)} label={kind_name(kind)} {on} {onchange} /> }
                    }) }
                </div>
                if let Some(error) = wrong("") {
                    <p class="bad" role="alert">{ glyph(Icon::Error, 14) }<span>{ error }</span></p>
                }
                // Enter sends a form of several fields only where it has a button.
                <button type="submit" hidden=true />
            </form>
        </Modal>
    }
}

/// The field of the form that was refused, as the server calls it; none of any other error.
fn field_of(error: &ApiError) -> &'static str {
    let path = error.details.get("fields").and_then(|fields| fields.pointer("/0/path")).and_then(|path| path.as_str());
    let last = path.and_then(|path| path.rsplit('.').next()).unwrap_or_default();
    ["name", "baseUrl", "apiKey"].into_iter().find(|field| *field == last).unwrap_or_default()
}

/// An id for a server of that name, which no other has: `compatible-lm-studio`, `compatible-lm-studio-2`.
fn id_for(name: &str, taken: &[ProviderInfo]) -> String {
    let plain: String = name.trim().chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let slug = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    let slug = slug.get(..slug.len().min(36)).unwrap_or_default().trim_end_matches('-');
    let first = format!("{COMPATIBLE}-{}", if slug.is_empty() { "server" } else { slug });
    let is_free = |id: &String| !taken.iter().any(|provider| provider.id == *id);
    let mut ids = std::iter::once(first.clone()).chain((2..).map(|number| format!("{first}-{number}")));
    ids.find(is_free).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids_that_no_other_has() {
        assert_eq!(id_for(" LM Studio (GPU) ", &[]), "compatible-lm-studio-gpu");
        assert_eq!(id_for("日本", &[]), "compatible-server");
        assert!(id_for(&"a".repeat(60), &[]).len() <= "compatible-".len() + 36);
        let taken: ProviderInfo = serde_json::from_value(serde_json::json!({
            "id": "compatible-ollama", "name": "Ollama", "kinds": [], "builtIn": false, "custom": true, "configured": true,
            "available": true, "takesKey": true, "models": [], "options": [], "settings": []
        }))
        .unwrap();
        assert_eq!(id_for("Ollama", &[taken]), "compatible-ollama-2");
    }
}
