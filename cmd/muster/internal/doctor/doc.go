// Package doctor diagnoses a server: does it answer, does the token work and until
// when, do the clocks agree, how fast is it, which limits does it name, may the
// token list users, and which filters does it know.
//
//	report, err := doctor.Examine(ctx, doctor.Subject{Options: transport.Options{…}})
//
// Each check becomes a [Line]: ok, warn, fail or skip, with advice.
//
// For a defined listing it reads two pages and checks the definition against their
// rows: fields, parameters and orders.
package doctor
