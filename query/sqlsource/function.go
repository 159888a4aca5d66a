package sqlsource

import (
	"strings"

	"github.com/muster-go/muster/model"
)

// functions are templates for what a database computes exactly as the language does, also for null and
// where a result does not fit. {1}, {2} and {3} are arguments.
type functions struct {
	// constants say of which type a bound constant is, where the database needs it.
	constants map[model.Type]string
	// arithmetic computes with integers by the operator {op}.
	arithmetic string
	// named are functions by name; abs and round by their name and the type they take.
	named map[string]string
	// instants is how any instants are held, seconds how those are that come from whole seconds.
	instants, seconds *instants
}

// sqliteFunctions returns SQLite's. An integer that does not fit becomes a float there. Its
// functions round fractions of a second, so they see whole ones only, and fractions stay texts.
func sqliteFunctions() *functions {
	const (
		second = "strftime('%Y-%m-%d %H:%M:%S', substr({1}, 1, 19), {2} || ' seconds')"
		beyond = "(coalesce(" + second + ", CASE WHEN {1} IS NOT NULL THEN '{mark}' END) || substr({1}, 20))"
	)
	unix := func(format string) string { return "CAST(strftime('" + format + "', {1}, 'unixepoch') AS INTEGER)" }
	texts := map[string]string{
		"year":    "CAST(substr({1}, 1, 4) AS INTEGER)",
		"month":   "CAST(substr({1}, 6, 2) AS INTEGER)",
		"day":     "CAST(substr({1}, 9, 2) AS INTEGER)",
		"hour":    "CAST(substr({1}, 12, 2) AS INTEGER)",
		"weekday": "((CAST(strftime('%w', substr({1}, 1, 10)) AS INTEGER) + 6) % 7 + 1)",
		"date":    "(substr({1}, 1, 10) || ' 00:00:00.')",
	}
	return &functions{
		arithmetic: "CASE typeof({1} {op} {2}) WHEN 'integer' THEN {1} {op} {2} END",
		named: map[string]string{
			"trim":        "trim({1})",
			"length":      "length({1})",
			"substring":   "substr({1}, {2}, {3})",
			"concat":      "({1} || {2})",
			"abs int":     "CASE WHEN {1} >= 0 THEN {1} WHEN {1} >= -9223372036854775807 THEN -({1}) END",
			"abs float":   "abs({1})",
			"round int":   "{1}",
			"round float": "CASE WHEN abs({1}) < 0.5 THEN 0.0 ELSE round({1}) END",
		},
		instants: &instants{
			unix:     "strftime('%Y-%m-%d %H:%M:%S.', {1}, 'unixepoch')",
			text:     "(substr({1}, 1, 10) || ' ' || substr({1}, 12, 8) || '.' || rtrim(substr({1}, 21), '0'))",
			constant: "{1}", bind: textInstant,
			shift: strings.ReplaceAll(beyond, "{mark}", "~"), back: strings.ReplaceAll(beyond, "{mark}", "-"), oneShift: true,
			parts: texts, direct: texts,
		},
		seconds: &instants{
			form: TimeUnix,
			unix: "{1}", constant: "{1}", bind: unixSeconds,
			shift: "({1} + {2})", back: "({1} + {2})",
			parts: map[string]string{
				"year": unix("%Y"), "month": unix("%m"), "day": unix("%d"), "hour": unix("%H"),
				"weekday": "((" + unix("%w") + " + 6) % 7 + 1)",
				"date":    "({1} - (({1} % 86400) + 86400) % 86400)",
			},
		},
	}
}

// wideArithmetic computes in a type that holds every result, and makes null of one beyond 64
// bits. The outer functions name the result once.
func wideArithmetic(wide string) string {
	return "NULLIF(NULLIF(LEAST(GREATEST(CAST({1} AS " + wide + ") {op} CAST({2} AS " + wide + "), -9223372036854775809), 9223372036854775808), " +
		"-9223372036854775809), 9223372036854775808)"
}

// roundedFloat rounds halves away from zero, where ROUND makes them even. Half is not added to
// what would be rounded by that.
const roundedFloat = "CASE WHEN ABS({1}) < 0.5 THEN 0 WHEN ABS({1}) >= 4503599627370496 THEN {1} ELSE SIGN({1}) * FLOOR(ABS({1}) + 0.5) END"

// dayOfSeconds is the first second of a day, of decimal seconds.
const dayOfSeconds = "({1} - MOD(MOD({1}, 86400) + 86400, 86400))"

// mariadbFunctions returns MariaDB's. Instants are decimal seconds since 1970.
func mariadbFunctions() *functions {
	const wide = "DECIMAL(20,0)"
	dateTime := "TIMESTAMPADD(SECOND, FLOOR({1}), TIMESTAMP'1970-01-01 00:00:00')"
	part := func(template string) string { return strings.ReplaceAll(template, "{1}", dateTime) }
	direct := map[string]string{
		"year": "YEAR({1})", "month": "MONTH({1})", "day": "DAYOFMONTH({1})", "hour": "HOUR({1})", "weekday": "(WEEKDAY({1}) + 1)",
	}
	parts := map[string]string{"date": dayOfSeconds}
	for name, template := range direct {
		parts[name] = part(template)
	}
	return &functions{
		arithmetic: wideArithmetic(wide),
		named: map[string]string{
			"trim":        "TRIM({1})",
			"length":      "CHAR_LENGTH({1})",
			"substring":   "SUBSTRING({1}, {2}, {3})",
			"concat":      "CONCAT({1}, {2})",
			"abs int":     "NULLIF(ABS(CAST({1} AS " + wide + ")), 9223372036854775808)",
			"abs float":   "ABS({1})",
			"round int":   "{1}",
			"round float": roundedFloat,
		},
		instants: &instants{
			native:   "(TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'1970-01-01 00:00:00', {1}) * 0.000001)",
			unix:     "CAST({1} AS " + wide + ")",
			constant: "CAST({1} AS DECIMAL(30,9))", bind: decimalSeconds,
			shift: "({1} + {2})", back: "({1} + {2})",
			parts: parts, direct: direct,
		},
	}
}

// postgresFunctions returns PostgreSQL's. Instants are decimal seconds since 1970, which do not
// depend on the session's zone, of columns with and without a zone.
func postgresFunctions() *functions {
	const wide = "numeric"
	part := func(field string) string {
		return "EXTRACT(" + field + " FROM to_timestamp(CASE WHEN {1} >= -62135596800 AND {1} < 253402300800 THEN FLOOR({1}) END) AT TIME ZONE 'UTC')"
	}
	return &functions{
		constants: map[model.Type]string{
			model.TypeInt: "CAST({1} AS bigint)", model.TypeFloat: "CAST({1} AS double precision)",
			model.TypeBool: "CAST({1} AS boolean)", model.TypeString: "CAST({1} AS text)",
		},
		arithmetic: wideArithmetic(wide),
		named: map[string]string{
			"trim":        "btrim({1}, ' ')",
			"length":      "char_length({1})",
			"substring":   "substring({1}, CAST({2} AS integer), CAST({3} AS integer))",
			"concat":      "({1} || {2})",
			"abs int":     "NULLIF(ABS(CAST({1} AS " + wide + ")), 9223372036854775808)",
			"abs float":   "ABS({1})",
			"round int":   "{1}",
			"round float": roundedFloat,
		},
		instants: &instants{
			native:   "EXTRACT(EPOCH FROM {1})",
			unix:     "CAST({1} AS " + wide + ")",
			constant: "CAST({1} AS " + wide + ")", bind: decimalSeconds,
			shift: "({1} + CAST({2} AS " + wide + "))", back: "({1} + CAST({2} AS " + wide + "))",
			parts: map[string]string{
				"year": part("YEAR"), "month": part("MONTH"), "day": part("DAY"), "hour": part("HOUR"), "weekday": part("ISODOW"),
				"date": dayOfSeconds,
			},
		},
	}
}
