package main

import (
	"errors"
	"strings"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/shelf"
	"github.com/muster-go/muster/query/rest/yaml"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// resourceFlags say what to query.
type resourceFlags struct {
	Resource     string            `default:"users" enum:"users,userRoles,warehouses" env:"MUSTER_RESOURCE" help:"What to query: ${enum}."`
	ResourceFile string            `name:"resource-file" placeholder:"FILE" env:"MUSTER_RESOURCE_FILE" help:"What to query on any paged API: a definition in YAML, as muster fields --emit prints it, or shelf:NAME, one of muster define --shelf."`
	Set          map[string]string `mapsep:"none" placeholder:"NAME=VALUE" help:"Fill the variable {NAME} in the path, or the login, of --resource-file."`
	Type         string            `default:"any" enum:"any,organization,client" help:"Type of users, or of users that roles are for: ${enum}."`
	capabilityFlags
}

// capabilityFlags declare what the server does and the API does not document.
type capabilityFlags struct {
	Profile    []string `placeholder:"SWITCH,…" env:"MUSTER_PROFILE" help:"Undocumented filter operators of the server: in, nin, notnull, null_false, contains, like, nlike, regex, pattern_escapes. A minus turns off a documented one that the server gets wrong: -neq, -array, -filter, …"`
	Collation  string   `default:"ci" enum:"ci,binary" env:"MUSTER_COLLATION" help:"How the server compares strings: ${enum}."`
	Timestamps string   `default:"unknown" enum:"unknown,on-request,never" env:"MUSTER_TIMESTAMPS" help:"Whether the server returns created_at and last_login_at: ${enum}."`
}

// source returns the resource that the flags name, without a client. Of --resource and
// --resource-file it takes the one that is nearer to the user. It refuses flags that
// mean nothing for the resource, but not settings and environment variables, which
// belong to the server and serve other resources.
func (f resourceFlags) source(env *environment) (resource.Resource, error) {
	file, named := env.rankOf("resource-file"), env.rankOf("resource")
	switch {
	case f.ResourceFile == "" || file < named:
	case file == named && named > fromDefault:
		return nil, exit.Usagef("--resource %s and --resource-file %s: name only one", f.Resource, f.ResourceFile)
	default:
		return f.defined(env)
	}
	if len(f.Set) > 0 {
		return nil, exit.Usagef("--set fills variables of a --resource-file, and there is none")
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

// isFromFile reports whether a file defines what to query.
func isFromFile(env *environment) bool {
	file := env.rankOf("resource-file")
	return file > fromDefault && file >= env.rankOf("resource")
}

// defined returns the resource that the file defines.
func (f resourceFlags) defined(env *environment) (resource.Resource, error) {
	if err := refuse(env, "a resource from a file, which declares what its server can do", "type", "profile", "collation", "timestamps"); err != nil {
		return nil, err
	}
	d, err := f.read()
	switch {
	case errors.Is(err, yaml.ErrInvalid):
		return nil, &exit.UsageError{Err: err} // it names the file and the position
	case err != nil:
		return nil, exit.Usagef("--resource-file: %w", err)
	}
	if d, err = d.Set(f.Set); err != nil {
		return nil, exit.Usagef("--set: %w", err)
	}
	src, err := rest.New(nil, d)
	if err != nil {
		return nil, exit.Usagef("%s: %w", f.ResourceFile, err)
	}
	return resource.Listing(src), nil
}

// read returns the definition in the file or on the shelf.
func (f resourceFlags) read() (rest.Definition, error) {
	if name, ok := strings.CutPrefix(f.ResourceFile, shelf.Prefix); ok {
		return shelf.Read(name)
	}
	return yaml.ReadFile(f.ResourceFile, shipstream.Syntax(wire.Profile{}))
}

func (f capabilityFlags) capabilities() (c shipstream.Capabilities, err error) {
	if c.Profile, err = (wire.Profile{}).With(f.Profile...); err != nil {
		return c, exit.Usagef("--profile: %w", err)
	}
	if f.Collation == "binary" {
		c.Collation = model.Some(model.Binary)
	}
	c.Timestamps = map[string]model.Returned{"on-request": model.ReturnedOnRequest, "never": model.ReturnedNo}[f.Timestamps]
	return c, nil
}

// refuse fails if one of the flags was given on the command line.
func refuse(env *environment, subject string, flags ...string) error {
	for _, name := range flags {
		if env.rankOf(name) == fromFlag {
			return exit.Usagef("--%s means nothing for %s", name, subject)
		}
	}
	return nil
}
