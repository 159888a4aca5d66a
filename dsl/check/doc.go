// Package check checks a filter against a schema. It resolves everything that depends on the
// time, the zone and the parameters.
//
//	c, err := check.Check(f, schema, check.Args(5)) // check.Errors
package check
