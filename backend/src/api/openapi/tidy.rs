//! What generators of clients need besides: every schema once and by name, and null only where it means something.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use shared::rules::MAX_PROVIDER_TEXT;

pub const SCHEMAS: &str = "#/components/schemas/";

/// What is not in every answer of its shape, and null in some that have it: what a call could cost is told wherever a
/// limit refuses it, and may be unknown.
const MAY_BE_NULL: [(&str, &str); 1] = [("ErrorDetails", "estimateUsd")];

/// Whose values by name may be null, which forgets what was set; utoipa has no map of what may be null.
const NULL_FORGETS: [(&str, &str); 2] = [("PatchSettings", "providers"), ("PatchSettings", "prices")];

/// How long texts by name may be: utoipa gives the values of a map no bounds.
const TEXTS_BY_NAME: [(&str, &str, usize); 1] = [("PatchProvider", "settings", MAX_PROVIDER_TEXT)];

/// Names what is anonymous, and says the same thing once.
pub fn tidy(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut().map(std::mem::take) else { return };
    let mut schemas: BTreeMap<String, Value> = schemas.into_iter().map(|(name, schema)| (list_name(&name), schema)).collect();
    rename_references(document);
    schemas.values_mut().for_each(rename_references);
    name_copies(&mut schemas);
    schemas.values_mut().for_each(bare_choices);
    name_variants(&mut schemas);

    for (name, property) in NULL_FORGETS {
        if let Some(value) = value_by_name(&mut schemas, name, property) {
            *value = json!({"oneOf": [value.take(), {"type": "null"}]});
        }
    }
    for (name, property, longest) in TEXTS_BY_NAME {
        if let Some(value) = value_by_name(&mut schemas, name, property) {
            value["maxLength"] = longest.into();
        }
    }

    let mut sent = BTreeSet::new();
    for operation in operations(document) {
        reach(&operation["requestBody"], &schemas, &mut sent);
    }
    for (name, schema) in &mut schemas {
        if sent.contains(name) {
            // Unknown fields of a request are refused.
            if schema["type"] == "object" && schema.get("properties").is_some() {
                schema["additionalProperties"] = false.into();
            }
        } else {
            leave_out_null(name, schema);
        }
    }
    document["components"]["schemas"] = Value::Object(schemas.into_iter().collect());
    for operation in operations_mut(document) {
        // What is not given in a header or a query is not there.
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten();
        parameters.filter_map(|parameter| parameter["schema"].as_object_mut()).for_each(without_null);
    }
}

/// The schema of the values that a property has by name.
fn value_by_name<'a>(schemas: &'a mut BTreeMap<String, Value>, name: &str, property: &str) -> Option<&'a mut Value> {
    schemas.get_mut(name)?["properties"][property].get_mut("additionalProperties")
}

/// utoipa's name of a list is `Items_Voice` or `Page_Project`; people's is `VoiceList` or `ProjectPage`.
fn list_name(name: &str) -> String {
    match name.split_once('_') {
        Some(("Items", item)) => format!("{item}List"),
        Some(("Page", item)) => format!("{item}Page"),
        _ => name.to_owned(),
    }
}

fn rename_references(value: &mut Value) {
    walk(value, &mut |fields| {
        if let Some(name) = fields.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix(SCHEMAS)) {
            let reference = format!("{SCHEMAS}{}", list_name(name));
            fields.insert("$ref".to_owned(), reference.into());
        }
    });
}

/// A schema that stands inside another in full, though it has a name.
fn name_copies(schemas: &mut BTreeMap<String, Value>) {
    let known: Vec<(String, Value)> = schemas.iter().map(|(name, schema)| (name.clone(), schema.clone())).collect();
    for schema in schemas.values_mut() {
        let Some(fields) = schema.as_object_mut() else { continue };
        for field in fields.values_mut() {
            walk(field, &mut |inner| {
                let has_parts = ["properties", "oneOf", "allOf"].iter().any(|part| inner.contains_key(*part));
                if has_parts && let Some((name, _)) = known.iter().find(|(_, schema)| schema.as_object() == Some(inner)) {
                    *inner = Map::from_iter([("$ref".to_owned(), format!("{SCHEMAS}{name}").into())]);
                }
            });
        }
    }
}

/// A choice names its schemas and says nothing else of them: some generators lose the name behind a description, which
/// is told by the choice instead where it is one thing or null.
fn bare_choices(schema: &mut Value) {
    walk(schema, &mut |fields| {
        let mut told = None;
        for choice in fields.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(reference) = choice.get("$ref").cloned() {
                told = choice.get("description").cloned().or(told);
                *choice = json!({"$ref": reference});
            }
        }
        if let Some(told) = told {
            fields.entry("description").or_insert(told);
        }
    });
}

/// The variants of a tagged choice get names of their own, and the choice says what tells them apart.
fn name_variants(schemas: &mut BTreeMap<String, Value>) {
    let mut named = BTreeMap::new();
    for (name, schema) in schemas.iter_mut() {
        let Some(variants) = schema.get("oneOf").and_then(Value::as_array) else { continue };
        let Some(tag) = variants.first().and_then(tag_of) else { continue };
        let (mut choices, mut mapping) = (Vec::new(), Map::new());
        for variant in variants {
            let Some(value) = variant["properties"][&tag]["enum"][0].as_str() else { continue };
            let variant_name = format!("{}{name}", capital(value));
            let reference = format!("{SCHEMAS}{variant_name}");
            choices.push(json!({"$ref": reference}));
            mapping.insert(value.to_owned(), reference.into());
            named.insert(variant_name, variant.clone());
        }
        schema["oneOf"] = choices.into();
        schema["discriminator"] = json!({"propertyName": tag, "mapping": mapping});
    }
    schemas.extend(named);
}

/// The property of a variant that has one value only.
fn tag_of(variant: &Value) -> Option<String> {
    let properties = variant["properties"].as_object()?;
    let (tag, _) = properties.iter().find(|(_, property)| property["enum"].as_array().is_some_and(|values| values.len() == 1))?;
    Some(tag.clone())
}

fn capital(value: &str) -> String {
    let mut letters = value.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// All operations of a document.
pub fn operations(document: &Value) -> impl Iterator<Item = &Value> {
    document["paths"].as_object().into_iter().flat_map(Map::values).filter_map(Value::as_object).flat_map(Map::values)
}

fn operations_mut(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut();
    paths.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut).flat_map(Map::values_mut)
}

/// The names of all schemas that a value leads to.
fn reach(value: &Value, schemas: &BTreeMap<String, Value>, reached: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(name) = fields.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix(SCHEMAS))
                && reached.insert(name.to_owned())
                && let Some(schema) = schemas.get(name)
            {
                reach(schema, schemas, reached);
            }
            fields.values().for_each(|field| reach(field, schemas, reached));
        }
        Value::Array(items) => items.iter().for_each(|item| reach(item, schemas, reached)),
        _ => {}
    }
}

/// What an answer does not have is left out, and never null.
fn leave_out_null(name: &str, schema: &mut Value) {
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut).map(std::mem::take);
    if let Some(mut parts) = parts {
        parts.iter_mut().for_each(|part| leave_out_null(name, part));
        schema["allOf"] = parts.into();
    }
    let required: Vec<String> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    let may_be_null = |property: &str| required.iter().any(|name| name == property) || MAY_BE_NULL.contains(&(name, property));
    for (_, property) in properties.iter_mut().filter(|(property, _)| !may_be_null(property.as_str())) {
        let Some(fields) = property.as_object_mut() else { continue };
        if fields.get("default") == Some(&Value::Null) {
            fields.remove("default");
        }
        without_null(fields);
    }
}

/// The type that is left where one could also be null.
fn without_null(schema: &mut Map<String, Value>) {
    if let Some([one, null]) = schema.get("type").and_then(Value::as_array).map(Vec::as_slice)
        && null == "null"
    {
        let one = one.clone();
        schema.insert("type".to_owned(), one);
    }
    if let Some([one, null]) = schema.get("oneOf").and_then(Value::as_array).map(Vec::as_slice)
        && null["type"] == "null"
        && let Some(one) = one.as_object().cloned()
    {
        schema.remove("oneOf");
        schema.extend(one);
    }
}

/// Every object of a value, the inner ones first; examples are no schemas.
pub fn walk(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            for (_, field) in fields.iter_mut().filter(|(name, _)| *name != "example" && *name != "examples") {
                walk(field, change);
            }
            change(fields);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, change)),
        _ => {}
    }
}
