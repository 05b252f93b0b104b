package main

import (
	"container/list"
	"net"
	"net/http"
	"sync"
)

const (
	maxConnections           = 1000
	maxConnectionsPerAddress = 512
)

// limitedListener limits the open connections, in total and for each address. At a limit, it closes
// the one without progress for the longest time, so slow clients cannot lock others out.
type limitedListener struct {
	net.Listener
	mu   sync.Mutex
	open list.List // of *limitedConn, in the order of their last progress
}

type limitedConn struct {
	net.Conn
	listener *limitedListener
	address  string
	element  *list.Element // in listener.open until the connection is closed
}

func (l *limitedListener) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	conn := &limitedConn{Conn: accepted, listener: l}
	conn.address, _, _ = net.SplitHostPort(accepted.RemoteAddr().String())
	l.mu.Lock()
	defer l.mu.Unlock()
	var sameAddress []*list.Element
	for e := l.open.Front(); e != nil; e = e.Next() {
		if e.Value.(*limitedConn).address == conn.address {
			sameAddress = append(sameAddress, e)
		}
	}
	if len(sameAddress) >= maxConnectionsPerAddress {
		l.open.Remove(sameAddress[0]).(*limitedConn).Conn.Close()
	} else if l.open.Len() >= maxConnections {
		l.open.Remove(l.open.Front()).(*limitedConn).Conn.Close()
	}
	conn.element = l.open.PushBack(conn)
	return conn, nil
}

// progress is the server's ConnState, which is called when a request arrives or a response is
// complete.
func progress(conn net.Conn, state http.ConnState) {
	c := conn.(*limitedConn)
	c.listener.mu.Lock()
	defer c.listener.mu.Unlock()
	c.listener.open.MoveToBack(c.element)
}

func (c *limitedConn) Close() error {
	c.listener.mu.Lock()
	c.listener.open.Remove(c.element)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}
