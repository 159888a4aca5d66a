// Package sqlsourcetest tests a [sqlsource.Flavour] against its database. [TestFlavour]
// makes a table of texts, instants and nulls that databases disagree about, and tests that
// every filter over it means what the language says. Call it in a test of your flavour,
// with a database that may be written to:
//
//	func TestMine(t *testing.T) {
//		db, err := sql.Open("mine", os.Getenv("MINE_DSN"))
//		…
//		err = sqlsourcetest.TestFlavour(t.Context(), db, mine, sqlsourcetest.Types{
//			Int: "BIGINT", Bool: "BOOLEAN", Float: "DOUBLE PRECISION", DateTime: "TIMESTAMP",
//			Text: map[model.Collation]string{model.Binary: "TEXT COLLATE bytewise"},
//		})
//		if err != nil {
//			t.Fatal(err) // each fault: the filter, what came, what is right
//		}
//	}
package sqlsourcetest
