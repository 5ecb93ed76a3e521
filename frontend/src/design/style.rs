//! Scoped styles: put on the page once, when first drawn, and from then on only a class name. (The style crate's own hook
//! builds and hashes its sheet at every drawing, which a list of 200 rows feels.)
//!
//! A sheet is kept as the text that it is, which the browser nests by itself: taken apart into the crate's tree of
//! rules, the styles of the app weigh five times as much.

use stylist::{
    Style,
    ast::{Block, RuleBlockContent, ScopeContent, Sheet, StyleAttribute},
};

/// The class of a style, for as long as the app lives. It begins with a declaration or with a rule that holds one.
macro_rules! style {
    ($css:tt) => {{
        // Never run: the style crate reads the sheet while the app is compiled, so that a mistake in it is an error there.
        const _: fn() -> stylist::StyleSource = || stylist::css!($css);
        std::thread_local! {
            static CLASS: &'static str = $crate::design::mount($css);
        }
        CLASS.with(|class| *class)
    }};
}
pub(crate) use style;

/// Puts a style on the page and gives its class.
pub fn mount(css: &'static str) -> &'static str {
    match Style::new(sheet(css)) {
        // One for each place that calls `style!`: as many as there are in the source.
        Ok(style) => String::leak(style.get_class_name().to_owned()),
        // Without a document there is nothing to style.
        Err(_) => "",
    }
}

/// The crate writes a declaration as `key: value;` inside of the block of the class: cut at its first colon and joined
/// again there, the text is itself.
fn sheet(css: &'static str) -> Sheet {
    let (key, value) = css.split_once(": ").unwrap_or((css, ""));
    let declaration = StyleAttribute { key: key.trim_start().into(), value: vec![value.trim_end().into()].into() };
    let block = Block { condition: Vec::new().into(), content: vec![RuleBlockContent::StyleAttr(declaration)].into() };
    Sheet::from(vec![ScopeContent::Block(block)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_the_text_that_it_was() {
        let sheet = sheet("\n  & > b:hover { color: red; }\n  margin: 0;\n");
        let [ScopeContent::Block(block)] = &*sheet else { panic!("{sheet:?}") };
        let [RuleBlockContent::StyleAttr(whole)] = &*block.content else { panic!("{block:?}") };
        assert_eq!(format!("{}: {}", whole.key, whole.value[0].inner), "& > b:hover { color: red; }\n  margin: 0;");
    }
}
