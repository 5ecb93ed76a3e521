//! The look of the pictures: words, and some to begin with.

use yew::prelude::*;

use crate::{
    components::ui::{Field, Input},
    design::style,
    hooks::use_id,
};

const PRESETS: [(&str, &str); 6] = [
    ("Watercolour", "watercolour, soft light, paper texture"),
    ("Ink", "black ink drawing, bold lines, off-white paper"),
    ("Cinematic", "cinematic still, shallow depth of field, warm light"),
    ("Paper cut", "layered paper cut-out, soft shadows, muted colours"),
    ("Night", "night, deep blue, moonlight, quiet"),
    ("Vintage print", "vintage letterpress print, limited palette, grain"),
];

/// Props of [`StyleField`].
#[derive(PartialEq, Properties)]
pub struct StyleFieldProps {
    /// The words.
    pub value: AttrValue,
    /// When they change.
    pub onchange: Callback<String>,
    /// The look that is used where nothing is said.
    #[prop_or_default]
    pub default_style: AttrValue,
}

/// The look of the pictures.
#[component]
pub fn StyleField(props: &StyleFieldProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-2);
        min-width: 0;

        & .presets { display: flex; flex-wrap: wrap; gap: var(--space-1); }
        & .presets button { min-width: var(--control-sm); height: var(--control-sm); padding: 0 var(--space-2); border: 1px solid var(--line); border-radius: var(--radius-full); background: transparent; color: var(--text-muted); font-size: var(--text-sm); }
        & .presets button:hover { border-color: var(--line-strong); background: var(--hover); color: var(--text); }
        & .presets button[aria-pressed="true"] { border-color: var(--text-muted); background: var(--selected); color: var(--text); }
        "#
    );
    let id = use_id("style");
    let placeholder = if props.default_style.is_empty() { AttrValue::from("As the provider likes") } else { props.default_style.clone() };
    html! {
        <div class={style}>
            <Field label="Style" control={id.clone()}>
                <Input {id} value={props.value.clone()} {placeholder} maxlength={shared::rules::MAX_VISUAL_PROMPT} oninput={props.onchange.clone()} />
            </Field>
            <div class="presets" role="group" aria-label="Styles to begin with">
                { for PRESETS.map(|(name, words)| {
                    let chosen = props.value == words;
                    let onclick = props.onchange.reform(move |_: MouseEvent| if chosen { String::new() } else { words.to_owned() });
                    html! { <button type="button" aria-pressed={chosen.to_string()} data-tip={words} {onclick}>{ name }</button> }
                }) }
            </div>
        </div>
    }
}
