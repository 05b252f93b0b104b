module github.com/pusher-auth/pusher-auth/bindings/go

go 1.19
