//! How captions will look, on the first picture and with its own words: sizes and places are the film's.

use yew::prelude::*;

use crate::design::style;

/// So many words are shown; the style sheet's animation knows the number.
const WORDS: usize = 6;

/// Props of [`CaptionPreview`].
#[derive(PartialEq, Properties)]
pub struct CaptionPreviewProps {
    /// The shape of the film.
    pub shape: (u32, u32),
    /// `soft` or `burned`.
    pub subtitles: AttrValue,
    /// `plain`, `boxed` or `karaoke`.
    pub caption_style: AttrValue,
    /// The picture behind them.
    #[prop_or_default]
    pub picture: Option<AttrValue>,
    /// Some of the film's words.
    pub words: AttrValue,
    /// Their language.
    pub lang: AttrValue,
    /// Whether it takes the room of a film.
    #[prop_or_default]
    pub large: bool,
}

/// How captions will look.
#[component]
pub fn CaptionPreview(props: &CaptionPreviewProps) -> Html {
    let style = style!(
        r#"
        position: relative;
        container-type: size;
        width: 100%;
        margin: 0 auto;
        border-radius: var(--radius-md);
        background: var(--caption-ground);
        overflow: hidden;

        & img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; }
        & p { position: absolute; inset: auto 7cqw 7.5cqh; display: flex; flex-wrap: wrap; justify-content: center; column-gap: 0.28em; color: var(--caption-text); font-size: 5cqmin; font-weight: 700; line-height: 1.25; text-align: center; text-wrap: balance; }
        &.upright p { bottom: 19cqh; font-size: 5.6cqmin; }
        & p > span { paint-order: stroke fill; -webkit-text-stroke: 0.13em var(--caption-line); }
        &.boxed p { left: 50%; right: auto; width: max-content; max-width: 86cqw; transform: translateX(-50%); padding: 0.25em 0.6em; background: var(--caption-box); }
        &.boxed p > span, &.soft p > span { -webkit-text-stroke: 0; }
        &.soft p { left: 50%; right: auto; bottom: 4cqh; width: max-content; max-width: 86cqw; transform: translateX(-50%); padding: 0.1em 0.4em; background: var(--caption-box); font-weight: 400; }
        &.karaoke p > span:nth-child(3) { color: var(--caption-lit); }
        @media (prefers-reduced-motion: no-preference) {
            &.karaoke p > span { color: var(--caption-text); animation: caption-word 2.7s linear infinite both; animation-delay: calc(var(--word) * 0.45s - 2.7s); }
        }
        "#
    );
    let (across, down) = props.shape;
    let upright = f64::from(down) > f64::from(across) * 1.4;
    let look = if props.subtitles == "soft" { AttrValue::Static("soft") } else { props.caption_style.clone() };
    let words: Vec<&str> = props.words.split_whitespace().take(WORDS).collect();
    html! {
        <div
            class={classes!(style, look.to_string(), upright.then_some("upright"))}
            style={format!("aspect-ratio: {across} / {down}; max-width: calc({} * {across} / {down})", if props.large { "min(70vh, 46rem)" } else { "16rem" })}
            role="img"
            aria-label={if words.is_empty() { "The first picture".to_owned() } else { format!("Preview of the captions: {}", words.join(" ")) }}
        >
            if let Some(picture) = &props.picture { <img src={picture.clone()} alt="" decoding="async" /> }
            <p lang={props.lang.clone()} dir="auto" aria-hidden="true">
                { for words.iter().enumerate().map(|(index, word)| html! { <span style={format!("--word: {index}")}>{ *word }</span> }) }
            </p>
        </div>
    }
}
