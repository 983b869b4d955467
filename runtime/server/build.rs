// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which languages and programs the tests find on this machine: what is not there is counted as ignored.

fn main() {
    println!("cargo::rerun-if-env-changed=PATH");
    for (name, programs) in
        [("has_java", &["java", "javac", "mvn"][..]), ("has_go", &["go"]), ("has_openssl", &["openssl"])]
    {
        println!("cargo::rustc-check-cfg=cfg({name})");
        if programs.iter().all(|program| is_there(program)) {
            println!("cargo::rustc-cfg={name}");
        }
    }
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
}
