package shipstream

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/muster-go/muster/transport"
)

// VersionHeader carries the API's minor version, of the form YYYY-MM. A request asks
// for one in transport.Options.Header; without it the server uses the latest. The
// response names the version that answered.
const VersionHeader = "X-ShipStream-API-Version"

// concurrencyHeader declares how many requests the API user may have in flight.
const concurrencyHeader = "X-Concurrency-Limit"

var versionForm = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])$`)

// NewClient returns a client for ShipStream's API: [transport.New] with the API's
// headers. The client keeps to a limit of requests in flight that the server declares.
// The zero values of Rate, Burst and Concurrency are the documented limits of the sister
// API; this API's own are not documented.
//
// It fails as New does, and with a [*transport.OptionError] when Options.Header asks for
// a version that is not of the form YYYY-MM.
func NewClient(o transport.Options) (*transport.Client, error) {
	for name, values := range o.Header {
		for _, value := range values {
			if strings.EqualFold(name, VersionHeader) && !versionForm.MatchString(value) {
				return nil, &transport.OptionError{Option: "Header", Reason: fmt.Sprintf("%s: %q is not of the form YYYY-MM", VersionHeader, value)}
			}
		}
	}
	if o.LimitHeaders.Concurrency == "" {
		o.LimitHeaders.Concurrency = concurrencyHeader
	}
	return transport.New(o)
}
