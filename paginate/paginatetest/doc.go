// Package paginatetest has what a test of paging needs: layouts of ids, a source
// in memory that can be told to answer badly, and a simulator that runs a
// [paginate.Machine] over a list of ids under a fake clock.
//
//	ids := paginatetest.Lumpy(300_000, 1)
//	result, err := paginatetest.Simulation{Latency: 250 * time.Millisecond, Workers: 16}.
//		Run(paginate.MachineOptions{Strategy: paginate.StrategyGaps}, ids)
//	fmt.Println(result.OfBound())
//
// A [Source] answers as the API does, rows coming and going meanwhile, or as badly as
// its fields say:
//
//	source := paginatetest.NewSource(ids...)
//	for rows, err := range paginate.Gaps(source.Scan()).Pages(ctx) { … }
package paginatetest
