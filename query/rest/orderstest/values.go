package orderstest

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// written is an instant as rows have it.
func (s *Server) written(t time.Time) any {
	switch s.opts.Times {
	case "unix":
		return t.Unix()
	case "unix_ms":
		return t.UnixMilli()
	case "rfc3339nano":
		return t.Format(time.RFC3339Nano)
	case "date":
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// read is the instant that a parameter says.
func (s *Server) read(text string) (time.Time, error) {
	switch s.opts.Times {
	case "unix":
		n, err := strconv.ParseInt(text, 10, 64)
		return time.Unix(n, 0), err
	case "unix_ms":
		n, err := strconv.ParseInt(text, 10, 64)
		return time.UnixMilli(n), err
	case "date":
		return time.Parse(time.DateOnly, text)
	}
	return time.Parse(time.RFC3339, text)
}

// comparePrices orders by the price, null first.
func comparePrices(a, b Order) int {
	x, xOK := new(big.Rat).SetString(a.Price)
	y, yOK := new(big.Rat).SetString(b.Price)
	switch {
	case xOK && yOK:
		return x.Cmp(y)
	case xOK:
		return 1
	case yOK:
		return -1
	}
	return 0
}

// priced is what a parameter asks of a price. Null satisfies none.
func priced(op, value string) (func(Order) bool, error) {
	var prices []*big.Rat
	for text := range strings.SplitSeq(value, ",") {
		price, ok := new(big.Rat).SetString(text)
		if !ok {
			return nil, fmt.Errorf("no price %q", text)
		}
		prices = append(prices, price)
	}
	return func(o Order) bool {
		price, ok := new(big.Rat).SetString(o.Price)
		if !ok {
			return false
		}
		order := price.Cmp(prices[0])
		switch op {
		case "above":
			return order > 0
		case "below":
			return order < 0
		case "min":
			return order >= 0
		case "max":
			return order <= 0
		}
		return slices.ContainsFunc(prices, func(p *big.Rat) bool { return price.Cmp(p) == 0 }) == (op == "is")
	}, nil
}
