//! One spelling for every path: `/%61pi` is `/api` (RFC 3986, 6.2.2.2), for the router and for all who look at the path themselves.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Uri,
    middleware::Next,
};

/// Spells the path plainly before anybody reads it.
pub async fn middleware(mut request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Some(uri) = respelled(request.uri()) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
    next.call(request).await
}

/// The address with its path spelled plainly, where it was not.
fn respelled(uri: &Uri) -> Option<Uri> {
    let path = plain(uri.path());
    if path == uri.path() {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{path}{query}").parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// A path without the escapes that it does not need.
fn plain(path: &str) -> String {
    let mut pieces = path.split('%');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match unescaped(piece) {
            Some((letter, rest)) => {
                plain.push(letter);
                plain.push_str(rest);
            }
            None => {
                plain.push('%');
                plain.push_str(piece);
            }
        }
    }
    plain
}

/// What an escape stands for, where that means the same without it, and what follows.
fn unescaped(piece: &str) -> Option<(char, &str)> {
    let (digits, rest) = piece.split_at_checked(2)?;
    let letter = char::from(*hex::decode(digits).ok()?.first()?);
    (letter.is_ascii_alphanumeric() || "-._~".contains(letter)).then_some((letter, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_means_the_same_is_spelled_otherwise() {
        for (given, wanted) in [
            ("/%61p%69/projects%2Dx%7E", "/api/projects-x~"),
            ("/a%2fb%2Fc%20d%00e%c3%a9", "/a%2fb%2Fc%20d%00e%c3%a9"),
            ("/%2561/%/%6/%zz/%+1", "/%2561/%/%6/%zz/%+1"),
            ("/api", "/api"),
        ] {
            assert_eq!(plain(given), wanted);
        }
        let uri: Uri = "http://localhost/%61pi?q=%61".parse().unwrap();
        assert_eq!(respelled(&uri).unwrap().to_string(), "http://localhost/api?q=%61");
    }
}
