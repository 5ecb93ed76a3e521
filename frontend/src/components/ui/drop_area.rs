//! A place for files: dropped on it, or chosen with a button.

use web_sys::File;
use yew::prelude::*;

use super::FileButton;
use crate::{design::style, hooks::use_file_drop};

/// Props of [`DropArea`].
#[derive(PartialEq, Properties)]
pub struct DropAreaProps {
    /// What can be put here.
    pub text: AttrValue,
    /// What the button says.
    pub button: AttrValue,
    /// The kinds of files, as `accept` takes them.
    pub accept: AttrValue,
    /// Whether a file is on its way.
    #[prop_or_default]
    pub busy: bool,
    /// Each file.
    pub onfile: Callback<File>,
}

/// A place for files.
#[component]
pub fn DropArea(props: &DropAreaProps) -> Html {
    let style = style!(
        r#"
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-2) var(--space-3);
        min-width: 0;
        padding: var(--space-3);
        border: 1px dashed var(--line-strong);
        border-radius: var(--radius-md);
        color: var(--text-muted);
        font-size: var(--text-sm);
        transition: background var(--quick), border-color var(--quick);

        &.over { border-color: var(--accent); background: var(--accent-soft); color: var(--text); }
        "#
    );
    let drop = use_file_drop(props.onfile.clone());
    html! {
        <div class={classes!(style, drop.over.then_some("over"))} ondragover={drop.ondragover} ondragleave={drop.ondragleave} ondrop={drop.ondrop}>
            <span>{ &props.text }</span>
            <FileButton accept={props.accept.clone()} busy={props.busy} onfile={props.onfile.clone()}>{ &props.button }</FileButton>
        </div>
    }
}
