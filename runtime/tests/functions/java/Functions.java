// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.apache.flink.statefun.sdk.java.Address;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.StatefulFunctions;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.ValueSpec;
import org.apache.flink.statefun.sdk.java.handler.RequestReplyHandler;
import org.apache.flink.statefun.sdk.java.io.KafkaEgressMessage;
import org.apache.flink.statefun.sdk.java.io.KinesisEgressMessage;
import org.apache.flink.statefun.sdk.java.message.EgressMessageBuilder;
import org.apache.flink.statefun.sdk.java.message.Message;
import org.apache.flink.statefun.sdk.java.message.MessageBuilder;
import org.apache.flink.statefun.sdk.java.slice.Slice;
import org.apache.flink.statefun.sdk.java.slice.Slices;
import org.apache.flink.statefun.sdk.java.types.SimpleType;
import org.apache.flink.statefun.sdk.java.types.Type;
import org.apache.flink.statefun.sdk.java.types.Types;

/**
 * The tests' functions on the published Java SDK: the same as functions.py.
 *
 * <p>{@code java Functions PORT HOST}
 */
public final class Functions {
  private static final Gson JSON = new Gson();
  private static final Duration LIFETIME = Duration.ofMillis(600);
  private static final TypeName INTERPRETER = TypeName.typeNameFromString("test/interpreter");
  private static final TypeName TYPES = TypeName.typeNameFromString("test/types");
  private static final TypeName ECHO = TypeName.typeNameFromString("test/echo");
  private static final TypeName EGRESS = TypeName.typeNameFromString("io.statefun.playground/egress");
  private static final TypeName BROKER = TypeName.typeNameFromString("test/broker");
  private static final Type<JsonElement> COMMANDS = json("test/commands");
  private static final Type<JsonElement> RECORD = json("io.statefun.playground/EgressRecord");

  private static final ValueSpec<Long> COUNT = ValueSpec.named("count").withLongType();
  private static final ValueSpec<String> WRITTEN =
      ValueSpec.named("written").thatExpireAfterWrite(LIFETIME).withUtf8StringType();
  private static final ValueSpec<String> CALLED =
      ValueSpec.named("called").thatExpiresAfterCall(LIFETIME).withUtf8StringType();

  private static final List<Simple<?>> SIMPLE =
      List.of(
          new Simple<>("bool", Types.booleanType()),
          new Simple<>("int", Types.integerType()),
          new Simple<>("long", Types.longType()),
          new Simple<>("float", Types.floatType()),
          new Simple<>("double", Types.doubleType()),
          new Simple<>("string", Types.stringType()));

  private static Type<JsonElement> json(String name) {
    return SimpleType.simpleImmutableTypeFrom(
        TypeName.typeNameFromString(name),
        value -> JSON.toJson(value).getBytes(StandardCharsets.UTF_8),
        bytes -> JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8)));
  }

  private static void out(Context context, JsonElement value, String topic) {
    JsonObject record = new JsonObject();
    record.addProperty("topic", topic);
    // toString, unlike toJson, keeps what is null.
    record.addProperty("payload", value.toString());
    context.send(EgressMessageBuilder.forEgress(EGRESS).withCustomType(RECORD, record).build());
  }

  private static final class Interpreter implements StatefulFunction {
    @Override
    public CompletableFuture<Void> apply(Context context, Message message) {
      for (JsonElement command : message.as(COMMANDS).getAsJsonArray()) {
        interpret(context, command.getAsJsonObject());
      }
      return context.done();
    }

    private void interpret(Context context, JsonObject command) {
      switch (text(command, "do")) {
        case "increment":
          context.storage().set(COUNT, context.storage().get(COUNT).orElse(0L) + 1);
          break;
        case "send":
          context.send(to(command));
          break;
        case "later":
          later(context, command);
          break;
        case "cancel":
          context.cancelDelayedMessage(text(command, "token"));
          break;
        case "out":
          out(context, command.get("value"), "out");
          break;
        case "kafka":
          context.send(
              KafkaEgressMessage.forEgress(BROKER)
                  .withTopic(text(command, "topic"))
                  .withUtf8Key("k")
                  .withUtf8Value(text(command, "value"))
                  .build());
          break;
        case "kinesis":
          context.send(
              KinesisEgressMessage.forEgress(BROKER)
                  .withStream(text(command, "topic"))
                  .withUtf8PartitionKey("k")
                  .withUtf8Value(text(command, "value"))
                  .build());
          break;
        case "elsewhere":
          TypeName nowhere = TypeName.typeNameFromString("test/nowhere");
          context.send(EgressMessageBuilder.forEgress(nowhere).withValue("x").build());
          break;
        case "set":
          context.storage().set(named(command), text(command, "value"));
          break;
        case "delete":
          delete(context, command);
          break;
        case "show":
          show(context, command.has("topic") ? text(command, "topic") : "out");
          break;
        case "sleep":
          sleep(command.get("ms").getAsLong());
          break;
        case "fail":
          throw new IllegalStateException("told to fail");
        default:
          break;
      }
    }

    private static String text(JsonObject command, String name) {
      return command.get(name).getAsString();
    }

    private static ValueSpec<String> named(JsonObject command) {
      return text(command, "name").equals("written") ? WRITTEN : CALLED;
    }

    private static void delete(Context context, JsonObject command) {
      ValueSpec<?> state = text(command, "name").equals("count") ? COUNT : named(command);
      context.storage().remove(state);
    }

    private static Message to(JsonObject command) {
      JsonArray inner = command.getAsJsonArray("commands");
      return MessageBuilder.forAddress(INTERPRETER, text(command, "id")).withCustomType(COMMANDS, inner).build();
    }

    private static void later(Context context, JsonObject command) {
      Duration delay = Duration.ofMillis(command.get("ms").getAsLong());
      if (command.has("token")) {
        context.sendAfter(delay, text(command, "token"), to(command));
      } else {
        context.sendAfter(delay, to(command));
      }
    }

    private static void show(Context context, String topic) {
      JsonObject shown = new JsonObject();
      shown.addProperty("id", context.self().id());
      shown.add("count", primitive(context.storage().get(COUNT).orElse(null)));
      shown.add("written", primitive(context.storage().get(WRITTEN).orElse(null)));
      shown.add("called", primitive(context.storage().get(CALLED).orElse(null)));
      shown.add("caller", primitive(context.caller().map(Address::id).orElse(null)));
      out(context, shown, topic);
    }

    private static void sleep(long millis) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException end) {
        throw new IllegalStateException(end);
      }
    }
  }

  private static JsonElement primitive(Object value) {
    return value == null ? JsonNull.INSTANCE : JSON.toJsonTree(value);
  }

  /** One of the simple types, with a state of its own. */
  private static final class Simple<T> {
    private final String name;
    private final Type<T> type;
    private final ValueSpec<T> state;

    Simple(String name, Type<T> type) {
      this.name = name;
      this.type = type;
      this.state = ValueSpec.named(name).withCustomType(type);
    }

    static Simple<?> of(Message message) {
      return SIMPLE.stream().filter(simple -> message.is(simple.type)).findFirst().orElseThrow();
    }

    void send(Context context, Address target, Message message) {
      context.send(MessageBuilder.forAddress(target).withCustomType(type, message.as(type)).build());
    }

    void keepOrCompare(Context context, Message message) {
      T value = message.as(type);
      if (context.caller().isEmpty()) {
        context.storage().set(state, value);
        send(context, new Address(ECHO, context.self().id()), message);
        return;
      }
      JsonObject compared = new JsonObject();
      compared.addProperty("type", name);
      compared.add("value", primitive(value));
      compared.add("same", new JsonPrimitive(context.storage().get(state).equals(Optional.of(value))));
      out(context, compared, "out");
    }
  }

  /** Keeps a value, sends it to test/echo, and compares what comes back. */
  private static CompletableFuture<Void> types(Context context, Message message) {
    Simple.of(message).keepOrCompare(context, message);
    return context.done();
  }

  private static CompletableFuture<Void> echo(Context context, Message message) {
    Simple.of(message).send(context, context.caller().orElseThrow(), message);
    return context.done();
  }

  private static void answer(RequestReplyHandler handler, HttpExchange exchange) throws IOException {
    byte[] request = exchange.getRequestBody().readAllBytes();
    int status = 200;
    byte[] body;
    try {
      Slice answer = handler.handle(Slices.wrap(request)).join();
      body = answer.toByteArray();
      exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
    } catch (RuntimeException failure) {
      status = 500;
      body = String.valueOf(failure.getMessage()).getBytes(StandardCharsets.UTF_8);
    }
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    try (OutputStream to = exchange.getResponseBody()) {
      to.write(body);
    }
  }

  public static void main(String[] arguments) throws IOException {
    List<ValueSpec<?>> states = new ArrayList<>();
    SIMPLE.forEach(simple -> states.add(simple.state));
    StatefulFunctions functions =
        new StatefulFunctions()
            .withStatefulFunction(
                StatefulFunctionSpec.builder(INTERPRETER)
                    .withValueSpecs(COUNT, WRITTEN, CALLED)
                    .withSupplier(Interpreter::new)
                    .build())
            .withStatefulFunction(
                StatefulFunctionSpec.builder(TYPES)
                    .withValueSpecs(states.toArray(new ValueSpec<?>[0]))
                    .withSupplier(() -> Functions::types)
                    .build())
            .withStatefulFunction(
                StatefulFunctionSpec.builder(ECHO).withSupplier(() -> Functions::echo).build());
    RequestReplyHandler handler = functions.requestReplyHandler();
    InetSocketAddress address = new InetSocketAddress(arguments[1], Integer.parseInt(arguments[0]));
    HttpServer server = HttpServer.create(address, 1024);
    server.createContext("/statefun", exchange -> answer(handler, exchange));
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
  }
}
