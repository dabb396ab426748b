//! One value that FAL refused.

use likeness_core::Field;
use serde_json::Value;

/// A value that FAL refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The way to the value in the body, joined by dots: `loras.0.scale`. Empty where FAL names none.
    pub field: String,
    /// FAL's sentence, in English.
    pub message: String,
    /// The machine-readable kind, such as `less_than_equal`; empty where FAL gives none.
    pub kind: String,
}

impl FieldProblem {
    pub(super) fn read(item: &Value) -> Self {
        let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let steps = item.get("loc").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let field: Vec<String> = steps
            .iter()
            .filter_map(|step| {
                step.as_str()
                    .map(str::to_owned)
                    .or_else(|| step.as_u64().map(|index| index.to_string()))
            })
            .skip_while(|step| step == "body")
            .collect();
        Self { field: field.join("."), message: text("msg"), kind: text("type") }
    }

    /// The path in a request to compose that gave this value: `prompt`, `avatar.…` or `overrides.…`; none for what no person sets.
    pub fn request_field(&self) -> Option<String> {
        let mut steps = self.field.split('.');
        match steps.next()? {
            "prompt" => Some("prompt".to_owned()),
            "finetune_id" => Some("avatar.finetune_id".to_owned()),
            "loras" if steps.any(|step| step == "scale") => Some("overrides.lora_scale".to_owned()),
            "loras" => Some("avatar.lora_url".to_owned()),
            key => Field::parse(key).map(|field| format!("overrides.{}", field.key())),
        }
    }
}
