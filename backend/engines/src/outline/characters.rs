//! Kinds of characters that several parts of the outline ask for: what ends a sentence, what opens and closes, which
//! scripts do without spaces.

/// Full stops, question and exclamation marks of all scripts that have their own.
pub fn is_sentence_end(c: char) -> bool {
    matches!(
        c,
        '.' | '!'
            | '?'
            | '‼'
            | '⁇'
            | '⁈'
            | '⁉'
            | '。'
            | '！'
            | '？'
            | '．'
            | '｡'
            | '؟'
            | '۔'
            | '।'
            | '॥'
            | '።'
            | '፧'
            | '։'
            | '။'
            | '។'
            | '༎'
    )
}

/// Brackets and quotation marks that stand at the end of something: “ and « do in German. Straight quotes are neither
/// opener nor closer.
pub fn is_closer(c: char) -> bool {
    matches!(c, ')' | ']' | '}' | '”' | '’' | '»' | '›' | '」' | '』' | '）' | '】' | '》' | '〉' | '〕' | '］' | '“' | '«')
}

/// Brackets and quotation marks that stand before something.
pub fn is_opener(c: char) -> bool {
    matches!(c, '(' | '[' | '{' | '“' | '‘' | '„' | '‚' | '«' | '‹' | '「' | '『' | '（' | '【' | '《' | '〈' | '〔' | '［' | '¿' | '¡')
}

/// Han, kana and the punctuation of East Asia, which are set without spaces. Hangul has spaces.
pub fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{30FF}' | '\u{31C0}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}')
}

/// Thai, Lao, Burmese, Khmer: no spaces between words, and a space ends a phrase.
pub fn is_southeast_asian(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
}

/// Scripts that put no spaces between words: only a dictionary finds them.
pub fn is_unspaced(c: char) -> bool {
    is_cjk(c) || is_southeast_asian(c)
}
