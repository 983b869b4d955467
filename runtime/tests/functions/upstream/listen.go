// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

// Has upstream's interpreter, which is not changed, served where it is told; this is put beside
// its files. What begins here never comes to upstream's own main, which listens at a fixed port
// with certificates of its own.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/apache/flink-statefun/statefun-sdk-go/v3/pkg/statefun"
)

func init() {
	functions := statefun.StatefulFunctionsBuilder()
	err := functions.WithSpec(statefun.StatefulFunctionSpec{
		FunctionType: commandFn,
		States:       []statefun.ValueSpec{State},
		Function:     statefun.StatefulFunctionPointer(CommandInterpreterFn),
	})
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(os.Args[2]+":"+os.Args[1], functions.AsHandler()))
}
