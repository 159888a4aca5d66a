package plan

// Options change how one query is planned. The zero Options select the basic fields
// of all rows that are not deleted, in no order. Planning does not change them.
type Options struct {
	Select   []string // fields by name, or stars; none = the basic fields
	Order    string   // comma-separated fields, each with a leading minus for descending
	ByKey    bool     // without Order: in order of the key if that costs nothing
	Limit    int64    // most rows; 0 = no limit
	PageSize int      // rows a request; 0 = the most that the server gives
	Deleted  Deleted  // which rows to read

	MaxSortRows int      // most rows that a local sort gathers; 0 = no bound if rows spill, else [DefaultMaxSortRows]
	SortMemory  int64    // bytes above which a local sort spills; 0 = [DefaultSortMemory]
	Verify      int64    // rows whose exact conditions the run evaluates again; 0 = none
	Strategy    Strategy // how several pages are fetched, for comparisons; StrategyNone = the planner's choice

	Rate  float64 // requests a second, to estimate the least time; 0 = the source's rate
	Burst int     // requests at once; read only with a Rate

	// Without names rules to switch off; see [Rules]. They change the cost and never the
	// answer.
	Without []string
}

// DefaultSortMemory is how many bytes of rows a local sort keeps in memory before it
// spills to a temporary file.
const DefaultSortMemory = 64 << 20

// DefaultMaxSortRows is the most rows that a local sort gathers if the source's rows
// cannot spill. At about 300 bytes a user, that is 300 MB.
const DefaultMaxSortRows = 1_000_000

// Deleted says which rows are read. The zero Deleted is DeletedNone.
type Deleted uint8

// The choices of deleted rows.
const (
	DeletedNone    Deleted = iota // rows that are not deleted: the default
	DeletedOnly                   // deleted rows alone
	DeletedInclude                // both, by two scans of one run
)

// String returns the value that the command line takes.
func (d Deleted) String() string {
	return word(d, []string{DeletedNone: "none", DeletedOnly: "only", DeletedInclude: "include"})
}

// The names of the rules that [Options.Without] can switch off.
const (
	ruleNNF       = "negation normal form"
	ruleFold      = "fold"
	ruleNeverNull = "never null"
	ruleSargable  = "sargable" // ask for conditions on fields in place of those on computed values
	ruleIDs       = "id ranges"
	rulePush      = "pushdown"
	ruleElements  = "elements" // of a condition on elements, push what it implies for paths
	ruleUnion     = "union"
	ruleExpand    = "expansion"
	ruleChunks    = "chunks"
	ruleFanOut    = "fan-out"    // ask for each value of a list by itself
	ruleRelax     = "relaxation" // send a condition weaker than the filter's
	ruleArrays    = "arrays"     // push an OR over one field
	ruleLists     = "lists"      // push `in`
	ruleNegations = "negations"  // push `!=`, `not in` and `is not null`
	rulePatterns  = "patterns"   // push tests of prefix, suffix and pattern
	ruleOrder     = "order"      // use the order of the pages or of the server
	ruleLimit     = "limit"      // request no more rows than the limit
	ruleProject   = "projection" // request no fields that nobody reads
)

// Rules returns the names that [Options.Without] takes, in the order of the rules.
func Rules() []string {
	return []string{
		ruleNNF, ruleFold, ruleNeverNull, ruleSargable, ruleIDs, rulePush, ruleElements, ruleUnion, ruleExpand, ruleChunks,
		ruleFanOut, ruleRelax, ruleArrays, ruleLists, ruleNegations, rulePatterns, ruleOrder, ruleLimit, ruleProject,
	}
}
