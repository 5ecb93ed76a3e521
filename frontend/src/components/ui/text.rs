//! Text fields: one line, and many.

use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::design::style;

/// Props of [`Input`].
#[derive(PartialEq, Properties)]
pub struct InputProps {
    /// What stands in it.
    pub value: AttrValue,
    /// At every keystroke.
    pub oninput: Callback<String>,
    /// Its id, for the label.
    #[prop_or_default]
    pub id: Option<AttrValue>,
    /// Its name, where no label stands beside it.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// What stands in it while it is empty.
    #[prop_or_default]
    pub placeholder: Option<AttrValue>,
    /// `text`, `search`, `number`, `url`, `password`.
    #[prop_or(AttrValue::Static("text"))]
    pub kind: AttrValue,
    /// The smallest number.
    #[prop_or_default]
    pub min: Option<AttrValue>,
    /// The largest number.
    #[prop_or_default]
    pub max: Option<AttrValue>,
    /// The step between numbers.
    #[prop_or_default]
    pub step: Option<AttrValue>,
    /// The longest text, in characters.
    #[prop_or_default]
    pub maxlength: Option<usize>,
    /// Whether it cannot be typed in.
    #[prop_or_default]
    pub disabled: bool,
    /// Whether it has the focus where it appears: in a window that opens.
    #[prop_or_default]
    pub autofocus: bool,
    /// The id of a list of what can be chosen besides.
    #[prop_or_default]
    pub list: Option<AttrValue>,
    /// The element, to focus it.
    #[prop_or_default]
    pub node_ref: NodeRef,
}

/// One line of text.
#[component]
pub fn Input(props: &InputProps) -> Html {
    let style = field_style();
    {
        // The browser itself heeds `autofocus` only where a window opens, not where the window is open already.
        let (wanted, node) = (props.autofocus, props.node_ref.clone());
        use_effect_with((), move |()| {
            if let Some(element) = node.cast::<HtmlInputElement>().filter(|_| wanted) {
                // It fails only on an element that has left the page.
                let _ = element.focus();
            }
        });
    }
    let oninput = props.oninput.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value());
    html! {
        <input
            ref={props.node_ref.clone()}
            class={classes!(style, "line")}
            id={props.id.clone()}
            type={props.kind.clone()}
            value={props.value.clone()}
            placeholder={props.placeholder.clone()}
            aria-label={props.label.clone()}
            min={props.min.clone()}
            max={props.max.clone()}
            step={props.step.clone()}
            maxlength={props.maxlength.map(|n| n.to_string())}
            list={props.list.clone()}
            disabled={props.disabled}
            autofocus={props.autofocus}
            autocomplete="off"
            {oninput}
        />
    }
}

/// Props of [`Textarea`].
#[derive(PartialEq, Properties)]
pub struct TextareaProps {
    /// What stands in it.
    pub value: AttrValue,
    /// At every keystroke.
    pub oninput: Callback<String>,
    /// Its id, for the label.
    #[prop_or_default]
    pub id: Option<AttrValue>,
    /// Its name, where no label stands beside it.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// What stands in it while it is empty.
    #[prop_or_default]
    pub placeholder: Option<AttrValue>,
    /// How high it is at least, in lines; it grows with its text.
    #[prop_or(2)]
    pub rows: usize,
    /// The longest text, in characters.
    #[prop_or_default]
    pub maxlength: Option<usize>,
    /// Whether it shows no frame until it is hovered or focused: text that can be edited where it stands.
    #[prop_or_default]
    pub plain: bool,
    /// Which way the text runs.
    #[prop_or(AttrValue::Static("auto"))]
    pub dir: AttrValue,
    /// The language of the text.
    #[prop_or_default]
    pub lang: Option<AttrValue>,
    /// Whether it is smaller and fainter than the text around it.
    #[prop_or_default]
    pub quiet: bool,
    /// The element, to focus it.
    #[prop_or_default]
    pub node_ref: NodeRef,
}

/// Many lines of text.
#[component]
pub fn Textarea(props: &TextareaProps) -> Html {
    let style = field_style();
    let oninput = props.oninput.reform(|event: InputEvent| event.target_unchecked_into::<HtmlTextAreaElement>().value());
    // Browsers cut what is pasted at the longest text, and say nothing of it.
    let full = props.maxlength.filter(|most| props.value.encode_utf16().count() >= *most);
    html! {
        <>
            <textarea
                ref={props.node_ref.clone()}
                class={classes!(style, "area", props.plain.then_some("plain"), props.quiet.then_some("quiet"))}
                id={props.id.clone()}
                rows={props.rows.to_string()}
                value={props.value.clone()}
                placeholder={props.placeholder.clone()}
                aria-label={props.label.clone()}
                maxlength={props.maxlength.map(|n| n.to_string())}
                dir={props.dir.clone()}
                lang={props.lang.clone()}
                spellcheck="true"
                {oninput}
            />
            if let Some(most) = full {
                <p class={full_style()} role="alert">{ format!("No more than {most} characters fit here; what goes beyond is cut off.") }</p>
            }
        </>
    }
}

fn full_style() -> &'static str {
    // Where the text has a column, below the text.
    style!("grid-column: -2 / -1; padding: var(--space-1) var(--space-2); color: var(--danger); font-size: var(--text-sm);")
}

fn field_style() -> &'static str {
    style!(
        r#"
        width: 100%;
        min-width: 0;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius-md);
        background: var(--raised);
        transition: border-color var(--quick), background var(--quick);

        &.line { height: var(--control); padding: 0 var(--space-3); }
        &.area { display: block; padding: var(--space-2) var(--space-3); line-height: var(--leading-text); resize: vertical; field-sizing: content; }
        &:hover:not(:disabled) { border-color: var(--text-faint); }
        &:focus { outline: 2px solid var(--focus); outline-offset: -1px; border-color: transparent; }
        &.plain { border-color: transparent; background: transparent; resize: none; padding: var(--space-1) var(--space-2); }
        &.plain:hover { background: var(--hover); border-color: transparent; }
        &.plain:focus { background: var(--raised); }
        &.quiet { font-size: var(--text-sm); color: var(--text-muted); }
        &.quiet:focus { color: var(--text); }
        &:disabled { opacity: 0.5; }
        @media (pointer: coarse) {
            font-size: 1rem;
        }
        "#
    )
}
