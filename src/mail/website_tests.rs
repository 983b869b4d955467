// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The website's data and the head of its post are YAML whatever the configuration's texts have in them.

use serde_json::json;
use yaml_rust2::{Yaml, YamlLoader};

use super::catalogue_tests::{full_texts, text};

const ODD: &str = "the \"new\": C:\\ one\n- # 'x' {y}";

/// A product's name has one line.
const NAME: &str = "the \"new\": C:\\ one # 'x' {y}";

fn read(text: &str) -> Yaml {
    YamlLoader::load_from_str(text).unwrap_or_else(|error| panic!("{error} in\n{text}")).swap_remove(0)
}

#[test]
fn odd_texts_come_out_of_the_data_as_they_went_in() {
    let mut values = full_texts();
    values["product"]["name"] = json!(NAME);
    values["product"]["website"]["compatibility"] = json!([ODD, "1.16.2"]);
    values["product"]["website"]["entry_more"] = json!({"note": ODD});
    values["product"]["website"]["archive_entry"] = json!({"name": ODD, "version": "3.10"});
    values["manager"]["name"] = json!(ODD);
    let entry = read(&text("website/release-entry.yml", &values));
    let entry = &entry["3.4"];
    assert_eq!(entry["name"].as_str(), Some(format!("{NAME} 3.4.0").as_str()));
    assert_eq!((entry["compatibility"][0].as_str(), entry["compatibility"][1].as_str()), (Some(ODD), Some("1.16.2")));
    assert_eq!(entry["note"].as_str(), Some(ODD));
    let archive = read(&text("website/archive-entry.yml", &values));
    assert_eq!((archive[0]["name"].as_str(), archive[0]["version"].as_str()), (Some(ODD), Some("3.10")));
    let post = text("website/blog-post.md", &values);
    let head = read(post.trim_start_matches("---\n").split("\n---\n").next().unwrap());
    assert_eq!(head["title"].as_str(), Some(format!("{NAME} 3.4.0 Release Announcement").as_str()));
    assert_eq!(head["authors"][0]["name"].as_str(), Some(ODD));
}
