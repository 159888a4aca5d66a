package bench

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/transport"
)

// optionalFields are what a listing shows besides the basic fields.
func optionalFields() []string {
	return []string{"roles", "login_via_badge", "created_at", "last_login_at"}
}

// plainUser is how one would write a user for encoding/json.
type plainUser struct {
	Type             string     `json:"type"`
	ID               int64      `json:"id"`
	Name             *string    `json:"name"`
	Email            *string    `json:"email"`
	Username         *string    `json:"username"`
	IsActive         *bool      `json:"is_active"`
	Roles            []plainRef `json:"roles"`
	LoginViaBadge    *bool      `json:"login_via_badge"`
	DefaultWarehouse *plainRef  `json:"default_warehouse"`
	Merchant         *plainRef  `json:"merchant"`
	CreatedAt        *time.Time `json:"created_at"`
	LastLoginAt      *time.Time `json:"last_login_at"`
}

type plainRef struct {
	Type string `json:"type"`
	ID   int64  `json:"id"`
}

// plainFetch is a page by the same client, decoded by encoding/json: what the
// engine's decoder is compared with.
func plainFetch(client *transport.Client, fields bool) paginate.Fetch[plainUser] {
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[plainUser], error) {
		q := url.Values{"limit": {strconv.Itoa(r.Limit)}, "sort": {"id"}}
		if fields {
			q.Set("fields", strings.Join(optionalFields(), ","))
		}
		far := "lt"
		if r.Descending {
			q.Set("sort", "-id")
			far = "gteq"
		}
		if r.Count {
			q.Set("count", "1")
		}
		if r.From > 0 {
			q.Set("cursor_start", strconv.FormatInt(r.From, 10))
		}
		if r.Until > 0 {
			q.Set("filter", "id{"+far+":"+strconv.FormatInt(r.Until, 10)+"}")
		}
		resp, err := client.Get(ctx, "/v1/system/users/any", q)
		if err != nil {
			return nil, err
		}
		var page struct {
			Collection []plainUser `json:"collection"`
			HasMore    bool        `json:"has_more"`
			Meta       struct {
				CursorStart int64  `json:"cursor_start"`
				Count       *int64 `json:"count"`
			} `json:"meta"`
		}
		if err := json.Unmarshal(resp.Body, &page); err != nil {
			return nil, err
		}
		out := &paginate.Page[plainUser]{Rows: page.Collection, HasMore: page.HasMore, Next: page.Meta.CursorStart, Count: -1}
		if page.Meta.Count != nil {
			out.Count = *page.Meta.Count
		}
		return out, nil
	}
}
