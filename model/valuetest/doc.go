// Package valuetest has the generators of package modeltest for properties with rapid:
//
//	rapid.Check(t, func(t *rapid.T) {
//		row := valuetest.Records(schema).Draw(t, "row")
//		if got := decode(t, encode(row)); !same(got, row) {
//			t.Fatalf("%v came back as %v", row, got)
//		}
//	})
//
// It is for tests only. Each function may be used concurrently.
package valuetest
