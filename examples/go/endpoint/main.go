// Command endpoint has the endpoints that Pusher Channels asks of a server, with a login of its own to try them out:
//
//	/pusher/user-auth  signs the user in
//	/pusher/auth       lets the user into channels
//	/pusher/webhook    hears from Pusher what happens there
//	/login             stands for your application's own
//
// It takes the app's credentials from PUSHER_CONFIG (JSON), the other origins whose pages may use it from ALLOWED_ORIGINS (separated
// by commas), and from COOKIE_SAMESITE "None" where those are pages of another site, over https. It listens on 127.0.0.1, at PORT.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

func main() {
	log.SetFlags(0)
	signer, err := pusherauth.NewJSON([]byte(os.Getenv("PUSHER_CONFIG")))
	if err != nil {
		log.Fatalf("PUSHER_CONFIG: %v", err)
	}
	defer signer.Close()

	origins := strings.FieldsFunc(os.Getenv("ALLOWED_ORIGINS"), func(c rune) bool { return c == ',' || c == ' ' })
	sessions, err := newSessions(os.Getenv("COOKIE_SAMESITE"))
	if err != nil {
		log.Fatal(err)
	}
	userAuth, err := pusherauth.NewUserAuthHandler(pusherauth.UserAuthHandler{
		Signer: signer,
		User: func(r *http.Request) (any, error) {
			if session, ok := sessions.of(r); ok {
				return session.user.signIn(), nil
			}
			return nil, nil
		},
		CSRFToken:      sessions.csrfToken,
		CSRFExempt:     isBearer,
		AllowedOrigins: origins,
		JSONP:          true,
	})
	if err != nil {
		log.Fatal(err)
	}
	channelAuth, err := pusherauth.NewChannelAuthHandler(pusherauth.ChannelAuthHandler{
		Signer: signer,
		User: func(r *http.Request) (any, error) {
			if session, ok := sessions.of(r); ok {
				return session.user, nil
			}
			return nil, nil
		},
		CSRFToken:      sessions.csrfToken,
		CSRFExempt:     isBearer,
		Authorize:      authorize,
		AllowedOrigins: origins,
		JSONP:          true,
	})
	if err != nil {
		log.Fatal(err)
	}
	webhook, err := pusherauth.NewWebhookHandler(pusherauth.WebhookHandler{Signer: signer, Handle: tell})
	if err != nil {
		log.Fatal(err)
	}

	// Not a ServeMux, which takes paths of several spellings for the same.
	handlers := map[string]http.Handler{
		"/pusher/user-auth": userAuth,
		"/pusher/auth":      channelAuth,
		"/pusher/webhook":   withHeaders(webhook, origins),
		"/login":            withHeaders(http.HandlerFunc(sessions.logIn), origins),
	}
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// net/http says neither whether a chunked request has a Content-Length too, nor whether one of HTTP/1.0 is chunked: where
			// a server in front reads that in another way, a part of this request is the next one.
			if len(r.TransferEncoding) > 0 || !r.ProtoAtLeast(1, 1) {
				w.Header().Set("Connection", "close")
			}
			path, _, _ := strings.Cut(r.RequestURI, "?")
			handler, ok := handlers[path]
			if !ok {
				handler = withHeaders(http.NotFoundHandler(), origins)
			}
			handler.ServeHTTP(w, r)
		}),
		// For a request as a whole, however slowly it comes.
		ReadTimeout:    10 * time.Second,
		WriteTimeout:   10 * time.Second,
		MaxHeaderBytes: 16 << 10,
	}

	stop, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on http://%v\n", listener.Addr())
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(&limitedListener{Listener: listener}) }()

	select {
	case err := <-failed:
		log.Fatal(err)
	case <-stop.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if server.Shutdown(grace) != nil {
		server.Close()
	}
}

// authorize is where your application says who may join which channel, and as whom.
func authorize(_ *http.Request, u any, channel string) (member any, ok bool, err error) {
	user := u.(user)
	switch channel {
	case "presence-lobby":
		return user.member(), true, nil
	case "private-user-" + user.id, "private-encrypted-lobby":
		return nil, true, nil
	case "presence-signin": // whose members are who they signed in as
		return nil, true, nil
	}
	return nil, false, nil
}

// tell prints what Pusher says has happened.
func tell(_ *http.Request, webhook *pusherauth.Webhook) error {
	for _, event := range webhook.Events {
		told, err := json.Marshal(struct {
			Name    string `json:"name"`
			Channel string `json:"channel,omitempty"`
		}{event.Name, event.Channel})
		if err != nil {
			return err
		}
		fmt.Printf("webhook %s\n", told)
	}
	return nil
}

// withHeaders adds what the two handlers for pusher-js set themselves, also on refusals: a page that may not read one does not learn
// even its status.
func withHeaders(handler http.Handler, origins []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Origin")
		w.Header().Set("Cache-Control", "no-store")
		for _, origin := range origins {
			if sent := r.Header["Origin"]; len(sent) == 1 && sent[0] == origin {
				w.Header().Set("Access-Control-Allow-Origin", origin)
				w.Header().Set("Access-Control-Allow-Credentials", "true")
			}
		}
		handler.ServeHTTP(w, r)
	})
}
