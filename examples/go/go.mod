module github.com/pusher-auth/pusher-auth/examples/go

go 1.19

require github.com/pusher-auth/pusher-auth/bindings/go v0.0.0

replace github.com/pusher-auth/pusher-auth/bindings/go => ../../bindings/go
