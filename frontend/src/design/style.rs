//! Scoped styles: put on the page once, when first drawn, and from then on only a class name. (The style crate's own hook
//! builds and hashes its sheet at every drawing, which a list of 200 rows feels.)

use stylist::{Style, StyleSource};

/// The class of a style, for as long as the app lives.
macro_rules! style {
    ($css:tt) => {{
        std::thread_local! {
            static CLASS: &'static str = $crate::design::mount(stylist::css!($css));
        }
        CLASS.with(|class| *class)
    }};
}
pub(crate) use style;

/// Puts a style on the page and gives its class.
pub fn mount(css: StyleSource) -> &'static str {
    match Style::new(css) {
        // One for each place that calls `style!`: as many as there are in the source.
        Ok(style) => String::leak(style.get_class_name().to_owned()),
        // Without a document there is nothing to style.
        Err(_) => "",
    }
}
