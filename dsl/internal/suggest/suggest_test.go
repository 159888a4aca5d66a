package suggest_test

import (
	"testing"

	"github.com/muster-go/muster/dsl/internal/suggest"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	fields := []string{"id", "name", "email", "username", "is_active", "created_at", "roles.name"}
	tests := []struct{ word, want string }{
		{"is_activ", "is_active"},
		{"isactive", "is_active"},
		{"IS_ACTIVE", "is_active"},
		{"crated_at", "created_at"},
		{"craeted_at", "created_at"},
		{"anme", "name"},
		{"mail", "email"},
		{"user_name", "username"},
		{"role.name", "roles.name"},
		{"di", "id"},
		{"ix", "id"},
		{"x", ""},
		{"", ""},
		{"phone", ""},
		{"warehouse", ""},
	}
	for _, tt := range tests {
		if got := suggest.Nearest(tt.word, fields); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}
