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
pub fn compose_whole(request: &ImageRequest) -> String {
    let leave_out = request.negative_prompt.as_deref().unwrap_or_default().trim();
    let references = if request.references.is_empty() { String::new() } else { request.references.len().to_string() };
    let seen: Vec<&Figure> = named(&request.visual_prompt, &request.figures).collect();
    let others = looks(request.figures.iter().filter(|figure| !seen.contains(figure)));
    fill(&request.visual_prompt, &request.figures, &request.style_prompt, [&others, leave_out, &references])
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
    fn what_a_user_writes_is_not_read_as_a_place_of_the_template() {
        assert_eq!(compose("a sign: {{style}}", &[], "ink"), "a sign: {{style}}\n\nStyle: ink");
    }
}
