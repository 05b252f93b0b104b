//go:build !cgo

package pusherauth

// Every other file needs cgo. Without it this line, which does not compile, is all that is left: its text is the message.
const _ int = "pusherauth needs cgo: set CGO_ENABLED=1, and install a C compiler, pkg-config and libpusher_auth (make install in its repository)"
