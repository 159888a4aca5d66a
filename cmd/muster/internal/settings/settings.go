package settings

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
)

// The keys that are not flags.
const (
	serversKey = "servers"
	serverKey  = "server"
)

// File is the content of a settings file. The zero File has no settings.
type File struct {
	Path    string
	Server  string // the default server
	general map[string]any
	servers map[string]map[string]any
}

// Load reads a file. A missing file is [os.ErrNotExist].
func Load(path string) (*File, error) {
	text, err := os.ReadFile(path) //nolint:gosec // G304: the user's own settings
	if err != nil {
		return nil, err
	}
	f, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f.Path = path
	return f, nil
}

// Parse reads the text of a file. The words of a key are separated by - or by _.
func Parse(text []byte) (*File, error) {
	var raw map[string]json.RawMessage
	if err := decode(text, &raw); err != nil {
		return nil, err
	}
	f := &File{general: map[string]any{}, servers: map[string]map[string]any{}}
	for key, value := range raw {
		var err error
		switch key = spelled(key); key {
		case serversKey:
			err = f.readServers(value)
		case serverKey:
			err = decode(value, &f.Server)
		default:
			var v any
			err = decode(value, &v)
			f.general[key] = v
		}
		if err != nil {
			return nil, fmt.Errorf("%q: %w", key, err)
		}
	}
	if f.Server != "" && f.servers[f.Server] == nil {
		return nil, fmt.Errorf("%q: %w", serverKey, f.unknown(f.Server))
	}
	return f, nil
}

func (f *File) readServers(text []byte) error {
	var raw map[string]map[string]any
	if err := decode(text, &raw); err != nil {
		return err
	}
	for name, values := range raw {
		f.servers[name] = map[string]any{}
		for key, v := range values {
			f.servers[name][spelled(key)] = v
		}
	}
	return nil
}

// decode reads JSON. Its errors name the line, or the type that was expected.
func decode(text []byte, into any) error {
	err := json.Unmarshal(text, into)
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		at := min(int(syntax.Offset), len(text))
		return fmt.Errorf("invalid JSON at line %d: %w", 1+bytes.Count(text[:at], []byte("\n")), err)
	}
	if kind := (*json.UnmarshalTypeError)(nil); errors.As(err, &kind) {
		want := "an object"
		if kind.Type.String() == "string" {
			want = "a string"
		}
		return fmt.Errorf("must be %s, not %s", want, kind.Value)
	}
	return err
}

func spelled(key string) string { return strings.ReplaceAll(key, "_", "-") }

// Servers returns the names of the servers, sorted.
func (f *File) Servers() []string { return slices.Sorted(maps.Keys(f.servers)) }

func (f *File) unknown(server string) error {
	switch names := f.Servers(); {
	case len(names) == 0:
		return fmt.Errorf("there is no server %q: the settings name none", server)
	case dsl.Suggest(server, names) != "":
		return fmt.Errorf("there is no server %q in the settings; did you mean %s?", server, dsl.Suggest(server, names))
	default:
		return fmt.Errorf("there is no server %q in the settings; there are %s", server, strings.Join(names, ", "))
	}
}

// Keys returns all keys that the file sets, sorted, so that the caller can refuse one
// that is not a flag.
func (f *File) Keys() []string {
	keys := map[string]bool{}
	for key := range f.general {
		keys[key] = true
	}
	for _, values := range f.servers {
		for key := range values {
			keys[key] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// Values are the settings for one server.
type Values struct {
	Server string // "" = none
	file   *File
}

// For returns the values for a server; "" = the default server of the file.
func (f *File) For(server string) (*Values, error) {
	if server == "" {
		server = f.Server
	}
	if server != "" && f.servers[server] == nil {
		return nil, f.unknown(server)
	}
	return &Values{Server: server, file: f}, nil
}

// Lookup returns a flag's value and its origin. The server's value precedes the general
// one.
func (v *Values) Lookup(flag string) (value any, origin string, ok bool) {
	if value, ok = v.file.servers[v.Server][flag]; ok {
		return value, fmt.Sprintf("%s, server %s", v.file.Path, v.Server), true
	}
	value, ok = v.file.general[flag]
	return value, v.file.Path, ok
}

// DefaultPath returns the default path of the file; "" if no home directory is known.
func DefaultPath(getenv func(string) string) string {
	base := getenv("XDG_CONFIG_HOME")
	if base == "" {
		home := Home(getenv)
		if home == "" {
			return ""
		}
		base = filepath.Join(home, ".config")
	}
	return filepath.Join(base, "muster", "config.json")
}

// Home returns the home directory; "" if none is known.
func Home(getenv func(string) string) string { return cmp.Or(getenv("HOME"), getenv("USERPROFILE")) }

// Create writes a first settings file for a server. It fails with [os.ErrExist] if the
// file exists.
func Create(path, server, baseURL string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // G304: the user's own settings
	if err != nil {
		return err
	}
	_, err = file.Write(Template(server, baseURL))
	return errors.Join(err, file.Close())
}

// Template returns the first settings file of a new user.
func Template(server, baseURL string) []byte {
	f := struct {
		Server  string                       `json:"server"`
		Servers map[string]map[string]string `json:"servers"`
	}{server, map[string]map[string]string{server: {"base-url": baseURL, "token-file": "~/.config/muster/" + server + ".token"}}}
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil // strings do not fail
	}
	return append(text, '\n')
}
