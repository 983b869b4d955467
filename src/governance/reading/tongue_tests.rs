// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A table of sentences in other languages.

use super::tests::values_are;

#[test]
fn votes_in_known_words() {
    values_are(
        "+1",
        &[
            "Von mir auch +1",
            "Alles gut, daher +1",
            "Passt für mich +1",
            "Tout est bon +1",
            "Mi voto es +1",
            "De mi parte +1",
            "Il mio voto è +1",
            "Meu voto é +1",
            "Mijn stem is +1",
            "Min röst är +1",
            "저는 +1 입니다",
            "+1 von mir",
            "Von mir +1",
            "Merci, +1 pour moi",
            "支持，+1",
            "我投 +1",
            "+1，谢谢",
            "赞成 +1",
            "+1 感谢大家的努力",
            "Danke, +1",
            "Thanks Jörg, +1",
            "Thanks José! +1",
            "Also ich bin +1",
            "De acuerdo, +1",
            "Estoy a favor, +1",
            "全部测试通过，+1",
            "没有发现问题，+1",
            "Ik stem +1",
        ],
    );
}

#[test]
fn what_is_not_known_is_for_a_person() {
    values_are(
        "unclear",
        &[
            "Ich stimme mit -1, weil der Build bricht",
            "Je vote -1 car le build est cassé",
            "Yo voto -1 porque falla la firma",
            "Голосую -1, сборка не проходит",
            "Ich ändere meine Stimme auf +1",
            "+1 sobald die LICENSE repariert ist",
            "+1, sofern die Tests laufen",
            "+1 si les tests passent",
            "+1 если починят",
            "如果修复了NOTICE，我就 +1",
            "我撤回我的 -1",
            "谢谢大家的 +1",
            "+1 ist noch nötig",
            "あと一つ +1 が必要です",
            "+1 票还差一个",
            "+1 falls CI grün wird",
            "+1 cuando pasen las pruebas",
            "+1 当测试通过时",
            "+1 quando os testes passarem",
            "Merci pour le +1",
            "还差一个 +1",
            "Kein +1 von mir",
            "等CI通过后 +1",
            "+1 als de tests slagen",
            "Retiro mi -1",
            "Danke für eure +1",
            "Stimme dagegen, -1",
            "Sono d'accordo, +1",
            "Wszystko działa +1",
            "Все хорошо +1",
            "Ben de +1",
            "動作確認しました +1",
            "Jeg stemmer +1",
            "+1 wenn die Tests durch sind",
            "+1, aber erst nach dem Fix",
            "+1 solange CI grün ist",
            "+1 une fois la licence corrigée",
            "+1 dès que la CI passe",
            "+1 siempre que pasen las pruebas",
            "+1 se i test passano",
            "+1 desde que corrijam a licença",
            "+1 при условии что тесты пройдут",
            "+1 前提是CI通过",
            "修好之后我会 +1",
            "我不会投 +1",
            "撤回 -1",
            "我收回之前的 -1",
            "Je retire ma voix -1",
            "Ich nehme mein -1 zurück",
            "請大家投 +1",
            "为什么投 -1",
            "需要再多一个 +1",
            "Gracias por el +1",
            "Спасибо за ваш +1",
            "Bob hat +1 gesagt",
            "Bobs +1 zählt nicht",
            "+1 fehlt noch",
            "不能投 +1",
            "目前有三个 +1",
            "Warten wir auf noch eine +1",
        ],
    );
}
