//! Lists: how a page is asked for, and what it looks like.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// What is on this page.
    pub items: Vec<T>,
    /// Where the next page begins; null on the last.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// A list that is whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Items<T> {
    /// All of it.
    pub items: Vec<T>,
}

/// Which page of a list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many items at most: 1 to 200.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50, required = false)]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    #[garde(length(chars, max = 500))]
    #[param(required = false, min_length = 1, max_length = 500)]
    pub cursor: Option<String>,
    /// Only what has these words in its title or prompt.
    #[garde(length(chars, max = 200))]
    #[param(required = false, max_length = 200)]
    pub q: Option<String>,
}
