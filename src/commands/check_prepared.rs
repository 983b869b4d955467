// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the texts that a product's website takes are texts that the workflow prepares: else
//! its pull request stops once the candidate is staged.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::config::{Product, ProductFault};
use crate::engine::{Renderer, StepKind, Workflow};

/// A fault for each change of the website whose `from` names a text that no step of the workflow
/// prepares for this release; `product` is filled in as `renderer` fills in the workflow.
pub fn check_prepared(product: &Product, workflow: &Workflow, renderer: &Renderer) -> Vec<ProductFault> {
    let prepared = prepared(workflow, renderer);
    let mut faults = Vec::new();
    for (list, changes) in &product.website.edits {
        for (index, change) in changes.iter().enumerate() {
            let Some(from) = change.from().filter(|from| !prepared.contains(*from)) else { continue };
            let known: Vec<&str> = prepared.iter().map(String::as_str).collect();
            faults.push(ProductFault {
                field: format!("website.edits.{list}[{index}].from"),
                value: format!("{from:?}"),
                expected: format!("a text that the workflow prepares for this release: {}", known.join(", ")),
            });
        }
    }
    faults
}

/// The names of the texts that steps prepare for this release before one takes them.
fn prepared(workflow: &Workflow, renderer: &Renderer) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for step in workflow.phases.iter().flat_map(|phase| &phase.steps) {
        let StepKind::Action { name, with } = &step.kind else { continue };
        if name == "propose-change" && with.values().any(|value| value.to_string().contains("website.edits")) {
            break;
        }
        // What cannot be told is said where the workflow itself is looked at.
        let applies = step.when.as_deref().is_none_or(|when| renderer.holds(&step.id, when).unwrap_or(true));
        if name == "prepare-text" && applies {
            let file = with.get("file").and_then(Value::as_str).unwrap_or_default();
            names.extend(file.rsplit('/').next().map(str::to_owned));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::{Assets, parse_product};
    use crate::engine::{State, ValueSource};

    struct Of(Product);

    impl ValueSource for Of {
        fn values(&self, _: u32, _: Option<&str>) -> Result<Value, String> {
            Ok(json!({ "product": self.0, "kind": "minor" }))
        }
    }

    fn faults(change: impl FnOnce(&mut Product)) -> Vec<String> {
        let text = |file: &str| Assets::default().text(file).unwrap();
        let workflow = Workflow::parse("workflows/release.toml", &text("workflows/release.toml")).unwrap();
        let mut product = parse_product("release-config/sample.toml", &text("release-config/sample.toml")).unwrap();
        change(&mut product);
        let renderer = Renderer::new(&Of(product.clone()), &State::default()).unwrap();
        check_prepared(&product, &workflow, &renderer).iter().map(ToString::to_string).collect()
    }

    fn take(product: &mut Product, name: &str) {
        let change = json!({"kind": "file", "file": "docs/content/x.md", "from": name});
        product.website.edits.get_mut("post").unwrap()[0] = serde_json::from_value(change).unwrap();
    }

    #[test]
    fn a_change_takes_a_text_that_is_prepared() {
        assert_eq!(faults(|_| ()), [""; 0]);
        assert_eq!(
            faults(|product| take(product, "blog_post.md")),
            ["website.edits.post[0].from = \"blog_post.md\": expected a text that the workflow prepares for this \
              release: archive-entry.yml, blog-post.md, pull-request.md, release-entry.yml, stable-version.toml, \
              translation.md"]
        );
    }

    #[test]
    fn a_text_that_is_prepared_for_others_only_is_none() {
        let stable = |product: &mut Product| take(product, "stable-version.toml");
        assert_eq!(faults(stable), [""; 0]);
        let without = faults(|product| {
            stable(product);
            product.website.edits.remove("stable");
        });
        assert!(without.len() == 1 && without[0].starts_with("website.edits.post[0].from = "), "{without:?}");
    }
}
