module github.com/muster-go/muster/bench/peers

go 1.26.0

// The peers are compared with the muster of this very tree.
replace github.com/muster-go/muster => ../..

require (
	cel.dev/cel-go v0.32.0
	github.com/expr-lang/expr v1.17.8
	github.com/ganigeorgiev/fexpr v0.6.0
	github.com/hashicorp/go-bexpr v0.1.17
	github.com/muster-go/muster v0.0.0-00010101000000-000000000000
	go.einride.tech/aip v0.86.3
	google.golang.org/genproto/googleapis/api v0.0.0-20250528174236-200df99c418a
)

require (
	cel.dev/expr v0.25.1 // indirect
	github.com/alecthomas/participle/v2 v2.1.4 // indirect
	github.com/antlr4-go/antlr/v4 v4.13.1 // indirect
	github.com/go-json-experiment/json v0.0.0-20260820222146-c27c302e5fc3 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.8 // indirect
	github.com/mitchellh/mapstructure v1.5.0 // indirect
	github.com/mitchellh/pointerstructure v1.2.1 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/exp v0.0.0-20240823005443-9b4947da3948 // indirect
	golang.org/x/text v0.25.0 // indirect
	golang.org/x/time v0.16.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20250528174236-200df99c418a // indirect
	google.golang.org/protobuf v1.36.10 // indirect
)
