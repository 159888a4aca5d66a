package main

import (
	"errors"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/yaml"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// resourceFlags say what is queried.
type resourceFlags struct {
	Resource     string `default:"users" enum:"users,userRoles,warehouses" env:"MUSTER_RESOURCE" help:"What to query: ${enum}."`
	ResourceFile string `name:"resource-file" placeholder:"FILE" env:"MUSTER_RESOURCE_FILE" help:"What to query, of any paged API: a definition in YAML, as muster fields --emit writes them."`
	Type         string `default:"any" enum:"any,organization,client" help:"Kind of users, or of users that roles are for: ${enum}."`
	capabilityFlags
}

// capabilityFlags say what the server does that is not documented.
type capabilityFlags struct {
	Profile    []string `placeholder:"SWITCH,…" env:"MUSTER_PROFILE" help:"Filter operators that the server has beyond the documented ones: in, nin, notnull, null_false, contains, like, nlike, regex, pattern_escapes."`
	Collation  string   `default:"ci" enum:"ci,binary" env:"MUSTER_COLLATION" help:"How the server compares strings: ${enum}."`
	Timestamps string   `default:"unknown" enum:"unknown,on-request,never" env:"MUSTER_TIMESTAMPS" help:"Whether the server returns created_at and last_login_at: ${enum}."`
}

// source is the resource that the flags name, good for planning alone until it is
// bound to a client: of resource and file the one that was named nearer to the
// user. A flag that means nothing for it is refused; what the settings and the
// environment say is of the server, and serves another resource.
func (f resourceFlags) source(env *environment) (resource.Resource, error) {
	file, named := env.rankOf("resource-file"), env.rankOf("resource")
	switch {
	case f.ResourceFile == "" || file < named:
	case file == named && named > fromDefault:
		return nil, exit.Usagef("--resource %s and --resource-file %s: only one can be queried", f.Resource, f.ResourceFile)
	default:
		return f.defined(env)
	}
	c, err := f.capabilities()
	if err != nil {
		return nil, err
	}
	with := shipstream.With(c)
	var d rest.Definition
	switch f.Resource {
	case "userRoles":
		d, err = shipstream.RolesDefinition(shipstream.UserType(f.Type), with), refuse(env, "userRoles", "timestamps")
	case "warehouses":
		d, err = shipstream.WarehousesDefinition(with), refuse(env, "warehouses", "type", "timestamps")
	default:
		return resource.Users(shipstream.Users(nil, shipstream.UserType(f.Type), with)), nil
	}
	if err != nil {
		return nil, err
	}
	src, err := rest.New(nil, d)
	if err != nil {
		return nil, err
	}
	return resource.Listing(src), nil
}

// isFromFile reports whether a file defines what is queried.
func isFromFile(env *environment) bool {
	file := env.rankOf("resource-file")
	return file > fromDefault && file >= env.rankOf("resource")
}

// defined is the resource that the file defines.
func (f resourceFlags) defined(env *environment) (resource.Resource, error) {
	if err := refuse(env, "a resource from a file, which declares what its server can do", "type", "profile", "collation", "timestamps"); err != nil {
		return nil, err
	}
	d, err := yaml.ReadFile(f.ResourceFile, shipstream.Syntax(wire.Profile{}))
	switch {
	case errors.Is(err, yaml.ErrInvalid):
		return nil, &exit.UsageError{Err: err} // it names the file and the place
	case err != nil:
		return nil, exit.Usagef("--resource-file: %w", err)
	}
	src, err := rest.New(nil, d)
	if err != nil {
		return nil, exit.Usagef("%s: %w", f.ResourceFile, err)
	}
	return resource.Listing(src), nil
}

func (f capabilityFlags) capabilities() (c shipstream.Capabilities, err error) {
	if c.Profile, err = (wire.Profile{}).With(f.Profile...); err != nil {
		return c, exit.Usagef("--profile: %w", err)
	}
	if f.Collation == "binary" {
		c.Collation = model.Binary
	}
	c.Timestamps = map[string]model.Returned{"on-request": model.ReturnedOnRequest, "never": model.ReturnedNo}[f.Timestamps]
	return c, nil
}

// refuse fails where one of the flags was given on the command line.
func refuse(env *environment, resource string, flags ...string) error {
	for _, name := range flags {
		if env.rankOf(name) == fromFlag {
			return exit.Usagef("--%s means nothing for %s", name, resource)
		}
	}
	return nil
}
