// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

// Upstream's interpreter in Go.
module interpreter

go 1.16

require (
	github.com/apache/flink-statefun/statefun-sdk-go/v3 v3.3.0
	google.golang.org/protobuf v1.26.0
)
