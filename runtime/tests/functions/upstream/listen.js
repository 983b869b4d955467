// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

// Has upstream's interpreter, which is not changed, listen where it is told: node --require
// listen.js SMOKE.JS PORT HOST

'use strict';

const net = require('net');

const { listen } = net.Server.prototype;

net.Server.prototype.listen = function () {
    return listen.call(this, Number(process.argv[2]), process.argv[3]);
};
