//! What is typed into a field that is saved when it is left, or on Enter.

use yew::prelude::*;

use crate::state::{settings::SettingsState, use_selector};

/// A field that is saved when it is left.
pub struct Entered {
    /// What stands in it.
    pub shown: AttrValue,
    /// At every keystroke.
    pub oninput: Callback<String>,
    /// For what is around it.
    pub onfocusout: Callback<FocusEvent>,
    /// For what is around it.
    pub onkeydown: Callback<KeyboardEvent>,
}

/// What becomes of what was typed.
pub enum Sent {
    /// It is handed on.
    On,
    /// It cannot be, and stays to be mended.
    Wrong,
    /// It says nothing: what is set stands there again.
    Nothing,
}

/// Hands on what was typed, unless that is what is set, to `send`, which says what became of it. Once that is set, or it
/// was refused, what is set is shown again; what is typed since then stays.
#[hook]
pub fn use_entered(known: AttrValue, send: impl Fn(&str) -> Sent + 'static) -> Entered {
    let typed = use_state(|| None::<String>);
    // What was handed on and is not set yet.
    let under_way = use_mut_ref(Vec::<String>::new);
    let refused = *use_selector(|state: &SettingsState| state.refused);
    {
        let (typed, under_way) = (typed.clone(), under_way.clone());
        use_effect_with(known.clone(), move |known| {
            let mut under_way = under_way.borrow_mut();
            let is_kept = typed.as_ref().is_some_and(|text| under_way.last().is_some_and(|last| last == text.trim()));
            match under_way.iter().rposition(|text| text == known.as_str()) {
                Some(arrived) => _ = under_way.drain(..=arrived),
                None => under_way.clear(),
            }
            if is_kept && under_way.is_empty() {
                typed.set(None);
            }
        });
    }
    {
        let (typed, under_way) = (typed.clone(), under_way.clone());
        use_effect_with(refused, move |_| {
            let last = under_way.take().pop();
            if last.is_some() && last.as_deref() == typed.as_deref().map(str::trim) {
                typed.set(None);
            }
        });
    }
    let keep = {
        let (typed, known) = (typed.clone(), known.clone());
        Callback::from(move |()| {
            let Some(text) = typed.as_deref().map(str::trim) else { return };
            let last = under_way.borrow().last().cloned();
            if text != last.as_deref().unwrap_or(&known) {
                match send(text) {
                    Sent::On => under_way.borrow_mut().push(text.to_owned()),
                    Sent::Wrong => {}
                    Sent::Nothing => typed.set(None),
                }
            } else if last.is_none() {
                typed.set(None);
            }
        })
    };
    let onfocusout = keep.reform(|_: FocusEvent| ());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            keep.emit(());
        }
    });
    let shown = (*typed).clone().map_or(known, AttrValue::from);
    Entered { shown, oninput: Callback::from(move |text| typed.set(Some(text))), onfocusout, onkeydown }
}
