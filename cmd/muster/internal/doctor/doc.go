// Package doctor asks a server whether it can be used, and judges what it saw:
// is it there, does the token work and for how long, do the clocks agree, how
// fast is it, which limits does it name, may users be listed, which filters does
// it know.
//
//	report, err := doctor.Examine(ctx, doctor.Subject{Options: transport.Options{…}})
//
// Each thing becomes a [Line]: ok, warn, fail or skip, with what to do about it.
//
// Of a listing that is defined it reads two pages, and holds what the rows in them show
// against the definition: fields, parameters and orders.
package doctor
