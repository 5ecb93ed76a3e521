//! A surface that holds things together.

use yew::prelude::*;

use crate::design::style;

/// Props of [`Card`].
#[derive(PartialEq, Properties)]
pub struct CardProps {
    /// What it is called.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// Beside the title.
    #[prop_or_default]
    pub aside: Html,
    /// What it holds.
    pub children: Html,
}

/// A surface with an optional title.
#[component]
pub fn Card(props: &CardProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-4);
        align-content: start;
        min-width: 0;
        padding: var(--space-5);
        border: 1px solid var(--line);
        border-radius: var(--radius-lg);
        background: var(--surface);

        & > header { display: flex; align-items: center; justify-content: space-between; gap: var(--space-3); min-width: 0; }
        & > header h2 { font-size: var(--text-md); }
        @media (max-width: 40rem) {
            padding: var(--space-4);
        }
        "#
    );
    html! {
        <section class={style}>
            if let Some(title) = &props.title {
                <header><h2>{ title }</h2>{ props.aside.clone() }</header>
            }
            { props.children.clone() }
        </section>
    }
}
