//! The first connection at start: a server that is not up yet is waited for; what somebody must mend is told at once.
//!
//! libpq hands out no SQLSTATE of a connection that failed, so that what is wrong is known by its words.

use std::{
    iter,
    time::{Duration, Instant},
};

use diesel::{Connection, PgConnection};

/// What libpq and the server say of one that is not up yet, or not for us yet.
const COMING_UP: [&str; 13] = [
    "Connection refused",
    "No such file or directory",
    "could not translate host name",
    "No route to host",
    "Host is down",
    "Network is unreachable",
    "timed out",
    "timeout expired",
    "Connection reset",
    "closed the connection unexpectedly",
    "the database system is",
    "too many clients",
    "remaining connection slots",
];

/// What a server says that was reached, and will say the same in a minute; and what to do about it.
const REFUSED: [(&[&str], &str); 10] = [
    (&["password authentication failed"], PASSWORD),
    (&["no password supplied"], PASSWORD),
    (&["authentication failed for user"], "correct the user in DATABASE_URL, or what pg_hba.conf says of it"),
    (&["no pg_hba.conf entry"], "let this machine in by the server's pg_hba.conf"),
    (&["role \"", "does not exist"], "create that user (createuser), or correct DATABASE_URL"),
    (&["is not permitted to log in"], "let that user log in, or name another one in DATABASE_URL"),
    (&["database \"", "does not exist"], "create that database (createdb), or correct DATABASE_URL"),
    (&["permission denied for database"], "grant that user CONNECT on it, or name another one in DATABASE_URL"),
    (&["certificate"], "correct sslmode and the certificates that DATABASE_URL names"),
    (&["server does not support SSL"], "correct sslmode and the certificates that DATABASE_URL names"),
];
const PASSWORD: &str = "correct the user and the password in DATABASE_URL";

/// How soon a server that went away without a word is given up, as libpq is told: at connecting, while nothing is said, and
/// while what was sent is not acknowledged. The system's own limits are hours and a quarter of one.
const TIME_LIMITS: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "15000"),
];

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// It did not come up in time.
    #[error("the database cannot be reached: {0}")]
    Away(String),
    /// The server was reached and refuses.
    #[error("the database refuses the connection: {said}; {remedy}")]
    Refused {
        /// What it said.
        said: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The address is none.
    #[error(
        "DATABASE_URL cannot be read: {0}; write it as postgresql://user:password@host:5432/database, with %-escapes for special characters in the password"
    )]
    Malformed(String),
}

/// The address with the time limits that it does not name itself. One that cannot be read stays as it is, for libpq to say so.
pub fn with_time_limits(address: &str) -> String {
    let missing = |named: &[&str], between: &str| {
        let missing = TIME_LIMITS.iter().filter(|(key, _)| !named.contains(key));
        missing.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(between)
    };
    let Some(rest) = address.strip_prefix("postgresql://").or_else(|| address.strip_prefix("postgres://")) else {
        return match keywords(address) {
            Some(named) => format!("{address} {}", missing(&named, " ")).trim().to_owned(),
            None => address.to_owned(),
        };
    };
    // As libpq does, which takes a `?` in a password for a part of it.
    let host = match rest.find(['@', '/']) {
        Some(at) if rest[at..].starts_with('@') => &rest[at..],
        _ => rest,
    };
    let query = host.split_once('?').map(|(_, query)| query);
    let named: Vec<&str> = query.unwrap_or_default().split('&').filter_map(|pair| Some(pair.split_once('=')?.0)).collect();
    let separator = match query {
        None => "?",
        Some(query) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    match missing(&named, "&") {
        none if none.is_empty() => address.to_owned(),
        limits => format!("{address}{separator}{limits}"),
    }
}

/// What an address of the form `host=db dbname='my studio'` names; nothing where it is not of that form.
fn keywords(address: &str) -> Option<Vec<&str>> {
    let mut rest = address.trim_start();
    let next = || {
        if rest.is_empty() {
            return None;
        }
        let Some((key, value)) = rest.split_once('=') else { return Some(None) };
        let end = end_of_value(value.trim_start());
        rest = end.unwrap_or_default().trim_start();
        Some(end.map(|_| key.trim_end()).filter(|key| !key.contains(char::is_whitespace)))
    };
    iter::from_fn(next).collect()
}

/// What follows a value; nothing where a quote is not closed. A backslash takes the next character as it is.
fn end_of_value(value: &str) -> Option<&str> {
    let quoted = value.strip_prefix('\'');
    let inner = quoted.unwrap_or(value);
    let mut characters = inner.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '\'' if quoted.is_some() => return Some(&inner[at + 1..]),
            _ if quoted.is_none() && character.is_whitespace() => return Some(&inner[at..]),
            _ => {}
        }
    }
    quoted.is_none().then_some("")
}

/// Connects, waiting at most that long for a server that is coming up.
///
/// # Errors
/// Why there is no connection, and what to do. It never has the password in it.
pub fn connect(url: &str, patience: Duration) -> Result<PgConnection, ReachError> {
    let deadline = Instant::now() + patience;
    let mut told = false;
    loop {
        let error = match PgConnection::establish(url) {
            Ok(conn) => return Ok(conn),
            Err(error) => read(&error.to_string(), url)?,
        };
        if Instant::now() >= deadline {
            return Err(ReachError::Away(error));
        }
        if !told {
            tracing::warn!(error, "waiting for the database");
            told = true;
        }
        std::thread::sleep(Duration::from_millis(250));
    }
}

/// What was said of a server that may still come up; an error where it will not.
fn read(message: &str, url: &str) -> Result<String, ReachError> {
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let has = |words: &str| message.contains(words);
    let said = without_secret(&message, url);
    // First: `localhost` is two addresses, and where the server listens at one the other refuses.
    if let Some((_, remedy)) = REFUSED.iter().find(|(words, _)| words.iter().all(|words| has(words))) {
        return Err(ReachError::Refused { said, remedy });
    }
    // A server that was reached may speak another language, and say in it that it is starting up.
    if COMING_UP.iter().any(|words| has(words)) || has("connection to server") || has("connect to server") {
        return Ok(said);
    }
    Err(ReachError::Malformed(without_quotes(&message)))
}

/// Only libpq has looked at the address, and quotes what it cannot read: anything in it may be the password.
fn without_quotes(message: &str) -> String {
    match (message.find('"'), message.rfind('"')) {
        (Some(first), Some(last)) => format!("{}\"…\"{}", &message[..first], &message[last + 1..]),
        _ => message.to_owned(),
    }
}

/// Where a password has an `@` that is not escaped, libpq takes what follows for the host, and quotes it as one.
fn without_secret(message: &str, url: &str) -> String {
    let login = url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')).map_or("", |(login, _)| login);
    let secret = login.split_once(':').map_or("", |(_, secret)| secret);
    let hidden = |piece: &str| piece.contains('@') || secret.contains(piece);
    let pieces = message.split('"').enumerate().map(|(place, piece)| if place % 2 == 1 && hidden(piece) { "…" } else { piece });
    pieces.collect::<Vec<_>>().join("\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "postgresql://ana:p@ss@db.example/studio";

    #[test]
    fn what_comes_up_is_waited_for_and_the_rest_is_told() {
        for message in [
            "connection to server at \"127.0.0.1\", port 5432 failed: Connection refused\n\tIs the server running on that host?",
            "connection to server on socket \"/run/.s.PGSQL.5432\" failed: No such file or directory",
            "could not translate host name \"db\" to address: Temporary failure in name resolution",
            "connection to server at \"db\" (10.0.0.2), port 5432 failed: FATAL:  the database system is starting up",
            "connection to server at \"db\" (10.0.0.2), port 5432 failed: FATAL:  das Datenbanksystem startet",
        ] {
            assert!(read(message, URL).is_ok(), "{message}");
        }
        for (said, remedy) in [
            ("password authentication failed for user \"ana\"", "the password"),
            ("database \"studio\" does not exist", "createdb"),
            ("role \"ana\" does not exist", "createuser"),
            ("permission denied for database \"studio\"", "CONNECT"),
        ] {
            let both = format!(
                "connection to server at \"localhost\" (::1), port 5432 failed: Connection refused\nconnection to server at \"localhost\" (127.0.0.1), port 5432 failed: FATAL:  {said}"
            );
            let error = read(&both, URL).unwrap_err();
            assert!(error.to_string().contains(said) && error.to_string().contains(remedy), "{error}");
        }
    }

    #[test]
    fn an_address_gets_the_time_limits_that_it_does_not_name() {
        const REST: &str = "keepalives_idle=10&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=15000";
        let spaced = REST.replace('&', " ");
        for (address, limited) in [
            (URL.to_owned(), format!("{URL}?connect_timeout=5&{REST}")),
            ("postgres://".to_owned(), format!("postgres://?connect_timeout=5&{REST}")),
            ("postgresql:///studio?".to_owned(), format!("postgresql:///studio?connect_timeout=5&{REST}")),
            (format!("{URL}?connect_timeout=30"), format!("{URL}?connect_timeout=30&{REST}")),
            ("postgresql://ana:a?b=c@db/studio".to_owned(), format!("postgresql://ana:a?b=c@db/studio?connect_timeout=5&{REST}")),
            (format!("{URL}?connect_timeout=5&{REST}"), format!("{URL}?connect_timeout=5&{REST}")),
            ("host=db dbname=studio".to_owned(), format!("host=db dbname=studio connect_timeout=5 {spaced}")),
            ("connect_timeout = 30 user=ana".to_owned(), format!("connect_timeout = 30 user=ana {spaced}")),
            // A password may look like anything.
            (
                r"password='it\'s connect_timeout=1' host=a\ b".to_owned(),
                format!(r"password='it\'s connect_timeout=1' host=a\ b connect_timeout=5 {spaced}"),
            ),
            ("ana geheim".to_owned(), "ana geheim".to_owned()),
            ("host=db ana geheim=x".to_owned(), "host=db ana geheim=x".to_owned()),
            ("host='db".to_owned(), "host='db".to_owned()),
        ] {
            assert_eq!(with_time_limits(&address), limited);
        }
    }

    #[test]
    fn no_part_of_a_password_is_told() {
        for (url, host) in [(URL, "ss@db.example"), ("postgresql://ana:p@ss/w@db/studio", "ss")] {
            let said = read(&format!("could not translate host name \"{host}\" to address: Name or service not known"), url).unwrap();
            assert_eq!(said, "could not translate host name \"…\" to address: Name or service not known");
        }
        let malformed = read("invalid percent-encoded token: \"p%ss\"w\"", "postgresql://ana:p%ss\"w@db/studio").unwrap_err();
        assert!(malformed.to_string().contains("invalid percent-encoded token: \"…\";"), "{malformed}");
    }
}
