# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

"""A greeter that counts how often it saw each name, served by the published Python SDK.

    python functions.py [SOCKET]     at port 8300, or at a socket of this machine
"""

import json
import sys

from aiohttp import web
from statefun import (IntType, RequestReplyHandler, StatefulFunctions, StringType, ValueSpec,
                      egress_message_builder, simple_type)

EGRESS = 'io.statefun.playground/egress'
EGRESS_RECORD = simple_type(typename='io.statefun.playground/EgressRecord',
                            serialize_fn=lambda record: json.dumps(record).encode(),
                            deserialize_fn=json.loads)

functions = StatefulFunctions()


@functions.bind(typename='example/greeter', specs=[ValueSpec(name='seen', type=IntType)])
def greet(context, message):
    """Greets, and says how often it has."""
    name = message.as_type(StringType)
    seen = (context.storage.seen or 0) + 1
    context.storage.seen = seen
    times = 'for the first time' if seen == 1 else f'{seen} times by now'
    record = {'topic': 'greetings', 'payload': f'Hello {name}, seen {times}.'}
    context.send_egress(egress_message_builder(EGRESS, record, EGRESS_RECORD))


async def handle(request):
    """One request of the runtime."""
    answer = await handler.handle_async(await request.read())
    return web.Response(body=answer, content_type='application/octet-stream')


handler = RequestReplyHandler(functions)
application = web.Application(client_max_size=64 * 1024 * 1024)
application.router.add_post('/statefun', handle)

if __name__ == '__main__':
    where = {'path': sys.argv[1]} if len(sys.argv) > 1 else {'host': '127.0.0.1', 'port': 8300}
    web.run_app(application, print=None, **where)
