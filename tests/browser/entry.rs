//! The access token: asked for once, and again where it is no longer the one.

use studio_tests::{TestApp, browser::Browser};

use crate::{DESKTOP, TEXT};

const TOKEN: &str = "a-token-of-some-length";

async fn enter(browser: &Browser, token: &str) {
    let input = browser.find("input[type=password]").await;
    browser.expect_accessible("the page that asks for the token").await;
    input.send_keys(token).await.unwrap();
    browser.button("Open").await.click().await.unwrap();
}

#[tokio::test]
async fn a_browser_is_asked_for_the_token_and_goes_on_where_it_was() {
    let app = TestApp::configured(|config| studio::config::Config { token: Some(TOKEN.to_owned()), ..config }).await;
    let browser = Browser::open(&format!("{}/new", app.client.base()), DESKTOP).await;
    enter(&browser, "not the token").await;
    browser.until("return document.querySelector('[role=alert]')?.textContent === 'That is not the access token.'").await;
    browser.expect_fit("the page that asks for the token").await;
    enter(&browser, TOKEN).await;

    browser.find("textarea").await.send_keys(TEXT).await.unwrap();
    assert_eq!(browser.page.current_url().await.unwrap().as_str(), format!("{}/new", app.client.base()));

    // The server has another token since: what was typed is there once that is entered.
    browser.page.delete_all_cookies().await.unwrap();
    browser.button("Write script").await.click().await.unwrap();
    enter(&browser, TOKEN).await;
    let text = browser.find("textarea").await.value().await.unwrap();
    assert_eq!(text.as_deref(), Some(TEXT));
    browser.button("Write script").await.click().await.unwrap();
    browser.find("[aria-label='Narration of scene 1']").await;
    browser.close().await;
    app.finish().await;
}
