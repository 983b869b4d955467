// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Sentences in other languages than English. The reader knows the few words by which people say in
//! them that they vote, agree or thank; a value among words that it does not know is for a person.

use super::clause::{Found, Sentence};
use super::sign::{Sign, Token};
use super::words::{is_claim, is_lead, one_of};

impl Sentence<'_> {
    /// What the value is in a sentence of another language; nothing where the sentence is English.
    pub(super) fn by_tongue(&self, sign: Sign) -> Option<Found> {
        let mut strange = self.words().filter(|token| self.is_strange(token));
        let first = strange.next()?;
        // one word with an accent among English ones is a loan, or was decoded wrongly
        let latin = !first.text.is_ascii() && first.text.chars().all(|c| c <= '\u{24f}' || !c.is_alphabetic());
        if latin && strange.next().is_none() && self.words().filter(|token| is_english(&token.text)).count() > 2 {
            return None;
        }
        let behind = self.behind();
        let thanks = behind.iter().find(|token| token.is_word() && !is_claim(&token.text)).is_some_and(is_thanks);
        let parts = behind.iter().filter(|token| matches!(token.text.as_str(), "," | ";" | ":")).count();
        let thanked = thanks && parts < 2 && self.before().iter().all(|token| !token.is_word() || self.is_known(token));
        let known = self.words().all(|token| self.is_known(token));
        let alone = self.tokens.iter().filter(|token| token.sign().is_some()).count() == 1;
        let denied = self
            .before()
            .iter()
            .any(|token| one_of!(&token.text, "non ne pas nicht kein keine niet geen ikke inte nie não nao 不 没"));
        match sign {
            Sign::Value(value) if !denied && alone && (known || thanked) && !self.asks() && !self.is_thanked_for() => {
                Some(Found::Casts { value, own: true, why: "a sentence that says so in another language" })
            }
            _ => Some(Found::Stray("it stands in a sentence of a language that is not read")),
        }
    }

    fn words(&self) -> impl Iterator<Item = &Token> {
        self.tokens.iter().filter(|token| token.is_word() && !is_claim(&token.text))
    }

    /// "Danke für +1": the last word before the value is no verb of the sender's and no pause.
    fn is_thanked_for(&self) -> bool {
        let first = self.before().iter().position(is_thanks);
        first.is_some_and(|at| {
            let between = &self.before()[at + 1..];
            !between.is_empty()
                && !between.iter().any(|token| matches!(token.text.as_str(), "," | "-" | ":" | ";"))
                && !is_mine(&between[between.len() - 1])
        })
    }

    /// Whether a word can only be of another language. A name is of none.
    fn is_strange(&self, token: &Token) -> bool {
        let text = token.text.as_str();
        let written = self.place.written.get(token.at..).and_then(|rest| rest.chars().next());
        let capital = token.at > 0 && written.is_some_and(char::is_uppercase);
        if text.is_ascii() {
            return is_foreign(text) && !capital;
        }
        let letters = text.chars().filter(|c| c.is_alphabetic());
        let (mut other, mut own_script) = (false, false);
        for letter in letters {
            other |= !letter.is_ascii();
            own_script |= letter > '\u{24f}';
        }
        let name = capital && !own_script;
        let digits = text.contains(|c: char| c.is_ascii_digit());
        other && !name && !text.starts_with('@') && (own_script || !digits) && !is_loan(text)
    }

    fn is_known(&self, token: &Token) -> bool {
        let text = token.text.as_str();
        is_vote_word(text)
            || text.is_ascii() && is_thanks(token)
            || is_lead(text)
            || text.starts_with('@')
            || is_joined_from_known(text)
            || self.place.sender.contains(text) && text.chars().count() > 2
    }
}

/// The words that English has most often.
fn is_english(word: &str) -> bool {
    one_of!(
        word,
        "the of to and is are was with for this that it i i'm my we our on at by be have has not from as but all so will can would which when there here",
    )
}

fn is_loan(text: &str) -> bool {
    one_of!(text, "naïve naïvely café résumé façade déjà cliché coöperate coördinate über vis-à-vis µs μs à")
}

fn is_thanks(token: &Token) -> bool {
    let text = token.text.as_str();
    one_of!(
        text,
        "danke vielen dank merci gracias muchas obrigado obrigada grazie bedankt dankjewel tack tak dzięki dziękuję teşekkürler спасибо дякую děkuji kiitos köszönöm ευχαριστώ",
    ) || ["谢谢", "感谢", "多谢", "辛苦", "謝謝", "感謝", "ありがとう", "감사"]
        .iter()
        .any(|start| text.starts_with(start))
}

fn is_mine(token: &Token) -> bool {
    one_of!(&token.text, "mir moi mí mim mij mig me меня mia")
}

/// Words that the languages have most often, and that English has not.
fn is_foreign(word: &str) -> bool {
    one_of!(
        word,
        "ich mir mich mein meine meinen meiner vom und oder aber nicht kein keine keinen keiner ist sind wird werden wenn sobald sofern solange vorausgesetzt eine einen einem einer auch noch daher deshalb darum weil denn stimme passt alles danke bitte wir habe haben brauchen nach jetzt bis nein dagegen nur erst fehlt fehlen braucht zählt gilt wer warum          je moi les une avec mais donc si tout bon merci beaucoup c'est j'ai que qui dans nous vous oui d'accord lorsque quand votre cette parce          yo voto porque falla parte bien gracias por pero una cuando siempre hace nuestro necesario necesaria necesita falta mientras          il mio che della sono quando grazie tutto bene appena purché          eu meu minha voto obrigado tudo certo mim quando desde assim          ik mijn mij betreft het een niet voor als zodra mits bedankt          jag och inte hvis jeg ikke se          jestem jest moj dla nie jesli jak benim oyum eger",
    )
}

/// What people say in them with a vote: that it is theirs, that they agree, that all is well.
fn is_vote_word(word: &str) -> bool {
    one_of!(
        word,
        "ich mir mich mein meine votum stimme gebe von auch für fur passt alles gut daher also deshalb bin dafür ja klar          je moi mon pour vote donne est c'est tout bon d'accord oui ma part de avis favorable          yo mi voto es doy parte por mí todo bien sí de acuerdo          il mio voto è per me tutto bene sì io da mia parte va d'accordo          eu meu voto é dou mim por tudo certo bem sim da minha parte          ik mijn stem is wat mij betreft akkoord          jag min röst är röstar          benim oyum mój głos głosuję jsem pro za          я за от меня голосую мой голос мои мій голосую согласен          저는 입니다 찬성합니다 찬성 제 투표는",
    )
}

/// Chinese and Japanese part no words: whether the text is made of known ones alone.
fn is_joined_from_known(text: &str) -> bool {
    let mut rest = text;
    if rest.is_ascii() {
        return false;
    }
    // "票" alone counts something
    if text.starts_with('票') && text.chars().count() > 1 {
        return false;
    }
    while !rest.is_empty() {
        let longest = PIECES.iter().filter(|piece| rest.starts_with(**piece)).max_by_key(|piece| piece.len());
        match longest {
            Some(piece) => rest = &rest[piece.len()..],
            None => return false,
        }
    }
    true
}

/// What people write in Chinese and Japanese with a vote.
const PIECES: [&str; 100] = [
    "我们的",
    "我们",
    "我的",
    "我这边",
    "我这里",
    "我",
    "这边",
    "这里",
    "个人",
    "投票",
    "投了",
    "投",
    "给",
    "支持",
    "同意",
    "赞成",
    "贊成",
    "賛成",
    "附议",
    "谢谢",
    "感谢",
    "多谢",
    "辛苦",
    "謝謝",
    "感謝",
    "了",
    "没问题",
    "没有问题",
    "沒問題",
    "没毛病",
    "没发现问题",
    "没有发现问题",
    "也",
    "是",
    "已经",
    "已",
    "验证",
    "通过",
    "测试",
    "检查",
    "签名",
    "哈希",
    "校验",
    "编译",
    "构建",
    "源码",
    "本地",
    "运行",
    "正常",
    "一切",
    "都",
    "全部",
    "完成",
    "成功",
    "好",
    "很",
    "非常",
    "棒",
    "谢谢大家",
    "感谢大家",
    "大家好",
    "各位好",
    "和",
    "与",
    "、",
    "，",
    "。",
    "所以",
    "因此",
    "看起来",
    "不错",
    "可以",
    "发布",
    "这个",
    "版本",
    "绑定",
    "非绑定",
    "非约束性",
    "有约束力",
    "无约束",
    "票",
    "期待",
    "加油",
    "赞",
    "非常棒的",
    "很棒的",
    "很好的",
    "太好了",
    "です",
    "します",
    "しました",
    "私",
    "わたし",
    "問題ありません",
    "は",
    "の投票",
    "確認",
    "提案",
    "特性",
    "功能",
];
