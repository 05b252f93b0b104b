package main

import (
	"fmt"
	"net"
	"net/http"
	"testing"
)

// fakeListener accepts connections from the address that was set last.
type fakeListener struct{ address string }

type fakeConn struct {
	net.Conn
	address string
	closed  bool
}

func (l *fakeListener) Accept() (net.Conn, error) { return &fakeConn{address: l.address}, nil }
func (l *fakeListener) Close() error              { return nil }
func (l *fakeListener) Addr() net.Addr            { return nil }

func (c *fakeConn) RemoteAddr() net.Addr {
	address, _ := net.ResolveTCPAddr("tcp", c.address+":1")
	return address
}

func (c *fakeConn) Close() error {
	c.closed = true
	return nil
}

func isClosed(conn net.Conn) bool { return conn.(*limitedConn).Conn.(*fakeConn).closed }

func TestListenerClosesTheOldestConnection(t *testing.T) {
	fake := new(fakeListener)
	listener := &limitedListener{Listener: fake}
	accept := func(address string, count int) (conns []net.Conn) {
		fake.address = address
		for i := 0; i < count; i++ {
			conn, err := listener.Accept()
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, conn)
		}
		return conns
	}
	wantClosed := func(what string, conns []net.Conn, want int) {
		t.Helper()
		for i, conn := range conns {
			if isClosed(conn) != (i < want) {
				t.Fatalf("%s: connection %d is closed: %v", what, i, isClosed(conn))
			}
		}
	}

	slow := accept("127.0.0.2", maxConnectionsPerAddress+10)
	wantClosed("one address", slow, 10)
	others := accept("127.0.0.3", maxConnections-maxConnectionsPerAddress)
	wantClosed("two addresses", append(slow[10:], others...), 0)
	honest := accept("127.0.0.4", 5)
	wantClosed("three addresses", slow[10:], 5)
	wantClosed("honest connections", honest, 0)

	// A connection with progress is no longer the oldest.
	progress(slow[15], http.StateActive)
	accept("127.0.0.4", 1)
	if isClosed(slow[15]) || !isClosed(slow[16]) {
		t.Error("progress does not make a connection newer")
	}
	// A closed connection frees one slot, even if it is closed several times.
	for i := 0; i < 3; i++ {
		honest[0].Close()
	}
	progress(honest[0], http.StateClosed)
	accept("127.0.0.5", 1)
	wantClosed("after one was closed", slow[17:], 0)
	if got := listener.open.Len(); got != maxConnections {
		t.Errorf("%d connections", got)
	}
}

// Connections from six slow addresses do not close those of an honest client.
func TestSlowAddressesCannotLockOthersOut(t *testing.T) {
	fake := new(fakeListener)
	listener := &limitedListener{Listener: fake}
	for i := 0; i < 5000; i++ {
		fake.address = fmt.Sprintf("127.0.0.%d", 2+i%6)
		if _, err := listener.Accept(); err != nil {
			t.Fatal(err)
		}
		if i%10 == 0 { // an honest request is complete before ten slow clients connect
			fake.address = "127.0.0.1"
			conn, _ := listener.Accept()
			if isClosed(conn) {
				t.Fatal("an honest connection is closed")
			}
			conn.Close()
		}
	}
}
