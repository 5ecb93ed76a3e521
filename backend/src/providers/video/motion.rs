//! What somebody who animates a picture is told where the user says nothing: what the scene shows, and how it moves. The
//! words are a file, `backend/prompts/motion.md`.

const TEMPLATE: &str = include_str!("../../../prompts/motion.md");
/// How much of what a scene shows is told, in characters: several models take no more than 2,500 in all.
const LONGEST: usize = 2000;

/// The prompt for a scene that shows that.
pub fn prompt(visual_prompt: &str) -> String {
    let scene: String = visual_prompt.trim().chars().take(LONGEST).collect();
    TEMPLATE.replace("{{scene}}", &scene).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scene_comes_first_and_nothing_of_the_template_is_left() {
        let told = prompt(" A lighthouse in a storm. ");
        assert!(told.starts_with("A lighthouse in a storm.\n\nAnimate"), "{told}");
        assert!(!told.contains("{{") && prompt("").starts_with("Animate"));
        assert!(prompt(&"w".repeat(4000)).chars().count() < 2500);
    }
}
