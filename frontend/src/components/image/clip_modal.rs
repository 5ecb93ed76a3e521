//! A scene's clips: one large, to be watched and used in place of the picture, and how the next one is made.

use std::rc::Rc;

use shared::{
    ApiError, VideoId, event::RecordKind, project::AspectRatio, record::Status, scene::Scene, settings::Settings, video::VideoClip,
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{
    clip_form::ClipForm,
    take_strip::{StripTake, TakeStrip},
    take_view::{credit_line, maker, use_told_here, window_style, working},
};
use crate::{
    components::{
        options::OptionValues,
        ui::{Badge, BadgeTone, Button, ButtonLink, ButtonSize, ButtonVariant, Icon, IconButton, Modal, glyph},
    },
    format,
    hooks::Newest,
    state::{
        activity::{self, Item},
        discard::{self, Discarded},
        player,
        project::OpenProject,
        take::{Standing, Takes},
        use_selector,
    },
};

/// Props of [`ClipModal`].
#[derive(PartialEq, Properties)]
pub struct ClipModalProps {
    /// The scene.
    pub scene: Rc<Scene>,
    /// Its number, from 1.
    pub number: usize,
    /// The shape of its picture.
    pub shape: AspectRatio,
    /// Whose providers can be chosen.
    #[prop_or_default]
    pub settings: Option<Rc<Settings>>,
    /// How the next clip is made.
    pub value: Newest<OptionValues>,
    /// When it is to be made otherwise.
    pub onchange: Callback<OptionValues>,
    /// What should happen in it.
    pub words: AttrValue,
    /// When something else should.
    pub onwords: Callback<String>,
    /// What it would cost.
    #[prop_or_default]
    pub estimate: Html,
    /// Why the last one was not begun.
    pub refused: Option<ApiError>,
    /// Whether one is being asked for.
    pub asking: bool,
    /// When one is to be made; none where that cannot be.
    pub onmake: Option<Callback<()>>,
    /// When the scene is to show that clip, or its picture.
    pub onuse: Callback<Option<VideoId>>,
    /// When it is closed.
    pub onclose: Callback<()>,
}

/// A scene's clips.
#[component]
pub fn ClipModal(props: &ClipModalProps) -> Html {
    let scene = props.scene.clone();
    let known = use_selector({
        let scene = scene.clone();
        move |open: &OpenProject| (open.image_of(&scene).selected, open.clips.get(&scene.id).cloned().unwrap_or_default())
    });
    let (image, all) = &*known;
    let hidden = use_selector({
        let all = all.clone();
        move |discarded: &Discarded| {
            let gone = all.iter().filter(|clip| discarded.has(clip.id.0)).map(|clip| clip.id).collect::<Vec<_>>();
            let offered = gone.iter().copied().find(|id| discarded.is_offered(id.0));
            (gone, offered)
        }
    });
    let (hidden, offered) = &*hidden;
    let kept: Vec<_> = all.iter().filter(|clip| !hidden.contains(&clip.id)).cloned().collect();
    let takes = Takes::of(&kept, scene.selected_video_id.map(|id| id.0));
    let standing = takes.standing();
    let told = use_told_here(RecordKind::Video, scene.id, &standing, takes.newest.as_ref().map(|clip| clip.id.0));
    let watched = use_state(|| None::<VideoId>);
    let in_use = takes.selected.as_ref().map(|clip| clip.id);
    let shown = shown(&kept, *watched, in_use);
    let newest = takes.newest.as_ref().map(|clip| Item::of_video(clip));
    let newest_error = takes.newest.as_ref().and_then(|clip| clip.error.as_ref());
    let act = |work: fn(Item)| {
        let item = newest.clone();
        Callback::from(move |()| item.iter().cloned().for_each(work))
    };
    let make = {
        let (watched, onmake) = (watched.clone(), props.onmake.clone());
        Callback::from(move |()| {
            // The new one is what is to be seen.
            watched.set(None);
            onmake.iter().for_each(|onmake| onmake.emit(()));
        })
    };
    let watch = Callback::from(move |id| watched.set(Some(VideoId(id))));
    let url = shown.and_then(|clip| clip.url.clone());
    let (across, down) = props.shape.parts();
    let footer = html! {
        <>
            <span style="flex: 1" />
            { props.estimate.clone() }
            if let Some(url) = url.clone() {
                <ButtonLink icon={Icon::Download} href={url} download="">{ "Download" }</ButtonLink>
            }
            <Button variant={ButtonVariant::Primary} icon={Icon::Clip} busy={props.asking || standing.is_active()} disabled={props.onmake.is_none()} onclick={make}>{ "Make clip" }</Button>
        </>
    };
    html! {
        <Modal title={format!("Make scene {} move: {}", props.number, format::title(&scene.title))} wide=true onclose={props.onclose.clone()} {footer}>
            <div class={window_style()}>
                <div class="view">
                    <div class="large" style={format!("aspect-ratio: {across} / {down}")}>
                        if let Some(clip) = shown {
                            <video key={clip.id.to_string()} src={clip.url.clone()} poster={clip.poster_url.clone()} controls=true playsinline=true preload="none" aria-label={format!("Clip of scene {}", props.number)} onplay={|_: Event| player::pause()} />
                        } else if let Some(url) = image.as_ref().and_then(|image| image.url.clone()) {
                            <img src={url} alt={scene.visual_prompt.clone()} decoding="async" />
                        } else {
                            { glyph(Icon::Clip, 24) }
                        }
                        { working("a new clip", &standing, newest_error, false, act(|item| spawn_local(activity::cancel(item)))) }
                    </div>
                    if let Some(id) = *offered {
                        // Where it was; the note tells of it.
                        <div class="facts">
                            <span>{ "Clip deleted" }</span>
                            <Button size={ButtonSize::Small} label="Undo: Clip deleted" once=true onclick={Callback::from(move |()| discard::restore(id.0))}>{ "Undo" }</Button>
                        </div>
                    } else if let Some(clip) = shown {
                        <div class="facts tabular">
                            { for facts(clip, props.settings.as_deref()).into_iter().map(|fact| html! { <span>{ fact }</span> }) }
                            if let Some(credit) = &clip.credit { { credit_line("Video by ", credit) } }
                            <span class="end"><IconButton size={ButtonSize::Small} icon={Icon::Delete} label="Delete this clip" once=true onclick={remove(clip)} /></span>
                        </div>
                    }
                    if let Some(clip) = shown { { usage(clip, in_use, &props.onuse) } }
                    if let Standing::Failed(error) = &standing {
                        <div ref={told} class="why" role="alert">
                            <span>{ &error.message }</span>
                            <Button icon={Icon::Retry} onclick={act(|item| spawn_local(activity::retry(item)))}>{ "Retry" }</Button>
                        </div>
                    }
                    <TakeStrip
                        what="Clip"
                        act="Show clip"
                        takes={kept.iter().map(|clip| StripTake::of_clip(clip)).collect::<Vec<_>>()}
                        chosen={shown.map(|clip| clip.id.0)}
                        shape={props.shape}
                        onchoose={watch}
                    />
                </div>
                <div class="form">
                    <p class="prompt" dir="auto"><b>{ "What is seen" }</b>{ &scene.visual_prompt }</p>
                    if image.is_none() {
                        <p class="prompt">{ "A clip begins with the scene's image: choose or make that first." }</p>
                    } else if let Some(settings) = &props.settings {
                        <ClipForm
                            settings={settings.clone()}
                            value={props.value.clone()}
                            onchange={props.onchange.clone()}
                            words={props.words.clone()}
                            onwords={props.onwords.clone()}
                            refused={props.refused.clone()}
                        />
                    }
                </div>
            </div>
        </Modal>
    }
}

/// The one that was chosen to be watched, else the one in use, else the newest.
fn shown(clips: &[Rc<VideoClip>], watched: Option<VideoId>, used: Option<VideoId>) -> Option<&Rc<VideoClip>> {
    let ready = || clips.iter().filter(|clip| clip.status == Status::Ready);
    let of = |id: Option<VideoId>| ready().find(|clip| Some(clip.id) == id);
    of(watched).or_else(|| of(used)).or_else(|| ready().next())
}

/// Whether the film shows that clip, and the way to change that.
fn usage(clip: &VideoClip, in_use: Option<VideoId>, onuse: &Callback<Option<VideoId>>) -> Html {
    let id = clip.id;
    let used = in_use == Some(id);
    let put = |to: Option<VideoId>| onuse.reform(move |()| to);
    let words = match in_use {
        Some(_) if used => "The film shows this clip",
        Some(_) => "The film shows another clip",
        None => "The film shows the still",
    };
    html! {
        <div class="facts">
            <Badge tone={if used { BadgeTone::Ok } else { BadgeTone::Plain }}>{ words }</Badge>
            <span class="end">
                if !used { <Button size={ButtonSize::Small} icon={Icon::Clip} onclick={put(Some(id))}>{ "Use the clip" }</Button> }
                if in_use.is_some() { <Button size={ButtonSize::Small} icon={Icon::Image} onclick={put(None)}>{ "Use the still" }</Button> }
            </span>
        </div>
    }
}

fn remove(clip: &VideoClip) -> Callback<()> {
    let (id, project) = (clip.id, clip.project_id);
    Callback::from(move |()| discard::discard(RecordKind::Video, id.0, project))
}

/// What is known of a clip, in a few words.
fn facts(clip: &VideoClip, settings: Option<&Settings>) -> Vec<String> {
    let by = maker(&clip.provider, settings);
    let length = clip.duration_seconds.map(format::scene_length);
    let size = clip.width.zip(clip.height).map(|(width, height)| format!("{width} × {height}"));
    let cost = clip.cost_usd.filter(|cost| *cost > 0.0).map(format::cost);
    [Some(by), clip.model.clone(), length, size, cost].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::project::samples;

    #[test]
    fn the_one_in_use_is_seen_until_another_is_chosen() {
        let scene = samples::scene(0);
        let clips = [Status::Running, Status::Ready, Status::Ready].map(|status| Rc::new(samples::clip(&scene, status, 0)));
        let seen = |watched: Option<usize>, used: Option<usize>| {
            let id = |at: Option<usize>| at.map(|at| clips[at].id);
            shown(&clips, id(watched), id(used)).and_then(|clip| clips.iter().position(|one| one == clip))
        };
        assert_eq!((seen(None, None), seen(None, Some(2)), seen(Some(1), Some(2))), (Some(1), Some(2), Some(1)));
        assert_eq!(seen(Some(0), None), Some(1), "one that is not there yet is not shown");
        assert_eq!(shown(&clips[..1], None, None), None);
    }
}
