// Package paginatetest has tools for tests of paging: layouts of ids, a source in memory
// that can be told to answer badly, and a simulator that reads a list of ids under a fake
// clock.
//
//	ids := paginatetest.Lumpy(300_000, 1)
//	sim := paginatetest.Simulation{Latency: 250 * time.Millisecond, Workers: 16, Strategy: paginatetest.SplitRanges}
//	result, err := sim.Run(ids)
//	fmt.Println(result.OfBound())
//
// A [Source] answers as a server does, while rows come and go, or as badly as its fields
// say:
//
//	source := paginatetest.NewSource(ids...)
//	for rows, err := range paginate.SplitRanges(source.Scan()).Pages(ctx) { … }
package paginatetest
