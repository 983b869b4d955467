# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

"""The tests' functions on the published Python SDK: test/interpreter does what the commands in a
message say, test/types and test/echo pass each simple type around.

    python functions.py PORT HOST
"""

import json
import sys
import time
from datetime import timedelta

from aiohttp import web
from statefun import (BoolType, DoubleType, FloatType, IntType, LongType, RequestReplyHandler, StatefulFunctions,
                      StringType, ValueSpec, egress_message_builder, kafka_egress_message, kinesis_egress_message,
                      message_builder, simple_type)

INTERPRETER = 'test/interpreter'
LIFETIME = timedelta(milliseconds=600)
COMMANDS = simple_type('test/commands', lambda value: json.dumps(value).encode(), json.loads)
RECORD = simple_type('io.statefun.playground/EgressRecord', lambda value: json.dumps(value).encode(), json.loads)
SIMPLE = {'bool': BoolType, 'int': IntType, 'long': LongType, 'float': FloatType, 'double': DoubleType,
          'string': StringType}

functions = StatefulFunctions()


def out(context, value, topic='out'):
    record = {'topic': topic, 'payload': json.dumps(value)}
    context.send_egress(egress_message_builder('io.statefun.playground/egress', record, RECORD))


def to(command):
    return message_builder(INTERPRETER, command['id'], value=command['commands'], value_type=COMMANDS)


@functions.bind(INTERPRETER, specs=[
    ValueSpec('count', LongType),
    ValueSpec('written', StringType, expire_after_write=LIFETIME),
    ValueSpec('called', StringType, expire_after_call=LIFETIME),
])
def interpret(context, message):
    state = context.storage
    for command in message.as_type(COMMANDS):
        what = command['do']
        if what == 'increment':
            state.count = (state.count or 0) + 1
        elif what == 'send':
            context.send(to(command))
        elif what == 'later':
            context.send_after(timedelta(milliseconds=command['ms']), to(command), command.get('token', ''))
        elif what == 'cancel':
            context.cancel_delayed_message(command['token'])
        elif what == 'out':
            out(context, command['value'])
        elif what == 'kafka':
            context.send_egress(kafka_egress_message('test/broker', command['topic'], command['value'], key='k'))
        elif what == 'kinesis':
            context.send_egress(kinesis_egress_message('test/broker', command['topic'], command['value'], 'k'))
        elif what == 'elsewhere':
            context.send_egress(egress_message_builder('test/nowhere', 'x', StringType))
        elif what == 'set':
            setattr(state, command['name'], command['value'])
        elif what == 'delete':
            delattr(state, command['name'])
        elif what == 'show':
            caller = context.caller.id if context.caller else None
            out(context, {'id': context.address.id, 'count': state.count, 'written': state.written,
                          'called': state.called, 'caller': caller}, command.get('topic', 'out'))
        elif what == 'sleep':
            time.sleep(command['ms'] / 1000)
        elif what == 'fail':
            raise ValueError('told to fail')


@functions.bind('test/types', specs=[ValueSpec(name, kind) for name, kind in SIMPLE.items()])
def types(context, message):
    """Keeps a value, sends it to test/echo, and compares what comes back."""
    name, kind = next((name, kind) for name, kind in SIMPLE.items() if message.is_type(kind))
    value = message.as_type(kind)
    if context.caller is None:
        setattr(context.storage, name, value)
        context.send(message_builder('test/echo', context.address.id, value=value, value_type=kind))
    else:
        out(context, {'type': name, 'value': value, 'same': getattr(context.storage, name) == value})


@functions.bind('test/echo')
async def echo(context, message):
    kind = next(kind for kind in SIMPLE.values() if message.is_type(kind))
    context.send(message_builder(context.caller.typename, context.caller.id, value=message.as_type(kind), value_type=kind))


handler = RequestReplyHandler(functions)


async def handle(request):
    try:
        answer = await handler.handle_async(await request.read())
    except ValueError as error:
        return web.Response(status=500, text=str(error))
    return web.Response(body=answer, content_type='application/octet-stream')


application = web.Application(client_max_size=64 * 1024 * 1024)
application.router.add_post('/statefun', handle)
web.run_app(application, host=sys.argv[2], port=int(sys.argv[1]), print=None)
