//! The user's own workflow, in ComfyUI's API format, with places for what differs from picture to picture.

use serde_json::{Map, Value};

/// What differs from picture to picture. Where the workflow has no place for it, none is wanted either, or it is said.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// `%prompt%`.
    pub prompt: String,
    /// `%negative_prompt%`.
    pub negative_prompt: Option<String>,
    /// `%seed%`.
    pub seed: u64,
    /// `%width%`, in pixels.
    pub width: u32,
    /// `%height%`, in pixels.
    pub height: u32,
    /// `%model%`.
    pub model: Option<String>,
}

impl Values {
    /// What stands in the place of that name; none where there is no such place.
    fn of(&self, name: &str) -> Option<Value> {
        match name {
            "prompt" => Some(self.prompt.as_str().into()),
            "negative_prompt" => Some(self.negative_prompt.as_deref().unwrap_or_default().into()),
            "seed" => Some(self.seed.into()),
            "width" => Some(self.width.into()),
            "height" => Some(self.height.into()),
            "model" => self.model.as_deref().map(Value::from),
            _ => None,
        }
    }
}

/// The workflow that a text holds; if it holds none: "must …".
pub fn read(text: &str) -> Result<Value, String> {
    let workflow: Value = serde_json::from_str(text).map_err(|error| format!("must be JSON: {error}"))?;
    let Value::Object(nodes) = &workflow else { return Err("must be a JSON object".to_owned()) };
    if nodes.get("nodes").is_some_and(Value::is_array) {
        return Err("must be in the API format: in ComfyUI, choose Workflow, then Export (API)".to_owned());
    }
    let is_node = |node: &Value| node["class_type"].is_string() && node["inputs"].is_object();
    if nodes.is_empty() || !nodes.values().all(is_node) {
        return Err("must be a workflow in the API format: nodes by their number, each with `class_type` and `inputs`".to_owned());
    }
    if !names(&workflow, "prompt") {
        return Err("must have %prompt% in one of its texts, where each picture's own words belong".to_owned());
    }
    Ok(workflow)
}

/// Whether a place of that name is in it.
pub fn names(workflow: &Value, name: &str) -> bool {
    match workflow {
        Value::String(text) => text.contains(&format!("%{name}%")),
        Value::Array(items) => items.iter().any(|item| names(item, name)),
        Value::Object(fields) => fields.values().any(|field| names(field, name)),
        _ => false,
    }
}

/// The workflow with everything in its place. A text that is nothing but a place becomes what belongs there, a number
/// too; what is filled in is not searched for places again.
pub fn filled(workflow: &Value, values: &Values) -> Value {
    match workflow {
        Value::String(text) => fill(text, values),
        Value::Array(items) => items.iter().map(|item| filled(item, values)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, field)| (name.clone(), filled(field, values))).collect::<Map<_, _>>().into(),
        other => other.clone(),
    }
}

fn fill(text: &str, values: &Values) -> Value {
    let whole = text.strip_prefix('%').and_then(|rest| rest.strip_suffix('%'));
    if let Some(value) = whole.and_then(|name| values.of(name)) {
        return value;
    }
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('%') {
        filled.push_str(before);
        match after.split_once('%').and_then(|(name, after)| Some((values.of(name)?, after))) {
            Some((Value::String(value), after)) => {
                filled.push_str(&value);
                rest = after;
            }
            Some((value, after)) => {
                filled.push_str(&value.to_string());
                rest = after;
            }
            // A per cent sign, or a place of ComfyUI's own (`%date:yyyy%`).
            None => {
                filled.push('%');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values() -> Values {
        Values { prompt: "a \"hare\", 50% %seed%".to_owned(), seed: 7, width: 1280, height: 720, ..Values::default() }
    }

    #[test]
    fn everything_comes_to_its_place() {
        let workflow = json!({
            "3": {"class_type": "KSampler", "inputs": {"seed": "%seed%", "steps": 20, "model": ["4", 0]}},
            "5": {"class_type": "EmptyLatentImage", "inputs": {"width": "%width%", "height": "%height%"}},
            "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "masterpiece, %prompt%, 100%"}},
            "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "%negative_prompt%"}},
            "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "%date:yyyy%/%width%x%height%"}}
        });
        let filled = filled(&workflow, &values());
        assert_eq!(filled["3"]["inputs"], json!({"seed": 7, "steps": 20, "model": ["4", 0]}));
        assert_eq!(filled["5"]["inputs"], json!({"width": 1280, "height": 720}));
        assert_eq!(filled["6"]["inputs"]["text"], "masterpiece, a \"hare\", 50% %seed%, 100%");
        assert_eq!(filled["7"]["inputs"]["text"], "");
        assert_eq!(filled["9"]["inputs"]["filename_prefix"], "%date:yyyy%/1280x720");
    }

    #[test]
    fn what_is_no_workflow_is_refused_with_what_to_do() {
        let good = json!({"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "%prompt%"}}});
        assert!(read(&good.to_string()).is_ok());
        for (bad, why) in [
            ("no JSON", "must be JSON"),
            ("[]", "must be a JSON object"),
            ("{}", "must be a workflow in the API format"),
            (r#"{"nodes": [], "links": []}"#, "must be in the API format: in ComfyUI"),
            (r#"{"6": {"class_type": "CLIPTextEncode"}}"#, "must be a workflow in the API format"),
            (r#"{"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a hare"}}}"#, "must have %prompt%"),
        ] {
            let error = read(bad).unwrap_err();
            assert!(error.starts_with(why), "{bad}: {error}");
        }
    }
}
