//! A sound of the studio, played by the one player: what a component shows of it.

use std::rc::Rc;

use shared::AudioId;
use yew::prelude::*;

use crate::{
    components::ui::Waveform,
    hooks::use_in_view,
    state::{
        peaks::{self, Peaks},
        player::{self, Player},
        use_selector,
    },
};

/// Props of [`Sound`].
#[derive(PartialEq, Properties)]
pub struct SoundProps {
    /// What is heard.
    pub label: AttrValue,
    /// Where it is.
    pub url: AttrValue,
    /// How long it lasts.
    pub seconds: f64,
    /// The take whose peaks are drawn; a line where neither it nor they are given.
    #[prop_or_default]
    pub take: Option<AudioId>,
    /// Its peaks, where they are known without asking.
    #[prop_or_default]
    pub peaks: Option<Rc<[u8]>>,
    /// How many bars it is drawn with.
    #[prop_or(64)]
    pub bars: usize,
}

/// A sound, with its waveform where it has one. Peaks are asked for once it is near the window.
#[component]
pub fn Sound(props: &SoundProps) -> Html {
    let node = use_node_ref();
    let near = use_in_view(&node);
    use_effect_with((props.take, near), |(take, near)| {
        if *near {
            take.iter().copied().for_each(peaks::want);
        }
    });
    let take = props.take;
    let drawn = use_selector(move |known: &Peaks| take.and_then(|take| known.of(take)));
    let url = props.url.clone();
    let heard = use_selector(move |player: &Player| (player.plays(&url), player.at(&url).unwrap_or(0.0)));
    let (playing, at) = *heard;
    let ontoggle = {
        let url = props.url.clone();
        Callback::from(move |()| player::toggle(&url))
    };
    let onseek = {
        let url = props.url.clone();
        Callback::from(move |to: f64| player::seek(&url, to))
    };
    let peaks = props.peaks.clone().or_else(|| (*drawn).clone());
    html! {
        <div ref={node}>
            <Waveform label={props.label.clone()} length={props.seconds} {at} {playing} {peaks} bars={props.bars} {ontoggle} {onseek} />
        </div>
    }
}
