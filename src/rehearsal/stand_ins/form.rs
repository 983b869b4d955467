// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading `multipart/form-data`, as clients send it.

use memchr::memmem;

/// A field of a form.
#[derive(Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name.
    pub name: &'a str,
    /// The name of the file, where it is one.
    pub file: Option<&'a str>,
    /// What it holds.
    pub bytes: &'a [u8],
}

/// The fields of a body of this media type; nothing where it is no such form.
pub fn fields<'a>(kind: &str, body: &'a [u8]) -> Option<Vec<Field<'a>>> {
    let boundary =
        kind.strip_prefix("multipart/form-data")?.split_once("boundary=")?.1.split(';').next()?.trim_matches('"');
    let line = format!("--{boundary}");
    let mut rest = body.get(memmem::find(body, line.as_bytes())? + line.len()..)?;
    let end = format!("\r\n{line}");
    let mut fields = Vec::new();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let head_end = memmem::find(part, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&part[..head_end]).ok()?;
        let content = &part[head_end + 4..];
        let length = memmem::find(content, end.as_bytes())?;
        let disposition = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
        let value =
            |key: &str| disposition.split_once(&format!("{key}=\"")).and_then(|(_, rest)| rest.split('"').next());
        // `filename=` ends in `name=` too
        let name = disposition.split_once("; name=\"").and_then(|(_, rest)| rest.split('"').next())?;
        fields.push(Field { name, file: value("filename"), bytes: &content[..length] });
        rest = &content[length + end.len()..];
    }
    rest.starts_with(b"--").then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_whole_or_not_at_all() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name=\"content\"; filename=\"f.gz\"\r\nContent-Type: y/z\r\n\r\n\x00\r\n\x01\r\n--x--\r\n";
        let read = fields("multipart/form-data; boundary=x", body).unwrap();
        assert_eq!(read[0], Field { name: "a", file: None, bytes: b"1" });
        assert_eq!(read[1], Field { name: "content", file: Some("f.gz"), bytes: b"\x00\r\n\x01" });
        assert_eq!(fields("multipart/form-data; boundary=x", &body[..body.len() - 6]), None);
        assert_eq!(fields("application/json", body), None);
    }
}
