//! What a prompt asks for: words found in it, in the languages that people write prompts in.

use super::color::Rgb;

/// How many of `words` (lower case) the prompt names, long ones counting more. Latin words match whole, a plural `s`
/// aside; words of scripts without spaces match anywhere.
pub(super) fn named(prompt: &str, words: &[&str]) -> usize {
    words.iter().filter(|word| contains(prompt, word)).map(|word| 1 + word.chars().count() / 6).sum()
}

/// Whether the lower-case prompt has the word.
pub(super) fn contains(prompt: &str, word: &str) -> bool {
    prompt.match_indices(word).any(|(start, found)| {
        let before = prompt[..start].chars().next_back();
        let mut after = prompt[start + found.len()..].chars();
        let next = after.next();
        let ends = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let unspaced = word.chars().all(|c| u32::from(c) > 0x2E7F);
        unspaced || (ends(before) && (ends(next) || (next == Some('s') && ends(after.next()))))
    })
}

/// The colours that a prompt names, in the order of the table.
pub(super) fn colours(prompt: &str) -> Vec<Rgb> {
    COLOURS.iter().filter(|(names, _)| names.iter().any(|name| contains(prompt, name))).map(|(_, value)| Rgb::hex(*value)).collect()
}

/// Whether a prompt wants it dark (`Some(true)`) or light (`Some(false)`).
pub(super) fn wants_dark(prompt: &str) -> Option<bool> {
    let dark = named(
        prompt,
        &[
            "dark",
            "night",
            "black",
            "moody",
            "midnight",
            "low key",
            "oscuro",
            "sombre",
            "dunkel",
            "nuit",
            "noche",
            "nacht",
            "夜",
            "黑",
            "暗",
            "ليل",
            "داكن",
            "रात",
        ],
    );
    let light = named(
        prompt,
        &["light", "bright", "white", "airy", "daylight", "high key", "sunny", "claro", "clair", "hell", "亮", "白", "فاتح", "उजला"],
    );
    (dark != light).then_some(dark > light)
}

/// Whether a prompt names writing.
pub(super) fn names_writing(prompt: &str) -> bool {
    const WRITING: [&str; 26] = [
        "text",
        "title",
        "letter",
        "lettering",
        "writing",
        "word",
        "caption",
        "typography",
        "texto",
        "título",
        "letra",
        "texte",
        "titre",
        "lettre",
        "schrift",
        "titel",
        "buchstaben",
        "текст",
        "надпись",
        "文字",
        "标题",
        "字",
        "نص",
        "عنوان",
        "पाठ",
        "शीर्षक",
    ];
    named(prompt, &WRITING) > 0
}

const COLOURS: &[(&[&str], u32)] = &[
    (&["red", "crimson", "scarlet", "rojo", "rouge", "rot", "红", "紅", "أحمر", "लाल"], 0xC4_3A31),
    (&["burgundy", "maroon", "wine", "bordeaux", "granate"], 0x7A_2436),
    (&["orange", "tangerine", "naranja", "橙", "برتقالي", "नारंगी"], 0xE3_7B2C),
    (&["coral", "salmon", "peach", "corail"], 0xF0_8A6B),
    (&["amber", "honey", "ochre", "ocker", "ocre", "mustard"], 0xD9_9A2B),
    (&["yellow", "lemon", "amarillo", "jaune", "gelb", "黄", "أصفر", "पीला"], 0xF2_C83F),
    (&["gold", "golden", "dorado", "doré", "金", "ذهبي", "सुनहरा"], 0xC9_9A3C),
    (&["green", "verde", "vert", "grün", "绿", "綠", "أخضر", "हरा"], 0x4B_8A4F),
    (&["olive", "moss", "sage"], 0x7F_8752),
    (&["mint", "emerald", "jade", "esmeralda", "翡翠"], 0x2F_9C7A),
    (&["teal", "turquoise", "petrol", "turquesa", "türkis"], 0x1F_7F86),
    (&["cyan", "aqua", "青"], 0x3A_B7CC),
    (&["blue", "azul", "bleu", "blau", "蓝", "藍", "أزرق", "नीला"], 0x2F_62AE),
    (&["navy", "indigo", "midnight blue", "靛"], 0x25_2F63),
    (&["purple", "violet", "morado", "violeta", "lila", "紫", "بنفسجي", "बैंगनी"], 0x73_459B),
    (&["lavender", "lilac", "mauve", "lavande", "lavendel"], 0xA9_97CE),
    (&["pink", "rose", "magenta", "fuchsia", "rosa", "粉", "وردي", "गुलाबी"], 0xDE_6E96),
    (&["brown", "chocolate", "sepia", "marrón", "brun", "braun", "棕", "褐", "بني", "भूरा"], 0x7D_5236),
    (&["beige", "sand", "cream", "tan"], 0xDC_C7A0),
    (&["grey", "gray", "silver", "gris", "grau", "灰", "رمادي"], 0x8B_8F94),
];

/// The land that a scene is set in, where its words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scenery {
    Mountains,
    Sea,
    City,
    Forest,
    Fields,
    Desert,
    Space,
}

impl Scenery {
    /// Whether a prompt (lower case) names it.
    pub fn is_named(self, prompt: &str) -> bool {
        SCENERY.iter().any(|(scenery, names)| *scenery == self && named(prompt, names) > 0)
    }

    /// From a scene's words (lower case), the most telling land; `None` where none is named.
    pub fn of(words: &str) -> Option<Self> {
        let scored = SCENERY.iter().map(|(scenery, names)| (named(words, names), *scenery));
        // The first of equals: max_by_key would take the last.
        scored
            .filter(|(score, _)| *score > 0)
            .fold(None, |best: Option<(usize, Self)>, next| match best {
                Some(best) if best.0 >= next.0 => Some(best),
                _ => Some(next),
            })
            .map(|(_, scenery)| scenery)
    }
}

const SCENERY: &[(Scenery, &[&str])] = &[
    (
        Scenery::Sea,
        &[
            "sea",
            "ocean",
            "ship",
            "boat",
            "wave",
            "island",
            "harbour",
            "harbor",
            "coast",
            "beach",
            "sail",
            "river",
            "lake",
            "water",
            "mar",
            "océano",
            "barco",
            "mer",
            "bateau",
            "meer",
            "schiff",
            "海",
            "船",
            "河",
            "湖",
            "بحر",
            "سفينة",
            "समुद्र",
            "नदी",
        ],
    ),
    (
        Scenery::Mountains,
        &[
            "mountain",
            "hill",
            "peak",
            "valley",
            "summit",
            "cliff",
            "alps",
            "montaña",
            "montagne",
            "berg",
            "山",
            "峰",
            "جبل",
            "पहाड़",
            "पर्वत",
        ],
    ),
    (
        Scenery::City,
        &[
            "city",
            "town",
            "street",
            "building",
            "tower",
            "house",
            "skyline",
            "factory",
            "office",
            "market",
            "court",
            "ciudad",
            "calle",
            "ville",
            "rue",
            "stadt",
            "straße",
            "城",
            "街",
            "市",
            "مدينة",
            "शहर",
            "नगर",
        ],
    ),
    (
        Scenery::Forest,
        &[
            "forest",
            "tree",
            "wood",
            "jungle",
            "garden",
            "fox",
            "wolf",
            "deer",
            "bear",
            "owl",
            "bosque",
            "árbol",
            "forêt",
            "arbre",
            "wald",
            "baum",
            "林",
            "树",
            "غابة",
            "شجرة",
            "जंगल",
            "पेड़",
        ],
    ),
    (
        Scenery::Fields,
        &[
            "field",
            "farm",
            "meadow",
            "grass",
            "road",
            "race",
            "hare",
            "tortoise",
            "horse",
            "harvest",
            "battlefield",
            "battle-field",
            "ground",
            "campo",
            "champ",
            "feld",
            "wiese",
            "田",
            "草",
            "حقل",
            "खेत",
            "मैदान",
        ],
    ),
    (Scenery::Desert, &["desert", "dune", "camel", "canyon", "mesa", "pyramid", "desierto", "désert", "wüste", "沙", "صحراء", "रेगिस्तान"]),
    (
        Scenery::Space,
        &[
            "space",
            "star",
            "planet",
            "galaxy",
            "universe",
            "cosmos",
            "moon",
            "orbit",
            "rocket",
            "astronaut",
            "estrella",
            "espacio",
            "étoile",
            "stern",
            "weltall",
            "星",
            "宇宙",
            "月",
            "نجم",
            "فضاء",
            "तारा",
            "अंतरिक्ष",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_match_whole_and_in_every_script() {
        assert!(contains("dark blue, moody", "blue"));
        assert!(contains("three stars above", "star"));
        assert!(!contains("a startled reader", "star"));
        assert!(!contains("inspired by hope", "red"));
        assert!(contains("水彩画", "水彩"));
        assert_eq!(colours("teal and orange").len(), 2);
        assert_eq!(wants_dark("a bright, airy picture"), Some(false));
        assert_eq!(wants_dark("a picture"), None);
        assert_eq!(Scenery::of("the ship left the harbour"), Some(Scenery::Sea));
        assert_eq!(Scenery::of("all people are equal"), None);
    }
}
