//! Widgets that know nothing of the studio: props in, callbacks out, looks as variants, accessibility inside.

mod badge;
mod button;
mod card;
mod editable;
mod field;
mod icon;
mod menu;
mod modal;
mod player;
mod progress;
mod segmented;
mod select;
mod skeleton;
mod state_view;
mod switch;
mod tabs;
mod text;
mod toast;

pub use badge::{Badge, BadgeTone};
pub use button::{Button, ButtonLink, ButtonSize, ButtonVariant, IconButton};
pub use card::Card;
pub use editable::EditableText;
pub use field::Field;
pub use icon::{Icon, glyph};
pub use menu::{Menu, MenuItem};
pub use modal::Modal;
pub use player::AudioPlayer;
pub use progress::{Progress, spinner};
pub use segmented::Segmented;
pub use select::{Choice, Select};
pub use skeleton::skeleton;
pub use state_view::{EmptyState, ErrorState};
pub use switch::Switch;
pub use tabs::Tabs;
pub use text::{Input, Textarea};
pub use toast::ToastCard;
