// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

// A counter on the published JavaScript SDK: node counter-statefun.js PORT HOST

'use strict';

const http = require('http');
const { StateFun, egressMessageBuilder } = require('apache-flink-statefun');

const RECORD = StateFun.jsonType('io.statefun.playground/EgressRecord');

const statefun = new StateFun();

statefun.bind({
    typename: 'bench/counter',
    specs: [{ name: 'count', type: StateFun.intType() }],
    fn(context) {
        const count = (context.storage.count || 0) + 1;
        context.storage.count = count;
        context.send(egressMessageBuilder({
            typename: 'io.statefun.playground/egress',
            value: { topic: 'answers', payload: `${context.self.id} ${count}` },
            valueType: RECORD,
        }));
    },
});

http.createServer(statefun.handler()).listen(Number(process.argv[2]), process.argv[3]);
