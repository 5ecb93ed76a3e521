//! The OpenAPI document: what the routes say of themselves, and what is the same for all of them.

mod examples;
mod three_zero;
mod tidy;

use std::sync::OnceLock;

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::error::{AppError, Result};

/// What the routes do not say: title, tags, security, and the schemas that only headers and events use.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "AI Studio",
        description = "From a text to a narrated film: prompt → scenes → narration → pictures → video.\n\nIds are UUIDv7, times are RFC 3339 in UTC, durations are seconds. Unknown fields and query parameters are refused. Every error has the shape of `ApiError`.",
        license(name = "MIT", identifier = "MIT")
    ),
    tags(
        (name = "Script", description = "A prompt becomes scenes"),
        (name = "Projects", description = "Texts on their way to a film"),
        (name = "Scenes", description = "Some words that are spoken, and what is seen meanwhile"),
        (name = "Audio", description = "Takes of the narration"),
        (name = "Image", description = "Takes of the pictures"),
        (name = "Video", description = "Films and clips"),
        (name = "Music", description = "The user's own tracks"),
        (name = "Settings", description = "Defaults and providers"),
        (name = "Activity", description = "What is going on, and what would"),
        (name = "Health", description = "For those who run the server"),
    ),
    components(schemas(shared::ApiError, shared::ErrorCode, shared::error::FieldError, shared::event::Event, crate::services::export::ExportFormat))
)]
pub struct Document;

static PUBLISHED: OnceLock<Value> = OnceLock::new();
static PUBLISHED_IN_3_0: OnceLock<Value> = OnceLock::new();

/// The document as it is published.
pub fn published() -> &'static Value {
    PUBLISHED.get_or_init(|| {
        let (_, document) = super::describe();
        // The document is made from the program's own types: it can always be written as JSON.
        let mut document = serde_json::to_value(document).unwrap_or_default();
        tidy::tidy(&mut document);
        complete(document)
    })
}

/// What of it can be said in OpenAPI 3.0.
pub fn published_in_3_0() -> &'static Value {
    PUBLISHED_IN_3_0.get_or_init(|| three_zero::three_zero(published()))
}

/// The routes that are no operations of the API, and so not in the document: all are there to be read.
const BESIDES: [&str; 6] = [DOCUMENTS[0], DOCUMENTS[1], "/api/docs", "/api/docs/", "/api/docs/{file}", "/media/{shelf}/{file}"];

/// Where the document is read.
const DOCUMENTS: [&str; 2] = ["/api/openapi.json", "/api/openapi-3.0.json"];

/// The route that a path is on, as the document writes it; none where there is no such path.
pub fn template_of(path: &str) -> Option<&'static str> {
    let described = || published()["paths"].as_object().into_iter().flat_map(Map::keys).map(String::as_str);
    let all = || described().chain(BESIDES);
    all().find(|template| *template == path).or_else(|| all().find(|template| matches(template, path)))
}

/// The methods that a path has; none where there is no such path.
pub fn methods_of(path: &str) -> Vec<String> {
    match template_of(path) {
        None => Vec::new(),
        Some(template) if BESIDES.contains(&template) => vec!["GET".to_owned()],
        Some(template) => {
            published()["paths"][template].as_object().into_iter().flat_map(Map::keys).map(|name| name.to_uppercase()).collect()
        }
    }
}

/// The operation of that method and path.
pub fn operation(method: &str, path: &str) -> Option<&'static Value> {
    published()["paths"].get(template_of(path)?)?.get(method.to_lowercase())
}

/// Whether an operation has query parameters; none where there is no such operation.
pub fn takes_query(method: &str, path: &str) -> Option<bool> {
    if DOCUMENTS.contains(&path) {
        return Some(false);
    }
    let parameters = operation(method, path)?["parameters"].as_array();
    Some(parameters.into_iter().flatten().any(|parameter| parameter["in"] == "query"))
}

/// Whether an operation has a body; none where there is no such operation.
pub fn takes_body(method: &str, path: &str) -> Option<bool> {
    Some(operation(method, path)?.get("requestBody").is_some())
}

fn matches(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given || (wanted.starts_with('{') && !given.is_empty()) => {}
            _ => return false,
        }
    }
}

/// A document, as text that is the same each time.
pub fn to_text(document: &Value) -> Result<String> {
    serde_json::to_string_pretty(&sorted(document)).map(|text| text + "\n").map_err(AppError::internal)
}

/// With all names in order: whether `serde_json` keeps the order of insertion depends on who else is built along.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<_> = fields.iter().collect();
            names.sort_by_key(|(name, _)| *name);
            names.into_iter().map(|(name, field)| (name.clone(), sorted(field))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// The ends of the paths whose bodies name a record.
const NAMING: [&str; 5] = ["/generate", "/generate-batch", "/audio/upload", "/image/upload", "/estimate"];

/// Adds what is the same for all operations: parameters, headers and errors that follow from what an operation is.
fn complete(mut document: Value) -> Value {
    document["components"]["securitySchemes"] = json!({
        "token": {"type": "http", "scheme": "bearer", "description": "The access token, where the server has one."},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "studio_token", "description": "The same token, set by the address that the server prints."}
    });
    document["servers"] = json!([{"url": "/", "description": "This server"}]);
    document["security"] = json!([{}, {"token": []}, {"cookie": []}]);
    let Some(paths) = document["paths"].as_object_mut() else { return document };
    for (path, operations) in paths {
        let Some(operations) = operations.as_object_mut() else { continue };
        for (method, operation) in operations {
            complete_operation(path, method, operation);
        }
    }
    document
}

fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    if let Some(id) = operation["operationId"].as_str() {
        operation["operationId"] = camel(id).into();
    }
    let is_write = matches!(method, "post" | "patch");
    // What takes no body is refused with what another body is refused with, unless it is an empty object.
    let reads_body = is_write || method == "delete";
    let has_id = path.contains('{');
    let waits = operation["responses"].get("202").is_some();
    let mut parameters = Vec::new();
    if method == "post" {
        parameters.push(header(
            "Idempotency-Key",
            "The same key with the same body within 24 hours gives the first answer again, and starts nothing. With another body, or on another route, it is refused.",
            json!({"type": "string", "minLength": 1, "maxLength": 255}),
        ));
    }
    if is_conditional(path, method) {
        parameters.push(header("If-Match", "Changes only what still has this entity tag.", json!({"type": "string"})));
    }
    if method == "get" && is_tagged(path, operation) {
        parameters.push(header("If-None-Match", "Answers 304 where the entity tag is still this one.", json!({"type": "string"})));
        operation["responses"]["304"] = json!({"description": "It is still what the client has"});
    }
    if waits {
        parameters.push(header(
            "Prefer",
            "`wait=N`: answer once the work is finished, or after N seconds (at most 300). `respond-async`: answer at once.",
            json!({"type": "string", "examples": ["wait=60"]}),
        ));
    }
    if !parameters.is_empty() {
        if !operation["parameters"].is_array() {
            operation["parameters"] = json!([]);
        }
        if let Some(known) = operation["parameters"].as_array_mut() {
            known.extend(parameters);
        }
    }
    let is_open = path == "/api/health";
    error(operation, "401", "`unauthorized`: no access token, or a wrong one", !is_open);
    error(operation, "403", "`forbidden`: an Origin or Host that is not allowed", true);
    error(operation, "404", "`not_found`: there is no such record", has_id || NAMING.iter().any(|end| path.ends_with(end)));
    error(operation, "400", "`invalid_json`: the body is not JSON", reads_body);
    error(operation, "413", "`payload_too_large`: the body is larger than allowed", reads_body);
    error(operation, "415", "`unsupported_media_type`: the body is of another type", reads_body);
    error(operation, "412", "`precondition_failed`: `If-Match` did not match", is_conditional(path, method));
    error(
        operation,
        "409",
        "`conflict`: the state of the record forbids it, or the first request with this `Idempotency-Key` is not answered yet",
        method == "post",
    );
    let reused = if method == "post" { "; or `idempotency_key_reused`" } else { "" };
    error(operation, "422", &format!("`validation_failed`: every bad field or query parameter is named in `details.fields`{reused}"), true);
    error(operation, "500", "`internal`: details.requestId names the log's lines", true);
    error(operation, "503", "`unavailable`: the database is away, or the server is stopping", !is_open);
    error(operation, "507", "`insufficient_storage`: the disk is full", is_write);
    document_headers(path, operation);
    give_examples(operation);
}

/// Whether an operation heeds `If-Match`: it changes or deletes what can be read by itself.
fn is_conditional(path: &str, method: &str) -> bool {
    method == "patch" || (method == "delete" && !path.starts_with("/api/music"))
}

/// Every answer has an example; work that is accepted is queued in it, and what is canceled is so.
fn give_examples(operation: &mut Value) {
    if let Some(form) = operation.pointer_mut("/requestBody/content/multipart~1form-data") {
        let example = examples::of_form(form["schema"]["$ref"].as_str().unwrap_or_default());
        form["example"] = example;
    }
    let cancels = operation["operationId"].as_str().is_some_and(|id| id.starts_with("cancel"));
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, response) in responses {
        let description = response["description"].as_str().unwrap_or_default().to_owned();
        let Some(contents) = response.get_mut("content").and_then(Value::as_object_mut) else { continue };
        for (kind, content) in contents.iter_mut() {
            if let Some(example) = examples::of_text(kind) {
                content["example"] = example.into();
            }
        }
        let Some(content) = contents.get_mut("application/json") else { continue };
        let example = match status.as_str() {
            "200" if cancels => examples::of(&content["schema"]).map(examples::canceled),
            "200" | "201" => examples::of(&content["schema"]),
            "202" => examples::of(&content["schema"]).map(examples::queued),
            _ => examples::of_error(&description),
        };
        if let Some(example) = example {
            content["example"] = example;
        }
    }
}

/// What has an entity tag although it is no JSON.
const TAGGED: [&str; 3] = ["/api/projects/{id}/export", "/api/scenes/{id}/preview", "/api/voices/preview"];

/// Whether its answer has an entity tag.
fn is_tagged(path: &str, operation: &Value) -> bool {
    operation["responses"]["200"]["content"].get("application/json").is_some() || TAGGED.contains(&path)
}

fn header(name: &str, description: &str, schema: Value) -> Value {
    json!({"name": name, "in": "header", "required": false, "description": description, "schema": schema})
}

fn document_headers(path: &str, operation: &mut Value) {
    let is_tagged = TAGGED.contains(&path);
    let waits = operation["responses"].get("202").is_some();
    // A batch is many records, which have no place in common.
    let is_one = !path.ends_with("/generate-batch");
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, response) in responses {
        let mut headers = Map::new();
        headers.insert(
            "X-Request-Id".to_owned(),
            json!({"description": "The id of the request, as in the log", "schema": {"type": "string"}}),
        );
        let is_stream = response["content"].get("text/event-stream").is_some();
        let has_content = is_tagged || (response["content"].get("application/json").is_some() && !is_stream);
        if matches!(status.as_str(), "200" | "201" | "206") && has_content {
            headers.insert("ETag".to_owned(), json!({"description": "The entity tag of the answer", "schema": {"type": "string"}}));
        }
        if matches!(status.as_str(), "201" | "202") && is_one || status == "200" && waits && is_one {
            headers.insert("Location".to_owned(), json!({"description": "Where the record is", "schema": {"type": "string"}}));
        }
        if waits && matches!(status.as_str(), "200" | "201" | "202") && !is_stream {
            headers.insert(
                "Preference-Applied".to_owned(),
                json!({"description": "The preference that was followed", "schema": {"type": "string"}}),
            );
        }
        if status == "503" {
            headers.insert("Retry-After".to_owned(), json!({"description": "Seconds to wait", "schema": {"type": "integer"}}));
        }
        response["headers"] = Value::Object(headers);
    }
}

fn error(operation: &mut Value, status: &str, description: &str, applies: bool) {
    if !applies || operation["responses"].get(status).is_some() {
        return;
    }
    let response = json!({
        "description": description,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ApiError"}}}
    });
    operation["responses"][status] = response;
}

fn camel(id: &str) -> String {
    let mut words = id.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut id, word| {
        let mut letters = word.chars();
        id.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        id.push_str(letters.as_str());
        id
    })
}
