module github.com/pusher-auth/pusher-auth/examples/go

go 1.19

require github.com/pusher-auth/pusher-auth/bindings/go v1.0.0

// The examples use the package of this checkout. Leave this line out of your own go.mod.
replace github.com/pusher-auth/pusher-auth/bindings/go => ../../bindings/go
