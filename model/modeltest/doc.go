// Package modeltest has what tests of packages above model need: a small schema with
// every type of field ([Schema]), a record over any schema made of plain Go values
// ([NewRecord]), and rapid generators of values, records, users and pages.
//
//	row := modeltest.MustRecord(modeltest.Schema(), map[string]any{
//		"id": 7, "name": "Ana", "owner": modeltest.Object{"id": 1, "name": "Bob"},
//	})
//	fmt.Println(predicate.Match(row))
//
//	rapid.Check(t, func(t *rapid.T) {
//		page := modeltest.Pages().Draw(t, "page")
//		…
//		if diff := cmp.Diff(page.Rows, read.Rows, modeltest.EquateUsers()); diff != "" {
//			t.Fatal(diff)
//		}
//	})
//
// It is for tests only and links the rapid and go-cmp libraries.
package modeltest
