//go:build !cgo

package pusherauth

// All other files need cgo. Without it, the compiler reports this text: it is not an int.
const _ int = "pusherauth needs cgo: set CGO_ENABLED=1, and install a C compiler, pkg-config and " +
	"libpusher_auth (make install in its repository)"
