//! Who may ask: the access token, and the Host and Origin of a browser (DNS rebinding, cross-site requests).

use std::net::IpAddr;

use actix_web::{
    Error, ResponseError,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
    web::Data,
};
use subtle::ConstantTimeEq;

use super::entry;
use crate::error::AppError;
use shared::ErrorCode;

/// Who may ask.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The access token, where one is needed.
    pub token: Option<String>,
    /// Names under which the server may be reached, besides addresses and `localhost`.
    pub hosts: Vec<String>,
}

/// Refuses whoever may not ask.
pub async fn middleware(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    let guard = request.app_data::<Data<Guard>>().map(|guard| guard.get_ref().clone());
    let Some(guard) = guard else {
        let response = AppError::internal("the server has no guard").error_response();
        return Ok(request.into_response(response).map_into_right_body());
    };
    let refused = match guard.check(&request) {
        Ok(Pass::In) => return Ok(next.call(request).await?.map_into_left_body()),
        Ok(Pass::Entered(token)) => entry::let_in(&request, &token),
        Ok(Pass::Asked) => {
            let given = if request.method() == Method::POST { Some(entry::in_form(&mut request).await) } else { None };
            match &guard.token {
                Some(token) if is_token(given.as_deref(), token) => entry::let_in(&request, token),
                _ => entry::ask(given.is_some() || entry::in_address(&request).is_some()),
            }
        }
        Err(error) => error.error_response(),
    };
    Ok(request.into_response(refused).map_into_right_body())
}

/// What becomes of a request that is not refused.
enum Pass {
    /// It goes on.
    In,
    /// It is asked for the token, and may have it in a form.
    Asked,
    /// It had the token in its address.
    Entered(String),
}

impl Guard {
    fn check(&self, request: &ServiceRequest) -> Result<Pass, AppError> {
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        if !self.knows(host) {
            let message = "This address is not one that the studio is reached at; name it with --hosts.";
            return Err(AppError::api(ErrorCode::Forbidden, message));
        }
        if let Some(origin) = request.headers().get(header::ORIGIN)
            && !is_origin_of(origin.to_str().unwrap_or_default(), host)
        {
            return Err(AppError::api(ErrorCode::Forbidden, "Pages of other sites may not use the studio."));
        }
        let Some(token) = &self.token else { return Ok(Pass::In) };
        if is_token(entry::in_address(request).as_deref(), token) {
            return Ok(Pass::Entered(token.clone()));
        }
        if is_token(given_token(request).as_deref(), token) {
            return Ok(Pass::In);
        }
        // The path as the router reads it, which knows `/%61pi` for `/api`.
        if needs_token(request.match_info().as_str()) {
            let message = "Send the access token as `Authorization: Bearer …`, or open the studio in a browser and enter it there.";
            return Err(AppError::api(ErrorCode::Unauthorized, message));
        }
        let is_open = request.path() == "/api/health" || !entry::is_page(request);
        Ok(if is_open { Pass::In } else { Pass::Asked })
    }

    /// A name that somebody else's DNS could point here is not known; an address or `localhost` cannot be rebound.
    fn knows(&self, host: &str) -> bool {
        let name = without_port(host).to_ascii_lowercase();
        let is_address = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        is_address
            || name == "localhost"
            || name.ends_with(".localhost")
            || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(&name))
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && (!name.contains(':') || name.ends_with(']')) => name,
        _ => host,
    }
}

fn is_origin_of(origin: &str, host: &str) -> bool {
    let name = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    name.is_some_and(|name| name.eq_ignore_ascii_case(host))
}

/// The files of the app are no secret; what it reads and writes is.
fn needs_token(path: &str) -> bool {
    let under = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    (under("/api") && path != "/api/health") || under("/media") || under("/metrics")
}

fn given_token(request: &ServiceRequest) -> Option<String> {
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    bearer.or_else(|| request.request().cookie(entry::COOKIE).map(|cookie| cookie.value().to_owned()))
}

fn is_token(given: Option<&str>, token: &str) -> bool {
    given.is_some_and(|given| bool::from(given.as_bytes().ct_eq(token.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_cannot_be_rebound_are_known() {
        let guard = Guard { token: None, hosts: vec!["studio.example.org".to_owned()] };
        for good in
            ["127.0.0.1:8080", "localhost", "localhost:1", "[::1]:8080", "192.168.1.2", "studio.example.org:443", "Studio.example.org"]
        {
            assert!(guard.knows(good), "{good}");
        }
        for bad in ["", "evil.example", "localhost.evil.example:8080", "127.0.0.1.evil.example", "studio.example.org.evil"] {
            assert!(!guard.knows(bad), "{bad}");
        }
    }

    #[test]
    fn an_origin_is_the_same_to_the_port() {
        assert!(is_origin_of("http://localhost:8080", "localhost:8080"));
        for bad in ["null", "http://localhost:8081", "http://evil.example", "localhost:8080", ""] {
            assert!(!is_origin_of(bad, "localhost:8080"), "{bad}");
        }
    }

    #[test]
    fn the_token_is_needed_for_what_is_secret() {
        for secret in ["/api", "/api/projects", "/media/audio/x.wav", "/metrics", "/api/docs"] {
            assert!(needs_token(secret), "{secret}");
        }
        for open in ["/", "/script/1", "/api/health", "/assets/app.js", "/apifoo"] {
            assert!(!needs_token(open), "{open}");
        }
    }
}
