//! How a browser comes to the access token's cookie: by the address that the server prints, or by a form that asks for it.

use actix_web::{
    HttpResponse,
    cookie::{Cookie, SameSite},
    dev::ServiceRequest,
    http::{Method, StatusCode, header},
    web::Form,
};
use serde::Deserialize;

/// The cookie that holds the token.
pub const COOKIE: &str = "studio_token";

/// What stands for the complaint in the page.
const COMPLAINT: &str = "<!-- complaint -->";
const PAGE: &str = include_str!("../../../assets/entry.html");

#[derive(Deserialize)]
struct Entry {
    token: String,
}

/// Whether it is a page that is asked for, and no file of one.
pub fn is_page(request: &ServiceRequest) -> bool {
    !request.path().contains('.')
}

/// The token in the address, as it was printed.
pub fn in_address(request: &ServiceRequest) -> Option<String> {
    if request.path() != "/" || request.method() != Method::GET {
        return None;
    }
    serde_urlencoded::from_str::<Entry>(request.query_string()).ok().map(|entry| entry.token)
}

/// The token in the form that [`ask`] shows; empty where the form could not be read.
pub async fn in_form(request: &mut ServiceRequest) -> String {
    request.extract::<Form<Entry>>().await.map(|form| form.into_inner().token.trim().to_owned()).unwrap_or_default()
}

/// Lets the browser in: the token becomes a cookie, and leaves the address.
pub fn let_in(request: &ServiceRequest, token: &str) -> HttpResponse {
    let secure = request.connection_info().scheme() == "https";
    let cookie =
        Cookie::build(COOKIE, token.to_owned()).path("/").http_only(true).same_site(SameSite::Strict).secure(secure).permanent().finish();
    // Encoded, as it is read back: a token may have characters that no cookie has.
    let set_cookie = (header::SET_COOKIE, cookie.encoded().to_string());
    HttpResponse::SeeOther().insert_header(set_cookie).insert_header((header::LOCATION, back_to(request.path()))).finish()
}

/// Asks for the token, in place of the page that was wanted.
pub fn ask(was_wrong: bool) -> HttpResponse {
    let complaint = if was_wrong { r#"<p id="complaint" role="alert">That is not the access token.</p>"# } else { "" };
    HttpResponse::build(StatusCode::UNAUTHORIZED)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(PAGE.replace(COMPLAINT, complaint))
}

/// The page that was wanted, where its path is surely one of this server: `//elsewhere` and its like are not.
fn back_to(path: &str) -> &str {
    let is_plain = path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_".contains(&b));
    if is_plain && !path.starts_with("//") { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(back_to("/projects/01994f3c-5c1e/audio"), "/projects/01994f3c-5c1e/audio");
        for bad in ["//evil.example", "/\\evil", "//evil", "/%2f/evil"] {
            assert_eq!(back_to(bad), "/", "{bad}");
        }
    }
}
