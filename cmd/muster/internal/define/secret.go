package define

import (
	"maps"
	"net/url"
	"slices"
)

// secretNames are parameters that hold a secret, as [plain] has them.
func secretNames() []string {
	return []string{"apikey", "key", "accesstoken", "token", "apitoken", "authtoken", "auth", "secret", "password", "signature", "sig", "appid", "accesskey", "subscriptionkey"}
}

// Secret returns the name of a parameter that holds a secret, which must not be in a
// draft; "" if there is none.
func Secret(params url.Values) string {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if slices.Contains(secretNames(), plain(name)) {
			return name
		}
	}
	return ""
}
