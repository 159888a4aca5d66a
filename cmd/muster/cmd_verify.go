package main

import (
	"context"
	"fmt"

	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/cmd/muster/internal/verify"
)

// verifyCmd is `muster verify`.
type verifyCmd struct {
	File string `arg:"" help:"Finished export: a file, or a folder with a manifest."`
	serverFlags
	filterFlags
	Deleted string `default:"none" enum:"none,only,include" help:"Deleted rows: ${enum}."`
}

// Help shows how the command is used.
func (*verifyCmd) Help() string {
	return examples(
		`muster verify users.ndjson`,
		`muster verify active.parquet 'is_active'`,
		`muster verify by-type`,
	)
}

// Run reads every row. It fails if an id comes twice, if a file is not as the
// manifest says, or if the server, if one is named, has another number of rows.
func (c *verifyCmd) Run(ctx context.Context, env *environment) error {
	of, err := c.source(env)
	if err != nil {
		return err
	}
	rows, err := verify.Rows(ctx, c.File, of)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	found := progress.Count(rows, "row")
	if c.BaseURL == "" {
		env.stdout.printf("ok: %s, each id once; not compared with a server, as there is no --base-url\n", found)
		return nil
	}
	n, walked, err := countRows(ctx, env, c.serverFlags, c.filterFlags, c.Deleted)
	if err != nil {
		return err
	}
	env.doubts(walked)
	if walked.Incomplete {
		return fmt.Errorf("%s has %s, and cannot be compared with the server: rows may be missing in what it gives now, too", c.File, found)
	}
	if n != rows {
		return fmt.Errorf("%s has %s, the server %d now: it has changed since, or the filter is another", c.File, found, n)
	}
	if len(walked.Warnings) > 0 {
		env.stdout.printf("ok: %s, each id once; reading the listing again brings as many\n", found)
		return nil
	}
	env.stdout.printf("ok: %s, each id once; the server has as many\n", found)
	return nil
}
