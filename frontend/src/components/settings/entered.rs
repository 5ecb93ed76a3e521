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

/// Hands on what was typed, unless that is what is set, to `send`, which says whether it is one that can be. Once something else is
/// set, or it was refused, what is set is shown again.
#[hook]
pub fn use_entered(known: AttrValue, send: impl Fn(&str) -> bool + 'static) -> Entered {
    let typed = use_state(|| None::<String>);
    let sent = use_mut_ref(|| None::<String>);
    let refused = *use_selector(|state: &SettingsState| state.refused);
    {
        let typed = typed.clone();
        use_effect_with(known.clone(), move |_| typed.set(None));
    }
    {
        // What is typed since then stays.
        let (typed, sent) = (typed.clone(), sent.clone());
        use_effect_with(refused, move |_| {
            let sent = sent.take();
            if sent.is_some() && sent == *typed {
                typed.set(None);
            }
        });
    }
    let keep = {
        let (typed, known) = (typed.clone(), known.clone());
        Callback::from(move |()| {
            if let Some(text) = typed.as_ref().filter(|text| text.trim() != known.as_str()) {
                sent.replace(send(text).then(|| text.clone()));
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
