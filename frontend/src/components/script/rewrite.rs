//! An instruction, and what would become of each scene: nothing changes before it is taken.

use std::{cell::Cell, collections::BTreeMap, rc::Rc};

use shared::{ApiError, ErrorCode, SceneId, scene::Scene};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::diff::{Run, diff};
use crate::{
    components::ui::{Button, ButtonLink, ButtonSize, ButtonVariant, Field as FormField, Guard, Icon, Input, Progress},
    design::style,
    format,
    hooks::use_id,
    state::{drafts::Field, rewrite},
};

const INSTRUCTIONS: [&str; 4] = ["Shorter", "Simpler words", "Warmer", "More vivid"];

/// What became of one scene.
#[derive(Clone, PartialEq)]
enum Outcome {
    Proposed(Rc<Scene>),
    Taken,
    Failed(ApiError),
}

/// Props of [`Rewrite`].
#[derive(PartialEq, Properties)]
pub struct RewriteProps {
    /// The scenes that are to be rewritten, in order.
    pub scenes: Vec<Rc<Scene>>,
    /// The number of the first of them, from 1.
    pub first: usize,
    /// Which way the words run.
    pub dir: AttrValue,
    /// What keeps the window open.
    pub guard: Guard,
}

/// An instruction, and what would become of each scene.
#[component]
pub fn Rewrite(props: &RewriteProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-4);

        & form { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: var(--space-2); align-items: end; }
        & .ideas { display: flex; flex-wrap: wrap; gap: var(--space-1); }
        & .running { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: var(--space-3); align-items: center; }
        & .asked { position: sticky; top: 0; padding: var(--space-2) 0; background: var(--surface); }
        & .failed { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-2); color: var(--danger); }
        & section { display: grid; gap: var(--space-2); padding-top: var(--space-3); border-top: 1px solid var(--line); }
        & section > header { display: flex; align-items: center; gap: var(--space-2); }
        & section h3 { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        & .what { color: var(--text-faint); font-size: var(--text-sm); }
        & .text { white-space: pre-wrap; line-height: var(--leading-text); }
        & del { background: var(--danger-soft); color: var(--danger); text-decoration-thickness: 1px; }
        & ins { background: var(--ok-soft); color: var(--ok); text-decoration: none; }
        "#
    );
    let id = use_id("instruction");
    let instruction = use_state(String::new);
    let outcomes = use_mut_ref(BTreeMap::<SceneId, Outcome>::new);
    let done = use_state(|| None::<usize>);
    let stopped = use_memo((), |()| Cell::new(false));
    let asked = use_state_eq(|| false);
    let redraw = use_force_update();
    let busy = done.is_some();
    let open = outcomes.borrow().values().filter(|outcome| matches!(outcome, Outcome::Proposed(_))).count();
    {
        let stopped = stopped.clone();
        // Each proposal is paid for: without the window, nobody takes it.
        use_effect_with((), move |()| move || stopped.set(true));
    }
    {
        let (guard, asked) = (props.guard.clone(), asked.clone());
        use_effect_with(open > 0, move |lost| {
            asked.set(false);
            if *lost {
                guard.ask(move || asked.set(true), || {});
            } else {
                guard.lift();
            }
        });
    }

    let start = {
        let (instruction, outcomes, done, scenes) = (instruction.clone(), outcomes.clone(), done.clone(), props.scenes.clone());
        let (stopped, redraw) = (stopped.clone(), redraw.clone());
        Callback::from(move |()| {
            // As it is now, whatever is typed while the scenes are asked for.
            let instruction = instruction.trim().to_owned();
            if done.is_some() || instruction.is_empty() {
                return;
            }
            let (outcomes, done, scenes) = (outcomes.clone(), done.clone(), scenes.clone());
            let (stopped, redraw) = (stopped.clone(), redraw.clone());
            stopped.set(false);
            outcomes.borrow_mut().clear();
            done.set(Some(0));
            spawn_local(async move {
                for (index, scene) in scenes.iter().enumerate() {
                    if stopped.get() {
                        break;
                    }
                    done.set(Some(index));
                    let outcome = match rewrite::propose(scene.id, &instruction).await {
                        Ok(proposal) => Outcome::Proposed(Rc::new(proposal)),
                        Err(error) => Outcome::Failed(error),
                    };
                    // What stands in the way of one stands in the way of all.
                    let hopeless = matches!(&outcome, Outcome::Failed(error) if error.code != ErrorCode::ProviderRejected);
                    outcomes.borrow_mut().insert(scene.id, outcome);
                    redraw.force_update();
                    if hopeless {
                        break;
                    }
                }
                done.set(None);
            });
        })
    };
    let take = |wanted: Option<SceneId>| {
        let (outcomes, redraw) = (outcomes.clone(), redraw.clone());
        Callback::from(move |()| {
            for (scene, outcome) in outcomes.borrow_mut().iter_mut() {
                if let (Outcome::Proposed(proposal), true) = (&*outcome, wanted.is_none_or(|wanted| wanted == *scene)) {
                    rewrite::take(proposal);
                    *outcome = Outcome::Taken;
                }
            }
            redraw.force_update();
        })
    };
    let cancel = {
        let (stopped, redraw) = (stopped.clone(), redraw.clone());
        Callback::from(move |()| {
            stopped.set(true);
            redraw.force_update();
        })
    };
    let onsubmit = {
        let start = start.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            start.emit(());
        })
    };
    let oninput = {
        let instruction = instruction.clone();
        Callback::from(move |text| instruction.set(text))
    };
    let left = format::count(open, "proposal is", "proposals are");
    let outcomes = outcomes.borrow();
    html! {
        <div class={style}>
            <form {onsubmit}>
                <FormField label="How should it change?" control={id.clone()}>
                    <Input {id} value={(*instruction).clone()} maxlength={2000} placeholder="Make it shorter and warmer" {oninput} autofocus=true />
                </FormField>
                <Button submit=true variant={ButtonVariant::Primary} icon={Icon::Write} {busy} disabled={instruction.trim().is_empty()}>{ "Rewrite" }</Button>
            </form>
            <div class="ideas">
                { for INSTRUCTIONS.into_iter().map(|idea| {
                    let instruction = instruction.clone();
                    html! { <Button size={ButtonSize::Small} variant={ButtonVariant::Ghost} onclick={move |()| instruction.set(idea.to_owned())}>{ idea }</Button> }
                }) }
            </div>
            if let Some(done) = done.filter(|_| props.scenes.len() > 1) {
                <div class="running">
                    <Progress label="Rewriting" value={done as f64 / props.scenes.len() as f64} />
                    <Button size={ButtonSize::Small} icon={Icon::Close} busy={stopped.get()} onclick={cancel}>{ "Cancel" }</Button>
                </div>
            }
            if *asked {
                <p class="asked" role="alert">{ format!("{left} not taken yet. Take what you want, or close again to drop the rest.") }</p>
            }
            <div role="status">
                if open > 1 { <Button icon={Icon::Done} onclick={take(None)}>{ format!("Take all {open}") }</Button> }
            </div>
            { for props.scenes.iter().zip(props.first..).filter_map(|(scene, number)| {
                let outcome = outcomes.get(&scene.id)?;
                let title = format!("{number}. {}", format::title(&scene.title));
                Some(html! {
                    <section aria-label={title.clone()}>
                        <header>
                            <h3 dir="auto">{ title }</h3>
                            { match outcome {
                                Outcome::Proposed(_) => html! { <Button size={ButtonSize::Small} icon={Icon::Done} onclick={take(Some(scene.id))}>{ "Take" }</Button> },
                                Outcome::Taken => html! { <span class="what">{ "Taken" }</span> },
                                Outcome::Failed(_) => Html::default(),
                            } }
                        </header>
                        { match outcome {
                            Outcome::Proposed(proposal) => changes(scene, proposal, &props.dir),
                            Outcome::Taken => Html::default(),
                            Outcome::Failed(error) => failure(error),
                        } }
                    </section>
                })
            }) }
        </div>
    }
}

fn failure(error: &ApiError) -> Html {
    html! {
        <div class="failed" role="alert">
            { &error.message }
            if error.code == ErrorCode::ProviderNotConfigured { <ButtonLink size={ButtonSize::Small} href="/settings">{ "Open settings" }</ButtonLink> }
        </div>
    }
}

fn changes(scene: &Scene, proposal: &Scene, dir: &AttrValue) -> Html {
    let changed: Vec<_> = Field::ALL.into_iter().filter(|field| field.of(scene) != field.of(proposal)).collect();
    if changed.is_empty() {
        return html! { <p class="what">{ "Nothing would change." }</p> };
    }
    changed
        .into_iter()
        .map(|field| {
            let runs = diff(field.of(scene), field.of(proposal));
            html! {
                <div>
                    <p class="what">{ field.label() }</p>
                    <p class="text" dir={dir.clone()}>{ for runs.into_iter().map(|run| match run {
                        Run::Same(text) => html! { { text } },
                        Run::Gone(text) => html! { <del>{ text }</del> },
                        Run::New(text) => html! { <ins>{ text }</ins> },
                    }) }</p>
                </div>
            }
        })
        .collect()
}
