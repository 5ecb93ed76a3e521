//! A scene's takes as dots: which of them the film uses, and a way to another.

use std::rc::Rc;

use shared::{ImageId, image::ImageAsset};
use yew::prelude::*;

use crate::design::style;

/// More than so many are told in a number.
const MOST: usize = 8;

/// Props of [`TakeDots`].
#[derive(PartialEq, Properties)]
pub struct TakeDotsProps {
    /// Of what.
    pub label: AttrValue,
    /// The takes that are ready, oldest first.
    pub takes: Vec<Rc<ImageAsset>>,
    /// The one that the film uses.
    pub selected: Option<ImageId>,
    /// When another is chosen.
    pub onselect: Callback<ImageId>,
    /// When all are to be seen.
    pub onmore: Callback<()>,
}

/// A scene's takes as dots.
#[component]
pub fn TakeDots(props: &TakeDotsProps) -> Html {
    let style = style!(
        r#"
        display: flex;
        align-items: center;
        min-width: 0;
        margin-inline: -0.3rem;

        & button { display: grid; place-items: center; width: 1.5rem; height: 1.5rem; padding: 0; border: 0; border-radius: var(--radius-full); background: transparent; color: var(--text-faint); font-size: var(--text-xs); }
        & button.more { width: auto; padding: 0 0.3rem; }
        & button:hover { background: var(--hover); }
        & i { width: 0.45rem; height: 0.45rem; border-radius: var(--radius-full); background: var(--line-strong); transition: background var(--quick); }
        & button:hover i { background: var(--text-faint); }
        & button[aria-pressed="true"] i { background: var(--text); }
        "#
    );
    let count = props.takes.len();
    // The newest are those that one compares.
    let from = count.saturating_sub(MOST);
    html! {
        <div class={style} role="group" aria-label={props.label.clone()}>
            if from > 0 {
                <button type="button" class="more tabular" aria-label={format!("{from} more takes")} onclick={props.onmore.reform(|_: MouseEvent| ())}>{ format!("+{from}") }</button>
            }
            { for props.takes.iter().enumerate().skip(from).map(|(index, take)| {
                let id = take.id;
                let number = index + 1;
                html! {
                    <button
                        type="button"
                        aria-pressed={(props.selected == Some(id)).to_string()}
                        aria-label={format!("Use take {number}")}
                        data-tip={format!("Take {number} of {count}")}
                        onclick={props.onselect.reform(move |_: MouseEvent| id)}
                    >
                        <i />
                    </button>
                }
            }) }
        </div>
    }
}
