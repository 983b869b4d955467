// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a rehearsal deploys in the place of Maven, which would fetch itself half of the
//! world first: the poms of the tree as they are, and jars that say that they stand in for
//! real ones; the same bytes each time, but for the signatures.

use std::collections::BTreeMap;

use sequoia_openpgp::types::HashAlgorithm;

use super::{Build, no_modules};
use crate::actions::failures::openpgp_failed;
use crate::config::Maven;
use crate::engine::ActionError;
use crate::release::MavenModule;
use crate::services::OpenPgp;

/// The files of all modules of a build, each with its path: artifacts, signatures, checksums.
pub(super) fn files(
    Build { modules, poms, .. }: &Build,
    maven: &Maven,
    openpgp: &OpenPgp,
) -> Result<Vec<(String, Vec<u8>)>, ActionError> {
    let mut files = Vec::new();
    for module in modules {
        for ending in module.endings(&maven.artifacts).map_err(no_modules)? {
            let bytes = match ending.as_str() {
                ".pom" => poms.get(&module.pom).cloned().unwrap_or_default().into_bytes(),
                _ => jar(module, &ending, poms),
            };
            let path = module.path(&ending);
            let signature = openpgp.sign_detached(&bytes).map_err(openpgp_failed)?.into_bytes();
            for (ending, algorithm) in [("md5", HashAlgorithm::MD5), ("sha1", HashAlgorithm::SHA1)] {
                files.push((format!("{path}.{ending}"), digest(algorithm, &bytes).into_bytes()));
            }
            files.extend([(format!("{path}.asc"), signature), (path, bytes)]);
        }
    }
    Ok(files)
}

fn digest(algorithm: HashAlgorithm, bytes: &[u8]) -> String {
    let context = algorithm.context().and_then(|context| {
        let mut context = context.for_digest();
        context.update(bytes);
        context.into_digest()
    });
    context.unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn jar(module: &MavenModule, ending: &str, poms: &BTreeMap<String, String>) -> Vec<u8> {
    let manifest = "Manifest-Version: 1.0\r\nCreated-By: quorate rehearse\r\n\r\n";
    let says = format!(
        "This stands in for {}-{}{ending}, which Maven would make of {}.\n",
        module.artifact, module.version, module.pom
    );
    let pom = poms.get(&module.pom).map(String::as_str).unwrap_or_default();
    zip(&[
        ("META-INF/MANIFEST.MF", manifest.as_bytes()),
        ("META-INF/STAND-IN", says.as_bytes()),
        (&format!("META-INF/maven/{}/{}/pom.xml", module.group, module.artifact), pom.as_bytes()),
    ])
}

/// A zip archive of these files, stored as they are, of the first day that it can name.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    const FIRST_DAY: u32 = 0x0021_0000;
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
    for (name, bytes) in files {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let offset = length(archive.len());
        // version, flags, stored; time; sum and sizes; length of the name, nothing further
        let mut head = vec![20, 0, 0, 0, 0, 0];
        head.extend(FIRST_DAY.to_le_bytes());
        head.extend(crc.sum().to_le_bytes());
        head.extend([length(bytes.len()), length(bytes.len())].concat());
        head.extend(&length(name.len())[..2]);
        head.extend([0, 0]);
        archive.extend([b"PK\x03\x04", head.as_slice(), name.as_bytes(), bytes].concat());
        let rest = [[0; 10].as_slice(), &offset].concat();
        directory.extend([b"PK\x01\x02\x14\x00", head.as_slice(), &rest, name.as_bytes()].concat());
    }
    let (begin, size, count) = (length(archive.len()), length(directory.len()), length(files.len()));
    let end = [b"PK\x05\x06\0\0\0\0".as_slice(), &count[..2], &count[..2], &size, &begin, &[0, 0]].concat();
    [archive, directory, end].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jar_can_be_read_by_others() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("a.jar");
        std::fs::write(&file, zip(&[("a/b.txt", b"hello\n"), ("c", b"")])).unwrap();
        let script = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; \
                      print(z.namelist(), z.read('a/b.txt'))";
        let read = std::process::Command::new("python3").args(["-c", script]).arg(&file).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&read.stdout), "['a/b.txt', 'c'] b'hello\\n'\n", "{read:?}");
    }

    #[test]
    fn the_digests_are_those_of_others() {
        assert_eq!(digest(HashAlgorithm::MD5, b"abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(digest(HashAlgorithm::SHA1, b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }
}
