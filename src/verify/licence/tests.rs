// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What RAT 0.16.1 said of the corner cases. `scripts/compare-rat.sh` asks it again.

use Said::{Approved, Archive, Binary, Hidden, Notice, Unapproved};

use super::{Document, Judgement, RatExcludes};

/// What RAT called a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Approved,
    Unapproved,
    Notice,
    Archive,
    Binary,
    Hidden,
}

/// Path, bytes, and what RAT said.
#[rustfmt::skip]
pub const CASES: &[(&str, &[u8], Said)] = &[
    ("asf/block.java", b" * Licensed to the Apache Software Foundation (ASF) under one\n *     http://www.apache.org/licenses/LICENSE-2.0\n", Approved),
    ("asf/first_line_only.java", b"// Licensed to the Apache Software Foundation (ASF) under one\n", Unapproved),
    ("asf/name_without_address.py", b"# under the Apache License, Version 2.0 (the\n# \"License\"); you may not use this file\n", Unapproved),
    ("asf/one_line.py", b"# Licensed under the Apache License, Version 2.0 (the \"License\");\n", Approved),
    ("asf/end_of_line.py", b"# Licensed under the Apache License, Version 2.0 (the\n# \"License\");\n", Approved),
    ("asf/start_alone.py", b"# Licensed under the Apache License, Version 2.0 (the\n", Approved),
    ("asf/start_with_more.py", b"# Licensed under the Apache License, Version 2.0 (the lot)\n", Unapproved),
    ("spdx/last_of_line.c", b"// SPDX-License-Identifier: MIT SPDX-License-Identifier: EPL-2.0\n", Unapproved),
    ("asf/rewrapped.py", b"# Licensed under the Apache License,\n# Version 2.0 (the \"License\");\n", Unapproved),
    ("asf/capitals.sql", b"-- LICENSED UNDER THE APACHE LICENSE VERSION 2.0 (THE LICENSE)\n", Approved),
    ("asf/https.yml", b"# https://www.apache.org/licenses/LICENSE-2.0.html\n", Approved),
    ("asf/without_www.yml", b"# http://apache.org/licenses/LICENSE-2.0\n", Unapproved),
    ("asf/wrapped_address.yml", b"# http://www.apache.org/\n# licenses/LICENSE-2.0\n", Unapproved),
    ("asf/lower_address.yml", b"# http://www.apache.org/licenses/license-2.0\n", Unapproved),
    ("asf/shebang.sh", b"#!/bin/sh\n#\n# http://www.apache.org/licenses/LICENSE-2.0\n", Approved),
    ("asf/prolog.xml", b"<?xml version=\"1.0\"?>\n<!-- http://www.apache.org/licenses/LICENSE-2.0 -->\n", Approved),
    ("asf/late.c", b"x\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nhttp://www.apache.org/licenses/LICENSE-2.0\n", Approved),
    ("asf/crlf.bat", b"REM\r\nREM http://www.apache.org/licenses/LICENSE-2.0\r\n", Approved),
    ("asf/mark.cs", b"\xef\xbb\xbf// http://www.apache.org/licenses/LICENSE-2.0", Approved),
    ("asf/utf16.cs", b"\xff\xfe/\x00/\x00 \x00h\x00t\x00t\x00p\x00:\x00/\x00/\x00w\x00w\x00w\x00.\x00a\x00p\x00a\x00c\x00h\x00e\x00.\x00o\x00r\x00g\x00/\x00l\x00i\x00c\x00e\x00n\x00s\x00e\x00s\x00/\x00L\x00I\x00C\x00E\x00N\x00S\x00E\x00-\x002\x00.\x000\x00\n\x00", Binary),
    ("asf/latin1.c", b"/* caf\xe9 */\n", Binary),
    ("asf/latin1_late.c", b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\xe9\n", Unapproved),
    ("asf/cut_at_200.c", b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\xc3\xa9\n", Binary),
    ("asf/nul.c", b"a\x00b http://www.apache.org/licenses/LICENSE-2.0", Approved),
    ("asf/chinese.md", b"\xe4\xb8\xad\xe6\x96\x87\xe6\x96\x87\xe6\xa1\xa3\n", Binary),
    ("asf/a_third_chinese.md", b"\xe4\xb8\xad\xe6\x96\x87xxxxx", Unapproved),
    ("asf/less_chinese.md", b"\xe4\xb8\xad\xe6\x96\x87xxxxxx", Unapproved),
    ("plain/empty.py", b"", Unapproved),
    ("plain/blank.py", b"\n \n", Unapproved),
    ("plain/min.js", b"!function(e){e()}(1);", Unapproved),
    ("spdx/apache.c", b"// SPDX-License-Identifier: Apache-2.0\n", Approved),
    ("spdx/lower.c", b"// SPDX-License-Identifier: apache-2.0\n", Unapproved),
    ("spdx/first.c", b"// SPDX-License-Identifier: MIT OR Apache-2.0\n", Approved),
    ("spdx/second.c", b"// SPDX-License-Identifier: EPL-2.0 OR Apache-2.0\n", Unapproved),
    ("spdx/no_blank.c", b"// SPDX-License-Identifier:Apache-2.0\n", Unapproved),
    ("spdx/tab.c", b"// SPDX-License-Identifier:\tApache-2.0\n", Approved),
    ("spdx/comment_end.xml", b"<!-- SPDX-License-Identifier: Apache-2.0-->\n", Unapproved),
    ("spdx/brackets.c", b"/* SPDX-License-Identifier: (Apache-2.0) */\n", Unapproved),
    ("spdx/bsd-2-clause.c", b"// SPDX-License-Identifier: BSD-2-Clause\n", Unapproved),
    ("spdx/bsd-3-clause.c", b"// SPDX-License-Identifier: BSD-3-Clause\n", Approved),
    ("spdx/gpl-2.0.c", b"// SPDX-License-Identifier: GPL-2.0\n", Unapproved),
    ("spdx/gpl-2.0-only.c", b"// SPDX-License-Identifier: GPL-2.0-only\n", Approved),
    ("spdx/lgpl-2.1.c", b"// SPDX-License-Identifier: LGPL-2.1\n", Unapproved),
    ("spdx/epl-2.0.c", b"// SPDX-License-Identifier: EPL-2.0\n", Unapproved),
    ("spdx/w3c.c", b"// SPDX-License-Identifier: W3C\n", Approved),
    ("spdx/cddl-1.0.c", b"// SPDX-License-Identifier: CDDL-1.0\n", Approved),
    ("other/mit.js", b"/*\n * Permission is hereby granted, free of charge, to any person obtaining\n * a copy of this software and associated documentation files (the\n * \"Software\"), to deal in the Software without restriction, including\n * without limitation the rights to use, copy, modify, merge, publish,\n * distribute, sublicense, and/or sell copies of the Software, and to\n * permit persons to whom the Software is furnished to do so, subject to\n * the following conditions: The above copyright notice and this\n * permission notice shall be included in all copies or substantial\n * portions of the Software. THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT\n * WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO\n * THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE\n * AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT\n * HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER\n * IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR\n * IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE\n * SOFTWARE.\n */\n", Approved),
    ("other/mit_without_end.js", b"Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the \"Software\"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:\nThe above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.\nTHE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIAB", Unapproved),
    ("other/mit_broken_start.js", b"Permission is hereby granted,\nfree of charge, to any person obtaining a copy of this software and associated documentation files (the \"Software\"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:\nThe above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.\nTHE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.", Unapproved),
    ("other/bsd.h", b" Redistribution and use in source and binary forms, with or without\n modification, are permitted provided that the following conditions are met:\n", Unapproved),
    ("other/gpl1.c", b"This program is free software; you can redistribute it and/or modify it\nunder the terms of the GNU General Public License as published by the Free\nSoftware Foundation; either version 1, or (at your option) any later\nversion. This program is distributed in the hope that it will be useful, but\nWITHOUT ANY WARRANTY; without even the implied warranty of MERCHANTABILITY\nor FITNESS FOR A PARTICULAR PURPOSE. See the GNU General Public License for\nmore details.", Approved),
    ("other/gpl2.c", b"This program is free software; you can redistribute it and/or modify it\nunder the terms of the GNU General Public License as published by the Free\nSoftware Foundation; either version 2 of the License, or (at your option)\nany later version. This program is distributed in the hope that it will be\nuseful, but WITHOUT ANY WARRANTY; without even the implied warranty of\nMERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE. See the GNU General\nPublic License for more details.", Approved),
    ("other/gpl3.c", b"This program is free software: you can redistribute it and/or modify it\nunder the terms of the GNU General Public License as published by the Free\nSoftware Foundation, either version 3 of the License, or (at your option)\nany later version. This program is distributed in the hope that it will be\nuseful, but WITHOUT ANY WARRANTY; without even the implied warranty of\nMERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE. See the GNU General\nPublic License for more details.", Approved),
    ("other/lgpl.c", b"This program is free software; you can redistribute it and/or modify it\nunder the terms of the GNU Lesser General Public License as published by the\nFree Software Foundation; either version 2 of the License, or (at your\noption) any later version. This program is distributed in the hope that it\nwill be useful, but WITHOUT ANY WARRANTY; without even the implied warranty\nof MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE. See the GNU Lesser\nGeneral Public License for more details.", Unapproved),
    ("other/cddl.c", b"The contents of this file are subject to the terms of the Common Development\nand Distribution License (the \"License\"). You may not use this file except\nin compliance with the License. You can obtain a copy of the license at\nhttp://www.sun.com/cddl/cddl.html or http://www.opensolaris.org/os/licensing\nSee the License for the specific language governing permissions and\nlimitations under the License.", Approved),
    ("other/w3c.xsd", b"http://www.w3.org/Consortium/Legal/2002/copyright-software-20021231\n", Approved),
    ("other/oasis.xsd", b"Copyright (c) OASIS Open 2005. All Rights Reserved. This document and translations of it may be copied and furnished to others, and derivative works that comment on or otherwise explain it or assist in its implementation may be prepared, copied, published and distributed, in whole or in part, without restriction of any kind,", Approved),
    ("other/oasis_without_year.xsd", b"Copyright (c) OASIS Open. All Rights Reserved. This document and translations of it may be copied and furnished to others, and derivative works that comment on or otherwise explain it or assist in its implementation may be prepared, copied, published and distributed, in whole or in part, without restriction of any kind,", Unapproved),
    ("other/oasis_year_first.xsd", b"Copyright (c) 2005 OASIS Open. All Rights Reserved. This document and translations of it may be copied and furnished to others, and derivative works that comment on or otherwise explain it or assist in its implementation may be prepared, copied, published and distributed, in whole or in part, without restriction of any kind,", Approved),
    ("other/oasis_unsigned.xsd", b"OASIS Open 2005. All Rights Reserved. This document and translations of it may be copied and furnished to others, and derivative works that comment on or otherwise explain it or assist in its implementation may be prepared, copied, published and distributed, in whole or in part, without restriction of any kind,", Unapproved),
    ("other/jquery.js", b"/* Released under the MIT license */\n", Unapproved),
    ("generated/javacc.java", b"/* Generated By:JavaCC: Do not edit this line. */\n", Approved),
    ("generated/thrift.py", b"# Autogenerated by Thrift Compiler\n", Approved),
    ("generated/protoc.go", b"// Code generated by protoc-gen-go. DO NOT EDIT.\n", Unapproved),
    ("generated/protoc.py", b"# Generated by the protocol buffer compiler.  DO NOT EDIT!\n", Unapproved),
    ("generated/wrapped.java", b"// This file was automatically\n// generated by a tool\n", Approved),
    ("generated/wrapped_early.java", b"// This file was\n// automatically generated by a tool\n", Unapproved),
    ("generated/javadoc.html", b"<!-- Generated by javadoc -->\n", Approved),
    ("names/LICENSE", b"x\n", Notice),
    ("names/license.txt", b"x\n", Notice),
    ("names/NOTICE.md", b"x\n", Unapproved),
    ("names/README", b"x\n", Notice),
    ("names/README.md", b"x\n", Unapproved),
    ("names/README.txt", b"x\n", Notice),
    ("names/AUTHORS", b"x\n", Notice),
    ("names/AUTHORS.txt", b"x\n", Unapproved),
    ("names/BUILD", b"x\n", Notice),
    ("names/CHANGES", b"x\n", Unapproved),
    ("names/x.LICENSE", b"x\n", Notice),
    ("names/x.NOTICE.txt", b"x\n", Notice),
    ("names/LICENSE.x", b"x\n", Unapproved),
    ("names/KEYS", b"x\n", Notice),
    ("names/TODO", b"x\n", Unapproved),
    ("names/x.json", b"x\n", Binary),
    ("names/x.json.bak", b"x\n", Unapproved),
    ("names/X.PNG", b"x\n", Binary),
    ("names/x.jar", b"x\n", Archive),
    ("names/x.tar.gz", b"x\n", Archive),
    ("names/x.tgz", b"x\n", Unapproved),
    ("names/x.pem", b"x\n", Binary),
    ("names/x.key", b"x\n", Unapproved),
    ("names/x.svg", b"x\n", Unapproved),
    ("names/x.dat", b"x\n", Binary),
    ("names/x.bin", b"x\n", Unapproved),
    ("names/.gitignore", b"x\n", Unapproved),
    ("names/.hidden/x.c", b"x\n", Hidden),
    ("names/deep/.x/y/z.c", b"x\n", Hidden),
    ("names/code.class.txt", b"\xca\xfe\xba\xbe\x00\x00\x004", Binary),
    ("names/program", b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00", Binary),
    ("names/controls.txt", b"\x01\x02\x03\x04abc\n", Binary),
];

#[test]
fn corner_cases_are_judged_as_rat_judged_them() {
    for (path, bytes, said) in CASES {
        let ours = match Judgement::of(path, bytes) {
            Judgement::Approved(_) => Approved,
            Judgement::Unapproved => Unapproved,
            Judgement::Exempt(Document::Notice) => Notice,
            Judgement::Exempt(Document::Archive) => Archive,
            Judgement::Exempt(Document::Binary) => Binary,
            Judgement::Exempt(Document::Hidden | Document::Standard) => Hidden,
        };
        assert_eq!(ours, *said, "{path}");
    }
}

#[test]
fn pieces_are_judged_as_a_whole() {
    let mut check = super::HeaderCheck::new("a/x.c", b"int x;\n");
    check.look_at(b"int x;\n");
    assert_eq!(check.judgement(), Judgement::Unapproved);
    check.look_at(b"// SPDX-License-Identifier: Apache-2.0\n");
    check.look_at(b"int y;\n");
    assert_eq!(check.judgement(), Judgement::Approved("Apache-2.0"));
}

#[test]
fn excludes_of_a_pom_fit_as_the_plugin_fits_them() {
    let pom = "<project><build><plugins><plugin><artifactId>other</artifactId><configuration><excludes>\
        <exclude>**/never</exclude></excludes></configuration></plugin><plugin>\
        <artifactId>apache-rat-plugin</artifactId><configuration><excludes><exclude>**/.*/**</exclude>\
        <exclude>**/*.iml</exclude><exclude> docs/public/** </exclude><exclude>**/LICENSE*</exclude>\
        <exclude>a[b]/</exclude></excludes></configuration></plugin></plugins></build></project>";
    let excludes = RatExcludes::from_pom(pom).unwrap();
    for path in
        [".gitignore", "a/.x/y", "x.iml", "a/b/x.iml", "docs/public", "docs/public/a/b", "a/LICENSE.x", "a[b]/c"]
    {
        assert!(excludes.exclude(path), "{path}");
    }
    for path in ["never", "x.iml.txt", "other/docs/public/x", "docs/publicity", "LICENSES/x", "ab/c", "a"] {
        assert!(!excludes.exclude(path), "{path}");
    }
    assert!(RatExcludes::from_pom("<project>").is_err());
    assert!(!RatExcludes::from_pom("<project/>").unwrap().exclude("a"));
}

#[test]
fn an_exclude_file_is_one_of_whole_names() {
    let excludes = RatExcludes::from_exclude_file("# comment\n\n  a.txt \n*.gen\n.*\\.md\nfoo/*\na)|(b\n");
    for path in ["a.txt", "x/a.txt", "axtxt", "x.md", "foo/x", "y/foo/z"] {
        assert!(excludes.exclude(path), "{path}");
    }
    let said: Vec<String> = excludes.unread().into_iter().map(|finding| finding.detail).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("`*.gen` excludes nothing: RAT skips it") && said[1].contains("`a)|(b`"), "{said:?}");
    for path in ["b.txt", "A.TXT", "x.gen", "x.md.txt", "food/x", "b", "a"] {
        assert!(!excludes.exclude(path), "{path}");
    }
}

#[test]
fn lines_of_an_exclude_file_are_read_as_java_reads_them() {
    let excluded = |line: &str, path: &str| RatExcludes::from_exclude_file(line).exclude(path);
    for line in ["src/**", "x**c", "a+?+", "*", "(*a)", "a|+b", "a*++"] {
        let excludes = RatExcludes::from_exclude_file(line);
        assert!(!excludes.exclude("src/x.txt") && excludes.unread().len() == 1, "{line}");
    }
    for line in ["a*?", "a*+", "[*+?]", "a\\**", "(?:a)*", "(?i)a", "x{1,2}c", "c++"] {
        assert!(RatExcludes::from_exclude_file(line).unread().is_empty(), "{line}");
    }
    // a line is a pattern of names too, and a name
    assert!(excluded("foo*", "foobar/z.txt") && excluded("fo?", "foo") && excluded("c++", "c++"));
    assert!(!excluded("foo*", "a/bfoo") && !excluded("fo?", "food"));
}
