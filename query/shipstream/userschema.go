package shipstream

import (
	"sync"

	"github.com/muster-go/muster/model"
)

// The indexes of UserSchema's fields, in its order.
const (
	userID = iota
	userType
	userName
	userEmail
	userUsername
	userIsActive
	userCreatedAt
	userLastLoginAt
	userLoginViaBadge
	userRoles
	userRolesID
	userRolesName
	userRolesPermissions
	userWarehouse
	userWarehouseID
	userWarehouseName
	userWarehouseIsActive
	userMerchant
	userMerchantID
	userMerchantName
	userMerchantCode
	userMerchantIsActive
	userMerchantIsDeleted
	userMerchantSortOrder
	userMerchantCreatedAt
	userMerchantBrands
	userMerchantDefaultBrand
	userFields // their number
)

//nolint:gochecknoglobals // made once and immutable
var userSchema = sync.OnceValue(newUserSchema)

// UserSchema returns the schema of the users resource, the same one at every
// call. It declares what the API reference documents and is cautious elsewhere:
//
//   - Strings are compared under [model.CI], the default of the API's database.
//   - name, username and is_active are documented as basic fields and identify
//     the account, so they are declared not null. email is basic too, but
//     nothing says that every account has an address: to declare it nullable
//     costs a planner a rewrite, to declare it not null wrongly would lose rows.
//   - last_login_at is null for users who never logged in; created_at is nullable
//     because nothing says otherwise. Instants are documented as whole seconds.
//   - Whether created_at and last_login_at are ever returned is not documented:
//     [model.ReturnedUnknown]. The optional fields are [model.ReturnedOnRequest]; the
//     objects that they refer to are among the page's included objects.
//   - Every documented field of a role, a warehouse and a merchant is a path. A role's
//     permissions are a list of strings, a merchant's brands [model.TypeJSON]. A brand's fields are not paths: the
//     reference does not say how a listing of users would be asked for them.
//
// A source that knows more varies it with [model.Schema.With].
func UserSchema() *model.Schema { return userSchema() }

func newUserSchema() *model.Schema {
	s, err := model.NewSchema("users", []model.Field{
		userID:          {Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways, Doc: "unique id, one sequence for both kinds of user"},
		userType:        {Name: "type", Type: model.TypeString, Collation: model.CI, Returned: model.ReturnedAlways, Doc: "OrganizationUser or ClientUser"},
		userName:        {Name: "name", Type: model.TypeString, Collation: model.CI, Returned: model.ReturnedAlways, Doc: "full name"},
		userEmail:       {Name: "email", Type: model.TypeString, Collation: model.CI, Nullable: true, Returned: model.ReturnedAlways, Doc: "e-mail address"},
		userUsername:    {Name: "username", Type: model.TypeString, Collation: model.CI, Returned: model.ReturnedAlways, Doc: "login name"},
		userIsActive:    {Name: "is_active", Type: model.TypeBool, Returned: model.ReturnedAlways, Doc: "whether the user may log in"},
		userCreatedAt:   {Name: "created_at", Type: model.TypeDateTime, ComparesSeconds: true, Nullable: true, Doc: "when the user was created"},
		userLastLoginAt: {Name: "last_login_at", Type: model.TypeDateTime, ComparesSeconds: true, Nullable: true, Doc: "last login; null for never"},

		userLoginViaBadge: {Name: "login_via_badge", Type: model.TypeBool, Nullable: true, Returned: model.ReturnedOnRequest, Doc: "whether a badge logs the user in (organization users)"},

		userRoles:            {Name: "roles", Type: model.TypeRefs, Returned: model.ReturnedOnRequest, Doc: "roles of the user"},
		userRolesID:          {Name: "roles.id", Type: model.TypeInt, Returned: model.ReturnedOnRequest, Through: "roles", Doc: "id of a role"},
		userRolesName:        {Name: "roles.name", Type: model.TypeString, Collation: model.CI, Nullable: true, Returned: model.ReturnedOnRequest, Through: "roles", Doc: "name of a role"},
		userRolesPermissions: {Name: "roles.permissions", Type: model.TypeList, Of: model.TypeString, Collation: model.CI, Nullable: true, Returned: model.ReturnedOnRequest, Through: "roles", Doc: "list of what a role permits"},

		userWarehouse:         {Name: "default_warehouse", Type: model.TypeRef, Nullable: true, Returned: model.ReturnedOnRequest, Doc: "default warehouse (organization users)"},
		userWarehouseID:       {Name: "default_warehouse.id", Type: model.TypeInt, Returned: model.ReturnedOnRequest, Through: "default_warehouse", Doc: "id of the default warehouse"},
		userWarehouseName:     {Name: "default_warehouse.name", Type: model.TypeString, Collation: model.CI, Nullable: true, Returned: model.ReturnedOnRequest, Through: "default_warehouse", Doc: "name of the default warehouse"},
		userWarehouseIsActive: {Name: "default_warehouse.is_active", Type: model.TypeBool, Nullable: true, Returned: model.ReturnedOnRequest, Through: "default_warehouse", Doc: "whether the default warehouse is active"},

		userMerchant:             {Name: "merchant", Type: model.TypeRef, Nullable: true, Returned: model.ReturnedOnRequest, Doc: "merchant (client users)"},
		userMerchantID:           {Name: "merchant.id", Type: model.TypeInt, Returned: model.ReturnedOnRequest, Through: "merchant", Doc: "id of the merchant"},
		userMerchantName:         {Name: "merchant.name", Type: model.TypeString, Collation: model.CI, Nullable: true, Returned: model.ReturnedOnRequest, Through: "merchant", Doc: "name of the merchant"},
		userMerchantCode:         {Name: "merchant.code", Type: model.TypeString, Collation: model.CI, Nullable: true, Returned: model.ReturnedOnRequest, Through: "merchant", Doc: "code of the merchant"},
		userMerchantIsActive:     {Name: "merchant.is_active", Type: model.TypeBool, Nullable: true, Returned: model.ReturnedOnRequest, Through: "merchant", Doc: "whether the merchant is active"},
		userMerchantIsDeleted:    {Name: "merchant.is_deleted", Type: model.TypeBool, Nullable: true, Returned: model.ReturnedOnRequest, Through: "merchant", Doc: "whether the merchant is deleted"},
		userMerchantSortOrder:    {Name: "merchant.sort_order", Type: model.TypeInt, Nullable: true, Returned: model.ReturnedOnRequest, Through: "merchant", Doc: "place of the merchant among others"},
		userMerchantCreatedAt:    {Name: "merchant.created_at", Type: model.TypeDateTime, ComparesSeconds: true, Nullable: true, Returned: model.ReturnedOnRequest, Through: "merchant", Doc: "when the merchant was created"},
		userMerchantBrands:       {Name: "merchant.brands", Type: model.TypeJSON, Nullable: true, Returned: model.ReturnedOnRequest, Through: "merchant", Doc: "its brands, as references"},
		userMerchantDefaultBrand: {Name: "merchant.default_brand", Type: model.TypeJSON, Nullable: true, Returned: model.ReturnedOnRequest, Through: "merchant", Doc: "the default brand, as a reference"},
	}...)
	if err != nil {
		panic(err) // the list above is constant, and a test builds it
	}
	return s
}
