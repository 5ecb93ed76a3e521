//! Three texts, long out of copyright, to begin with.

use yew::prelude::*;

use crate::design::style;

/// A text to begin with.
#[derive(Debug, PartialEq, Eq)]
pub struct Sample {
    /// What it is called.
    pub title: &'static str,
    /// Who wrote it.
    pub author: &'static str,
    /// The words.
    pub text: &'static str,
}

/// The three.
pub static SAMPLES: [Sample; 3] = [
    Sample { title: "The hare and the tortoise", author: "Aesop", text: include_str!("../../../assets/samples/tortoise-and-hare.txt") },
    Sample {
        title: "Four score and seven years ago",
        author: "Abraham Lincoln",
        text: include_str!("../../../assets/samples/gettysburg.txt"),
    },
    Sample { title: "Call me Ishmael", author: "Herman Melville", text: include_str!("../../../assets/samples/moby-dick.txt") },
];

/// Props of [`SampleList`].
#[derive(PartialEq, Properties)]
pub struct SampleListProps {
    /// Whether none can be taken now.
    pub disabled: bool,
    /// When one is taken.
    pub onchoose: Callback<&'static Sample>,
}

/// The three, to choose from.
#[component]
pub fn SampleList(props: &SampleListProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr));
        gap: var(--space-3);

        & button { display: grid; gap: var(--space-1); align-content: start; width: 100%; height: 100%; padding: var(--space-4); border: 1px solid var(--line); border-radius: var(--radius-lg); background: var(--surface); text-align: start; transition: border-color var(--quick), background var(--quick); }
        & button:hover:not(:disabled) { border-color: var(--line-strong); background: var(--raised); }
        & button:disabled { opacity: 0.5; }
        & .name { font-weight: var(--weight-medium); }
        & .author { color: var(--text-faint); font-size: var(--text-sm); }
        & .words { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; margin-top: var(--space-1); color: var(--text-muted); font-size: var(--text-sm); }
        "#
    );
    html! {
        <ul class={style}>
            { for SAMPLES.iter().map(|sample| {
                let onclick = props.onchoose.reform(move |_: MouseEvent| sample);
                html! {
                    <li>
                        <button type="button" disabled={props.disabled} {onclick}>
                            <span class="name">{ sample.title }</span>
                            <span class="author">{ sample.author }</span>
                            <span class="words">{ sample.text }</span>
                        </button>
                    </li>
                }
            }) }
        </ul>
    }
}
