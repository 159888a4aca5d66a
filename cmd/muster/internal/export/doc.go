// Package export writes the rows of a plan to a file, a folder or standard output,
// and says afterwards how to resume.
//
//	target, err := export.Options{Output: "users.csv.gz", CommitEvery: time.Second}.Target(stdout, warnf)
//	write, err := resource.Export(plan, target)
//	result, err := write(ctx)
//
// [Options] are the flags. [Options.Target] checks them and picks the format,
// [Sink] makes the sink, and [State] shows how far a running export is.
package export
