//! The script as Markdown, to read and to print.

use std::fmt::Write;

use shared::project::ProjectDetail;

/// The whole script: a heading for each scene, its narration, and what it shows as a quotation.
pub fn markdown(detail: &ProjectDetail) -> String {
    let mut text = format!("# {}\n", one_line(&detail.project.title));
    for scene in detail.scenes.iter().map(|scene| &scene.scene) {
        let parts = [
            format!("\n## {}. {}\n", scene.position + 1, one_line(&scene.title)),
            if scene.narration.trim().is_empty() { String::new() } else { format!("\n{}\n", scene.narration.trim()) },
            if scene.visual_prompt.trim().is_empty() { String::new() } else { format!("\n> {}\n", one_line(&scene.visual_prompt)) },
        ];
        for part in parts {
            // Writing to a string does not fail.
            let _: std::fmt::Result = text.write_str(&part);
        }
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
