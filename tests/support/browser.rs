//! A real browser: Chromium without a window, driven by chromedriver.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::json;
use thirtyfour::{
    ChromeCapabilities, ChromiumLikeCapabilities, WebDriver,
    cdp::domains::{emulation::SetDeviceMetricsOverride, page::AddScriptToEvaluateOnNewDocument},
    prelude::*,
};

use crate::client::PATIENCE;

/// Chromium as root, in a machine without a screen or a network.
const FLAGS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
    // A microphone that beeps, and a person who allows it.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
];

/// axe-core 4, which looks for what keeps people with disabilities from a page; its licence (MPL-2.0) lies beside it.
const AXE: &str = include_str!("axe/axe.min.js");

/// What of the page is not to be seen in its width: it reaches over an edge and cannot be scrolled to, or its words end
/// where their box does, without an ellipsis.
const CUT_OFF: &str = include_str!("cut_off.js");

/// A browser with one page; it is closed with [`Browser::close`], and killed when dropped.
pub struct Browser {
    /// The page.
    pub page: WebDriver,
    driver: Driver,
    _profile: tempfile::TempDir,
}

struct Driver {
    process: Child,
    port: u16,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The browser of a test that failed is still open; killed, chromedriver would leave it behind.
        drop(self.shut_down());
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Driver {
    /// Starts chromedriver on a free port of its own choice.
    fn start() -> Self {
        // It lets the system choose a port for IPv4 and ends where the same port is in use for IPv6, so it is asked anew.
        let mut said = String::new();
        for _ in 0..10 {
            match Self::attempt() {
                Ok(driver) => return driver,
                Err(words) => said = words,
            }
        }
        panic!("chromedriver does not start; it says: {said}");
    }

    /// Starts it once; what it said where it gave no port.
    fn attempt() -> Result<Self, String> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed; `scripts/setup test` installs it");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        let mut said = String::new();
        for line in output.lines().map_while(Result::ok) {
            if let Some((_, port)) = line.split_once("started successfully on port ")
                && let Ok(port) = port.trim_end_matches('.').parse()
            {
                return Ok(Self { process, port });
            }
            said.push_str(&line);
            said.push('\n');
        }
        drop(process.kill());
        drop(process.wait());
        Err(said)
    }

    /// Tells chromedriver to close what is open and to end. It hangs up once it has.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port))?;
        connection.set_read_timeout(Some(Duration::from_secs(30)))?;
        connection.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        std::io::copy(&mut connection, &mut std::io::sink())?;
        Ok(())
    }
}

impl Browser {
    /// Opens an address in a window of that size.
    pub async fn open(url: &str, (width, height): (u32, u32)) -> Self {
        let driver = tokio::task::spawn_blocking(Driver::start).await.expect("chromedriver starts");
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let mut capabilities = ChromeCapabilities::new();
        for flag in FLAGS {
            capabilities.add_arg(flag).expect("a flag");
        }
        capabilities.add_arg(&format!("--window-size={width},{height}")).expect("a flag");
        capabilities.add_arg(&format!("--user-data-dir={}", profile.path().display())).expect("a flag");
        let page = WebDriver::new(format!("http://127.0.0.1:{}", driver.port), capabilities).await.expect("Chromium starts");
        page.goto(url).await.expect("the page opens");
        Self { page, driver, _profile: profile }
    }

    /// The first element that fits, once there is one.
    pub async fn find(&self, css: &str) -> WebElement {
        self.wait_for(By::Css(css)).await
    }

    /// The button or link with those words, once it can be pressed.
    pub async fn button(&self, words: &str) -> WebElement {
        let path = format!(
            "//*[self::button or self::a][contains(normalize-space(.), '{words}') or @aria-label='{words}']\
             [not(@disabled) and not(@aria-disabled='true') and not(@aria-busy='true')]"
        );
        self.wait_for(By::XPath(path)).await
    }

    async fn wait_for(&self, by: By) -> WebElement {
        let shown = format!("{by:?}");
        // An element that leaves the page while it is looked at is no error: another look finds what stands there now.
        let query = self.page.query(by).ignore_errors(true).wait(PATIENCE, Duration::from_millis(100));
        match query.and_displayed().first().await {
            Ok(element) => element,
            Err(error) => {
                let body = self.page.find(By::Tag("body")).await.expect("a body").text().await.unwrap_or_default();
                panic!("{shown} never appears on {:?} ({error}):\n{body}", self.page.current_url().await);
            }
        }
    }

    /// Gives a file to the first input of those that the page hides behind its buttons.
    pub async fn choose_file(&self, css: &str, path: &std::path::Path) {
        let input = self.page.query(By::Css(css)).wait(PATIENCE, Duration::from_millis(100)).first().await.expect("a file input");
        input.send_keys(path.to_str().expect("a plain path")).await.expect("the file is chosen");
    }

    /// Waits until a script answers true.
    pub async fn until(&self, script: &str) {
        let waiting = async {
            loop {
                let answer = self.page.execute(script, Vec::new()).await.expect("the script runs");
                if answer.json() == &serde_json::Value::Bool(true) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            let body = self.page.find(By::Tag("body")).await.expect("a body").text().await.unwrap_or_default();
            panic!("never true: {script}\n{body}");
        }
    }

    /// Goes to another tab as a person does. One that is not in front is not always painted: its motion stands still.
    pub async fn look_at(&self, tab: &WindowHandle) {
        self.page.switch_to_window(tab.clone()).await.expect("the tab is open");
        self.page.cdp().send_raw("Page.bringToFront", json!({})).await.expect("the tab comes to the front");
    }

    /// Leaves an Undo standing for as long as a slow machine may need, on the page that is open.
    pub async fn offer_long(&self) {
        let patient = "const [wait, stop] = [window.setTimeout, window.clearTimeout]; \
            window.offers = new Set(); \
            window.setTimeout = (run, ms, ...rest) => { \
                const timer = wait(run, ms === 8000 ? 600000 : ms, ...rest); \
                if (ms === 8000) window.offers.add(timer); \
                return timer; \
            }; \
            window.clearTimeout = timer => { window.offers.delete(timer); stop(timer); }; \
            return true";
        self.until(patient).await;
    }

    /// Presses the two keys that lead to another page of the open project, until it is there: they count together only where
    /// the second comes soon.
    pub async fn go(&self, keys: &str, path: &str) {
        let arrived = format!("return location.pathname.startsWith('{path}')");
        let going = async {
            while self.page.execute(arrived.as_str(), Vec::new()).await.expect("the script runs").json() != &json!(true) {
                self.until("document.activeElement.blur(); return true").await;
                self.find("body").await.send_keys(keys).await.expect("the keys are taken");
            }
        };
        tokio::time::timeout(PATIENCE, going).await.unwrap_or_else(|_| panic!("{keys} never leads to {path}"));
    }

    /// Runs a script in each page that is opened from now on, before the page's own.
    pub async fn run_first(&self, script: &str) {
        let source = format!("(() => {{ {script} }})()");
        let script = AddScriptToEvaluateOnNewDocument { source, world_name: None, include_command_line_api: None };
        self.page.cdp().send(script).await.expect("the script is taken");
    }

    /// Lets the page's requests fail as they do while the server is away, or reach it again. `window.refused` counts those
    /// that failed, by address.
    pub async fn set_offline(&self, offline: bool) {
        let script = if offline {
            "window.reach ??= window.fetch; \
             window.refused = {}; \
             window.fetch = what => { \
                 const { pathname } = new URL(what.url ?? what, location); \
                 window.refused[pathname] = (window.refused[pathname] ?? 0) + 1; \
                 return Promise.reject(new TypeError('Failed to fetch')); \
             }; return true"
        } else {
            "window.fetch = window.reach; return true"
        };
        self.until(script).await;
    }

    /// Gives the page that much room, as a window of that size would, however small.
    pub async fn resize(&self, (width, height): (u32, u32)) {
        let size =
            SetDeviceMetricsOverride { width, height, device_scale_factor: 1.0, mobile: false, scale: None, screen_orientation: None };
        self.page.cdp().send(size).await.expect("the page takes another size");
        self.until(&format!("return window.innerWidth === {width}")).await;
    }

    /// Refuses a page that has to be scrolled sideways, or in which something is cut off; `place` says which it was.
    pub async fn expect_fit(&self, place: &str) {
        let mut found = json!(null);
        // What is drawn for a new width by a script comes a moment later.
        for _ in 0..300 {
            found = self.page.execute(CUT_OFF, Vec::new()).await.expect("the script runs").json().clone();
            if found == json!([]) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("cut off on {place}: {found}");
    }

    /// Refuses a page in which axe finds anything; `place` says which it was.
    pub async fn expect_accessible(&self, place: &str) {
        if self.page.execute("return window.axe !== undefined", Vec::new()).await.expect("the script runs").json() != &json!(true) {
            self.page.execute(AXE, Vec::new()).await.expect("axe is loaded");
        }
        // Colours are judged at rest, not halfway between two themes.
        let script = "
            const done = arguments[0];
            document.getAnimations().forEach(animation => { if (animation.effect.getComputedTiming().endTime !== Infinity) animation.finish(); });
            axe.run(document, {resultTypes: ['violations']}).then(
                found => done(found.violations.map(one => one.id + ': ' + one.nodes.map(node => node.target.join(' ') + ' ' + node.failureSummary).join('; '))),
                problem => done([String(problem)]))";
        let found = self.page.execute_async(script, Vec::new()).await.expect("axe runs");
        assert_eq!(found.json(), &json!([]), "axe on {place}");
    }

    /// Closes it.
    pub async fn close(self) {
        let Self { page, driver, _profile } = self;
        page.quit().await.expect("Chromium ends");
        drop(driver);
    }
}
