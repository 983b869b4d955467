// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How mail programs introduce what they quote: "On … wrote:" and blocks of headers, in the
//! languages that people's programs speak. By their shape where that is enough, by words where not.

use super::collapsed::{has_clock, has_date};

/// What begins at a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// These many lines introduce a quote that is marked.
    Lines(usize),
    /// From here on everything is quoted; these many lines introduce it.
    Rest(usize),
}

/// Whether a line is marked as quoted.
pub(super) fn prefixed(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '\u{a0}', '\u{200b}']);
    line.starts_with('>')
        || line.starts_with('＞')
        || line.starts_with("|>")
        || line.starts_with("&gt;")
        || has_initials(line)
}

/// "RK> text": the mark of a quote behind initials or a name.
fn has_initials(line: &str) -> bool {
    let letters = line.bytes().take_while(u8::is_ascii_alphabetic).count();
    (1..=10).contains(&letters)
        && line.starts_with(|c: char| c.is_ascii_uppercase())
        && line[letters..].starts_with('>')
        && line[letters..].trim_start_matches('>').starts_with([' ', '\t'])
}

/// "| text", as some programs mark quotes; a table's row ends with its bar.
pub(super) fn barred(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix('|')?;
    let bare = rest.trim_start_matches(['|', ' ']);
    (rest.starts_with([' ', '|']) && !rest.ends_with('|') && !bare.is_empty()).then_some(bare)
}

/// How the introduction of a quote begins.
pub(super) const BEGINNINGS: [&str; 12] =
    ["on ", "am ", "le ", "el ", "il ", "em ", "op ", "den ", "w dniu", "at ", "dňa ", "dne "];

/// What people did with the mail that is quoted, in the languages of mail programs.
pub(super) const VERBS: [&str; 28] = [
    "wrote",
    "writes",
    "schrieb",
    "écrit",
    "escribió",
    "escreveu",
    "ha scritto",
    "scrisse",
    "schreef",
    "skrev",
    "napisał",
    "napsal",
    "yazdı",
    "пише",
    "пишет",
    "писал",
    "написа",
    "写道",
    "寫道",
    "书いた",
    "書きました",
    "のメール",
    "より",
    "작성",
    "kirjoitti",
    "írta",
    "đã viết",
    "said",
];

/// What, if anything, begins at `all[at]`.
pub(super) fn opening(all: &[&str], at: usize) -> Option<Opening> {
    let line = all[at].trim();
    if line.is_empty() {
        return None;
    }
    if let Some(length) = header_block(all, at) {
        return Some(Opening::Rest(length));
    }
    if is_separator(line) {
        return Some(Opening::Rest(1));
    }
    if line.len() > 4 && line.chars().all(|c| matches!(c, '_' | '-' | '=')) {
        let next = (at + 1..all.len().min(at + 4)).find(|next| !all[*next].trim().is_empty())?;
        return header_block(all, next).map(|length| Opening::Rest(next - at + length));
    }
    let length = attribution(all, at)?;
    let next = all[at + length..].iter().find(|line| !line.trim().is_empty());
    match next {
        Some(next) if prefixed(next) || barred(next).is_some() => Some(Opening::Lines(length)),
        None => Some(Opening::Lines(length)),
        Some(_) => Some(Opening::Rest(length)),
    }
}

/// "-----Original Message-----" in any language, "---- On … wrote ----".
fn is_separator(line: &str) -> bool {
    let dashes = |c: char| matches!(c, '-' | '_' | '─' | '—' | '=');
    if !line.starts_with(dashes) {
        return false;
    }
    let inner = line.trim_matches(dashes).trim();
    let left = line.chars().take_while(|c| dashes(*c)).count();
    let right = line.chars().rev().take_while(|c| dashes(*c)).count();
    if left < 2 || right < 2 || inner.is_empty() || inner.chars().count() > 200 {
        return false;
    }
    let lower = inner.to_lowercase();
    let words = [
        "original",
        "ursprüngliche",
        "forwarded",
        "weitergeleitet",
        "原始邮件",
        "原邮件",
        "原始郵件",
        "转发",
        "轉寄",
        "回复的",
        "回复邮件",
        "元のメッセージ",
        "オリジナル",
        "d'origine",
        "transféré",
        "originale",
        "mensaje",
        "mensagem",
        "исходное",
        "пересыла",
        "oorspronkelijk",
        "원본",
        "replied message",
        "reply message",
        "wrote",
        "письмо",
        "wiadomo",
        "messaggio",
        "邮件原件",
        "reply to",
    ];
    words.iter().any(|word| lower.contains(word))
}

/// The lines of a block of headers that begins at `at`.
fn header_block(all: &[&str], at: usize) -> Option<usize> {
    let first = kind_of(all[at])?;
    if !matches!(first, Label::From | Label::Date) {
        return None;
    }
    let mut seen = vec![first];
    let mut length = 1;
    let mut blanks = 0;
    let mut others = 0;
    for line in all[at + 1..].iter().take(30) {
        if line.trim().is_empty() {
            blanks += 1;
            if blanks > 1 && seen.len() < 2 || seen.len() >= 3 || blanks > 3 {
                break;
            }
        } else if let Some(kind) = kind_of(line) {
            seen.push(kind);
            others = 0;
        } else if others < 3 && seen.len() < 4 && !line.trim().is_empty() && blanks == 0 {
            // a long list of addressees goes on in the next line
            others += 1;
        } else {
            break;
        }
        length += 1;
    }
    let has = |label: Label| seen.contains(&label);
    let enough = has(Label::From)
        && [Label::Date, Label::To, Label::Subject].into_iter().filter(|label| has(*label)).count() >= 2;
    // of two lines alone, only right below each other and with an address
    let address = |line: &&&str| kind_of(line) == Some(Label::From) && line.contains('@');
    let pair = all[at..all.len().min(at + 2)].iter();
    let two = seen.len() >= 2
        && kind_of(all[at + 1]).is_some_and(|second| [first, second].contains(&Label::Date) && first != second)
        && pair.clone().any(|line| address(&line))
        && all.get(at + 2).is_none_or(|line| line.trim().is_empty());
    let enough = enough || two;
    let end = all[at..at + length].iter().rposition(|line| kind_of(line).is_some()).map_or(length, |last| last + 1);
    enough.then_some(end)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    From,
    Date,
    To,
    Subject,
}

/// Which header a line is, in the languages of mail programs.
fn kind_of(line: &str) -> Option<Label> {
    let line = line.trim_start_matches(['*', '_', ' ', '\u{a0}', '\u{200b}', '|', '-']);
    let colon = line.char_indices().take(32).find(|(_, c)| matches!(c, ':' | '：'))?.0;
    let label = line[..colon].trim().trim_matches(['*', '_', '|', '\u{a0}']).trim().to_lowercase();
    let label: String = label.split_whitespace().collect::<Vec<_>>().join(" ");
    const FROM: [&str; 26] = [
        "from",
        "von",
        "de",
        "da",
        "van",
        "från",
        "fra",
        "od",
        "kimden",
        "от",
        "від",
        "发件人",
        "發件人",
        "寄件者",
        "寄件人",
        "差出人",
        "送信元",
        "보낸 사람",
        "보낸사람",
        "lähettäjä",
        "odesílatel",
        "feladó",
        "expéditeur",
        "remitente",
        "mittente",
        "từ",
    ];
    const DATE: [&str; 40] = [
        "sent",
        "date",
        "gesendet",
        "datum",
        "envoyé",
        "envoyé le",
        "enviado",
        "enviado el",
        "enviada em",
        "enviado em",
        "fecha",
        "data",
        "inviato",
        "verzonden",
        "skickat",
        "sendt",
        "dato",
        "wysłano",
        "gönderilme tarihi",
        "gönderildi",
        "tarih",
        "отправлено",
        "дата",
        "надіслано",
        "发送时间",
        "发送日期",
        "日期",
        "時間",
        "寄件日期",
        "傳送時間",
        "送信日時",
        "日時",
        "送信日",
        "보낸 날짜",
        "보낸날짜",
        "lähetetty",
        "odesláno",
        "datum odeslání",
        "sent at",
        "时间",
    ];
    const TO: [&str; 28] = [
        "to",
        "an",
        "à",
        "a",
        "para",
        "aan",
        "till",
        "til",
        "do",
        "kime",
        "кому",
        "收件人",
        "收件者",
        "宛先",
        "받는 사람",
        "받는사람",
        "cc",
        "kopie",
        "抄送",
        "副本",
        "копия",
        "vastaanottaja",
        "komu",
        "címzett",
        "destinataire",
        "dw",
        "đến",
        "reply to",
    ];
    const SUBJECT: [&str; 20] = [
        "subject",
        "betreff",
        "objet",
        "asunto",
        "oggetto",
        "assunto",
        "onderwerp",
        "ämne",
        "emne",
        "temat",
        "konu",
        "тема",
        "主题",
        "主旨",
        "主題",
        "件名",
        "제목",
        "aihe",
        "předmět",
        "tárgy",
    ];
    let label = label.as_str();
    let found =
        [(&FROM[..], Label::From), (&DATE[..], Label::Date), (&TO[..], Label::To), (&SUBJECT[..], Label::Subject)];
    found.into_iter().find(|(words, _)| words.contains(&label)).map(|(_, kind)| kind)
}

/// How many lines "On …, Ann Example wrote:" takes that begins at `at`: at most four.
fn attribution(all: &[&str], at: usize) -> Option<usize> {
    let colon = |line: &&str| line.trim_end().ends_with([':', '：']);
    if !all[at..].iter().take(4).any(colon) {
        return None;
    }
    let mut joined = String::new();
    for (count, line) in all[at..].iter().take(4).enumerate() {
        let line = line.trim();
        if line.is_empty() || count > 0 && prefixed(line) {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(line);
        if joined.chars().count() > 400 {
            return None;
        }
        if line.ends_with([':', '：']) || line.ends_with("wrote: ") {
            let next = all[at + count + 1..].iter().find(|line| !line.trim().is_empty());
            let quoted = next.is_some_and(|next| prefixed(next) || barred(next).is_some());
            return introduces(&joined, quoted).then_some(count + 1);
        }
    }
    None
}

/// Whether a line that ends with a colon introduces a quote.
pub(super) fn introduces(line: &str, quote_follows: bool) -> bool {
    let lower = line.to_lowercase();
    let verb = VERBS.iter().chain(&["a scris"]).any(|verb| lower.contains(verb));
    let address = line.contains('@') || line.contains('<') && line.contains('>');
    let clock = has_clock(line);
    let day = has_date(&lower);
    let begins = BEGINNINGS.iter().chain(&["в "]).any(|start| lower.starts_with(start));
    let evidence = usize::from(address) + usize::from(clock) + usize::from(day) + usize::from(begins);
    if quote_follows {
        verb && line.chars().count() < 200
            || evidence >= 2
            || evidence >= 1 && line.chars().count() < 120 && (address || clock)
    } else {
        verb && evidence >= 2
    }
}
