// Package querytest tests what others write for package query, as testing/fstest
// tests file systems: [TestSource] a source against the server behind it,
// [TestDialect] a dialect against a model of one, [TestSink] a sink against a reader
// of what it writes. Each returns every fault found, in words that say which promise
// was broken and by what.
//
//	func TestOrders(t *testing.T) {
//		if err := querytest.TestSource(t.Context(), mySource); err != nil {
//			t.Fatal(err)
//		}
//	}
//
// A sink is opened in places, folders say, where the suite interrupts it, kills it and
// has its storage fail; what became of its rows is read by means that are not its own:
//
//	err := querytest.TestSink(t.Context(), querytest.SinkTest[model.DynamicRow]{
//		Open: open, Read: read, Failing: openOnFailingDisk,
//		Rows: orders, Record: record, Fields: fields,
//	})
//
// The first two judge by the rows themselves: every condition is evaluated by package dsl
// over all rows and compared with what the server returned for it. So give the
// server some hundred rows with a value for every field, with nulls where a field may
// be null, with values that several rows share, and with texts that differ only in
// case, in accents or in spaces at the end, or that hold quotes and separators.
package querytest
