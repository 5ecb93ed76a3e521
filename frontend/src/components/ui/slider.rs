//! A number from a range, by pulling.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::design::style;

/// Props of [`Slider`].
#[derive(PartialEq, Properties)]
pub struct SliderProps {
    /// What it is called.
    pub label: AttrValue,
    /// The number.
    pub value: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
    /// In steps of this.
    pub step: f64,
    /// The number in words: `−12 dB`.
    pub text: AttrValue,
    /// Its id, for a label.
    #[prop_or_default]
    pub id: Option<AttrValue>,
    /// While it is pulled.
    pub oninput: Callback<f64>,
}

/// A number from a range.
#[component]
pub fn Slider(props: &SliderProps) -> Html {
    let style = style!(
        r#"
        display: flex;
        align-items: center;
        gap: var(--space-3);
        min-width: 0;
        min-height: var(--control-sm);

        & input { appearance: none; flex: 1; min-width: 4rem; height: 1.25rem; margin: 0; background: linear-gradient(var(--text-muted), var(--text-muted)) 0 50% / var(--share) 3px no-repeat, linear-gradient(var(--line-strong), var(--line-strong)) 0 50% / 100% 3px no-repeat; cursor: pointer; border-radius: var(--radius-sm); }
        & input::-webkit-slider-thumb { appearance: none; width: 14px; height: 14px; border: 0; border-radius: var(--radius-full); background: var(--text); box-shadow: 0 0 0 3px var(--surface); }
        & input::-moz-range-thumb { width: 14px; height: 14px; border: 0; border-radius: var(--radius-full); background: var(--text); box-shadow: 0 0 0 3px var(--surface); }
        & > span { flex: none; min-width: 3.5rem; color: var(--text-muted); font-size: var(--text-sm); text-align: end; }
        "#
    );
    let oninput = props.oninput.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value_as_number());
    let share = (props.value - props.min) / (props.max - props.min).max(f64::EPSILON) * 100.0;
    html! {
        <div class={style}>
            <input
                id={props.id.clone()}
                type="range"
                min={props.min.to_string()}
                max={props.max.to_string()}
                step={props.step.to_string()}
                value={props.value.to_string()}
                aria-label={props.label.clone()}
                aria-valuetext={props.text.clone()}
                style={format!("--share: {:.1}%", share.clamp(0.0, 100.0))}
                {oninput}
            />
            <span class="tabular" aria-hidden="true">{ &props.text }</span>
        </div>
    }
}
