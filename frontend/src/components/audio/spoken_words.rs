//! A narration's words, each lit while it is spoken; pressing one goes there.

use shared::audio::{AudioClip, Word};
use yew::prelude::*;

use crate::{
    design::style,
    state::{
        player::{self, Player},
        use_selector,
    },
};

/// A sentence's end is a pause of about so many letters.
const STOP_LETTERS: f64 = 6.0;
/// A comma's.
const COMMA_LETTERS: f64 = 3.0;

/// Props of [`SpokenWords`].
#[derive(PartialEq, Properties)]
pub struct SpokenWordsProps {
    /// The take.
    pub clip: AudioClip,
    /// The scene's words, as they are now.
    pub narration: AttrValue,
    /// Which way they run.
    pub dir: AttrValue,
    /// Their language.
    pub lang: AttrValue,
}

/// A narration's words.
#[component]
pub fn SpokenWords(props: &SpokenWordsProps) -> Html {
    let style = style!(
        r#"
        font-size: var(--text-lg);
        line-height: 1.75;
        text-wrap: pretty;

        & span { padding: 0.05em 0.1em; margin: 0 -0.1em; border-radius: 4px; cursor: pointer; transition: background var(--quick), color var(--quick); }
        & span:hover { background: var(--hover); }
        & span.lit { background: var(--accent-soft); color: var(--accent); }
        "#
    );
    let url = props.clip.url.clone().unwrap_or_default();
    let seconds = props.clip.duration_seconds.unwrap_or_default();
    let pieces = use_memo(
        (props.clip.words.clone(), props.narration.clone(), props.clip.stale, seconds.to_bits()),
        |(words, narration, stale, _)| match words.as_deref() {
            Some(words) if !words.is_empty() => lay(narration, words, *stale),
            _ => guess(narration, seconds),
        },
    );
    let lit = *use_selector({
        let (url, pieces) = (url.clone(), pieces.clone());
        move |player: &Player| player.at(&url).filter(|at| player.playing || *at > 0.0).and_then(|at| lit(&pieces, at))
    });
    html! {
        <p class={style} dir={props.dir.clone()} lang={props.lang.clone()}>
            { for pieces.iter().enumerate().map(|(index, piece)| match piece.span {
                None => html! { <>{ &piece.text }</> },
                Some((from, _)) => {
                    let url = url.clone();
                    let onclick = Callback::from(move |_: MouseEvent| player::seek(&url, from));
                    html! { <span class={classes!((lit == Some(index)).then_some("lit"))} {onclick}>{ &piece.text }</span> }
                }
            }) }
        </p>
    }
}

/// Something that stands in the text: a word with its time, or what is between words.
#[derive(Clone, Debug, PartialEq)]
struct Piece {
    text: String,
    span: Option<(f64, f64)>,
}

/// The words where they stand in the text. Where the text is another by now, the words alone.
fn lay(narration: &str, words: &[Word], stale: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = narration;
    for word in words {
        let Some(at) = rest.find(&word.text).filter(|_| !stale && !word.text.is_empty()) else { return alone(words) };
        if at > 0 {
            pieces.push(Piece { text: rest[..at].to_owned(), span: None });
        }
        pieces.push(Piece { text: word.text.clone(), span: Some((word.start_seconds, word.end_seconds)) });
        rest = &rest[at + word.text.len()..];
    }
    if !rest.is_empty() {
        pieces.push(Piece { text: rest.to_owned(), span: None });
    }
    pieces
}

fn alone(words: &[Word]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for word in words {
        pieces.push(Piece { text: word.text.clone(), span: Some((word.start_seconds, word.end_seconds)) });
        pieces.push(Piece { text: " ".to_owned(), span: None });
    }
    pieces
}

/// When each word is spoken, where nobody tells: by its letters, and a pause at each comma and full stop.
fn guess(narration: &str, seconds: f64) -> Vec<Piece> {
    let tokens: Vec<&str> = narration.split_inclusive(char::is_whitespace).flat_map(syllables).collect();
    let weight = |token: &str| {
        let word = token.trim();
        let pause = match word.chars().last() {
            Some('.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟') => STOP_LETTERS,
            Some(',' | ';' | ':' | '—' | '，' | '、' | '；' | '،') => COMMA_LETTERS,
            _ => 0.0,
        };
        (word.chars().filter(|c| c.is_alphanumeric()).count() as f64 + 1.0, pause)
    };
    let total: f64 = tokens.iter().map(|token| weight(token)).map(|(letters, pause)| letters + pause).sum();
    let mut at = 0.0;
    let mut pieces = Vec::new();
    for token in tokens {
        let (letters, pause) = weight(token);
        let (from, to) = (at / total * seconds, (at + letters) / total * seconds);
        at += letters + pause;
        let word = token.trim_end();
        pieces.push(Piece { text: word.to_owned(), span: Some((from, to)).filter(|_| !word.is_empty()) });
        if word.len() < token.len() {
            pieces.push(Piece { text: token[word.len()..].to_owned(), span: None });
        }
    }
    pieces
}

/// A word of letters is one piece; one of Chinese or Japanese characters, each of them.
fn syllables(token: &str) -> Vec<&str> {
    if !token.chars().any(is_ideograph) {
        return vec![token];
    }
    let starts: Vec<usize> = token.char_indices().filter(|(at, c)| *at == 0 || c.is_alphanumeric()).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([token.len()]);
    starts.iter().zip(ends).map(|(from, to)| &token[*from..to]).collect()
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// The piece that is spoken at a time: the last that has begun.
fn lit(pieces: &[Piece], at: f64) -> Option<usize> {
    pieces.iter().rposition(|piece| piece.span.is_some_and(|(from, _)| from <= at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, from: f64, to: f64) -> Word {
        Word { text: text.to_owned(), start_seconds: from, end_seconds: to }
    }

    fn text(pieces: &[Piece]) -> String {
        pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    #[test]
    fn words_are_found_where_they_stand_and_nothing_is_lost() {
        let narration = "“Run,” said the hare;\nthe hare ran.";
        let words = [
            word("Run,”", 0.1, 0.3),
            word("said", 0.4, 0.5),
            word("the", 0.5, 0.6),
            word("hare;", 0.6, 1.0),
            word("the", 1.4, 1.5),
            word("hare", 1.5, 1.8),
            word("ran.", 1.8, 2.2),
        ];
        let pieces = lay(narration, &words, false);
        assert_eq!(text(&pieces), narration);
        assert_eq!(lit(&pieces, 0.05), None);
        assert_eq!(lit(&pieces, 1.2).map(|at| pieces[at].text.as_str()), Some("hare;"));
        assert_eq!(lit(&pieces, 9.0).map(|at| pieces[at].text.as_str()), Some("ran."));
    }

    #[test]
    fn other_words_are_shown_as_they_were_spoken() {
        let words = [word("Old", 0.0, 0.5), word("words", 0.5, 1.0)];
        assert_eq!(text(&lay("New text.", &words, true)), "Old words ");
        assert_eq!(text(&lay("Old text.", &words, false)), "Old words ");
    }

    #[test]
    fn what_nobody_timed_is_spread_over_the_sound() {
        let pieces = guess("One, two. Three", 6.0);
        assert_eq!(text(&pieces), "One, two. Three");
        let spans: Vec<_> = pieces.iter().filter_map(|piece| piece.span).collect();
        assert_eq!(spans.len(), 3);
        assert!(spans[0].0 == 0.0 && spans[1].0 > spans[0].1, "a pause after the comma");
        assert!((spans[2].1 - 6.0).abs() < 1e-9);
        let chinese = guess("人人生而自由。", 3.0);
        assert_eq!((text(&chinese).as_str(), chinese.iter().filter(|piece| piece.span.is_some()).count()), ("人人生而自由。", 6));
        assert!(guess("", 2.0).is_empty());
    }
}
