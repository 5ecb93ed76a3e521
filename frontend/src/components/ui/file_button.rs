//! A button that lets a person choose a file.

use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use super::{Button, ButtonSize, ButtonVariant, Icon};

/// Props of [`FileButton`].
#[derive(PartialEq, Properties)]
pub struct FileButtonProps {
    /// What it says.
    pub children: Html,
    /// The kinds of files, as `accept` takes them.
    pub accept: AttrValue,
    /// A name, where the words alone do not say enough.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// How much it asks for.
    #[prop_or_default]
    pub variant: ButtonVariant,
    /// How large.
    #[prop_or_default]
    pub size: ButtonSize,
    /// Before the words.
    #[prop_or(Icon::Upload)]
    pub icon: Icon,
    /// Whether a file is on its way.
    #[prop_or_default]
    pub busy: bool,
    /// Each file that was chosen.
    pub onfile: Callback<File>,
}

/// A button that lets a person choose a file.
#[component]
pub fn FileButton(props: &FileButtonProps) -> Html {
    let input = use_node_ref();
    let onclick = {
        let input = input.clone();
        Callback::from(move |()| input.cast::<HtmlInputElement>().iter().for_each(|input| input.click()))
    };
    let onchange = {
        let onfile = props.onfile.clone();
        Callback::from(move |event: Event| {
            let input = event.target_unchecked_into::<HtmlInputElement>();
            let files = input.files().map_or_else(Vec::new, |files| (0..files.length()).filter_map(|index| files.get(index)).collect());
            // So that the same file can be chosen again.
            input.set_value("");
            files.into_iter().for_each(|file| onfile.emit(file));
        })
    };
    html! {
        <>
            <input ref={input} type="file" accept={props.accept.clone()} hidden=true aria-hidden="true" tabindex="-1" {onchange} />
            <Button variant={props.variant} size={props.size} icon={props.icon} busy={props.busy} label={props.label.clone()} {onclick}>{ props.children.clone() }</Button>
        </>
    }
}
