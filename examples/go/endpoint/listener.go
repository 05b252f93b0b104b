package main

import (
	"net"
	"sync"
)

const (
	maxConnections           = 1000
	maxConnectionsPerAddress = 512
)

// limitedListener closes at once what is more than these, so that nobody alone can lock the others out.
type limitedListener struct {
	net.Listener
	mu         sync.Mutex
	open       int
	perAddress map[string]int
}

func (l *limitedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		address, _, _ := net.SplitHostPort(conn.RemoteAddr().String())
		if l.add(address) {
			return &limitedConn{Conn: conn, close: func() { l.remove(address) }}, nil
		}
		conn.Close()
	}
}

func (l *limitedListener) add(address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open >= maxConnections || l.perAddress[address] >= maxConnectionsPerAddress {
		return false
	}
	if l.perAddress == nil {
		l.perAddress = map[string]int{}
	}
	l.open++
	l.perAddress[address]++
	return true
}

func (l *limitedListener) remove(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.perAddress[address]--; l.perAddress[address] == 0 {
		delete(l.perAddress, address)
	}
}

type limitedConn struct {
	net.Conn
	once  sync.Once
	close func()
}

func (c *limitedConn) Close() error {
	c.once.Do(c.close)
	return c.Conn.Close()
}
