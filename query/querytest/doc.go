// Package querytest tests implementations of package query's interfaces, as testing/fstest
// tests file systems: [TestSource] a source against its server, [TestDialect] a dialect
// against a model of its server, and [TestSink] a sink against a reader of its output. Each
// returns every fault that it finds, with the promise that is violated and what violates
// it.
//
//	func TestOrders(t *testing.T) {
//		if err := querytest.TestSource(t.Context(), mySource); err != nil {
//			t.Fatal(err)
//		}
//	}
//
// The suite opens a sink in several places, such as folders, where it interrupts the sink,
// kills it and lets its storage fail. It reads the output by other means than the sink's
// own:
//
//	err := querytest.TestSink(t.Context(), querytest.SinkTest[model.DynamicRow]{
//		Open: open, Read: read, Failing: openOnFailingDisk,
//		Rows: orders, Record: record, Fields: fields,
//	})
//
// The first two evaluate every condition over all rows with package dsl, and compare the
// result with the server's answer; see package knownanswer. So give the server about a
// hundred rows, with a value for every field, with nulls if a field may be null, with
// values that several rows share, and with texts that differ only in case, accents or
// spaces at the end, or that hold quotes and separators.
package querytest
