// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How mail programs introduce what they quote: "On … wrote:" and blocks of headers, in the
//! languages that people's programs speak. By their shape where that is enough, by words where not.

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

/// Where in a line the introduction of a quote begins that has words before it or behind it, as
/// programs write that part no lines: "Thanks On Mon, … Ann wrote: Hi all, …".
pub(super) fn collapsed(line: &str) -> Option<usize> {
    if line.len() < 30 || !line.contains([':', '：']) {
        return None;
    }
    let colons = line.match_indices([':', '：']).filter(|(at, _)| {
        let before = line[..*at].trim_end();
        VERBS.iter().any(|verb| before.ends_with(verb)) || before.ends_with(['>', ')'])
    });
    for (colon, mark) in colons {
        let end = colon + mark.len();
        let starts = line[..colon].match_indices(' ').map(|(at, _)| at + 1).chain([0]);
        let mut starts: Vec<usize> = starts.filter(|at| begins_introduction(&line[*at..colon])).collect();
        // the last beginning that has a date behind it is the nearest
        starts.sort_unstable();
        let found = starts.into_iter().rev().find(|at| {
            let piece = &line[*at..end];
            has_date(piece) && names_writer(piece) && piece.chars().count() < 250 && introduces(piece, false)
        });
        let rest = line[end..].trim();
        if let Some(found) = found
            && (found > 0 || !rest.is_empty())
        {
            return Some(found);
        }
    }
    None
}

/// Where in the line the introduction of a quote begins that goes on in the next line, with words of
/// the sender's before it: "Thanks! On Mon, 1 Jan 2024, Ann Example".
pub(super) fn lead_in(line: &str) -> Option<usize> {
    if begins_introduction(line.trim_start()) {
        return None;
    }
    let starts = line.match_indices(' ').map(|(at, _)| at + 1);
    let said = |before: &str| before.trim_end().ends_with(['.', '!', '?', ',', ')', '1', '0']) && !before.contains('@');
    let mut starts = starts.filter(|at| begins_introduction(&line[*at..]) && said(&line[..*at]));
    starts.find(|at| line[*at..].contains(|c: char| c.is_ascii_digit()))
}

fn has_date(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit())
        .any(|number| number.len() == 4 && (number.starts_with("19") || number.starts_with("20")))
}

/// Whether there is an address or a time of day: "on Monday it wrote:" has neither.
fn names_writer(text: &str) -> bool {
    text.contains('@') || text.contains('<') || has_clock(text)
}

fn has_clock(text: &str) -> bool {
    text.as_bytes().windows(4).any(|piece| {
        piece[0].is_ascii_digit() && piece[1] == b':' && piece[2].is_ascii_digit() && piece[3].is_ascii_digit()
    })
}

/// "On Mon, …", "Am Mo., …", "El lun, …", "2026年…".
fn begins_introduction(text: &str) -> bool {
    BEGINNINGS.iter().any(|start| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
        || text.starts_with('在')
        || text.chars().take(4).all(|c| c.is_ascii_digit()) && text.chars().nth(4) == Some('年')
}

/// How the introduction of a quote begins.
const BEGINNINGS: [&str; 12] =
    ["on ", "am ", "le ", "el ", "il ", "em ", "op ", "den ", "w dniu", "at ", "dňa ", "dne "];

/// What people did with the mail that is quoted, in the languages of mail programs.
const VERBS: [&str; 28] = [
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
fn introduces(line: &str, quote_follows: bool) -> bool {
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
