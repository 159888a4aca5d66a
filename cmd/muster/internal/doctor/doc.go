// Package doctor diagnoses a server: does it answer, does the token work and until
// when, do the clocks agree, how fast is it, which limits does it name, may the
// token list users, and which filters does it know.
//
//	report, err := doctor.Examine(ctx, doctor.Subject{Options: transport.Options{…}})
//
// Each check becomes a [Line]: ok, warn, fail or skip, with advice.
//
// For a defined listing it reads two pages and checks the definition against their
// rows: fields and orders.
//
// A trial finds out which operators a server answers wrongly. It reads a sample of rows
// without a filter. For each operator and field that plans send, it chooses values for
// which the sample tells the right answer from that of a server which misreads the
// condition, asks, and compares; see package knownanswer. A [Finding] says ok, fail with
// the rows that came too many or are missing, or skip if the rows cannot decide.
package doctor
