//! What an image model is told in words: what is to be seen, how the people and places in it look, and the style. The
//! order and the words around them are a file, `backend/prompts/visual_prompt.md`.

use shared::project::Figure;

use super::ImageRequest;

const TEMPLATE: &str = include_str!("../../../prompts/visual_prompt.md");

/// One text for an image model (or for one that films). Of the film's people and places it carries those that the
/// visual prompt names, so that whoever is seen looks the same in every scene, and nobody is drawn who is not there: such
/// a model draws whatever it reads.
pub fn compose(visual_prompt: &str, figures: &[Figure], style_prompt: &str) -> String {
    fill(visual_prompt, figures, style_prompt, ["", "", ""])
}

/// As [`compose`], for a model that reads everything in one text and does as it is told: with the film's other people and
/// places, in case that one is seen without its name, with what must not be seen, and how many pictures to resemble are
/// attached.
pub fn compose_whole(visual_prompt: &str, figures: &[Figure], style_prompt: &str, leave_out: Option<&str>, references: usize) -> String {
    let references = if references == 0 { String::new() } else { references.to_string() };
    let seen: Vec<&Figure> = named(visual_prompt, figures).collect();
    let others = looks(figures.iter().filter(|figure| !seen.contains(figure)));
    fill(visual_prompt, figures, style_prompt, [&others, leave_out.unwrap_or_default().trim(), &references])
}

/// As [`compose_whole`], in that many characters at most: without whoever may not even be seen, then with fewer of those who
/// are; what is too much even so is cut.
pub fn compose_within(request: &ImageRequest, most: usize) -> String {
    let fits = |words: &String| words.chars().count() <= most;
    let whole = request.whole_words();
    if fits(&whole) {
        return whole;
    }
    let seen: Vec<Figure> = named(&request.visual_prompt, &request.figures).cloned().collect();
    let with = |count: usize| ImageRequest { figures: seen[..count].to_vec(), ..request.clone() }.whole_words();
    (0..=seen.len()).rev().map(with).find(fits).unwrap_or_else(|| with(0).chars().take(most).collect())
}

fn looks<'a>(figures: impl Iterator<Item = &'a Figure>) -> String {
    let told = figures.filter(|figure| !figure.look.trim().is_empty());
    told.map(|figure| format!("{}: {}", figure.name.trim(), figure.look.trim())).collect::<Vec<_>>().join("\n")
}

fn fill(visual_prompt: &str, figures: &[Figure], style_prompt: &str, [others, leave_out, references]: [&str; 3]) -> String {
    let parts = [
        ("{{scene}}", visual_prompt.trim()),
        ("{{figures}}", &looks(named(visual_prompt, figures))),
        ("{{others}}", others),
        ("{{style}}", style_prompt.trim()),
        ("{{leave_out}}", leave_out),
        ("{{references}}", references),
    ];
    let paragraphs =
        TEMPLATE.split("\n\n").map(str::trim).filter_map(|paragraph| match parts.iter().find(|(place, _)| paragraph.contains(place)) {
            // With nothing to say, the words around it say nothing either.
            Some((_, "")) => None,
            Some((place, text)) => Some(paragraph.replace(place, text)),
            None => Some(paragraph.to_owned()),
        });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// The people and places that a text names.
pub fn named<'a>(text: &str, figures: &'a [Figure]) -> impl Iterator<Item = &'a Figure> {
    let text = text.to_lowercase();
    figures.iter().filter(move |figure| names(&text, &figure.name.trim().to_lowercase()))
}

/// Whether a name stands in a text as a word of its own; both in small letters.
fn names(text: &str, name: &str) -> bool {
    // Scripts without spaces have words that touch.
    let touches = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && c < '\u{2E80}');
    !name.is_empty()
        && text
            .match_indices(name)
            .any(|(at, _)| !touches(text[..at].chars().next_back()) && !touches(text[at + name.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(name: &str, look: &str) -> Figure {
        Figure { name: name.to_owned(), look: look.to_owned() }
    }

    #[test]
    fn whoever_is_named_brings_their_look_along() {
        let figures = [
            figure("Mara", "a woman of sixty in a red coat"),
            figure("The mill", "a wooden windmill"),
            figure("Tom", "a boy"),
            figure("老王", "a farmer"),
        ];
        assert_eq!(
            compose("Mara's hand on the door of the mill, at dusk", &figures, "ink drawing"),
            "Mara's hand on the door of the mill, at dusk\n\nMara: a woman of sixty in a red coat\nThe mill: a wooden windmill\n\nStyle: ink drawing"
        );
        assert_eq!(compose("Tomatoes on a marathon", &figures, ""), "Tomatoes on a marathon");
        assert_eq!(compose("看见老王在田里", &figures, " "), "看见老王在田里\n\n老王: a farmer");
        assert_eq!(compose("", &[], "ink"), "Style: ink");
    }

    #[test]
    fn of_too_many_people_those_who_are_not_named_are_left_out_first() {
        let figures = ["Mara", "Tom", "Ann"].map(|name| figure(name, &"x".repeat(20)));
        let request = ImageRequest {
            visual_prompt: "Mara and Tom".to_owned(),
            style_prompt: "ink".to_owned(),
            figures: figures.to_vec(),
            negative_prompt: None,
            title: String::new(),
            narration: String::new(),
            language: "en".to_owned(),
            position: 0,
            scene_count: 1,
            aspect_ratio: shared::project::AspectRatio::default(),
            seed: None,
            take: 0,
            references: Vec::new(),
            model: None,
        };
        let told = |most: usize| {
            let words = compose_within(&request, most);
            assert!(words.chars().count() <= most, "{words}");
            ["Mara: ", "Tom: ", "Ann: ", "Style: ink"].map(|part| words.contains(part))
        };
        assert_eq!(told(1000), [true, true, true, true]);
        assert_eq!(told(90), [true, true, false, true]);
        assert_eq!(told(60), [true, false, false, true]);
        assert_eq!(told(40), [false, false, false, true]);
        assert_eq!(compose_within(&request, 4), "Mara");
    }

    #[test]
    fn what_a_user_writes_is_not_read_as_a_place_of_the_template() {
        assert_eq!(compose("a sign: {{style}}", &[], "ink"), "a sign: {{style}}\n\nStyle: ink");
    }
}
