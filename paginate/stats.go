package paginate

// Stats is a snapshot of a run or of a [Machine].
type Stats struct {
	Requests int64 // begun
	Pages    int64 // answered
	Rows     int64 // let go: delivered or about to be
	Ahead    int64 // let go and held back, because an ordered run has others to deliver first
	Dropped  int64 // fetched and cut away, because other pages had them or they lie above the pin
	Splits   int64 // gaps cut in two to give a free worker something to do
	InFlight int   // requests begun and not answered
	Waiting  int   // pages that wait for the consumer; 0 in a Machine
	Gaps     int   // ranges of ids still unread
	Unread   int64 // how many ids they span
	Count    int64 // rows of the scan as the source counted them at the start; -1 = not known
	Pin      int64 // the highest id of the run; 0 = not known, or not pinned
	Done     bool  // nothing is left to ask for
}
