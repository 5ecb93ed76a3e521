//! One take of a narration: who spoke it, how it sounds, and whether the film uses it.

use std::rc::Rc;

use shared::{audio::AudioClip, record::Status};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Sound, voice_name};
use crate::{
    clock,
    components::ui::{Badge, BadgeTone, Button, ButtonSize, Icon, IconButton, Progress, glyph},
    design::style,
    format,
};
use shared::audio::Voice;

/// Props of [`AudioTake`].
#[derive(PartialEq, Properties)]
pub struct AudioTakeProps {
    /// The take.
    pub clip: Rc<AudioClip>,
    /// Its number, the oldest being 1.
    pub number: usize,
    /// The name of the group that it is chosen from.
    pub group: AttrValue,
    /// Whether the film uses it.
    pub selected: bool,
    /// The voices, for their names.
    pub voices: Rc<Vec<Voice>>,
    /// How many choices were refused: the mark stands where it holds again then.
    #[prop_or_default]
    pub refusals: u32,
    /// When it is chosen.
    pub onselect: Callback<()>,
    /// When it is to be deleted.
    pub ondelete: Callback<()>,
    /// When it is to be tried again.
    pub onretry: Callback<()>,
    /// When it is to be stopped.
    pub oncancel: Callback<()>,
}

/// One take.
#[component]
pub fn AudioTake(props: &AudioTakeProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-1) var(--space-2);
        align-items: center;
        padding: var(--space-2) var(--space-3);
        border: 1px solid var(--line);
        border-radius: var(--radius-md);
        background: var(--raised);

        &.selected { border-color: var(--text-muted); box-shadow: inset 0 0 0 1px var(--text-muted); }
        & label { display: flex; flex-wrap: wrap; align-items: center; gap: 0 var(--space-2); min-width: 0; min-height: var(--control-sm); cursor: pointer; }
        & label.fixed { cursor: default; }
        & label > input { accent-color: var(--text); width: 1rem; height: 1rem; margin: 0; flex: none; }
        & .who { font-weight: var(--weight-medium); min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        & .about { color: var(--text-faint); font-size: var(--text-sm); white-space: nowrap; }
        & > .sound { grid-column: 1 / -1; }
        & > .why { grid-column: 1 / -1; display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: var(--space-2); color: var(--danger); font-size: var(--text-sm); }
        "#
    );
    // The browser itself marks what was chosen.
    let mark = use_node_ref();
    use_effect_with((props.selected, props.refusals), {
        let mark = mark.clone();
        move |(selected, _)| {
            if let Some(mark) = mark.cast::<HtmlInputElement>() {
                mark.set_checked(*selected);
            }
        }
    });
    let clip = &props.clip;
    let who = voice_name(&props.voices, &clip.voice_id);
    let name = format!("take {}", props.number);
    let ready = clip.status == Status::Ready;
    let mut about = vec![format!("Take {}", props.number)];
    if (clip.speed - 1.0).abs() > 1e-6 {
        about.push(format!("{}×", clip.speed));
    }
    about.push(format::age(clip.created_at, clock::now()));
    if let Some(cost) = clip.cost_usd.filter(|cost| *cost > 0.0) {
        about.push(format::cost(cost));
    }
    let body = match clip.status {
        Status::Ready => clip.url.clone().map_or_else(Html::default, |url| {
            html! { <Sound label={name.clone()} {url} seconds={clip.duration_seconds.unwrap_or_default()} take={clip.id} bars={120} /> }
        }),
        Status::Queued => html! { <Badge tone={BadgeTone::Accent}>{ "Waiting" }</Badge> },
        Status::Running => html! { <Progress label={format!("Narrating {name}")} value={clip.progress} /> },
        Status::Failed | Status::Canceled => Html::default(),
    };
    let why = match (clip.status, &clip.error) {
        (Status::Failed, Some(error)) => Some(error.message.clone()),
        (Status::Failed, None) => Some("It failed.".to_owned()),
        _ => None,
    };
    html! {
        <li class={classes!(style, props.selected.then_some("selected"))}>
            <label class={classes!((!ready).then_some("fixed"))}>
                if ready {
                    <input ref={mark} type="radio" name={props.group.clone()} checked={props.selected} aria-label={format!("Use {name}: {who}")} onchange={props.onselect.reform(|_: Event| ())} />
                } else {
                    { glyph(Icon::Audio, 16) }
                }
                <span class="who" data-tip="">{ &who }</span>
                <span class="about tabular">{ about.join(" · ") }</span>
                if clip.stale { <Badge tone={BadgeTone::Accent} tip="The scene says something else by now">{ "Text has changed" }</Badge> }
                if clip.status == Status::Canceled { <Badge>{ "Canceled" }</Badge> }
            </label>
            if clip.status.is_finished() {
                <IconButton size={ButtonSize::Small} icon={Icon::Delete} label={format!("Delete {name}")} once=true onclick={props.ondelete.clone()} />
            } else {
                <IconButton size={ButtonSize::Small} icon={Icon::Close} label={format!("Cancel {name}")} once=true onclick={props.oncancel.clone()} />
            }
            if let Some(why) = why {
                <div class="why" role="alert">
                    <span>{ why }</span>
                    <Button size={ButtonSize::Small} icon={Icon::Retry} label={format!("Retry {name}")} once=true onclick={props.onretry.clone()}>{ "Retry" }</Button>
                </div>
            } else {
                <div class="sound">{ body }</div>
            }
        </li>
    }
}
