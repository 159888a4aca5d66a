package query_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
)

var errFunction = errors.New("the service does not answer")

// env returns functions: domain, of an address, and broken, which fails for the text fails.
func env(t *testing.T, fails string) *dsl.Env {
	t.Helper()
	text := []dsl.Argument{{Name: "text", Type: model.TypeString}}
	env, err := dsl.NewEnv(
		dsl.Function{
			Name: "domain", Args: text, Result: model.TypeString, Nullable: true, Deterministic: true,
			Call: func(args []model.Value) (model.Value, error) {
				_, domain, ok := strings.Cut(args[0].Str(), "@")
				if !ok {
					return model.Null(), nil
				}
				return model.String(domain), nil
			},
		},
		dsl.Function{
			Name: "broken", Args: text, Result: model.TypeInt,
			Call: func(args []model.Value) (model.Value, error) {
				if args[0].Str() == fails {
					return model.Null(), errFunction
				}
				return model.Int(1), nil
			},
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// TestFunctionsStayLocal: no server is asked about a call, the conditions beside it are pushed,
// and a stored plan is read with the same functions.
func TestFunctionsStayLocal(t *testing.T) {
	t.Parallel()
	users := shipstream.Users(nil, shipstream.AnyUser)
	option := query.Functions(env(t, ""))
	const filter = "is_active and domain(email) = 'x' and not broken(username) = 2"
	p, err := query.Prepare(users, filter, option)
	if err != nil {
		t.Fatal(err)
	}
	const residual = "domain(email) = 'x' and broken(username) != 2"
	if got := dsl.Format(p.Scans[0].Residual); got != residual {
		t.Errorf("the residual is %s, want %s", got, residual)
	}
	if !strings.Contains(p.Scans[0].Query.Encode(), "is_active") {
		t.Errorf("the request is %v, without is_active", p.Scans[0].Query)
	}
	stored, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	again, err := plan.Load(users, stored, dsl.Functions(env(t, "")))
	if err != nil || dsl.Format(again.Scans[0].Residual) != residual {
		t.Errorf("the stored plan is %v, %v", again, err)
	}
	if _, err := plan.Load(users, stored); !errors.Is(err, query.ErrStored) {
		t.Errorf("without functions the stored plan is read: %v", err)
	}
	if _, err := query.Prepare(users, filter); !errors.Is(err, dsl.ErrType) {
		t.Errorf("without functions: %v", err)
	}
}

// TestFunctionsRun: calls select rows, and one that fails ends the run with the key of its row.
func TestFunctionsRun(t *testing.T) {
	t.Parallel()
	users, end := crew()
	defer end()
	all, err := query.Collect(t.Context(), users, "")
	if err != nil {
		t.Fatal(err)
	}
	some, err := query.Collect(t.Context(), users, "id > 0 and broken(username) = 1", query.Functions(env(t, "")))
	if err != nil || len(some) != len(all) {
		t.Errorf("%d rows and %v, want %d", len(some), err, len(all))
	}
	_, err = query.Collect(t.Context(), users, "broken(username) = 1", query.Functions(env(t, "cyd")))
	var row *query.RowError
	var call *dsl.CallError
	if !errors.As(err, &row) || !errors.Is(err, query.ErrRow) || !errors.Is(err, errFunction) || !errors.As(err, &call) {
		t.Fatalf("%v, want a RowError", err)
	}
	if row.Key != model.Int(3) || call.Call != "broken(username)" || !strings.Contains(err.Error(), "row 3: ") {
		t.Errorf("%v of row %v, want row 3", err, row.Key)
	}
}

// TestFunctionsResume: a checkpoint is read with the functions of its filter.
func TestFunctionsResume(t *testing.T) {
	t.Parallel()
	users, end := crew()
	defer end()
	rows, err := query.Run(t.Context(), users, "broken(username) = 1", query.PageSize(1), query.Functions(env(t, "")))
	if err != nil {
		t.Fatal(err)
	}
	var stored []byte
	for batch, err := range rows.Resumable() {
		if err != nil {
			t.Fatal(err)
		}
		if stored, err = json.Marshal(batch.Left); err != nil {
			t.Fatal(err)
		}
		break
	}
	if _, err := query.ReadCheckpoint(users, stored, query.Functions(env(t, ""))); err != nil {
		t.Error(err)
	}
	if _, err := query.ReadCheckpoint(users, stored); !errors.Is(err, query.ErrStored) {
		t.Errorf("without functions: %v", err)
	}
}
