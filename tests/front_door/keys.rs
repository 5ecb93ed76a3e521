//! Keys go nowhere but into their header: marked ones are planted for every provider, every operation is run into every
//! kind of failure by a vendor who repeats all that it is told, and nothing that the studio says or keeps has one in it.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use studio_tests::{
    Client, Database,
    footage::{noisy_picture, upload},
    process::Process,
    vendor::{Asked, Reply, VendorServer},
};

/// What every planted key has in it.
const MARK: &str = "PLANTEDq7x";
/// The environment variables of keys.
const VARIABLES: [&str; 10] = [
    "GEMINI_API_KEY",
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "ELEVENLABS_API_KEY",
    "FAL_KEY",
    "REPLICATE_API_TOKEN",
    "PEXELS_API_KEY",
    "COMPATIBLE_API_KEY",
    "A1111_API_AUTH",
    "COMFYUI_API_KEY",
];

/// A model that no provider knows and every one asks for: gateways want an owner and a name.
const MODEL: &str = "somebody/model";
/// Where each kind of work is asked for, by the ends of the paths: a provider that refuses a request itself shows nothing.
const WORK: [&str; 18] = [
    ":generateContent",
    ":streamGenerateContent",
    "/gemini/v1/interactions",
    "/responses",
    "/audio/speech",
    "/images/generations",
    "/images/edits",
    "/v1/messages",
    "/with-timestamps",
    "/v1/flows/video",
    "/fal-ai/veo3.1/fast/image-to-video",
    "/fal-ai/flux-2-pro",
    "/v1/files",
    "/black-forest-labs/flux-2-pro/predictions",
    "/v1/search",
    "/videos/search",
    "/sdapi/v1/txt2img",
    "/chat/completions",
];

/// How the vendor fails.
#[derive(Clone, Copy, Debug)]
enum Failure {
    Says(u16),
    TooMany,
    Page,
    Rubbish,
    ErrorInSuccess,
    SendsOn,
    HangsUp,
    BreaksOff,
    Silent,
}

const FAILURES: [Failure; 16] = [
    Failure::Says(400),
    Failure::Says(401),
    Failure::Says(402),
    Failure::Says(403),
    Failure::Says(404),
    Failure::Says(422),
    Failure::Says(500),
    Failure::Says(503),
    Failure::Page,
    Failure::Rubbish,
    Failure::ErrorInSuccess,
    Failure::SendsOn,
    Failure::HangsUp,
    Failure::BreaksOff,
    Failure::Silent,
    Failure::TooMany,
];

/// The key of a provider, in the shape that each could have: `user:password` for those that want one.
fn key_of(id: &str) -> String {
    format!("sk-user:{MARK}{}-0123456789abcdef", id.replace('-', ""))
}

/// All that the vendor was told, in its answer: in every place where a vendor has words, and in headers.
fn answer(failure: Failure, asked: &Asked) -> Reply {
    let told: Vec<&str> = asked.headers.values().filter_map(|value| value.to_str().ok()).collect();
    let echo = format!("you said {} {}?{} {}", asked.method, asked.path, asked.query, told.join(" "));
    let first = echo.chars().filter(|c| !c.is_control()).collect::<String>();
    let body = json!({
        "error": {"message": echo, "code": echo, "type": echo, "status": echo, "param": echo, "details": [{"@type": echo, "reason": echo}]},
        "detail": {"message": echo, "status": echo, "error": echo}, "message": echo, "title": echo, "errors": echo, "reason": echo,
    });
    let marked = |reply: Reply| reply.header("x-request-id", &first).header("x-echo", &first).header("www-authenticate", &first);
    match failure {
        Failure::Says(status) => marked(Reply::json(&body).status(status)),
        Failure::TooMany => marked(Reply::json(&body).status(429)).header("retry-after-ms", "1"),
        Failure::Page => marked(Reply::bytes("text/html", format!("<html>{echo}</html>"))),
        Failure::Rubbish => marked(Reply::json(&json!({"data": {&echo: echo}, "id": echo, "models": echo, "candidates": echo}))),
        Failure::ErrorInSuccess => marked(Reply::json(&body)),
        Failure::SendsOn => marked(Reply::json(&body).status(302)).header("location", &format!("/elsewhere?key={first}").replace(' ', "+")),
        Failure::HangsUp => Reply::hang_up(),
        Failure::BreaksOff => Reply::cut_off("application/json", format!("{{\"error\": \"{echo}")),
        Failure::Silent => Reply::silence(),
    }
}

/// Everything that the studio said and kept, and where.
#[derive(Clone, Default)]
struct Heap(Arc<Mutex<Vec<Found>>>);

/// A place, and what is there.
type Found = (String, Vec<u8>);

impl Heap {
    fn put(&self, place: String, bytes: Vec<u8>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((place, bytes));
    }

    /// Finds the mark in none of it: not as it is, nor in base64, in hexadecimal digits, or as it stands in an address.
    fn expect_clean(&self, mark: &str) {
        let mut needles = vec![mark.to_owned(), mark.bytes().map(|byte| format!("{byte:02x}")).collect()];
        // Where a text begins within three bytes decides on what its base64 looks like.
        for before in ["", "a", "ab"] {
            let coded = STANDARD.encode(format!("{before}{mark}"));
            needles.push(coded[4..coded.len() - 4].to_owned());
        }
        for (place, bytes) in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let text = String::from_utf8_lossy(bytes);
            for needle in &needles {
                if let Some(at) = text.find(needle) {
                    let before: String = text[..at].chars().rev().take(200).collect();
                    let around: String = before.chars().rev().chain(text[at..].chars().take(100)).collect();
                    panic!("a key is in {place}: …{around}…");
                }
            }
        }
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Asks the studio, and keeps all that it answers.
#[derive(Clone)]
struct Asker {
    client: Client,
    heap: Heap,
}

impl Asker {
    async fn ask(&self, method: Method, path: &str, body: Option<&Value>, header: Option<(&str, &str)>) -> Value {
        let mut request = self.client.request(method.clone(), path);
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let answer = self.client.send(request).await;
        let said = format!("{:?}", answer.headers).into_bytes();
        self.heap.put(format!("the headers of {method} {path}"), said);
        self.heap.put(format!("the answer to {method} {path} {body:?}"), answer.bytes.clone());
        serde_json::from_slice(&answer.bytes).unwrap_or_default()
    }

    async fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, None, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.ask(Method::POST, path, Some(&body), Some(("prefer", "wait=10"))).await
    }

    async fn patch(&self, body: Value) -> Value {
        self.ask(Method::PATCH, "/api/settings", Some(&body), None).await
    }

    /// Everything that a provider can be asked for.
    async fn run_all(&self, provider: &Value, scene: &Value, image: &Value) {
        let id = provider["id"].as_str().unwrap();
        self.post(&format!("/api/settings/providers/{id}/test"), json!({})).await;
        for kind in provider["kinds"].as_array().unwrap() {
            match kind.as_str().unwrap() {
                "script" => {
                    let script = json!({"prompt": "A fox.", "options": {"provider": id, "sceneCount": 1, "model": MODEL}});
                    self.post("/api/script/generate", script.clone()).await;
                    self.ask(Method::POST, "/api/script/generate", Some(&script), Some(("accept", "text/event-stream"))).await;
                    self.post("/api/estimate", json!({"kind": "script", "request": script})).await;
                }
                "speech" => {
                    self.get(&format!("/api/voices?provider={id}")).await;
                    self.post("/api/audio/generate", json!({"sceneId": scene["id"], "voiceId": format!("{id}/nova")})).await;
                }
                "image" => {
                    let options = json!({"provider": id, "model": MODEL, "referenceImageIds": [image["id"]]});
                    self.post("/api/image/generate", json!({"sceneId": scene["id"], "modelOptions": options})).await;
                    self.post("/api/image/generate", json!({"sceneId": scene["id"], "modelOptions": {"provider": id}})).await;
                }
                _ => {
                    let options = json!({"provider": id});
                    self.post("/api/video/generate", json!({"imageIds": [image["id"]], "options": options})).await;
                }
            }
        }
    }

    /// Everything that can be read.
    async fn read_all(&self) {
        for path in ["/api/settings", "/api/activity", "/api/projects", "/api/voices", "/metrics", "/api/music", "/api/openapi.json"] {
            self.get(path).await;
        }
        let projects = self.get("/api/projects?limit=200").await;
        for project in projects["items"].as_array().unwrap() {
            let id = project["id"].as_str().unwrap();
            for kind in ["audio", "image", "video"] {
                self.get(&format!("/api/{kind}/by-project/{id}")).await;
            }
            self.get(&format!("/api/projects/{id}")).await;
            for format in ["zip", "srt", "vtt", "markdown", "otio"] {
                self.get(&format!("/api/projects/{id}/export?format={format}")).await;
            }
        }
        // All events since the beginning, as one who was away is told them.
        let request = self.client.request(Method::GET, "/api/events").header("Last-Event-ID", "1").timeout(Duration::from_secs(600));
        let mut events = request.send().await.expect("the server answers");
        let mut heard = Vec::new();
        while let Ok(Ok(Some(bytes))) = tokio::time::timeout(Duration::from_secs(2), events.chunk()).await {
            heard.extend_from_slice(&bytes);
        }
        self.heap.put("the events".to_owned(), heard);
    }
}

/// Every table of the database as text, a row a line; what is sealed looks like nothing.
async fn dump(database: &Database) -> Vec<u8> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        text: String,
    }
    let url = database.url().to_owned();
    let dump = move || {
        let mut conn = PgConnection::establish(&url).expect("the database answers");
        let tables = "select quote_ident(table_name) as text from information_schema.tables where table_schema = 'public'";
        let tables: Vec<Row> = sql_query(tables).get_results(&mut conn).expect("its tables");
        assert!(tables.len() > 8, "the tables are seen");
        let mut text = String::new();
        for table in tables {
            let rows = format!("select coalesce(string_agg(t::text, E'\\n'), '') as text from {} t", table.text);
            let rows: Row = sql_query(rows).get_result(&mut conn).expect("its rows");
            text.push_str(&rows.text);
        }
        text.into_bytes()
    };
    tokio::task::spawn_blocking(dump).await.expect("it ends")
}

/// Every file of the studio but the one that seals.
fn files(folder: &Path, heap: &Heap) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            files(&entry, heap);
        } else if entry.file_name().is_some_and(|name| name != "secret.key") {
            heap.put(format!("the file {}", entry.display()), std::fs::read(&entry).unwrap_or_default());
        }
    }
}

/// Points every provider that is asked over a network at the stand-in; with keys, or with those of the environment alone.
fn set_up(settings: &Value, url: &str, with_keys: bool) -> Value {
    let remote = settings["providers"].as_array().unwrap().iter().filter(|provider| provider["takesKey"] == true);
    let mut providers = serde_json::Map::new();
    let mut limits = serde_json::Map::new();
    for provider in remote {
        let id = provider["id"].as_str().unwrap();
        let mut change = json!({"baseUrl": format!("{url}/{id}/v1")});
        if with_keys {
            change["apiKey"] = key_of(id).into();
        }
        if id == "comfyui" {
            let workflow = json!({"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "%prompt%"}}});
            change["settings"] = json!({"workflow": workflow.to_string()});
        }
        providers.insert(id.to_owned(), change);
        let time: serde_json::Map<String, Value> = provider["kinds"]
            .as_array()
            .unwrap()
            .iter()
            .map(|kind| (kind.as_str().unwrap().to_owned(), json!({"firstByteSeconds": 1, "idleSeconds": 1, "totalSeconds": 2})))
            .collect();
        limits.insert(id.to_owned(), json!({"atOnce": 20, "time": time}));
    }
    json!({"providers": providers, "limits": limits, "retries": {"attempts": 1}})
}

#[tokio::test]
async fn a_planted_key_is_found_nowhere() {
    let (database, data_dir, heap) = (Database::create().await, tempfile::tempdir().expect("a folder"), Heap::default());
    let vendor = VendorServer::start().await;
    let environment = VARIABLES.map(|name| (name.to_owned(), key_of(name)));
    // Credentials in an address are none of the studio's, and are told to nobody either.
    let in_address = ("ANTHROPIC_BASE_URL".to_owned(), format!("http://user:{MARK}@127.0.0.1:9"));
    let flags = ["--database-url", database.url(), "--log", "studio=trace,debug"];
    let studio = Process::start_logged(&flags, data_dir.path(), environment.into_iter().chain([in_address]));
    let asker = Asker { client: studio.client.clone(), heap: heap.clone() };
    asker.get("/api/settings").await;
    let project = asker.client.project(&["The fox met the crow."]).await;
    let scene = &project["scenes"][0];
    // One that nobody has to make smaller, again for every call: most of the time went into that.
    let image = upload(&asker.client, scene, noisy_picture().await).await;
    asker.post("/api/settings/providers/anthropic/test", json!({})).await;

    // Servers of the user's own, one with a key in the path of its address, where nobody is.
    let path_mark = "PATHMARKz4";
    let servers = json!({"providers": {
        "compatible-box": {"baseUrl": vendor.url(), "apiKey": key_of("compatible-box")},
        "compatible-gone": {"baseUrl": format!("http://127.0.0.1:9/{path_mark}/v1"), "apiKey": key_of("compatible-gone")}
    }});
    asker.client.patch("/api/settings", json!({"retries": {"attempts": 1}})).await.expect(200);
    asker.client.patch("/api/settings", servers).await.expect(200);
    let gone = Asker { heap: Heap::default(), ..asker.clone() };
    let provider = json!({"id": "compatible-gone", "kinds": ["script", "speech"]});
    gone.run_all(&provider, scene, &image).await;
    gone.heap.expect_clean(path_mark);
    gone.heap.expect_clean(MARK);
    asker.client.patch("/api/settings", json!({"providers": {"compatible-gone": null}})).await.expect(200);
    for with_keys in [false, true] {
        let settings = asker.get("/api/settings").await;
        let set = asker.patch(set_up(&settings, &vendor.url(), with_keys)).await;
        let providers: Vec<Value> = set["providers"].as_array().expect("the settings are taken").clone();
        let remote = || providers.iter().filter(|provider| provider["takesKey"] == true);
        assert!(remote().count() >= 2, "there are providers to be asked");
        for failure in FAILURES {
            vendor.on_anything(move |asked, _| answer(failure, asked));
            join_all(remote().map(|provider| asker.run_all(provider, scene, &image))).await;
        }
        for provider in remote().filter(|provider| provider["kinds"].as_array().unwrap().contains(&json!("script"))) {
            asker.patch(json!({"defaults": {"script": {"provider": provider["id"], "model": MODEL}}})).await;
            vendor.on_anything(|asked, _| answer(Failure::Says(401), asked));
            let rewrite = format!("/api/scenes/{}/rewrite", scene["id"].as_str().unwrap());
            asker.post(&rewrite, json!({"instruction": "Shorter."})).await;
        }
        asker.patch(json!({"defaults": {"script": {"provider": "outline", "model": null}}})).await;
    }
    asker.read_all().await;

    // The keys did go where they belong: otherwise nothing was tried.
    let asked = vendor.asked();
    let sent = |asked: &Asked| {
        let values: Vec<&str> = asked.headers.values().filter_map(|value| value.to_str().ok()).collect();
        let basic = values.iter().filter_map(|value| value.strip_prefix("Basic ")).filter_map(|coded| STANDARD.decode(coded).ok());
        let basic: String = basic.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
        values.iter().any(|value| value.contains(MARK)) || basic.contains(MARK)
    };
    let with_a_key = asked.iter().filter(|asked| sent(asked)).count();
    assert!(with_a_key > 50, "{with_a_key} of {} requests had a key", asked.len());
    for work in WORK {
        assert!(asked.iter().any(|asked| sent(asked) && asked.path.ends_with(work)), "nobody was asked for {work} with a key");
    }
    assert!(asked.iter().any(|asked| asked.method == "POST" && asked.path == "/comfyui/v1/prompt"), "a workflow was carried out");
    for asked in &asked {
        let told = format!("{} {}?{}\n{}", asked.method, asked.path, asked.query, asked.text());
        // A vendor that calls its operation by what it was told is asked for it by that name.
        let own_words = asked.path.contains("/you%20said");
        assert!(own_words || !told.contains(MARK), "a key is outside of the headers: {told}");
    }

    heap.put("the database".to_owned(), dump(&database).await);
    let log = studio.end().await;
    assert!(log.len() > 1000, "the log is seen");
    heap.put("the log".to_owned(), log);
    files(data_dir.path(), &heap);
    assert!(heap.len() > 200, "{} places were searched", heap.len());
    heap.expect_clean(MARK);
}

#[tokio::test]
async fn a_key_is_opened_with_the_master_key_that_sealed_it_and_with_no_other() {
    let (database, data_dir) = (Database::create().await, tempfile::tempdir().expect("a folder"));
    let vendor = VendorServer::start().await;
    vendor.on_json("GET", "/v1/models", json!({"data": [{"id": "gpt-6-luna"}]}));
    let v1 = format!("{}/v1", vendor.url());
    let studio = |master: &str| {
        let environment =
            [("STUDIO_MASTER_KEY", master), ("OPENAI_BASE_URL", &*v1)].map(|(name, value)| (name.to_owned(), value.to_owned()));
        Process::start_logged(&["--database-url", database.url()], data_dir.path(), environment)
    };
    let (first, second) = ("0123456789abcdef".repeat(4), "fedcba9876543210".repeat(4));
    let key = json!({"providers": {"openai": {"apiKey": key_of("openai")}}});
    let test = async |studio: &Process| studio.client.post("/api/settings/providers/openai/test", json!({})).await.expect(200);
    let running = studio(&first);
    running.client.patch("/api/settings", key.clone()).await.expect(200);
    assert_eq!(test(&running).await["ok"], true);
    running.kill();
    assert!(!data_dir.path().join("secret.key").exists(), "the key that was given is the one that seals");
    let again = studio(&first);
    assert_eq!(test(&again).await["ok"], true);
    let header = vendor.asked().last().unwrap().header("authorization").map(str::to_owned);
    assert_eq!(header.as_deref(), Some(&*format!("Bearer {}", key_of("openai"))));
    again.kill();
    let asked = vendor.asked().len();
    let other = studio(&second);
    let refused = test(&other).await;
    assert_eq!((&refused["ok"], &refused["error"]["code"]), (&json!(false), &json!("provider_not_configured")), "{refused}");
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("sealed with another master key") && message.contains("enter it again"), "{message}");
    let settings = other.client.get("/api/settings").await.expect(200);
    assert!(settings["providers"].as_array().unwrap().iter().any(|provider| provider["id"] == "openai"));
    assert_eq!(vendor.asked().len(), asked, "nobody is asked without the key");
    other.client.patch("/api/settings", key).await.expect(200);
    assert_eq!(test(&other).await["ok"], true);
    other.kill();
}
