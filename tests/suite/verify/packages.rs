// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The packages that the sample's builds leave, as they should be.

use std::process::Command;
use std::sync::OnceLock;

use tar::EntryType;

use super::candidate::{archive, good_tree};

/// The source distribution.
pub const SDIST: &str = "apache-greeter-1.2.0.tar.gz";
/// The wheel.
pub const WHEEL: &str = "apache_greeter-1.2.0-py3-none-any.whl";
/// The package for npm.
pub const NPM: &str = "apache-greeter-1.2.0.tgz";

const METADATA: &str = "Metadata-Version: 2.1\nName: apache-greeter\nVersion: 1.2.0\n";

/// Makes a wheel of paths and texts, with its RECORD.
const SCRIPT: &str = r#"
import base64, hashlib, sys, zipfile
files, record = list(zip(sys.argv[2::2], sys.argv[3::2])), sys.argv[1]
with zipfile.ZipFile('w.whl', 'w', zipfile.ZIP_DEFLATED) as wheel:
    lines = ''
    for name, text in files:
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()
        wheel.writestr(zipfile.ZipInfo(name), text)
        lines += f'{name},sha256={digest},{len(text.encode())}\n'
    wheel.writestr(zipfile.ZipInfo(record), lines + record + ',,\n')
"#;

/// The bytes of the source distribution.
pub fn sdist() -> &'static [u8] {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    MADE.get_or_init(|| {
        let mut tree = good_tree();
        tree.push(("PKG-INFO".into(), EntryType::Regular, METADATA.into()));
        archive("apache-greeter-1.2.0", &tree)
    })
}

/// The bytes of the package for npm.
pub fn npm() -> &'static [u8] {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    MADE.get_or_init(|| {
        let mut tree = good_tree();
        tree.retain(|(path, ..)| !path.ends_with(".py"));
        let package = r#"{"name": "apache-greeter", "version": "1.2.0"}"#;
        tree.push(("package.json".into(), EntryType::Regular, package.into()));
        archive("package", &tree)
    })
}

/// The bytes of the wheel.
pub fn wheel() -> &'static [u8] {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    MADE.get_or_init(|| {
        let place = tempfile::tempdir().unwrap();
        let below = "apache_greeter-1.2.0.dist-info";
        let tag = "Wheel-Version: 1.0\nGenerator: greeter\nRoot-Is-Purelib: true\nTag: py3-none-any\n".to_owned();
        let mut files = vec![(format!("{below}/METADATA"), METADATA.to_owned()), (format!("{below}/WHEEL"), tag)];
        for (path, _, bytes) in good_tree() {
            let path = if path.contains('/') { path } else { format!("{below}/{path}") };
            files.push((path, String::from_utf8(bytes).unwrap()));
        }
        files.retain(|(path, _)| !path.ends_with("setup.py"));
        let mut python = Command::new("python3");
        python.args(["-c", SCRIPT, &format!("{below}/RECORD")]);
        python.args(files.iter().flat_map(|(path, text)| [path, text]));
        assert!(python.current_dir(&place).status().unwrap().success());
        std::fs::read(place.path().join("w.whl")).unwrap()
    })
}
