// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A candidate as it should be, made by the test: a source archive, the packages, their
//! signatures and checksum files, and the KEYS of who signed them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex, Weak};

use flate2::{Compression, GzBuilder};
use quorate::release::Sha512;
use quorate::services::{Effects, OpenPgp};
use tar::{Builder, EntryType, Header};

use super::packages::{NPM, SDIST, WHEEL, npm, sdist, wheel};

/// The source archive.
pub const SOURCE: &str = "greeter-1.2.0-src.tgz";
/// The one directory in it.
pub const ROOT: &str = "greeter-1.2.0";

/// What the tree's pom says.
const POM: &str = "<project><groupId>org.apache.greeter</groupId><artifactId>greeter</artifactId>\
                   <version>1.2.0</version></project>";

/// Keys in a home of their own, with its agent.
pub struct Signers {
    home: tempfile::TempDir,
    /// Who is in KEYS.
    pub manager: String,
    /// Who is not.
    pub stranger: String,
    /// The manager's signatures: each of the same bytes is made once.
    made: Mutex<BTreeMap<String, String>>,
}

impl Signers {
    /// The keys, which all tests that run at the time share.
    pub fn get() -> Arc<Self> {
        static SHARED: Mutex<Weak<Signers>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap();
        shared.upgrade().unwrap_or_else(|| {
            let signers = Arc::new(Self::new());
            *shared = Arc::downgrade(&signers);
            signers
        })
    }

    fn new() -> Self {
        let home = tempfile::Builder::new().prefix("q-").tempdir_in("/tmp").unwrap();
        fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let make = |name: &str, email: &str| OpenPgp::generate(home.path(), name, email, "rsa3072").unwrap();
        let (manager, stranger) = (make("Ann Example", "ann@example.org"), make("Bob Example", "bob@example.org"));
        Self { home, manager, stranger, made: Mutex::default() }
    }

    /// A detached, armored signature of `bytes`.
    pub fn sign(&self, key: &str, bytes: &[u8]) -> String {
        self.openpgp(key).sign_detached(bytes).unwrap()
    }

    /// The manager's signature of `bytes`.
    pub fn signed(&self, bytes: &[u8]) -> String {
        let mut made = self.made.lock().unwrap();
        made.entry(Sha512::of(bytes).to_string()).or_insert_with(|| self.sign(&self.manager, bytes)).clone()
    }

    /// The text of a KEYS file with these keys.
    pub fn keys(&self, keys: &[&str]) -> String {
        let block = |key: &&str| format!("pub rsa3072\n\n{}\n", self.openpgp(key).export_armored().unwrap());
        keys.iter().map(block).collect()
    }

    /// The keys' home.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    fn openpgp(&self, key: &str) -> OpenPgp {
        OpenPgp::new(Some(self.home.path().to_owned()), key, Effects::unwatched())
    }
}

impl Drop for Signers {
    fn drop(&mut self) {
        let _ = OpenPgp::stop_agent(self.home.path());
    }
}

/// What is in a source archive.
pub type Tree = Vec<(String, EntryType, Vec<u8>)>;

/// The tree of a good source archive.
pub fn good_tree() -> Tree {
    let licence = crate::tree::text(Path::new("LICENSE"));
    let notice = "Apache Greeter\nCopyright 2024-2026 The Apache Software Foundation\n\nThis product includes software developed at\n\
                  The Apache Software Foundation (http://www.apache.org/).\n";
    let header = "# Licensed to the Apache Software Foundation (ASF) under one or more\n# contributor license agreements.  See the NOTICE file distributed with\n\
                  # this work for additional information regarding copyright ownership.\n# The ASF licenses this file to You under the Apache License, Version 2.0\n\
                  # (the \"License\"); you may not use this file except in compliance with\n# the License.  You may obtain a copy of the License at\n#\n\
                  #    http://www.apache.org/licenses/LICENSE-2.0\n";
    [
        ("LICENSE", licence),
        ("NOTICE", notice.to_owned()),
        ("greeter/hello.py", format!("{header}print('hello')\n")),
        ("pom.xml", format!("<!--\n{header}-->\n{POM}\n")),
        ("setup.py", format!("{header}setup(name='apache-greeter', version='1.2.0')\n")),
    ]
    .map(|(path, text)| (path.to_owned(), EntryType::Regular, text.into_bytes()))
    .into()
}

/// A gzipped tar archive of `tree`, under [`ROOT`].
pub fn archive(root: &str, tree: &Tree) -> Vec<u8> {
    archive_of(1_700_000_000, root, tree)
}

/// The same, whose files are of that time, in seconds.
pub fn archive_of(time: u64, root: &str, tree: &Tree) -> Vec<u8> {
    let gzip = GzBuilder::new().write(Vec::new(), Compression::fast());
    let mut builder = Builder::new(gzip);
    for (path, kind, bytes) in tree {
        let mut header = Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        header.set_mtime(time);
        let full = if root.is_empty() { path.clone() } else { format!("{root}/{path}") };
        // The crate refuses some paths and links on purpose; here they are wanted.
        let name = full.as_bytes();
        header.as_old_mut().name[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
        if matches!(kind, EntryType::Symlink | EntryType::Link) {
            header.as_old_mut().linkname[..bytes.len()].copy_from_slice(bytes);
            header.set_size(0);
            header.set_cksum();
            builder.append(&header, &[][..]).unwrap();
        } else {
            header.set_size(bytes.len() as u64);
            header.set_cksum();
            builder.append(&header, &bytes[..]).unwrap();
        }
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// A candidate's directory, to be spoilt.
pub struct CandidateDirectory {
    /// The files by their names.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The text of KEYS.
    pub keys: String,
    /// Further arguments of the command.
    pub arguments: Vec<String>,
    signers: Arc<Signers>,
}

impl CandidateDirectory {
    /// One in which everything is as it should be.
    pub fn good() -> Self {
        let signers = Signers::get();
        let keys = signers.keys(&[&signers.manager]);
        let mut candidate = Self { files: BTreeMap::new(), keys, arguments: Vec::new(), signers };
        candidate.publish(SOURCE, archive(ROOT, &good_tree()));
        candidate.publish(SDIST, sdist().to_vec());
        candidate.publish(WHEEL, wheel().to_vec());
        candidate.publish(NPM, npm().to_vec());
        candidate
    }

    /// Puts a file in, with its signature and its checksum file.
    pub fn publish(&mut self, name: &str, bytes: Vec<u8>) {
        self.files.insert(format!("{name}.asc"), self.signers.signed(&bytes).into_bytes());
        self.files.insert(format!("{name}.sha512"), format!("{}  {name}\n", Sha512::of(&bytes)).into_bytes());
        self.files.insert(name.to_owned(), bytes);
    }

    /// The source archive anew, from a changed tree.
    pub fn source(&mut self, change: impl FnOnce(&mut Tree)) {
        let mut tree = good_tree();
        change(&mut tree);
        self.publish(SOURCE, archive(ROOT, &tree));
    }

    /// Writes it into a directory, with KEYS beside that.
    pub fn write(&self, place: &Path) -> PathBuf {
        let directory = place.join("candidate");
        for (name, bytes) in &self.files {
            let path = directory.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::File::create(path).unwrap().write_all(bytes).unwrap();
        }
        fs::write(place.join("KEYS"), &self.keys).unwrap();
        directory
    }

    /// Runs `quorate verify` over it.
    pub fn verify(&self, more: &[&str]) -> Output {
        let place = tempfile::tempdir().unwrap();
        let directory = self.write(place.path());
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command.arg("verify").arg(directory).args(["--product", "sample", "--keys"]).arg(place.path().join("KEYS"));
        command.args(&self.arguments).args(more).current_dir(place.path()).stdin(Stdio::null());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", place.path());
        command.output().unwrap()
    }
}
