package shipstreamtest

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// checkpoint is the state of a generator before it makes the user at an index.
type checkpoint struct {
	index int
	left  int // deleted users still to be made
	rng   rand.PCG
}

// generate returns the generated users' rows, ascending by id. Every user is made
// once, to learn who is deleted, and encoded as far as encoded users are kept.
func (o *Options) generate(e *encoder) []*row {
	total := o.Users + o.Deleted
	g := newGenerator(total, o, e)
	ids := o.layout(total, g.rng)
	rows := make([]*row, 0, total)
	left := o.Deleted
	for begin := 0; begin < total; begin += blockRows {
		b := &block{source: g, from: checkpoint{begin, left, *g.state}}
		var users []User
		users, left = g.users(begin, left, ids[begin:min(begin+blockRows, total)])
		b.rows = make([]row, len(users))
		for i, u := range users {
			b.rows[i] = head(u)
			b.rows[i].block, b.rows[i].index = b, uint16(i)
			rows = append(rows, &b.rows[i])
		}
		if !g.resident.full() {
			made := e.encode(users)
			b.kept.Store(&made)
			g.resident.add(b)
		}
	}
	return rows
}

// layout returns n ascending ids.
func (o *Options) layout(n int, rng *rand.Rand) []int64 {
	ids := make([]int64, n)
	switch o.IDs {
	case Dense:
		for i := range ids {
			ids[i] = int64(i) + 1
		}
	case Sparse:
		var id int64
		for i := range ids {
			id += 1 + rng.Int64N(99)
			ids[i] = id
		}
	case Islands:
		o.islands(ids)
	case PowTop:
		powTop(ids)
	case PowLow:
		powTop(ids)
		mirror(ids)
	}
	return ids
}

// islands gives cluster k of n a share of the ids proportional to k.
func (o *Options) islands(ids []int64) {
	n := len(ids)
	shares := o.Islands * (o.Islands + 1) / 2
	var id int64
	begin, cluster, upTo := 0, 0, 0
	for i := range ids {
		if i == begin {
			cluster++
			upTo += cluster
			begin = n * upTo / shares
			id += 20 * int64(n)
		}
		id++
		ids[i] = id
	}
}

// powTop puts the share q of the ids below 8·n·q^(1/3).
func powTop(ids []int64) {
	n := float64(len(ids))
	var last int64
	for i := range ids {
		last = max(last+1, int64(8*n*math.Cbrt((float64(i)+0.5)/n)))
		ids[i] = last
	}
}

func mirror(ids []int64) {
	if len(ids) == 0 {
		return
	}
	top := ids[len(ids)-1] + 1
	for i, j := 0, len(ids)-1; i <= j; i, j = i+1, j-1 {
		ids[i], ids[j] = top-ids[j], top-ids[i]
	}
}

// generator makes users up. The shares it uses are in its methods.
type generator struct {
	encoder  *encoder
	resident *resident
	state    *rand.PCG // of rng
	rng      *rand.Rand
	total    int

	roles map[Kind][]int64

	given, family, domains, awkward []string
	boundaries                      []time.Time
	warehouses                      int64
	first, last                     int64
}

func newGenerator(total int, o *Options, e *encoder) *generator {
	state := rand.NewPCG(o.Seed, 0x6d7573746572)
	return &generator{
		encoder: e, resident: &resident{most: max(1, o.Resident/blockRows)},
		state: state, rng: rand.New(state), //nolint:gosec // repeatable on purpose
		total: total, roles: o.roleIDs(),
		given: givenNames(), family: familyNames(), domains: mailDomains(), awkward: awkwardNames(),
		boundaries: boundaryTimes(), warehouses: int64(len(warehouseNames())),
		first: firstCreated().Unix(), last: lastCreated().Unix(),
	}
}

// users makes the users of the ids, the first of which has that index, and
// returns how many deleted ones are left to be made.
func (g *generator) users(index, left int, ids []int64) ([]User, int) {
	users := make([]User, 0, len(ids))
	for i, id := range ids {
		u := g.user(index+i, id)
		// Each of the rest is as likely to be among the deleted that are left.
		if left > 0 && g.rng.IntN(g.total-index-i) < left {
			u.Deleted = true
			left--
		}
		users = append(users, u)
	}
	return users, left
}

// remake returns the attributes of a block's rows. It may be called concurrently.
func (g *generator) remake(b *block) []attributes {
	again := *g
	state := b.from.rng
	again.state, again.rng = &state, rand.New(&state) //nolint:gosec // repeatable on purpose
	ids := make([]int64, len(b.rows))
	for i := range b.rows {
		ids[i] = b.rows[i].id
	}
	users, _ := again.users(b.from.index, b.from.left, ids)
	return g.encoder.encode(users)
}

// firstCreated and lastCreated bound when generated users were created, in
// order of their ids but for some days of disorder.
func firstCreated() time.Time { return time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC) }
func lastCreated() time.Time  { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

func (g *generator) user(i int, id int64) User {
	u := User{ID: id, Kind: OrganizationUser, Active: g.rng.IntN(100) < 80}
	if g.rng.IntN(100) < 40 {
		u.Kind = ClientUser
	}
	g.name(&u)
	g.times(&u, i)
	g.references(&u)
	return u
}

// name gives one in eight users an awkward name, and one in sixteen an awkward
// e-mail address or username.
func (g *generator) name(u *User) {
	number := strconv.FormatInt(u.ID, 10)
	given, family := pick(g.rng, g.given), pick(g.rng, g.family)
	u.Name = given + " " + family
	login := strings.ToLower(given[:1] + "." + family)
	u.Username = login + number
	u.Email = login + number + "@" + pick(g.rng, g.domains)
	if g.rng.IntN(8) == 0 {
		u.Name = pick(g.rng, g.awkward)
	}
	switch g.rng.IntN(64) {
	case 0:
		u.Username = strings.ToUpper(u.Username)
	case 1:
		u.Username = "100%_" + number
	case 2:
		u.Email = strings.ToUpper(u.Email)
	case 3:
		u.Email = "o'brien+" + number + `"\_%` + "@example.com"
	}
}

// times: a quarter never logged in; one in sixteen timestamps is a boundary.
func (g *generator) times(u *User, i int) {
	at := g.first + (g.last-g.first)*int64(i)/int64(g.total) + g.rng.Int64N(10*24*3600)
	u.CreatedAt = time.Unix(at, 0).UTC()
	if g.rng.IntN(16) == 0 {
		u.CreatedAt = pick(g.rng, g.boundaries)
	}
	switch g.rng.IntN(16) {
	case 0, 1, 2, 3:
	case 4:
		u.LastLoginAt = pick(g.rng, g.boundaries)
	default:
		u.LastLoginAt = u.CreatedAt.Add(time.Duration(g.rng.Int64N(3*365*24*3600)) * time.Second)
	}
}

// danglingID is what generated references that lead nowhere refer to.
const danglingID = 999_983

// references: one in twelve users has no role, one in fifty a role that does
// not exist; a third has no default warehouse; one in forty warehouses and
// merchants does not exist.
func (g *generator) references(u *User) {
	if known := g.roles[u.Kind]; len(known) > 0 {
		for range min(len(known), [...]int{0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3}[g.rng.IntN(12)]) {
			id := pick(g.rng, known)
			if !slices.Contains(u.Roles, id) {
				u.Roles = append(u.Roles, id)
			}
		}
	}
	if g.rng.IntN(50) == 0 {
		u.Roles = append(u.Roles, danglingID)
	}
	dangling := g.rng.IntN(40) == 0
	if u.Kind == ClientUser {
		u.Merchant = 1 + g.rng.Int64N(generatedMerchants)
		if dangling {
			u.Merchant = danglingID
		}
		return
	}
	u.LoginViaBadge = g.rng.IntN(4) == 0
	if g.rng.IntN(3) > 0 {
		u.Warehouse = 1 + g.rng.Int64N(g.warehouses)
		if dangling {
			u.Warehouse = danglingID
		}
	}
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// roleIDs returns the ids that generated users refer to.
func (o *Options) roleIDs() map[Kind][]int64 {
	ids := map[Kind][]int64{}
	roles := o.Roles
	if roles == nil {
		roles = generateRoles()
	}
	for _, r := range roles {
		kind := r.Kind
		if kind == "" {
			kind = OrganizationUser
		}
		ids[kind] = append(ids[kind], r.ID)
	}
	return ids
}
