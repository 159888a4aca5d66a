package main

import (
	"io"

	"github.com/alecthomas/kong"
)

// configuration reads a JSON file of defaults. kong would let it override the
// environment; here the environment is nearer to the user than the file.
func configuration(getenv func(string) string) kong.ConfigurationLoader {
	return func(r io.Reader) (kong.Resolver, error) {
		file, err := kong.JSON(r)
		if err != nil {
			return nil, err
		}
		return kong.ResolverFunc(func(ctx *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
			for _, name := range flag.Envs {
				if getenv(name) != "" {
					return nil, nil
				}
			}
			return file.Resolve(ctx, parent, flag)
		}), nil
	}
}
