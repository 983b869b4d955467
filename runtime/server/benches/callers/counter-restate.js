// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

// The same counter on Restate's SDK: node counter-restate.js PORT HOST

'use strict';

const http2 = require('http2');

// The SDK asks for Node 22, which has this; nothing else of it is missing in Node 20.
Promise.withResolvers ??= () => {
    const parts = {};
    parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
};

const restate = require('@restatedev/restate-sdk');

const counter = restate.object({
    name: 'counter',
    handlers: {
        async add(context) {
            const count = ((await context.get('count')) || 0) + 1;
            context.set('count', count);
            return count;
        },
    },
});

const handler = restate.endpoint().bind(counter).http2Handler();
http2.createServer(handler).listen(Number(process.argv[2]), process.argv[3]);
