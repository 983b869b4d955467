// The tests' functions in Go.
module functions

go 1.16

require github.com/apache/flink-statefun/statefun-sdk-go/v3 v3.3.0
