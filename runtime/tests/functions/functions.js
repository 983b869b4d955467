// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

// The tests' functions on the published JavaScript SDK; the same as functions.py, as far as
// this SDK has the types.
//
//     node functions.js PORT HOST
//
// FUNCTIONS_TLS names a directory with certificates, FUNCTIONS_SOCKET a socket to listen on instead,
// FUNCTIONS_GZIP has answers compressed.

'use strict';

const fs = require('fs');
const http = require('http');
const http2 = require('http2');
const zlib = require('zlib');
const { StateFun, messageBuilder, egressMessageBuilder, kafkaEgressMessage, kinesisEgressMessage } = require('apache-flink-statefun');

const INTERPRETER = 'test/interpreter';
const LIFETIME = 600;
const COMMANDS = StateFun.jsonType('test/commands');
const RECORD = StateFun.jsonType('io.statefun.playground/EgressRecord');
const SIMPLE = { bool: StateFun.booleanType(), int: StateFun.intType(), float: StateFun.floatType(), string: StateFun.stringType() };

const statefun = new StateFun();

function out(context, value, topic = 'out') {
    const record = { topic, payload: JSON.stringify(value) };
    context.send(egressMessageBuilder({ typename: 'io.statefun.playground/egress', value: record, valueType: RECORD }));
}

function to(command) {
    return messageBuilder({ typename: INTERPRETER, id: command.id, value: command.commands, valueType: COMMANDS });
}

function interpret(context, message) {
    const state = context.storage;
    for (const command of message.as(COMMANDS)) {
        switch (command.do) {
        case 'increment': state.count = (state.count || 0) + 1; break;
        case 'send': context.send(to(command)); break;
        case 'later': context.sendAfter(command.ms, to(command), command.token); break;
        case 'cancel': context.cancelDelayedMessage(command.token); break;
        case 'out': out(context, command.value); break;
        case 'kafka':
            context.send(kafkaEgressMessage({
                typename: 'test/broker', topic: command.topic, key: 'k',
                value: command.base64 ? Buffer.from(command.base64, 'base64') : command.value,
            }));
            break;
        case 'kinesis':
            context.send(kinesisEgressMessage({
                typename: 'test/broker', stream: command.topic, partitionKey: 'k', value: command.value,
            }));
            break;
        case 'elsewhere':
            context.send(egressMessageBuilder({ typename: 'test/nowhere', value: 'x', valueType: StateFun.stringType() }));
            break;
        case 'set': state[command.name] = command.value; break;
        case 'delete': state[command.name] = null; break;
        case 'show': {
            const caller = context.caller ? context.caller.id : null;
            out(context, { id: context.self.id, count: state.count, written: state.written, called: state.called, caller }, command.topic);
            break;
        }
        case 'sleep': Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, command.ms); break;
        case 'fail': throw new Error('told to fail');
        }
    }
}

statefun.bind({
    typename: INTERPRETER,
    fn: interpret,
    specs: [
        { name: 'count', type: StateFun.intType() },
        { name: 'written', type: StateFun.stringType(), expireAfterWrite: LIFETIME },
        { name: 'called', type: StateFun.stringType(), expireAfterCall: LIFETIME },
    ],
});

// Keeps a value, sends it to test/echo, and compares what comes back.
statefun.bind({
    typename: 'test/types',
    specs: Object.entries(SIMPLE).map(([name, type]) => ({ name, type })),
    fn(context, message) {
        const [name, type] = Object.entries(SIMPLE).find(([, type]) => message.is(type));
        const value = message.as(type);
        if (context.caller === null) {
            context.storage[name] = value;
            context.send(messageBuilder({ typename: 'test/echo', id: context.self.id, value, valueType: type }));
        } else {
            out(context, { type: name, value, same: context.storage[name] === value });
        }
    },
});

statefun.bind({
    typename: 'test/echo',
    async fn(context, message) {
        const type = Object.values(SIMPLE).find(type => message.is(type));
        const { typename, id } = context.caller;
        context.send(messageBuilder({ typename, id, value: message.as(type), valueType: type }));
    },
});

// Says how each request came, and answers as a server in front of functions may.
function served(req, res) {
    console.log(`request HTTP/${req.httpVersion} by ${req.socket.getPeerCertificate?.().subject?.CN}`);
    if (process.env.FUNCTIONS_GZIP && /gzip/.test(req.headers['accept-encoding'])) {
        const end = res.end.bind(res);
        const head = res.writeHead.bind(res);
        res.writeHead = (status, headers) => {
            const { 'Content-Length': _, ...others } = headers || {};
            return head(status, { ...others, 'Content-Encoding': 'gzip' });
        };
        res.end = body => end(zlib.gzipSync(Buffer.from(body || '')));
    }
    return handle(req, res);
}

const handle = statefun.handler();
const tls = process.env.FUNCTIONS_TLS;
const file = name => fs.readFileSync(`${tls}/${name}.pem`);
const server = tls
    ? http2.createSecureServer(
        { key: file('server-key'), cert: file('server'), ca: file('ca'), requestCert: true, rejectUnauthorized: true, allowHTTP1: true },
        served)
    : http.createServer(served);
if (process.env.FUNCTIONS_SOCKET) {
    server.listen(process.env.FUNCTIONS_SOCKET);
} else {
    server.listen(Number(process.argv[2]), process.argv[3]);
}
