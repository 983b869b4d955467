// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The images of a release, as somebody builds and pushes them once their Dockerfiles are merged:
//! each holds its Dockerfile and has the variables that this sets. Nothing that a Dockerfile
//! downloads or runs is in it; the same Dockerfile makes the same image.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::command::{Failed, run};
use super::stand_ins::dockerfile_of;

/// The kinds of what an image is made of.
const OCI: &str = "application/vnd.oci.image";
/// Where an image is laid out, below the directory that it is made in.
const LAYOUT: &str = "image";

/// Builds the image of each of `tags` from the Dockerfile that the merged repository of the world
/// with the stand-ins in `stand_ins` has for it, and pushes it as `name` to the registry at
/// `address`; works in `place`. Gives how many there were a Dockerfile for.
///
/// # Errors
/// When a file or skopeo fails.
pub fn publish_images(
    stand_ins: &Path,
    place: &Path,
    address: &str,
    name: &str,
    tags: &[String],
) -> Result<usize, Failed> {
    let mut published = 0;
    for tag in tags {
        let Some(dockerfile) = dockerfile_of(stand_ins, tag) else { continue };
        let layout = place.join(LAYOUT);
        let _ = fs::remove_dir_all(&layout);
        lay_out(&layout, &dockerfile, tag).map_err(|error| Failed::new("lay out an image", &error.to_string()))?;
        // A path in the place of this name could hold the colon that ends it.
        let (from, to) = (format!("oci:{LAYOUT}:{tag}"), format!("docker://{address}/{name}:{tag}"));
        let options = ["--insecure-policy", "copy", "--quiet", "--dest-tls-verify=false", "--dest-no-creds"];
        run(place, "skopeo", &[&options[..], &[&from, &to]].concat(), &[])?;
        fs::remove_dir_all(&layout).map_err(|error| Failed::new("clear up", &error.to_string()))?;
        published += 1;
    }
    Ok(published)
}

/// An OCI layout with the one image.
fn lay_out(layout: &Path, dockerfile: &[u8], tag: &str) -> std::io::Result<()> {
    let blobs = layout.join("blobs/sha256");
    fs::create_dir_all(&blobs)?;
    let blob = |kind: &str, bytes: &[u8]| -> std::io::Result<Value> {
        let digest = hex(bytes);
        fs::write(blobs.join(&digest), bytes)?;
        Ok(json!({"mediaType": format!("{OCI}.{kind}"), "digest": format!("sha256:{digest}"), "size": bytes.len()}))
    };
    let layer = archive(dockerfile)?;
    let config = json!({
        "created": "1970-01-01T00:00:00Z", "architecture": "amd64", "os": "linux",
        "config": {"Env": variables(&String::from_utf8_lossy(dockerfile))},
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{}", hex(&layer))]},
    });
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": format!("{OCI}.manifest.v1+json"),
        "config": blob("config.v1+json", config.to_string().as_bytes())?,
        "layers": [blob("layer.v1.tar", &layer)?],
    });
    let mut listed = blob("manifest.v1+json", manifest.to_string().as_bytes())?;
    listed["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
    fs::write(layout.join("index.json"), json!({"schemaVersion": 2, "manifests": [listed]}).to_string())?;
    fs::write(layout.join("oci-layout"), json!({"imageLayoutVersion": "1.0.0"}).to_string())
}

fn archive(dockerfile: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut header = tar::Header::new_gnu();
    header.set_size(dockerfile.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    let mut archive = tar::Builder::new(Vec::new());
    archive.append_data(&mut header, "Dockerfile", dockerfile)?;
    archive.into_inner()
}

/// `NAME=value` of each `ENV NAME=value …` in a Dockerfile.
fn variables(dockerfile: &str) -> Vec<&str> {
    let set = dockerfile.lines().filter_map(|line| line.strip_prefix("ENV "));
    set.flat_map(str::split_whitespace).filter(|part| part.contains('=')).collect()
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCKERFILE: &str = "FROM scratch\nENV VERSION=1.2.0 KEY=ABCD\n";

    #[test]
    fn an_image_is_the_same_however_often_it_is_made_and_says_its_version() {
        let place = tempfile::tempdir().unwrap();
        let index = |name: &str| {
            let layout = place.path().join(name);
            lay_out(&layout, DOCKERFILE.as_bytes(), "1.2.0").unwrap();
            serde_json::from_slice::<Value>(&fs::read(layout.join("index.json")).unwrap()).unwrap()
        };
        let one = index("one");
        assert_eq!(one, index("two"));
        let blob = |described: &Value| {
            let digest = described["digest"].as_str().unwrap().trim_start_matches("sha256:");
            let bytes = fs::read(place.path().join("one/blobs/sha256").join(digest)).unwrap();
            assert_eq!((hex(&bytes).as_str(), described["size"].as_u64()), (digest, Some(bytes.len() as u64)));
            bytes
        };
        let manifest: Value = serde_json::from_slice(&blob(&one["manifests"][0])).unwrap();
        let config: Value = serde_json::from_slice(&blob(&manifest["config"])).unwrap();
        assert_eq!(config["config"]["Env"], json!(["VERSION=1.2.0", "KEY=ABCD"]));
        let layer = blob(&manifest["layers"][0]);
        let mut held = tar::Archive::new(&layer[..]);
        let mut entry = held.entries().unwrap().next().unwrap().unwrap();
        assert_eq!(entry.path().unwrap().as_ref(), Path::new("Dockerfile"));
        assert_eq!(std::io::read_to_string(&mut entry).unwrap(), DOCKERFILE);
    }
}
