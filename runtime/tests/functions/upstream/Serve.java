// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import org.apache.flink.statefun.e2e.smoke.java.CommandInterpreter;
import org.apache.flink.statefun.e2e.smoke.java.CommandInterpreterFn;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.StatefulFunctions;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.handler.RequestReplyHandler;
import org.apache.flink.statefun.sdk.java.slice.Slices;

/** Serves upstream's interpreter, which is not changed, where it is told. */
public final class Serve {
  public static void main(String[] arguments) throws IOException {
    CommandInterpreter interpreter = new CommandInterpreter();
    TypeName name = TypeName.typeNameFromString("statefun.smoke.e2e/command-interpreter-fn");
    StatefulFunctions functions =
        new StatefulFunctions()
            .withStatefulFunction(
                StatefulFunctionSpec.builder(name)
                    .withValueSpec(CommandInterpreterFn.STATE)
                    .withSupplier(() -> new CommandInterpreterFn(interpreter))
                    .build());
    RequestReplyHandler handler = functions.requestReplyHandler();
    InetSocketAddress address = new InetSocketAddress(arguments[1], Integer.parseInt(arguments[0]));
    HttpServer server = HttpServer.create(address, 1024);
    server.createContext("/", exchange -> answer(handler, exchange));
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
  }

  private static void answer(RequestReplyHandler handler, HttpExchange exchange) throws IOException {
    byte[] request = exchange.getRequestBody().readAllBytes();
    byte[] answer = handler.handle(Slices.wrap(request)).join().toByteArray();
    exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
    exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
    try (OutputStream to = exchange.getResponseBody()) {
      to.write(answer);
    }
  }
}
