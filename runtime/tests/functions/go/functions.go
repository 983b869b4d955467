// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

// The tests' functions on the published Go SDK: the same as functions.py.
//
//	functions PORT HOST
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/apache/flink-statefun/statefun-sdk-go/v3/pkg/statefun"
)

type command struct {
	Do       string          `json:"do"`
	Id       string          `json:"id"`
	Commands []command       `json:"commands"`
	Ms       int64           `json:"ms"`
	Token    string          `json:"token"`
	Name     string          `json:"name"`
	Value    json.RawMessage `json:"value"`
	Topic    string          `json:"topic"`
}

type record struct {
	Topic   string `json:"topic"`
	Payload string `json:"payload"`
}

const lifetime = 600 * time.Millisecond

var (
	interpreter = statefun.TypeNameFrom("test/interpreter")
	echoing     = statefun.TypeNameFrom("test/echo")
	egress      = statefun.TypeNameFrom("io.statefun.playground/egress")
	commands    = statefun.MakeJsonType(statefun.TypeNameFrom("test/commands"))
	records     = statefun.MakeJsonType(statefun.TypeNameFrom("io.statefun.playground/EgressRecord"))

	count   = statefun.ValueSpec{Name: "count", ValueType: statefun.Int64Type}
	written = statefun.ValueSpec{Name: "written", ValueType: statefun.StringType, Expiration: statefun.ExpireAfterWrite(lifetime)}
	called  = statefun.ValueSpec{Name: "called", ValueType: statefun.StringType, Expiration: statefun.ExpireAfterCall(lifetime)}
	states  = []statefun.ValueSpec{count, written, called}
)

// One of the simple types: a place for a value of it, and what the place holds.
type simple struct {
	name  string
	kind  statefun.SimpleType
	place func() interface{}
	held  func(interface{}) interface{}
}

var simples = []simple{
	{"bool", statefun.BoolType, func() interface{} { return new(bool) }, func(at interface{}) interface{} { return *at.(*bool) }},
	{"int", statefun.Int32Type, func() interface{} { return new(int32) }, func(at interface{}) interface{} { return *at.(*int32) }},
	{"long", statefun.Int64Type, func() interface{} { return new(int64) }, func(at interface{}) interface{} { return *at.(*int64) }},
	{"float", statefun.Float32Type, func() interface{} { return new(float32) }, func(at interface{}) interface{} { return *at.(*float32) }},
	{"double", statefun.Float64Type, func() interface{} { return new(float64) }, func(at interface{}) interface{} { return *at.(*float64) }},
	{"string", statefun.StringType, func() interface{} { return new(string) }, func(at interface{}) interface{} { return *at.(*string) }},
}

func out(context statefun.Context, value interface{}, topic string) {
	payload, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	if topic == "" {
		topic = "out"
	}
	context.SendEgress(statefun.GenericEgressBuilder{Target: egress, Value: record{topic, string(payload)}, ValueType: records})
}

func to(given command) statefun.MessageBuilder {
	inner := given.Commands
	if inner == nil {
		inner = []command{}
	}
	return statefun.MessageBuilder{
		Target:    statefun.Address{FunctionType: interpreter, Id: given.Id},
		Value:     inner,
		ValueType: commands,
	}
}

func token(text string) statefun.CancellationToken {
	token, err := statefun.NewCancellationToken(text)
	if err != nil {
		panic(err)
	}
	return token
}

func named(name string) statefun.ValueSpec {
	for _, state := range states {
		if state.Name == name {
			return state
		}
	}
	panic(fmt.Errorf("no state is called %q", name))
}

// What a text's state holds, or nil.
func text(context statefun.Context, state statefun.ValueSpec) interface{} {
	var value string
	if context.Storage().Get(state, &value) {
		return value
	}
	return nil
}

func interpret(context statefun.Context, message statefun.Message) error {
	var given []command
	if err := message.As(commands, &given); err != nil {
		return err
	}
	for _, command := range given {
		if err := do(context, command); err != nil {
			return err
		}
	}
	return nil
}

func do(context statefun.Context, command command) error {
	var number int64
	switch command.Do {
	case "increment":
		context.Storage().Get(count, &number)
		context.Storage().Set(count, number+1)
	case "send":
		context.Send(to(command))
	case "later":
		delay := time.Duration(command.Ms) * time.Millisecond
		if command.Token == "" {
			context.SendAfter(delay, to(command))
		} else {
			context.SendAfterWithCancellationToken(delay, token(command.Token), to(command))
		}
	case "cancel":
		context.CancelDelayedMessage(token(command.Token))
	case "out":
		out(context, command.Value, "")
	case "kafka", "kinesis":
		return broker(context, command)
	case "elsewhere":
		context.SendEgress(statefun.GenericEgressBuilder{
			Target: statefun.TypeNameFrom("test/nowhere"), Value: "x", ValueType: statefun.StringType,
		})
	case "set":
		var value string
		if err := json.Unmarshal(command.Value, &value); err != nil {
			return err
		}
		context.Storage().Set(named(command.Name), value)
	case "delete":
		context.Storage().Remove(named(command.Name))
	case "show":
		var counted, caller interface{}
		if context.Storage().Get(count, &number) {
			counted = number
		}
		if context.Caller() != nil {
			caller = context.Caller().Id
		}
		out(context, map[string]interface{}{
			"id": context.Self().Id, "count": counted, "caller": caller,
			"written": text(context, written), "called": text(context, called),
		}, command.Topic)
	case "sleep":
		time.Sleep(time.Duration(command.Ms) * time.Millisecond)
	case "fail":
		return errors.New("told to fail")
	}
	return nil
}

// Sends a record as it goes to a broker.
func broker(context statefun.Context, command command) error {
	var value string
	if err := json.Unmarshal(command.Value, &value); err != nil {
		return err
	}
	target := statefun.TypeNameFrom("test/broker")
	if command.Do == "kafka" {
		context.SendEgress(statefun.KafkaEgressBuilder{Target: target, Topic: command.Topic, Key: "k", Value: value})
	} else {
		context.SendEgress(statefun.KinesisEgressBuilder{Target: target, Stream: command.Topic, PartitionKey: "k", Value: value})
	}
	return nil
}

func typeOf(message statefun.Message) simple {
	for _, simple := range simples {
		if message.Is(simple.kind) {
			return simple
		}
	}
	panic(fmt.Errorf("no simple type: %v", message.ValueTypeName()))
}

// Keeps a value, sends it to test/echo, and compares what comes back.
func types(context statefun.Context, message statefun.Message) error {
	simple := typeOf(message)
	state := statefun.ValueSpec{Name: simple.name, ValueType: simple.kind}
	place := simple.place()
	if err := message.As(simple.kind, place); err != nil {
		return err
	}
	value := simple.held(place)
	if context.Caller() == nil {
		context.Storage().Set(state, value)
		target := statefun.Address{FunctionType: echoing, Id: context.Self().Id}
		context.Send(statefun.MessageBuilder{Target: target, Value: value, ValueType: simple.kind})
		return nil
	}
	kept := simple.place()
	same := context.Storage().Get(state, kept) && simple.held(kept) == value
	out(context, map[string]interface{}{"type": simple.name, "value": value, "same": same}, "")
	return nil
}

func echo(context statefun.Context, message statefun.Message) error {
	simple := typeOf(message)
	place := simple.place()
	if err := message.As(simple.kind, place); err != nil {
		return err
	}
	context.Send(statefun.MessageBuilder{Target: *context.Caller(), Value: simple.held(place), ValueType: simple.kind})
	return nil
}

func main() {
	functions := statefun.StatefulFunctionsBuilder()
	bind := func(name statefun.TypeName, states []statefun.ValueSpec, function statefun.StatefulFunctionPointer) {
		if err := functions.WithSpec(statefun.StatefulFunctionSpec{FunctionType: name, States: states, Function: function}); err != nil {
			log.Fatal(err)
		}
	}
	var kept []statefun.ValueSpec
	for _, simple := range simples {
		kept = append(kept, statefun.ValueSpec{Name: simple.name, ValueType: simple.kind})
	}
	bind(interpreter, states, interpret)
	bind(statefun.TypeNameFrom("test/types"), kept, types)
	bind(echoing, nil, echo)
	http.Handle("/statefun", functions.AsHandler())
	log.Fatal(http.ListenAndServe(os.Args[2]+":"+os.Args[1], nil))
}
