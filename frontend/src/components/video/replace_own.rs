//! What a film replaces of what the user brought along: told beside what the film needs, and asked about before it is made.

use yew::prelude::*;

use crate::{
    components::ui::{Button, ButtonVariant, Modal},
    design::style,
    format,
};

/// What a film replaces, and by what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replacement {
    /// The numbers of the scenes whose recording is replaced.
    pub recordings: Vec<usize>,
    /// Who speaks them anew.
    pub voice: String,
    /// The numbers of the scenes whose picture is replaced.
    pub pictures: Vec<usize>,
}

impl Replacement {
    /// What is out of date and what becomes of it, a sentence or two for each kind.
    fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        match self.recordings.as_slice() {
            [] => {}
            [scene] => sentences.push(format!(
                "Your recording of scene {scene} is out of date: its text has changed since. The film has it spoken anew by {}.",
                self.voice
            )),
            scenes => sentences.push(format!(
                "Your recordings of scenes {} are out of date: their texts have changed since. The film has them spoken anew by {}.",
                format::numbers(scenes),
                self.voice
            )),
        }
        match self.pictures.as_slice() {
            [] => {}
            [scene] => sentences
                .push(format!("Your image of scene {scene} is out of date: its prompt has changed since. The film has a new one made.")),
            scenes => sentences.push(format!(
                "Your images of scenes {} are out of date: their prompts have changed since. The film has new ones made.",
                format::numbers(scenes)
            )),
        }
        sentences
    }
}

/// Props of [`ReplacementNote`].
#[derive(PartialEq, Properties)]
pub struct ReplacementNoteProps {
    /// What is replaced.
    pub replacement: Replacement,
}

/// Says what the next film replaces.
#[component]
pub fn ReplacementNote(props: &ReplacementNoteProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-1);
        margin: var(--space-1) 0 var(--space-2);
        color: var(--accent);
        font-size: var(--text-sm);
        "#
    );
    html! { <div class={style} role="note">{ for props.replacement.sentences().into_iter().map(|words| html! { <p>{ words }</p> }) }</div> }
}

/// Props of [`ReplaceOwn`].
#[derive(PartialEq, Properties)]
pub struct ReplaceOwnProps {
    /// What is replaced.
    pub replacement: Replacement,
    /// When it may be replaced.
    pub onagree: Callback<()>,
    /// When the film is not to be made now.
    pub onclose: Callback<()>,
}

/// Asks whether a film may replace what the user brought along.
#[component]
pub fn ReplaceOwn(props: &ReplaceOwnProps) -> Html {
    let style = style!("display: grid; gap: var(--space-3);");
    let footer = html! {
        <>
            <Button onclick={props.onclose.clone()}>{ "Not now" }</Button>
            <Button variant={ButtonVariant::Primary} onclick={props.onagree.clone()}>{ "Replace and make film" }</Button>
        </>
    };
    html! {
        <Modal title="Replace what is your own?" onclose={props.onclose.clone()} {footer}>
            <div class={style}>
                { for props.replacement.sentences().into_iter().map(|words| html! { <p>{ words }</p> }) }
                <p>{ "What is yours stays among the takes, and can be chosen again." }</p>
            </div>
        </Modal>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_replaced_is_told_by_kind() {
        let told = |recordings: &[usize], pictures: &[usize]| {
            let (recordings, pictures) = (recordings.to_vec(), pictures.to_vec());
            Replacement { recordings, voice: "Alan".into(), pictures }.sentences()
        };
        assert!(told(&[], &[]).is_empty());
        assert!(told(&[2], &[])[0].starts_with("Your recording of scene 2 is out of date"));
        let both = told(&[1, 4, 6], &[3]);
        assert!(both[0].starts_with("Your recordings of scenes 1, 4 and 6 are") && both[0].ends_with("by Alan."));
        assert!(both[1].starts_with("Your image of scene 3 is"));
    }
}
