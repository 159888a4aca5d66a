package main

import (
	"context"
	"errors"
	"net"
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
	Operators      bool          `help:"Serve the filter operators, too, that the API does not document: try --profile against it."`
	HideTimestamps bool          `help:"Filter by timestamps but never return them."`
}

// Help shows how the command is used.
func (*emulateCmd) Help() string {
	return examples(
		`muster emulate --addr 127.0.0.1:8080`,
		`muster emulate --users 100000 --ids islands --latency 100ms --faults 0.02`,
	)
}

// Run serves until it is interrupted. The base URL is the first line on standard
// output, for scripts to read.
func (c *emulateCmd) Run(ctx context.Context, env *environment) error {
	o := transporttest.Options{
		Addr: c.Addr, Users: c.Users, IDs: transporttest.Layout(c.IDs), Seed: c.Seed, Latency: c.Latency,
		Rate: noneForZero(c.Rate), Burst: c.Burst, Concurrency: noneForZero(c.Concurrency), Faults: c.Faults, Token: c.Token,
		HideTimestamps: c.HideTimestamps,
	}
	if c.Collation == "binary" {
		o.Collation = model.Binary
	}
	if c.Operators {
		o.Operators = transporttest.AllOperators
	}
	server, err := transporttest.Start(o)
	if listen := (*net.OpError)(nil); err != nil && !errors.As(err, &listen) {
		return &usageError{err}
	}
	if err != nil {
		return err
	}
	defer server.Close()
	env.stdout.printf("%s\n", server.URL)
	env.notef("emulating %d users; try:\n  MUSTER_TOKEN=%s muster query --base-url %s 'is_active = true' --limit 5\nCtrl-C ends it.", c.Users, c.Token, server.URL)
	<-ctx.Done()
	return nil
}
