//! ComfyUI: a server of the user's own, which carries out the user's own workflows.

use super::{Auth, Vendor, words};
use crate::providers::{
    Remote,
    http::{Refusal, Verdict},
};

/// How it is spoken to. It wants no key by itself; what stands before it may want one.
pub static VENDOR: Vendor = Vendor { auth: Auth::Scheme("Bearer"), headers: &[], read };

/// How it is reached: where the user says that it runs.
pub const REMOTE: Remote =
    Remote { base_url: None, base_url_variable: "COMFYUI_BASE_URL", key_variable: "COMFYUI_API_KEY", key_optional: true };

/// Reads an answer that says no. What is wrong with a workflow is told node by node.
pub fn read(refusal: &Refusal<'_>) -> Verdict {
    let nodes = refusal.body["node_errors"].as_object();
    let of_nodes = nodes.into_iter().flatten().flat_map(|(_, node)| {
        let class = node["class_type"].as_str().unwrap_or("a node");
        let errors = node["errors"].as_array().into_iter().flatten();
        errors.map(move |error| {
            let text = |name: &str| error[name].as_str().filter(|text| !text.is_empty());
            let said = [text("message"), text("details")].into_iter().flatten().collect::<Vec<_>>().join(": ");
            format!("{class}: {said}")
        })
    });
    let of_nodes = of_nodes.collect::<Vec<_>>().join("; ");
    let reason = if of_nodes.is_empty() { words(refusal.body) } else { Some(of_nodes) };
    Verdict { reason, ..Verdict::default() }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use crate::providers::Kind;

    #[test]
    fn what_is_wrong_with_a_workflow_is_told() {
        let body = r#"{"error": {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation", "details": "", "extra_info": {}},
            "node_errors": {"4": {"errors": [{"type": "value_not_in_list", "message": "Value not in list", "details": "ckpt_name: 'x.safetensors' not in []"}],
            "dependent_outputs": ["9"], "class_type": "CheckpointLoaderSimple"}}}"#;
        let error = read(&VENDOR, 400, &[], body);
        assert_eq!(error.kind, Kind::Rejected);
        assert_eq!(error.details["reason"], "CheckpointLoaderSimple: Value not in list: ckpt_name: 'x.safetensors' not in []");
        let body = r#"{"error": {"type": "prompt_no_outputs", "message": "Prompt has no outputs", "details": "", "extra_info": {}}, "node_errors": []}"#;
        assert_eq!(read(&VENDOR, 400, &[], body).details["reason"], "Prompt has no outputs");
    }
}
