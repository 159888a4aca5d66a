// Package knownanswer asks a server conditions whose answers are known, and judges what
// it answers. The conformance suites, the probing of filters and the command doctor all
// learn in this way what a server really does.
//
// [Rows] are rows whose values are known. A [Question] is a condition, the known rows that
// satisfy it and those that do not; its Judge compares them with the rows that a server
// returned:
//
//	rows := knownanswer.New(schema, keys, records)
//	for _, text := range rows.Conditions() {
//		q, err := rows.Ask(checked(text))
//		…
//		if fault := q.Judge(selected(text), true); !fault.None() {
//			t.Errorf("%s: %v", text, fault)
//		}
//	}
//
// An operator that a server ignores returns every row, and one that it misunderstands may
// return none. So only questions that [Decide] prove an operator: some known row must be
// selected, and some other must not.
package knownanswer
