package machine

// Stats are the figures of a [Machine]. The fields are those of paginate's Stats,
// which documents them, so that one converts to the other.
type Stats struct {
	Requests      int64
	Pages         int64
	Rows          int64
	Ahead         int64
	Dropped       int64
	Splits        int64
	InFlight      int
	Waiting       int
	UnreadRanges  int
	Unread        int64
	Count         int64
	HighWatermark int64
	Done          bool
}
