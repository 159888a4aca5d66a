package main

import (
	"context"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/transport/transporttest"
)

// emulateCmd is `muster emulate`.
type emulateCmd struct {
	Addr           string        `default:"127.0.0.1:0" help:"Address to listen on; port 0 picks a free one."`
	Users          int           `default:"20000" help:"Users that are not deleted; a twentieth as many deleted ones come on top."`
	IDs            string        `name:"ids" default:"dense" enum:"dense,sparse,islands,powtop,powlow" help:"Spread of the ids: ${enum}."`
	Seed           uint64        `default:"1" help:"Equal seeds make equal users and faults."`
	Latency        time.Duration `default:"50ms" help:"Added to every response."`
	Rate           float64       `default:"10" help:"Requests a second; 0 = no limit."`
	Burst          int           `default:"60" help:"Requests at once before the rate binds."`
	Concurrency    int           `default:"5" help:"Requests in flight before 409; 0 = no limit."`
	Faults         float64       `default:"0" help:"Probability that a request fails in a passing way."`
	Token          string        `default:"demo" help:"Bearer token to accept."`
	Collation      string        `default:"ci" enum:"ci,binary" help:"How strings compare: ${enum}."`
	HideTimestamps bool          `help:"Filter by timestamps but never return them."`
}

// Run serves until it is interrupted. The base URL is the first line on standard
// output, for scripts to read.
func (c *emulateCmd) Run(ctx context.Context, env *environment) error {
	o := transporttest.Options{
		Addr: c.Addr, Users: c.Users, IDs: transporttest.Layout(c.IDs), Seed: c.Seed, Latency: c.Latency,
		Rate: c.Rate, Burst: c.Burst, Concurrency: c.Concurrency, Faults: c.Faults, Token: c.Token,
		HideTimestamps: c.HideTimestamps,
	}
	if c.Collation == "binary" {
		o.Collation = model.Binary
	}
	if c.Rate == 0 {
		o.Rate = -1 // the library takes 0 for "the default"
	}
	if c.Concurrency == 0 {
		o.Concurrency = -1
	}
	server, err := transporttest.Start(o)
	if err != nil {
		return &usageError{err}
	}
	defer server.Close()
	env.stdout.printf("%s\n", server.URL)
	env.notef("emulating %d users; try:\n  MUSTER_TOKEN=%s muster query --base-url %s 'is_active = true' --limit 5\nCtrl-C ends it.", c.Users, c.Token, server.URL)
	<-ctx.Done()
	return nil
}
