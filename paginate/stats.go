package paginate

// Stats is a snapshot of a run.
type Stats struct {
	Requests      int64 // started
	Pages         int64 // answered
	Rows          int64 // delivered or about to be
	Ahead         int64 // read by [ReadAhead] and held back until the rows before them come
	Dropped       int64 // fetched and dropped: other pages had them, or they lie above the high watermark
	Splits        int64 // unread ranges split to give a free worker something to do
	InFlight      int   // requests started and not answered
	Waiting       int   // batches that wait for the consumer
	UnreadRanges  int   // ranges of ids still unread
	Unread        int64 // the number of ids in them
	Count         int64 // rows of the scan as the source counted them at the start; -1 = not known
	HighWatermark int64 // the highest id of the run; 0 = not known, or the run has none
	Done          bool  // nothing is left to ask for
}
